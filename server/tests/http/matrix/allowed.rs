//! What is allowed, written by hand. Whatever is not listed here is asked for too, and must be refused.

use domain::Role::{self, Admin, Editor, Owner, Viewer};
use server::web::routes::{Listener, Route};

use self::{
    Answer::{Leads, Next, Shown, SignIn, Streams, Tested, Unreachable},
    Named::{Deleted, Foreign, LeftOut, Malformed, Missing, Nothing, Own},
};

/// Who may at least, which objects may be named, and how that is answered.
pub struct Allowed {
    pub at: Listener,
    pub path: &'static str,
    /// `None` for everybody.
    pub least: Option<Role>,
    pub objects: &'static [Named],
    pub answer: Answer,
}

/// What a request names, as seen from the organization of the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// There is nothing to name.
    Nothing,
    Own,
    /// One of the other organization.
    Foreign,
    /// One that never was.
    Missing,
    Malformed,
    /// One that was the visitor's own.
    Deleted,
    /// The form leaves it out.
    LeftOut,
}

/// How a request that is allowed is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 200 with what was asked for.
    Shown,
    /// The page that a form leads to.
    Next,
    /// What came of a test or check.
    Tested,
    /// To a page whose address begins so.
    Leads(&'static str),
    /// Tried at another server, which does not answer.
    Unreachable,
    /// An event stream.
    Streams,
    /// The page to sign in, or on from it for who is signed in.
    SignIn,
}

const NONE: &[Named] = &[Nothing];
const OWN: &[Named] = &[Own];
const ALL: &[Named] = &[Own, Foreign, Missing, Malformed, Deleted, LeftOut];

const fn row(
    path: &'static str,
    least: Role,
    objects: &'static [Named],
    answer: Answer,
) -> Allowed {
    Allowed { at: Listener::Public, path, least: Some(least), objects, answer }
}

const fn open(path: &'static str, answer: Answer) -> Allowed {
    Allowed { at: Listener::Public, path, least: None, objects: NONE, answer }
}

const fn for_operators(path: &'static str, answer: Answer) -> Allowed {
    Allowed { at: Listener::Operators, ..open(path, answer) }
}

impl Allowed {
    /// Whether this is about that route.
    pub fn is_of(&self, route: &Route) -> bool {
        (self.at, self.path) == (route.kind.listener(), route.path)
    }

    /// What is allowed at a route.
    pub fn of(route: &Route) -> &'static Self {
        ALLOWED.iter().find(|allowed| allowed.is_of(route)).unwrap()
    }
}

