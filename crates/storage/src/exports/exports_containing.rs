//! Exports that carry the value of a repository's credential, whichever it has.

use domain::{RepositoryId, exports::DeliveryMethod};

use crate::{Db, Result, Scope, Tx, values};

macro_rules! names {
    () => {
        "select e.name from export_repositories m
         join exports e on e.organization_id = m.organization_id and e.id = m.export_id
         where m.organization_id = $1 and m.repository_id = $2 and e.carrier = $3
         order by e.name_key limit 100"
    };
}

/// The names of the exports that carry the value of a repository's credential, at most 100; those that
/// refer to Vault are not among them.
pub async fn carrying(db: &Db, scope: Scope, repository: RepositoryId) -> Result<Vec<String>> {
    values!(db, [names!()], [scope, repository, DeliveryMethod::Sops.as_str()])
}

/// The same inside a transaction.
pub async fn carrying_now(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<String>> {
    values!(tx, [names!()], [scope, repository, DeliveryMethod::Sops.as_str()])
}
