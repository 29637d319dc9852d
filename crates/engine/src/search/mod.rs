//! Search, over all kinds that somebody may see.

use async_trait::async_trait;
use domain::{
    Action, Principal,
    search::{Findings, FoundGroup, FoundKind, Typed},
    service::{Answer, Search},
};
use storage::{Sweep, search::Reader};

use crate::{Engine, Error, audit::reading, error::answer, gitops::ClusterAccess};

/// How many things get their words in one transaction.
const TOGETHER: u32 = 500;

#[async_trait]
impl Search for Engine {
    async fn search(&self, principal: &Principal, typed: Typed) -> Answer<Findings> {
        find(self, principal, &typed).await.map_err(answer)
    }
}

async fn find(engine: &Engine, principal: &Principal, typed: &Typed) -> Result<Findings, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "search").await?;
    let reader = if principal.role.includes(Action::ManageCredentials) {
        Reader::Manager
    } else {
        Reader::Member
    };
    let one_more = u32::try_from(Findings::MOST).unwrap_or(u32::MAX).saturating_add(1);
    let mut groups = Vec::new();
    for kind in FoundKind::ALL {
        // Where clusters are off, nobody sees one.
        if kind == FoundKind::Cluster && engine.clusters == ClusterAccess::Off {
            continue;
        }
        let mut hits =
            storage::search::find(&engine.db, scope, kind, reader, typed, one_more).await?;
        let has_more = hits.len() > Findings::MOST;
        hits.truncate(Findings::MOST);
        if !hits.is_empty() {
            groups.push(FoundGroup { kind, hits, has_more });
        }
    }
    Ok(Findings { groups })
}

/// Writes the words of everything that has none, because it was stored before there was a table of them.
pub(crate) async fn fill(engine: &Engine) -> Result<(), Error> {
    let mut before = None;
    loop {
        let left = storage::search::unwritten(&engine.db, TOGETHER).await?;
        // What has no words even now would come back for ever.
        if left.is_empty() || before.as_ref() == Some(&left) {
            return Ok(());
        }
        let mut tx = engine.db.begin_system(Sweep::Search).await?;
        left.write(&mut tx).await?;
        tx.commit().await?;
        before = Some(left);
    }
}
