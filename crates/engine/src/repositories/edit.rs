//! Changing a repository, and what that means for its link.

use domain::{
    Action, Actor, CredentialId, RepositoryId, Scope, ServiceError, Timestamp,
    audit::AuditAction,
    repositories::{EditRepository, LinkState, RepositoryFields, SyncTrigger},
};
use storage::{
    Tx, jobs,
    repositories::{Change, Current},
};

use super::{audit, held, name_taken, not_found};
use crate::{Engine, Error, audit::allowed};

/// What becomes of the link.
#[derive(Debug, PartialEq, Eq)]
enum NewLink {
    Kept,
    Set(CredentialId),
    Removed,
    Suspended,
}

pub(super) async fn edit(
    engine: &Engine,
    actor: &Actor,
    form: EditRepository,
) -> Result<RepositoryId, Error> {
    let scope = allowed(engine, actor, Action::ManageRepositories, "change a repository").await?;
    let (id, row_version, fields) = form.parse()?;
    let current =
        storage::repositories::current(&engine.db, scope, id).await?.ok_or_else(not_found)?;
    if current.row_version != row_version {
        return Err(stale(current));
    }
    let kind = fields.kind.unwrap_or(current.kind);
    let url = fields.url.spelled_for(kind);
    let origin = url.origin();
    let link = new_link(&current, fields.credential, &origin);
    if matches!(link, NewLink::Set(_) | NewLink::Removed) {
        allowed(engine, actor, Action::LinkCredentials, "link a credential").await?;
    }
    if url.as_str() != current.url || kind != current.kind || link != NewLink::Kept {
        engine.limits.connection_attempt(actor.user)?;
    }
    let now = engine.clock.now();
    let name = fields.name.as_str();
    let change = Change {
        name,
        name_key: &fields.name.key(),
        kind,
        url: url.as_str(),
        origin: &origin,
        chart_names: &fields.chart_names,
        interval: fields.interval,
        by: &actor.name,
    };
    let mut tx = engine.db.begin().await?;
    let credential_name = match &link {
        NewLink::Set(credential) => held(&mut tx, scope, *credential).await?,
        _ => current.link.as_ref().map(|link| link.name.clone()).unwrap_or_default(),
    };
    let changed = storage::repositories::update(&mut tx, scope, id, row_version, &change)
        .await
        .map_err(name_taken)?;
    if changed == 0 {
        drop(tx);
        return Err(overtaken(engine, scope, id).await?);
    }
    let detail = changes(&current, &fields, url.as_str());
    audit(&mut tx, actor, scope, now, AuditAction::RepositoryChanged, name, &detail).await?;
    if let Some(action) = relink(&mut tx, scope, id, &link, &origin, now).await? {
        audit(&mut tx, actor, scope, now, action, name, &credential_name).await?;
    }
    let reason = SyncTrigger::Changed.as_str();
    jobs::queue(&mut tx, scope, jobs::Kind::Sync, id.uuid(), reason, now, now).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(id)
}

/// A credential goes only to the origin it was linked for (R-CRED-03). With a new origin the link
/// is suspended; it comes back when a person names another credential, names the same one once
/// more while the new origin stands there, or puts the old origin back.
fn new_link(current: &Current, wanted: Option<CredentialId>, origin: &str) -> NewLink {
    let Some(wanted) = wanted else {
        return if current.link.is_some() { NewLink::Removed } else { NewLink::Kept };
    };
    let Some(link) = current.link.as_ref().filter(|link| link.credential == wanted) else {
        return NewLink::Set(wanted);
    };
    let confirmed =
        link.state == LinkState::Suspended && (origin == current.origin || origin == link.origin);
    match link.state {
        _ if confirmed => NewLink::Set(wanted),
        LinkState::Active if origin != link.origin => NewLink::Suspended,
        LinkState::Active | LinkState::Suspended => NewLink::Kept,
    }
}

async fn relink(
    tx: &mut Tx,
    scope: Scope,
    id: RepositoryId,
    link: &NewLink,
    origin: &str,
    now: Timestamp,
) -> Result<Option<AuditAction>, Error> {
    Ok(match link {
        NewLink::Kept => None,
        NewLink::Set(credential) => {
            super::link(tx, scope, id, *credential, origin, now).await?;
            Some(AuditAction::LinkSet)
        }
        NewLink::Removed => {
            storage::repositories::unlink(tx, scope, id).await?;
            Some(AuditAction::LinkRemoved)
        }
        NewLink::Suspended => {
            storage::repositories::suspend(tx, scope, id).await?;
            Some(AuditAction::LinkSuspended)
        }
    })
}

/// What changed, for the audit log: the names of the fields, and the new URL.
fn changes(current: &Current, fields: &RepositoryFields, url: &str) -> String {
    let mut changes = Vec::new();
    if current.name != fields.name.as_str() {
        changes.push(format!("name was {}", current.name));
    }
    if current.url != url {
        changes.push(format!("URL is {url}"));
    }
    if changes.is_empty() { "settings".to_owned() } else { changes.join(", ") }
}

/// Who was quicker, or that the repository is gone.
async fn overtaken(engine: &Engine, scope: Scope, id: RepositoryId) -> Result<Error, Error> {
    let current = storage::repositories::current(&engine.db, scope, id).await?;
    Ok(current.map_or_else(not_found, stale))
}

fn stale(current: Current) -> Error {
    ServiceError::Stale { changed_by: current.updated_by }.into()
}

#[cfg(test)]
mod tests {
    use domain::repositories::RepositoryKind;
    use storage::repositories::CurrentLink;

    use super::*;

    fn repository(credential: CredentialId, state: LinkState, origin: &str) -> Current {
        Current {
            name: "charts".into(),
            kind: RepositoryKind::Helm,
            url: "https://new.example".into(),
            row_version: 1,
            updated_by: "Ada".into(),
            origin: "https://new.example:443".into(),
            link: Some(CurrentLink { credential, name: "c".into(), origin: origin.into(), state }),
        }
    }

    #[test]
    fn r_cred_03_a_new_origin_suspends_until_a_person_confirms() {
        let (a, b) = (CredentialId::new(), CredentialId::new());
        let active = repository(a, LinkState::Active, "https://new.example:443");
        assert_eq!(new_link(&active, Some(a), "https://new.example:443"), NewLink::Kept);
        assert_eq!(new_link(&active, Some(a), "https://other.example:443"), NewLink::Suspended);
        assert_eq!(new_link(&active, Some(b), "https://other.example:443"), NewLink::Set(b));
        assert_eq!(new_link(&active, None, "https://other.example:443"), NewLink::Removed);

        let suspended = repository(a, LinkState::Suspended, "https://old.example:443");
        assert_eq!(new_link(&suspended, Some(a), "https://new.example:443"), NewLink::Set(a));
        assert_eq!(new_link(&suspended, Some(a), "https://old.example:443"), NewLink::Set(a));
        assert_eq!(new_link(&suspended, Some(a), "https://third.example:443"), NewLink::Kept);
        assert_eq!(new_link(&suspended, Some(b), "https://third.example:443"), NewLink::Set(b));
    }
}
