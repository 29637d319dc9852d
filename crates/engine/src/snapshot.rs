//! One state of the database for everything that a page reads.

use domain::{Epochs, Grant, OrganizationId, PrincipalId};
use storage::Db;
use tokio::sync::OnceCell;

use crate::Error;

/// The transaction in which a page reads, from its first read on. It ends with the last clone of the engine
/// that has it, so such an engine must not be kept, nor wait for anything but the database.
#[derive(Debug, Default)]
pub(crate) struct Snapshot(OnceCell<(Whose, Db)>);

/// Whose right the transaction began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Whose {
    principal: PrincipalId,
    organization: OrganizationId,
    epochs: Epochs,
}

impl Snapshot {
    /// The database in this transaction. A right that rests on the same epochs was looked at as it began; any
    /// other begins a transaction of its own.
    pub async fn read_as(&self, db: &Db, grant: &Grant) -> Result<Db, Error> {
        let asks = Whose {
            principal: grant.principal(),
            organization: grant.organization(),
            epochs: grant.epochs(),
        };
        let transaction = async || Ok::<_, Error>((asks, db.read_as(grant).await?));
        let (began, reading) = self.0.get_or_try_init(transaction).await?;
        if *began == asks { Ok(reading.clone()) } else { Ok(db.read_as(grant).await?) }
    }
}
