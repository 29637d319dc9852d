//! Announcing what began to fail, and noticing that it is over.

use std::time::Duration;

use domain::{
    NoticeId, Timestamp,
    audit::{AuditAction, AuditActor},
    notices::Subject,
};
use storage::{
    jobs,
    notices::troubles::{self, Beginning},
};

use crate::{Engine, Error, audit, gitops::ClusterAccess};

/// How long a failure that may pass by itself lasts before it is announced: what passes within minutes
/// is nobody's to mend.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);

/// Announces the troubles that are to be known, once for each time that one began, and ends those that
/// are over; answers how many were announced. One whose cause is another now says so, and is not
/// announced again.
pub(super) async fn announce(engine: &Engine, now: Timestamp) -> Result<u32, Error> {
    if troubles::any_open(&engine.db).await? {
        let ended = troubles::end(&engine.db, now).await?;
        let followed = troubles::follow(&engine.db).await?;
        for organization in ended.into_iter().chain(followed) {
            engine.changes.tell(organization);
        }
    }
    let mut made = 0;
    for beginning in troubles::beginning(&engine.db).await? {
        if is_due(&beginning, now) && is_shown(engine, &beginning) {
            made += u32::from(make(engine, &beginning, now).await?);
        }
    }
    Ok(made)
}

fn is_due(beginning: &Beginning, now: Timestamp) -> bool {
    !beginning.cause.may_pass() || beginning.began_at.plus(PATIENCE) <= now
}

/// Where clusters are off, nobody sees one.
fn is_shown(engine: &Engine, beginning: &Beginning) -> bool {
    engine.clusters == ClusterAccess::On || !matches!(beginning.subject, Subject::Cluster(_))
}

/// Makes a notice and queues its way to the webhook; `false` when another replica was quicker.
async fn make(engine: &Engine, beginning: &Beginning, now: Timestamp) -> Result<bool, Error> {
    let scope = beginning.scope;
    let id = NoticeId::new();
    let has_webhook = !storage::notices::webhook(&engine.db, scope).await?.is_empty();
    let mut tx = engine.db.begin_work(scope).await?;
    if troubles::begin(&mut tx, scope, id, beginning, now).await? == 0 {
        return Ok(false);
    }
    if has_webhook {
        jobs::queue(&mut tx, scope, jobs::Kind::Notice, id.uuid(), "trouble", now, now).await?;
    }
    let words = beginning.cause.words(beginning.subject.asked());
    let told = (beginning.subject.target(), beginning.name.as_str(), words.title);
    audit::record(&mut tx, AuditActor::Hawser, scope, now, AuditAction::NoticeMade, told).await?;
    tx.commit().await?;
    engine.changes.tell(beginning.scope.organization());
    Ok(true)
}
