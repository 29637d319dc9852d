//! Testing a kubeconfig: its own API server is asked, and told nothing but the login.

use domain::{
    Action, Cause, CredentialId, Field, Grant, Principal, ServiceError,
    access::parse_id,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    cause::RemoteKind,
    connection_tests::{ConnectionTest, Stage, StageResult, StageState, TestConnection},
    credentials::{Kubeconfig, SecretMaterial},
};
use egress::Failure;
use kubernetes::{ApiServer, Review};
use storage::Scope;
use tokio::time::Instant;

use super::result;
use crate::{
    Engine, Error,
    audit::{allowed, write_event},
    credentials::Use,
    gitops::ClusterAccess,
};

/// Tests what a form says. A kubeconfig, typed or stored, says itself which server it is for, so no
/// address is needed.
pub(super) async fn test_form(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    form: TestConnection,
) -> Result<ConnectionTest, Error> {
    let kubeconfig = if form.password.is_empty() && !form.credential.is_empty() {
        allowed(engine, principal, Action::ManageCredentials, "test a credential").await?;
        stored(engine, principal, grant, parse_id(Field::Credential, &form.credential)?).await?
    } else {
        Kubeconfig::parse(form.password)?
    };
    let name = kubeconfig.server.to_string();
    let test = test(engine, &name, &kubeconfig).await?;
    write_event(engine, principal, AuditAction::ConnectionTested, (name.as_str(), result(&test)))
        .await?;
    Ok(test)
}

/// Tests a stored kubeconfig.
pub(super) async fn test_stored(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    (id, name): (CredentialId, &str),
) -> Result<Vec<ConnectionTest>, Error> {
    let kubeconfig = stored(engine, principal, grant, id).await?;
    let test = test(engine, name, &kubeconfig).await?;
    let told = (AuditTarget::Credential(id), name, result(&test));
    write_event(engine, principal, AuditAction::ConnectionTested, told).await?;
    Ok(vec![test])
}

async fn stored(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: CredentialId,
) -> Result<Kubeconfig, Error> {
    // Which host is shown it, only the kubeconfig says.
    let used = Use::of(principal, grant, ReadPurpose::ConnectionTest);
    match engine.secret_for_use(Scope::of(&grant), id, &used).await?.material {
        SecretMaterial::Kubeconfig { kubeconfig } => Ok(*kubeconfig),
        _ => Err(Field::Password.problem("Paste a kubeconfig: another secret is stored.").into()),
    }
}

/// Asks the API server whether it knows the login, and what that may do.
///
/// # Errors
/// [`ServiceError::NotAllowed`] where the operator did not turn clusters on.
async fn test(
    engine: &Engine,
    name: &str,
    kubeconfig: &Kubeconfig,
) -> Result<ConnectionTest, ServiceError> {
    if engine.clusters == ClusterAccess::Off {
        return Err(ServiceError::NotAllowed);
    }
    let start = Instant::now();
    let namespace = kubeconfig.namespace.as_str();
    let asked = async {
        let api = ApiServer::new(engine.registries.outbound(), kubeconfig)?;
        api.may_write(namespace).await.map_err(|refusal| refusal.failure)
    };
    let asked = asked.await;
    let millis = u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX);
    let stages = match asked {
        Ok(review) => passed(review, namespace, millis),
        Err(failure) => failed(&failure, millis),
    };
    let (name, url) = (name.to_owned(), kubeconfig.server.to_string());
    Ok(ConnectionTest::of(RemoteKind::Cluster, name, url, stages))
}

fn passed(review: Review, namespace: &str, millis: u32) -> Vec<StageResult> {
    let (state, detail) = match (review, namespace) {
        (Review::Allowed, "") => {
            (StageState::Passed, "It may write secrets in every namespace.".to_owned())
        }
        // Which namespace is meant, only the exports of a cluster say.
        (Review::Denied, "") => (
            StageState::Skipped,
            "It may not write secrets in every namespace. The preview of its cluster tells whether it may in those of the exports.".to_owned(),
        ),
        (Review::Allowed, namespace) => {
            (StageState::Passed, format!("It may write secrets in {namespace}."))
        }
        (Review::Denied, namespace) => {
            (StageState::Failed, format!("It may not write secrets in {namespace}."))
        }
    };
    let mut stages = until(Stage::Token);
    stages.push(StageResult {
        millis: Some(millis),
        detail: "The API server knows the login.".to_owned(),
        ..stands(Stage::Token, StageState::Passed)
    });
    let cause = (state == StageState::Failed).then_some(Cause::InsufficientScope);
    stages.push(stands(Stage::List, StageState::Skipped));
    stages.push(StageResult { detail, cause, ..stands(Stage::Pull, state) });
    stages
}

fn failed(failure: &Failure, millis: u32) -> Vec<StageResult> {
    let at = match failure.cause {
        Cause::BlockedAddress => Stage::Url,
        Cause::DnsFailure => Stage::Dns,
        Cause::ConnectionRefused | Cause::Timeout | Cause::ProxyError => Stage::Tcp,
        Cause::TlsUntrusted
        | Cause::TlsNameMismatch
        | Cause::TlsExpired
        | Cause::ClientCertificate => Stage::Tls,
        _ => Stage::Token,
    };
    let mut stages = until(at);
    stages.push(StageResult {
        millis: Some(millis),
        status: failure.status,
        cause: Some(failure.cause),
        ..stands(at, StageState::Failed)
    });
    stages.extend(
        Stage::ALL
            .into_iter()
            .filter(|stage| *stage > at)
            .map(|stage| stands(stage, StageState::Skipped)),
    );
    stages
}

/// The stages before this one; an API server asks for no login by itself.
fn until(end: Stage) -> Vec<StageResult> {
    Stage::ALL
        .into_iter()
        .filter(|stage| *stage < end)
        .map(|stage| {
            let skipped = stage == Stage::Challenge;
            let state = if skipped { StageState::Skipped } else { StageState::Passed };
            stands(stage, state)
        })
        .collect()
}

const fn stands(at: Stage, state: StageState) -> StageResult {
    StageResult { stage: at, state, millis: None, status: None, detail: String::new(), cause: None }
}
