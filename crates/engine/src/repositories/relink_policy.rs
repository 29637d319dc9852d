//! Whose right it is to choose what credential a carried repository has.
//!
//! An export that carries values takes the credential of each of its repositories to clusters. Whoever
//! links another one puts that into the export, so it takes the right that putting it there by hand
//! takes. Where the URL chooses, those choose who manage credentials, and they have that right (see
//! `domain::access`); leaving the choice to the URL takes it too.

use domain::{Action, Field, Principal, RepositoryId};
use storage::{Scope, Tx};

use crate::{Engine, Error, audit::refused};

/// The exports that keep a person from choosing another credential for a repository; none when they
/// may. Inside a transaction that holds the audit log, so that no export takes the repository up
/// meanwhile.
pub(super) async fn kept_by(
    tx: &mut Tx,
    principal: &Principal,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<String>, Error> {
    if principal.role.includes(Action::ManageExports) {
        return Ok(Vec::new());
    }
    Ok(storage::exports::carrying_now(tx, scope, repository).await?)
}

/// The refusal, which the audit log keeps as well.
pub(super) async fn refusal(
    engine: &Engine,
    principal: &Principal,
    repository: &str,
    exports: &[String],
) -> Error {
    let exports = exports.join(", ");
    let attempt = format!("choose a credential that {exports} carries");
    refused(engine, principal, repository, &attempt).await;
    let message = format!(
        "The value of the credential goes to clusters with {exports}. Ask somebody who manages exports to choose it."
    );
    Field::Credential.problem(message).into()
}
