//! What a route is. [`ROUTES`] registers each one, and the router is made of nothing else.

mod table;

use axum::routing::MethodRouter;
use domain::Action;
use http::Method;

pub use table::ROUTES;

use super::{health::Probes, site::Site};

/// One address that Hawser answers.
pub struct Route {
    /// Its template, as axum writes it.
    pub path: &'static str,
    /// What it is; this chooses its method and the layers before it.
    pub kind: Kind,
    /// Who may ask.
    pub access: Access,
    /// What the path or form names.
    pub object: Object,
    /// What asking does.
    pub effect: Effect,
    pub(super) handler: Handler,
}

/// What answers, made of what it needs.
pub(super) enum Handler {
    /// The whole of Hawser.
    Site(fn(&Site) -> MethodRouter),
    /// What is there from the first moment of the start.
    Probes(fn(&Probes) -> MethodRouter),
}

/// Where Hawser listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listener {
    /// `HAWSER_LISTEN`, for everybody.
    Public,
    /// `HAWSER_METRICS_LISTEN`, for whoever runs Hawser.
    Operators,
}

/// What a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A page that Leptos renders.
    Page,
    /// A file made for the person who asks.
    File,
    /// Where another site sends browsers back to.
    Return,
    /// A server function of Leptos, which runs to its end.
    Function,
    /// A server function that ends when the browser hangs up, because it stores nothing.
    Test,
    /// A form whose answer is no page of Leptos.
    Form,
    /// A form with a file.
    Upload,
    /// An event stream.
    Stream,
    /// A file of the bundle.
    Asset,
    /// What is asked by any host name whether Hawser lives and works. It answers while Hawser starts.
    Health,
    /// What whoever runs Hawser asks at a listener of their own, from the start on.
    Figures,
}

/// Who may ask. The engine decides; the matrix test holds that it decides as this says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anybody.
    Public,
    /// Every member of an organization.
    SignedIn,
    /// Members whose role includes this action.
    May(Action),
}

/// What a path or form names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    /// Nothing that is stored.
    None,
    /// The link of the first start.
    SetUpLink,
    /// A credential.
    Credential,
    /// A repository.
    Repository,
    /// A bulk run.
    BulkRun,
    /// A chart.
    Chart,
    /// A propagation.
    Propagation,
    /// An export.
    Export,
    /// A Git target.
    GitTarget,
    /// A cluster.
    Cluster,
    /// A Git account, which is named by its credential.
    GitAccount,
    /// A project.
    Project,
    /// A member, who is named by their account.
    Member,
    /// An invitation.
    Invitation,
    /// What the link of an invitation carries.
    InvitationLink,
}

/// What asking does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing changes; what was asked for may stand in the audit log.
    Reads,
    /// Something of Hawser's own changes, jobs included.
    Changes,
    /// Another server is asked or changed before the answer.
    ActsOutside,
}

impl Kind {
    /// Every kind.
    pub(super) const ALL: [Self; 11] = [
        Self::Page,
        Self::File,
        Self::Return,
        Self::Function,
        Self::Test,
        Self::Form,
        Self::Upload,
        Self::Stream,
        Self::Asset,
        Self::Health,
        Self::Figures,
    ];

    /// The one method that routes of this kind take.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Function | Self::Test | Self::Form | Self::Upload => Method::POST,
            Self::Page
            | Self::File
            | Self::Return
            | Self::Stream
            | Self::Asset
            | Self::Health
            | Self::Figures => Method::GET,
        }
    }

    /// Where routes of this kind answer.
    #[must_use]
    pub const fn listener(self) -> Listener {
        match self {
            Self::Figures => Listener::Operators,
            _ => Listener::Public,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn registered(kinds: &[Kind]) -> BTreeSet<&'static str> {
        ROUTES.iter().filter(|it| kinds.contains(&it.kind)).map(|it| it.path).collect()
    }

    #[test]
    fn every_page_of_the_app_is_registered_and_no_other() {
        let listed = leptos_axum::generate_route_list(app::App);
        let listed: BTreeSet<_> = listed.iter().map(leptos_axum::AxumRouteListing::path).collect();
        assert_eq!(listed, registered(&[Kind::Page]));
    }

    #[test]
    fn r_csrf_02_every_server_function_is_registered_and_a_post() {
        let listed: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths()
            .map(|(path, method)| {
                assert_eq!(method, Method::POST, "{path}");
                path
            })
            .collect();
        assert_eq!(listed, registered(&[Kind::Function, Kind::Test]));
    }

    #[test]
    fn every_file_at_the_root_is_registered() {
        let public = concat!(env!("CARGO_MANIFEST_DIR"), "/../public");
        let mut listed: BTreeSet<_> = std::fs::read_dir(public)
            .unwrap()
            .map(|file| format!("/{}", file.unwrap().file_name().into_string().unwrap()))
            .collect();
        listed.insert("/pkg/{*file}".to_owned());
        let listed: BTreeSet<_> = listed.iter().map(String::as_str).collect();
        assert_eq!(listed, registered(&[Kind::Asset]));
    }

    #[test]
    fn nothing_is_registered_twice_and_pages_only_read() {
        let place = |route: &Route| (route.kind.listener() as u8, route.path);
        let places: BTreeSet<_> = ROUTES.iter().map(place).collect();
        assert_eq!(places.len(), ROUTES.len());
        for route in ROUTES.iter().filter(|route| route.kind.method() == Method::GET) {
            let is_return = route.kind == Kind::Return;
            assert!(is_return || route.effect != Effect::Changes, "{}", route.path);
        }
    }
}
