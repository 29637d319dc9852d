//! The repositories of a connected account.

use domain::{
    Action, Actor, CredentialId, ServiceError,
    gitops::{ConnectionWay, HostedRepository},
};
use storage::gitops::connections::Connection;

use super::{
    at_home, github,
    login::{access, login_at, note},
};
use crate::{Engine, Error, audit::allowed};

/// The most bytes of a search.
const LONGEST: usize = 255;

pub(super) async fn repositories(
    engine: &Engine,
    actor: &Actor,
    id: CredentialId,
    search: &str,
) -> Result<Vec<HostedRepository>, Error> {
    let scope = allowed(engine, actor, Action::ManageExports, "list Git repositories").await?;
    engine.limits.connection_attempt(actor.user)?;
    let search = search.get(..search.floor_char_boundary(LONGEST)).unwrap_or_default();
    let connection = at_home(engine, scope, id).await?;
    is_own(actor, &connection)?;
    let github = github(engine)?;
    let listed = match connection.way {
        ConnectionWay::Web | ConnectionWay::Device => {
            let access = access(engine, scope, id).await?;
            github.repositories(&access, search).await
        }
        ConnectionWay::Installation => {
            let login = login_at(engine, scope, id, &github.settings().web).await?;
            github.installed_repositories(&login.password, search).await
        }
    };
    if let Err(failure) = &listed {
        note(engine, scope, id, failure).await;
    }
    Ok(listed?)
}

/// Nobody uses an account that another person connected, not even to look (R-GIT-06). What the app is
/// installed for is the organization's.
pub(super) fn is_own(actor: &Actor, connection: &Connection) -> Result<(), Error> {
    let is_own = connection.user == actor.user || connection.way == ConnectionWay::Installation;
    if is_own { Ok(()) } else { Err(ServiceError::NotAllowed.into()) }
}
