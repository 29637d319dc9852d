//! Testing what a form says. Nothing of it is stored.

use domain::{
    Action, AuthMethod, Cause, CredentialId, CredentialKind, Field, Grant, Principal, Provider,
    ServiceError,
    access::parse_id,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    connection_tests::{ConnectionTest, TestConnection},
    credentials::{Parameters, Route, SecretMaterial, material, readable_origin},
    repositories::{RepositoryKind, RepositoryUrl, chart_names},
};
use egress::{EgressProfile, Failure, Freshness, Login};
use registries::Target;
use storage::{Scope, circuit_breaker::CredentialAtHost, repositories::Linkable};
use token_exchange::{LoginReach, Owner};
use tokio::time::Instant;

use super::{
    cluster,
    project::project_name,
    result,
    stored::{count, keep_expiry},
    walk::{Closed, Entry, Goal, walk},
};
use crate::{
    Engine, Error,
    audit::{Line, allowed, write_event},
    circuit_breaker::{self, LoginObservation, LoginOutcome},
    credentials::{SecretForUse, Use, addresses},
    repositories::{CommittedVersion, cause_of, egress, is_worth_an_exchange},
};

/// Where the login of a test comes from.
enum Source {
    /// There is none.
    Nothing,
    /// It is typed.
    Typed(Typed),
    /// It is stored, and used as it is.
    Stored(StoredSecret),
}

struct Typed {
    material: SecretMaterial,
    owner: Owner,
}

struct StoredSecret {
    credential: CredentialId,
    name: String,
    secret: Result<Box<SecretForUse>, Cause>,
}

pub(super) async fn test_form(
    engine: &Engine,
    principal: &Principal,
    form: TestConnection,
) -> Result<ConnectionTest, Error> {
    let grant = right(engine, principal, &form).await?;
    engine.limits.connection_test(principal.user)?;
    if AuthMethod::parse(&form.shape) == Some(AuthMethod::Kubeconfig) {
        return cluster::test_form(engine, principal, grant, form).await;
    }
    let url = RepositoryUrl::parse(&form.url)?;
    let egress = egress(engine, form.ca.trim(), form.proxy.trim())?;
    let charts = chart_names(&form.charts)?;
    let source = source(engine, principal, grant, &form, (&url, &egress)).await?;
    let kind = kind(engine, &url, &egress).await;
    let goal = || Goal {
        repository: None,
        name: url.as_str().to_owned(),
        target: Target {
            url: url.spelled_for(kind),
            kind,
            login: None,
            login_key: None,
            chart_names: charts.clone(),
            egress: egress.clone(),
        },
    };
    // Finding out how the host speaks may have taken a while.
    engine.db.still_allowed(&grant).await?;
    let test = match &source {
        Source::Nothing => walk(engine, goal(), Entry::Anonymous).await.0,
        Source::Typed(typed) => with_material(engine, &typed.material, &typed.owner, goal).await.0,
        Source::Stored(stored) => with_stored(engine, Scope::of(&grant), stored, goal).await?,
    };
    let told: Line = match &source {
        Source::Stored(stored) => {
            (AuditTarget::Credential(stored.credential), stored.name.as_str(), result(&test)).into()
        }
        Source::Nothing | Source::Typed(_) => (url.host(), result(&test)).into(),
    };
    write_event(engine, principal, AuditAction::ConnectionTested, told).await?;
    Ok(test)
}

/// Who types a secret, or uses the server's own identity, manages credentials; the rest is what
/// the form of a repository does.
async fn right(
    engine: &Engine,
    principal: &Principal,
    form: &TestConnection,
) -> Result<Grant, Error> {
    let is_ambient = form.credential.is_empty()
        && AuthMethod::parse(&form.shape).is_some_and(AuthMethod::is_ambient);
    let action = if form.password.is_empty() && !is_ambient {
        Action::ManageRepositories
    } else {
        Action::ManageCredentials
    };
    Ok(allowed(engine, principal, action, "test a connection").await?)
}

