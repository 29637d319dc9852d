//! What becomes of the link of a repository that is changed.

use domain::{
    CredentialId, RepositoryId, Scope, Timestamp, audit::AuditAction, repositories::LinkState,
};
use storage::{Tx, repositories::Current};

use crate::Error;

/// What becomes of the link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NewLink {
    Kept,
    Set(CredentialId),
    Removed,
    Suspended,
}

/// A credential goes only to the origin it was linked for (R-CRED-03). With a new origin the link
/// is suspended; it comes back when a person names another credential, names the same one once
/// more while the new origin stands there, or puts the old origin back.
pub(super) fn new_link(current: &Current, wanted: Option<CredentialId>, origin: &str) -> NewLink {
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

/// What the URL chooses; the owner of the pattern agreed to the address.
pub(super) fn automatic_link(
    current: &Current,
    winner: Option<CredentialId>,
    origin: &str,
) -> NewLink {
    let linked = current
        .link
        .as_ref()
        .filter(|link| link.state == LinkState::Active && link.origin == origin)
        .map(|link| link.credential);
    match winner {
        Some(winner) if linked == Some(winner) => NewLink::Kept,
        Some(winner) => NewLink::Set(winner),
        None if current.link.is_some() => NewLink::Removed,
        None => NewLink::Kept,
    }
}

/// Gives a repository its link; answers what that is called in the audit log.
pub(super) async fn relink(
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

#[cfg(test)]
mod tests {
    use domain::{ProjectId, repositories::RepositoryKind};
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
            project: ProjectId::new(),
            is_automatic: false,
            ca: String::new(),
            proxy: String::new(),
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

    #[test]
    fn an_automatic_link_is_the_winners_at_the_origin_of_the_url() {
        let (a, b) = (CredentialId::new(), CredentialId::new());
        let here = "https://new.example:443";
        let active = repository(a, LinkState::Active, here);
        assert_eq!(automatic_link(&active, Some(a), here), NewLink::Kept);
        assert_eq!(automatic_link(&active, Some(b), here), NewLink::Set(b));
        assert_eq!(automatic_link(&active, None, here), NewLink::Removed);
        assert_eq!(automatic_link(&active, Some(a), "https://old.example:443"), NewLink::Set(a));
        let suspended = repository(a, LinkState::Suspended, here);
        assert_eq!(automatic_link(&suspended, Some(a), here), NewLink::Set(a));
    }
}
