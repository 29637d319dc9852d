//! Testing what is stored: a repository with its credential, a credential at its repositories.

use std::collections::HashSet;

use domain::{
    Action, Cause, CredentialId, CredentialKind, Grant, Principal, RepositoryId, ServiceError,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    connection_tests::ConnectionTest,
    counted,
    credentials::ExpirySource,
    repositories::{LinkState, RepositoryUrl},
};
use egress::{Freshness, Login};
use futures::{StreamExt, stream};
use storage::{
    Scope,
    circuit_breaker::CredentialAtHost,
    repositories::{LinkedCredential as Linked, SyncTarget},
};
use tokio::time::Instant;

use super::{
    cluster, result,
    token::test_token,
    walk::{Closed, Entry, Goal, walk},
};
use crate::{
    Engine, Error,
    audit::{allowed, write_event},
    circuit_breaker::{self, LoginObservation, LoginOutcome},
    credentials::Use,
    repositories::{CommittedVersion, Logins, is_worth_an_exchange, registry},
};

/// The most repositories that a credential is tested at.
const MOST: usize = 50;
/// How many of them at once.
const AT_ONCE: usize = 8;

pub(super) async fn test_repository(
    engine: &Engine,
    principal: &Principal,
    id: RepositoryId,
) -> Result<ConnectionTest, Error> {
    let grant = allowed(engine, principal, Action::ManageRepositories, "test a repository").await?;
    engine.limits.connection_test(principal.user)?;
    tested_repository(engine, principal, grant, id).await
}