async fn source(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    form: &TestConnection,
    (url, egress): (&RepositoryUrl, &EgressProfile),
) -> Result<Source, Error> {
    let scope = Scope::of(&grant);
    if !form.password.is_empty() || form.credential.is_empty() {
        let says_nothing = form.password.is_empty()
            && form.username.trim().is_empty()
            && !AuthMethod::parse(&form.shape).is_some_and(AuthMethod::is_ambient);
        return if says_nothing {
            Ok(Source::Nothing)
        } else {
            typed(engine, principal, scope, form).await
        };
    }
    let credential = parse_id(Field::Credential, &form.credential)?;
    let linkable = storage::repositories::linkable(&engine.db, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if linkable.provider.facts().kind != CredentialKind::Registry {
        let problem = "Choose a credential of a registry; this one is for Git or a cluster.";
        return Err(Field::Credential.problem(problem).into());
    }
    let origin = url.origin();
    let route = Route { ca: egress.ca.clone(), proxy: egress.proxy.clone() };
    let addresses = addresses::of(engine, scope, credential).await?;
    // Whoever may allow addresses may try another way to one before they save it.
    let tries = principal.role.includes(Action::AllowOrigins)
        && addresses.permits(&origin, &Route::default());
    if !tries && !addresses.permits(&origin, &route) {
        let message = format!(
            "Type the password: {} is not an allowed address of {}, so the stored one is not sent there.",
            readable_origin(&origin),
            linkable.name
        );
        return Err(Field::Password.problem(message).into());
    }
    let used = Use::of(principal, grant, ReadPurpose::ConnectionTest).at(&origin);
    let secret =
        if storage::circuit_breaker::is_paused(&engine.db, scope, credential, &origin).await? {
            Err(Cause::CredentialPaused)
        } else {
            engine
                .secret_for_use(scope, credential, &used)
                .await
                .map(|secret| Box::new(if tries { secret.also_at(origin, route) } else { secret }))
                .map_err(|error| cause_of(&error))
        };
    if let Ok(secret) = &secret
        && differs(form, &secret.material)
    {
        allowed(engine, principal, Action::ManageCredentials, "test a changed credential").await?;
        return changed(form, &linkable, secret);
    }
    Ok(Source::Stored(StoredSecret { credential, name: linkable.name, secret }))
}

/// What is typed, with an owner whose logins are not kept.
async fn typed(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    form: &TestConnection,
) -> Result<Source, Error> {
    let provider = Provider::parse(&form.provider)
        .ok_or_else(|| Field::Provider.problem("Choose a provider type."))?;
    let (password, parameters) = (form.password.clone(), form.parameters.clone());
    let (material, _) = material(provider, &form.shape, &form.username, password, parameters);
    let owner = Owner {
        key: None,
        organization: principal.organization,
        organization_name: principal.organization_name.clone(),
        project_name: project_name(engine, principal, scope, form).await?,
        reach: LoginReach::Typed,
    };
    Ok(Source::Typed(Typed { material: material.map_err(ServiceError::Invalid)?, owner }))
}

/// Whether the form changes what belongs to the secret.
fn differs(form: &TestConnection, stored: &SecretMaterial) -> bool {
    let username = form.username.trim();
    let other_name = !username.is_empty() && username != stored.username();
    let other_shape = AuthMethod::parse(&form.shape).is_some_and(|shape| shape != stored.shape());
    other_name || other_shape || form.parameters != Parameters::default()
}

/// The stored secret with what the form changes beside it. Of another auth method it would be something
/// else, so that needs a new one.
fn changed(
    form: &TestConnection,
    linkable: &Linkable,
    secret: &SecretForUse,
) -> Result<Source, Error> {
    let shape = secret.material.shape();
    if AuthMethod::parse(&form.shape).is_some_and(|typed| typed != shape) {
        return Err(Field::Password
            .problem("Type the password: the stored one belongs to another way to authenticate.")
            .into());
    }
    let password = secret.material.secret().cloned().unwrap_or_default();
    let (code, parameters) = (shape.as_str(), form.parameters.clone());
    let (material, _) = material(linkable.provider, code, &form.username, password, parameters);
    let owner = Owner { key: None, ..secret.owner.clone() };
    Ok(Source::Typed(Typed { material: material.map_err(ServiceError::Invalid)?, owner }))
}

/// How the address speaks. It is asked without the login, which is tried once and later.
async fn kind(engine: &Engine, url: &RepositoryUrl, egress: &EgressProfile) -> RepositoryKind {
    match url.implied_kind() {
        Some(kind) => kind,
        // What is wrong with an address that does not tell is found on the walk.
        None => engine.registries.detect(url, None, egress).await.unwrap_or(RepositoryKind::Helm),
    }
}

async fn with_stored(
    engine: &Engine,
    scope: Scope,
    stored: &StoredSecret,
    goal: impl Fn() -> Goal,
) -> Result<ConnectionTest, Error> {
    let secret = match &stored.secret {
        Ok(secret) => secret,
        Err(cause) => {
            let entry = Entry::Closed(Closed::because(*cause));
            return Ok(walk(engine, goal(), entry).await.0);
        }
    };
    let version = CommittedVersion {
        scope,
        credential: stored.credential,
        vault_version: secret.vault_version,
        epoch: secret.epoch,
    };
    let origin = goal().target.url.origin();
    let (test, freshness, told) =
        with_material(engine, &secret.material, &secret.owner, goal).await;
    if let Some(told) = told {
        let place = CredentialAtHost { scope, credential: stored.credential, origin };
        // How many were counted is not known here, so a success looks.
        let observation = LoginObservation { place, name: stored.name.clone(), refusals: 1, told };
        count(engine, scope, vec![(version, observation)]).await?;
    }
    if freshness == Some(Freshness::Stored) {
        keep_expiry(engine, scope, version, &test).await?;
    }
    Ok(test)
}

/// Walks with the login that is made of `material`; answers where the login came from, and what
/// the host said about it.
async fn with_material(
    engine: &Engine,
    material: &SecretMaterial,
    owner: &Owner,
    goal: impl Fn() -> Goal,
) -> (ConnectionTest, Option<Freshness>, Option<LoginOutcome>) {
    let (start, first) = (Instant::now(), goal());
    let login = match login(engine, material, owner, &first).await {
        Ok(login) => login,
        Err(failure) => {
            let entry = Entry::Closed(Closed::refused(&failure, start.elapsed()));
            let told = circuit_breaker::login_outcome(Some(failure.cause));
            return (walk(engine, first, entry).await.0, None, told);
        }
    };
    let freshness = login.freshness;
    let (mut test, mut told) = walk(engine, first, Entry::With(login.clone(), owner.key)).await;
    if is_worth_an_exchange(&login, test.cause()) {
        engine.exchanges.refused(owner, &login);
        let again = goal();
        if let Ok(login) = self::login(engine, material, owner, &again).await {
            (test, told) = walk(engine, again, Entry::With(login, owner.key)).await;
        }
    }
    if freshness != Freshness::Stored {
        test.expires_at = None;
    }
    (test, Some(freshness), told)
}

async fn login(
    engine: &Engine,
    material: &SecretMaterial,
    owner: &Owner,
    goal: &Goal,
) -> Result<Login, Failure> {
    let (url, egress) = (&goal.target.url, &goal.target.egress);
    engine.exchanges.login(material, owner, url, egress, engine.clock.now()).await
}