/// The answers of pages, functions, forms, files and streams.
pub const ALLOWED: &[Allowed] = &[
    row("/", Viewer, NONE, Shown),
    row("/search", Viewer, NONE, Shown),
    row("/search/results", Viewer, NONE, Shown),
    // The link of the first start is used, and looks the same to everybody.
    Allowed { objects: ALL, ..open("/setup/{token}", Shown) },
    open("/sign-in", SignIn),
    Allowed { objects: &[], ..open("/actions/set-up", Next) },
    open("/actions/sign-in", Next),
    open("/actions/sign-out", Next),
    row("/account", Viewer, NONE, Shown),
    row("/account/password", Viewer, NONE, Shown),
    row("/account/sessions", Viewer, NONE, Shown),
    // It takes one's own password, and a session of one's own: `account.rs` asks with both.
    row("/actions/account/password", Viewer, &[], Next),
    row("/actions/account/end-session", Viewer, &[], Next),
    row("/actions/account/end-other-sessions", Viewer, NONE, Next),
    open("/actions/forms/elsewhere", Leads("/credentials/new")),
    open("/actions/appearance", Leads("/")),
    //
    row("/credentials", Viewer, NONE, Shown),
    row("/credentials/new", Admin, NONE, Shown),
    row("/credentials/explain", Viewer, NONE, Shown),
    row("/credentials/guides", Viewer, NONE, Shown),
    row("/credentials/{id}", Viewer, OWN, Shown),
    row("/credentials/{id}/document", Viewer, OWN, Shown),
    row("/credentials/{id}/delete", Admin, OWN, Shown),
    row("/actions/credentials/create", Admin, NONE, Next),
    row("/actions/credentials/update", Admin, OWN, Next),
    row("/actions/credentials/describe", Admin, OWN, Next),
    row("/actions/credentials/place", Admin, OWN, Next),
    row("/actions/credentials/roll-back", Admin, OWN, Next),
    row("/actions/credentials/promote", Admin, OWN, Next),
    row("/actions/credentials/test-again", Admin, OWN, Next),
    row("/actions/credentials/discard", Admin, OWN, Next),
    row("/actions/credentials/resume", Admin, OWN, Next),
    row("/actions/credentials/delete", Admin, OWN, Next),
    row("/actions/credentials/allow-address", Admin, OWN, Next),
    row("/actions/credentials/confirm-address", Admin, OWN, Next),
    row("/actions/credentials/dismiss-request", Admin, OWN, Next),
    row("/actions/credentials/withdraw-address", Admin, OWN, Next),
    row("/actions/credentials/withdraw-token-service", Admin, OWN, Next),
    row("/actions/connections/test-credential", Admin, OWN, Tested),
    row("/actions/connections/test-form", Editor, NONE, Tested),
    row("/actions/connections/test-repository", Editor, OWN, Tested),
    row("/events/tests/{name}", Viewer, NONE, Streams),
    //
    row("/charts/repositories", Viewer, NONE, Shown),
    row("/charts/repositories/new", Editor, NONE, Shown),
    row("/charts/repositories/{id}", Viewer, OWN, Shown),
    row("/charts/repositories/{id}/delete", Editor, OWN, Shown),
    row("/actions/repositories/add", Editor, NONE, Next),
    row("/actions/repositories/edit", Editor, OWN, Next),
    row("/actions/repositories/sync", Editor, OWN, Next),
    row("/actions/repositories/delete", Editor, OWN, Next),
    row("/actions/repositories/allow-token-service", Admin, OWN, Next),
    row("/import", Editor, NONE, Shown),
    row("/actions/import", Editor, NONE, Shown),
    row("/bulk/{id}", Viewer, OWN, Shown),
    row("/actions/bulk/repositories", Editor, OWN, Next),
    row("/actions/bulk/credentials", Admin, OWN, Next),
    row("/actions/bulk/confirm", Editor, OWN, Next),
    row("/actions/bulk/undo-interval", Editor, OWN, Next),
    row("/charts/catalog", Viewer, NONE, Shown),
    row("/charts/catalog/{id}", Viewer, OWN, Shown),
    row("/events/propagations/{id}", Viewer, OWN, Streams),
    row("/events/organization", Viewer, NONE, Streams),
    //
    row("/gitops", Viewer, NONE, Shown),
    row("/gitops/exports", Viewer, NONE, Shown),
    row("/gitops/exports/new", Admin, NONE, Shown),
    row("/gitops/exports/{id}", Viewer, OWN, Shown),
    row("/gitops/exports/{id}/delete", Admin, OWN, Shown),
    row("/gitops/exports/{id}/all.yaml", Viewer, OWN, Shown),
    row("/gitops/exports/{id}/files/{*path}", Viewer, OWN, Shown),
    row("/actions/gitops/exports/save", Admin, &[Own, LeftOut], Next),
    row("/actions/gitops/exports/delete", Admin, OWN, Next),
    row("/actions/gitops/exports/encrypted", Admin, OWN, Shown),
    row("/actions/gitops/exports/reveal", Admin, OWN, Shown),
    row("/gitops/check/carvel", Viewer, NONE, Shown),
    row("/gitops/check/kyma", Viewer, NONE, Shown),
    row("/actions/gitops/check/kyma", Viewer, NONE, Tested),
    row("/gitops/connections", Viewer, NONE, Shown),
    row("/gitops/connections/device", Admin, NONE, Shown),
    row("/gitops/connections/{id}/disconnect", Owner, OWN, Shown),
    row("/actions/gitops/connect", Admin, NONE, Leads("http://")),
    row("/actions/gitops/device", Admin, NONE, Leads("/gitops/connections/device")),
    row("/actions/gitops/device/poll", Admin, NONE, Leads("/gitops/connections")),
    row("/actions/gitops/installation", Admin, NONE, Leads("/gitops/connections")),
    row("/oauth/github/callback", Admin, NONE, Leads("/gitops/connections")),
    row("/oauth/github/installed", Viewer, NONE, Shown),
    row("/actions/gitops/disconnect", Owner, OWN, Next),
    // What is gone is forgotten.
    row("/actions/gitops/forget", Owner, &[Own, Foreign, Missing, Deleted], Next),
    row("/gitops/targets/new", Admin, NONE, Shown),
    row("/gitops/targets/{id}", Viewer, OWN, Shown),
    row("/gitops/targets/{id}/preview", Admin, OWN, Shown),
    row("/gitops/targets/{id}/delete", Admin, OWN, Shown),
    row("/actions/gitops/targets/save", Admin, &[Own, LeftOut], Next),
    row("/actions/gitops/targets/push", Admin, OWN, Next),
    row("/actions/gitops/targets/delete", Admin, OWN, Next),
    row("/gitops/clusters", Viewer, NONE, Shown),
    row("/gitops/clusters/new", Admin, NONE, Shown),
    row("/gitops/clusters/{id}", Viewer, OWN, Shown),
    row("/gitops/clusters/{id}/preview", Admin, OWN, Shown),
    row("/gitops/clusters/{id}/delete", Admin, OWN, Shown),
    row("/actions/gitops/clusters/save", Admin, &[Own, LeftOut], Next),
    row("/actions/gitops/clusters/apply", Admin, OWN, Next),
    row("/actions/gitops/clusters/compare", Admin, OWN, Unreachable),
    row("/actions/gitops/clusters/delete", Admin, OWN, Next),
    //
    row("/settings/projects", Viewer, NONE, Shown),
    row("/settings/projects/{id}", Viewer, OWN, Shown),
    row("/settings/projects/{id}/delete", Admin, OWN, Shown),
    row("/actions/projects/save", Admin, &[Own, LeftOut], Next),
    row("/actions/projects/delete", Admin, OWN, Next),
    row("/settings/notices", Viewer, NONE, Shown),
    row("/actions/notices/webhook", Admin, NONE, Next),
    row("/settings/members", Viewer, NONE, Shown),
    row("/settings/members/invite", Admin, NONE, Shown),
    row("/settings/members/leave", Viewer, NONE, Shown),
    row("/settings/members/{id}", Viewer, OWN, Shown),
    row("/settings/members/{id}/remove", Admin, OWN, Shown),
    row("/actions/members/invite", Admin, NONE, Shown),
    row("/actions/members/renew", Admin, OWN, Shown),
    row("/actions/members/revoke", Admin, OWN, Next),
    row("/actions/members/confirm", Admin, OWN, Next),
    row("/actions/members/refuse", Admin, OWN, Next),
    row("/actions/members/role", Admin, OWN, Next),
    row("/actions/members/suspend", Admin, OWN, Next),
    row("/actions/members/resume", Admin, OWN, Next),
    row("/actions/members/remove", Admin, OWN, Next),
    row("/actions/members/transfer", Owner, OWN, Next),
    row("/actions/members/leave", Viewer, NONE, Next),
    // Whatever it carries is moved into a cookie; without one the page and its forms refuse: `members.rs` asks with it.
    Allowed { objects: ALL, ..open("/invitations/{token}", Leads("/invitation")) },
    Allowed { objects: &[], ..open("/invitation", Shown) },
    Allowed { objects: &[], ..open("/actions/invitation/accept", Next) },
    Allowed { objects: &[], ..open("/actions/invitation/decline", Next) },
    Allowed { objects: &[], ..open("/actions/sign-up", Next) },
    row("/audit", Admin, NONE, Shown),
    //
    open("/pkg/{*file}", Shown),
    open("/favicon.svg", Shown),
    open("/favicon-failing.svg", Shown),
    open("/icons.svg", Shown),
    open("/healthz", Shown),
    open("/readyz", Shown),
    for_operators("/readyz", Shown),
    for_operators("/metrics", Shown),
];