/// As [`test_repository`], for a person who was counted already.
pub(crate) async fn tested_repository(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: RepositoryId,
) -> Result<ConnectionTest, Error> {
    let scope = Scope::of(&grant);
    let target = storage::repositories::target(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let used = Use::of(principal, grant, ReadPurpose::ConnectionTest);
    let (test, observation) = examine(engine, scope, &target, &Logins::default(), &used).await?;
    count(engine, scope, observation.into_iter().collect()).await?;
    let told = (AuditTarget::Repository(id), target.name.as_str(), result(&test));
    write_event(engine, principal, AuditAction::ConnectionTested, told).await?;
    Ok(test)
}

pub(super) async fn test_credential(
    engine: &Engine,
    principal: &Principal,
    id: CredentialId,
) -> Result<Vec<ConnectionTest>, Error> {
    let grant = allowed(engine, principal, Action::ManageCredentials, "test a credential").await?;
    engine.limits.connection_test(principal.user)?;
    tested_credential(engine, principal, grant, id).await
}

/// As [`test_credential`], for a person who was counted already.
pub(crate) async fn tested_credential(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: CredentialId,
) -> Result<Vec<ConnectionTest>, Error> {
    let scope = Scope::of(&grant);
    let credential = storage::repositories::linkable(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if credential.provider.facts().kind == CredentialKind::Cluster {
        return cluster::test_stored(engine, principal, grant, (id, &credential.name)).await;
    }
    let linked = storage::repositories::linked_to(&engine.db, scope, id).await?;
    let logins = Logins::default();
    let used = Use::of(principal, grant, ReadPurpose::ConnectionTest);
    let ended: Vec<_> = stream::iter(linked.into_iter().take(MOST))
        .map(async |repository| {
            let target = storage::repositories::target(&engine.db, scope, repository.id).await?;
            match target {
                Some(target) => examine(engine, scope, &target, &logins, &used).await.map(Some),
                None => Ok(None),
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut tests, mut observations) = (Vec::new(), Vec::new());
    for ended in ended {
        if let Some((test, observation)) = ended? {
            tests.push(test);
            observations.extend(observation);
        }
    }
    count(engine, scope, observations).await?;
    let passed = tests.iter().filter(|test| test.has_passed()).count();
    let mut detail =
        format!("{passed} of {} passed", counted(tests.len(), "repository", "repositories"));
    if tests.is_empty()
        && let Some(test) = test_token(engine, scope, (id, &credential), &used).await?
    {
        result(&test).clone_into(&mut detail);
        tests.push(test);
    }
    let told = (AuditTarget::Credential(id), credential.name.as_str(), detail);
    write_event(engine, principal, AuditAction::ConnectionTested, told).await?;
    Ok(tests)
}

/// Walks to a repository with the credential it is linked to, as a sync would.
async fn examine(
    engine: &Engine,
    scope: Scope,
    target: &SyncTarget,
    logins: &Logins,
    used: &Use,
) -> Result<(ConnectionTest, Option<(CommittedVersion, LoginObservation)>), Error> {
    let url = RepositoryUrl::parse(&target.url)?;
    let goal = |url: RepositoryUrl| Goal {
        repository: Some(target.id),
        name: target.name.clone(),
        target: registry(target, url, None),
    };
    let Some(linked) = &target.login else {
        return Ok((walk(engine, goal(url), Entry::Anonymous).await.0, None));
    };
    let closed = |cause| Entry::Closed(Closed::because(cause));
    if linked.state == LinkState::Suspended {
        return Ok((walk(engine, goal(url), closed(Cause::LinkSuspended)).await.0, None));
    }
    let version = CommittedVersion {
        scope,
        credential: linked.credential,
        vault_version: linked.vault_version,
        epoch: linked.epoch,
    };
    let pass = if linked.is_paused {
        None
    } else {
        engine.circuit_breaker.permit(version, &target.origin, linked.refusals).await
    };
    let Some(pass) = pass else {
        return Ok((walk(engine, goal(url), closed(Cause::CredentialPaused)).await.0, None));
    };
    let goal = || goal(url.clone());
    let (test, told) = with_login(engine, scope, version, (logins, used), goal).await?;
    if let Some(told) = told {
        pass.hears(told);
    }
    let observation = told.map(|told| (version, observation(version, target, linked, told)));
    Ok((test, observation))
}

/// Walks with a stored login; one that was exchanged earlier and is refused is exchanged once more.
async fn with_login(
    engine: &Engine,
    scope: Scope,
    version: CommittedVersion,
    (logins, used): (&Logins, &Use),
    goal: impl Fn() -> Goal,
) -> Result<(ConnectionTest, Option<LoginOutcome>), Error> {
    let (start, first) = (Instant::now(), goal());
    let at = (&first.target.url, &first.target.egress);
    let ready = match logins.get(engine, version, at, used).await {
        Ok(ready) => ready,
        Err(unready) => {
            let entry = Entry::Closed(Closed::unready(&unready, start.elapsed()));
            let (test, _) = walk(engine, first, entry).await;
            return Ok((test, circuit_breaker::login_outcome(Some(unready.cause()))));
        }
    };
    let with = |login: &Login| Entry::With(login.clone(), Some(version.key()));
    let (mut test, mut told) = walk(engine, first, with(&ready.login)).await;
    let mut freshness = ready.login.freshness;
    if is_worth_an_exchange(&ready.login, test.cause()) {
        engine.exchange_anew(&ready, version);
        let again = goal().target;
        if let Ok(ready) = logins.get(engine, version, (&again.url, &again.egress), used).await {
            (test, told) = walk(engine, goal(), with(&ready.login)).await;
            freshness = ready.login.freshness;
        }
    }
    // What was exchanged expires by itself and is renewed; only what is stored is a person's care.
    if freshness == Freshness::Stored {
        keep_expiry(engine, scope, version, &test).await?;
    } else {
        test.expires_at = None;
    }
    Ok((test, told))
}

fn observation(
    version: CommittedVersion,
    target: &SyncTarget,
    linked: &Linked,
    told: LoginOutcome,
) -> LoginObservation {
    LoginObservation {
        place: CredentialAtHost {
            scope: version.scope,
            credential: version.credential,
            origin: target.origin.clone(),
        },
        name: linked.name.clone(),
        refusals: linked.refusals,
        told,
    }
}

/// Counts what hosts said. A refusal of what the credential held before does not count against what
/// it holds now.
pub(super) async fn count(
    engine: &Engine,
    scope: Scope,
    mut observations: Vec<(CommittedVersion, LoginObservation)>,
) -> Result<(), Error> {
    if observations.is_empty() {
        return Ok(());
    }
    let mut tx = engine.db.begin_work(scope).await?;
    let versions: HashSet<CommittedVersion> =
        observations.iter().map(|(version, _)| *version).collect();
    for version in versions {
        let CommittedVersion { credential, epoch, .. } = version;
        if !storage::circuit_breaker::lock_epoch(&mut tx, scope, credential, epoch).await? {
            observations.retain(|(tested, observation)| {
                *tested != version || observation.told == LoginOutcome::Accepted
            });
        }
    }
    let counted = observations.iter().map(|(_, observation)| observation);
    circuit_breaker::count(&mut tx, counted, engine.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Keeps when the tested version of a credential expires, if the test tells it.
pub(super) async fn keep_expiry(
    engine: &Engine,
    scope: Scope,
    version: CommittedVersion,
    test: &ConnectionTest,
) -> Result<(), Error> {
    let Some(at) = test.expires_at else { return Ok(()) };
    let mut tx = engine.db.begin_work(scope).await?;
    let source = ExpirySource::Provider;
    let tested = (version.credential, version.vault_version);
    storage::credentials::set_expiry(&mut tx, scope, tested, at, source).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
