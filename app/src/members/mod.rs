//! Members of the organization: who they are, invitations, and what becomes of memberships.

mod invitation;
mod invite;
mod leave;
mod list;
mod member;
mod remove;
mod server_fns;

pub(crate) use invitation::invitation;
pub(crate) use invite::invite;
pub use invite::{InviteAnswer, MadeLink};
pub(crate) use leave::leave;
pub(crate) use list::list;
pub(crate) use member::member;
pub(crate) use remove::remove;

use domain::{Role, UserId};

/// The address of the list.
pub(crate) const PATH: &str = "/settings/members";
/// Where one leaves the organization.
const LEAVE: &str = "/settings/members/leave";
/// Where somebody is invited, and the link is shown.
const INVITE: &str = "/settings/members/invite";
/// Where an invitation is taken.
const INVITATION: &str = "/invitation";

/// The address of one member.
pub(crate) fn path_of(user: UserId) -> String {
    format!("{PATH}/{user}")
}

/// A role in one word.
const fn role_label(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Editor => "Editor",
        Role::Viewer => "Viewer",
    }
}

/// A role with what it may, for a drop-down.
const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner: everything, and who is an admin",
        Role::Admin => "Admin: credentials, exports, members",
        Role::Editor => "Editor: repositories and which credential opens them",
        Role::Viewer => "Viewer: looks only",
    }
}

/// The options of a drop-down.
fn roles(which: &[Role]) -> Vec<(&'static str, Vec<(String, String)>)> {
    let options = which.iter().map(|role| (role.as_str().to_owned(), role_words(*role).to_owned()));
    vec![("", options.collect())]
}
