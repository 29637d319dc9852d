//! What becomes of the link of a repository that is changed.

use domain::{CredentialId, RepositoryId, Timestamp, audit::AuditAction, repositories::LinkState};
use storage::{Scope, Tx, repositories::Current};

use super::address::Permission;
use crate::Error;

/// What becomes of the link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NewLink {
    Kept,
    Set(CredentialId),
    Removed,
    Suspended,
    /// The credential may not go to the address, and the link would be new.
    Refused(CredentialId),
}

/// Whether the form leads somewhere else than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    Stays,
    Elsewhere,
}

/// A credential goes only to addresses that were allowed for it (R-CRED-03). A repository that moves to
/// another one keeps its link, suspended, until somebody with the right allows that address.
pub(super) fn new_link(
    current: &Current,
    wanted: Option<CredentialId>,
    origin: &str,
    permission: &Permission,
    moves: Moves,
) -> NewLink {
    let Some(wanted) = wanted else {
        return if current.link.is_some() { NewLink::Removed } else { NewLink::Kept };
    };
    let link = current.link.as_ref().filter(|link| link.credential == wanted);
    let state = link.map(|link| link.state);
    if *permission == Permission::Missing {
        return match (state, moves) {
            (Some(LinkState::Active), _) => NewLink::Suspended,
            (Some(LinkState::Suspended), Moves::Elsewhere) => NewLink::Kept,
            (Some(LinkState::Suspended), Moves::Stays) | (None, _) => NewLink::Refused(wanted),
        };
    }
    let is_bound = link.is_some_and(|link| link.origin == origin);
    if state == Some(LinkState::Active) && is_bound && *permission == Permission::Given {
        NewLink::Kept
    } else {
        NewLink::Set(wanted)
    }
}

/// What the URL chooses among the credentials that may go there.
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
        NewLink::Kept | NewLink::Refused(_) => None,
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
    fn r_cred_03_an_address_that_is_not_allowed_suspends_or_refuses() {
        let (a, b) = (CredentialId::new(), CredentialId::new());
        let (here, there) = ("https://new.example:443", "https://other.example:443");
        let (given, missing) = (Permission::Given, Permission::Missing);
        let active = repository(a, LinkState::Active, here);
        let (stays, moves) = (Moves::Stays, Moves::Elsewhere);
        assert_eq!(new_link(&active, Some(a), here, &given, stays), NewLink::Kept);
        assert_eq!(new_link(&active, Some(a), there, &given, moves), NewLink::Set(a));
        assert_eq!(new_link(&active, Some(a), there, &missing, moves), NewLink::Suspended);
        // The same origin by another route, or withdrawn since.
        assert_eq!(new_link(&active, Some(a), here, &missing, moves), NewLink::Suspended);
        assert_eq!(new_link(&active, Some(a), here, &missing, stays), NewLink::Suspended);
        assert_eq!(new_link(&active, Some(b), there, &missing, moves), NewLink::Refused(b));
        assert_eq!(new_link(&active, Some(b), there, &given, moves), NewLink::Set(b));
        assert_eq!(new_link(&active, None, there, &missing, moves), NewLink::Removed);

        let suspended = repository(a, LinkState::Suspended, "https://old.example:443");
        assert_eq!(new_link(&suspended, Some(a), here, &missing, stays), NewLink::Refused(a));
        assert_eq!(new_link(&suspended, Some(a), here, &given, stays), NewLink::Set(a));
        assert_eq!(new_link(&suspended, Some(a), there, &missing, moves), NewLink::Kept);
        assert_eq!(
            new_link(&suspended, Some(a), here, &Permission::Agreed, stays),
            NewLink::Set(a)
        );
        assert_eq!(new_link(&suspended, Some(b), there, &missing, moves), NewLink::Refused(b));
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
