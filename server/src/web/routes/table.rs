//! Every route.

use axum::routing::{MethodFilter, on};
use domain::Action;

use super::{Access, Effect, Handler, Kind, Object, Route};
use crate::{
    oauth::{self, connect, device, installed},
    web::{appearance, assets, events, exports, health, import, members, pages, search},
};

/// One line for each route: `kind path => who may, what it names, what it does, handler;`. What Leptos
/// renders and runs has no handler here.
macro_rules! routes {
    ($($kind:ident $path:expr => $who:ident, $object:ident, $effect:ident $(, $handler:expr)?;)+) => {
        /// Every route of Hawser.
        pub const ROUTES: &[Route] = &[$(Route {
            path: $path,
            kind: Kind::$kind,
            access: access!($who),
            object: Object::$object,
            effect: Effect::$effect,
            handler: handler!($kind $(, $handler)?),
        }),+];
    };
}

macro_rules! access {
    (Public) => {
        Access::Public
    };
    (SignedIn) => {
        Access::SignedIn
    };
    ($action:ident) => {
        Access::May(Action::$action)
    };
}

macro_rules! handler {
    (Page) => {
        Handler::Site(pages::page)
    };
    (Function) => {
        Handler::Site(pages::function)
    };
    (Test) => {
        Handler::Site(pages::connection_test)
    };
    (Upload) => {
        Handler::Site(import::upload)
    };
    (Form, $handler:expr) => {
        Handler::Site(|site| on(MethodFilter::POST, $handler).with_state(site.clone()))
    };
    (Health, $handler:expr) => {
        Handler::Probes(|probes| on(MethodFilter::GET, $handler).with_state(probes.clone()))
    };
    (Figures, $handler:expr) => {
        handler!(Health, $handler)
    };
    ($kind:ident, $handler:expr) => {
        Handler::Site(|site| on(MethodFilter::GET, $handler).with_state(site.clone()))
    };
}

routes! {
    Page "/" => View, None, Reads;
    Page "/search" => View, None, Reads;
    File "/search/results" => View, None, Reads, search::results;
    Page "/setup/{token}" => Public, SetUpLink, Reads;
    Page "/sign-in" => Public, None, Reads;
    Function "/actions/set-up" => Public, SetUpLink, Changes;
    Function "/actions/sign-in" => Public, None, Changes;
    Function "/actions/sign-out" => Public, None, Changes;
    Page "/account" => SignedIn, None, Reads;
    Page "/account/password" => SignedIn, None, Reads;
    Page "/account/sessions" => SignedIn, None, Reads;
    Function "/actions/account/password" => SignedIn, None, Changes;
    Function "/actions/account/end-session" => SignedIn, None, Changes;
    Function "/actions/account/end-other-sessions" => SignedIn, None, Changes;
    Form "/actions/forms/elsewhere" => Public, None, Reads, pages::elsewhere;
    Form "/actions/appearance" => Public, None, Reads, appearance::keep;

    Page "/credentials" => View, None, Reads;
    Page "/credentials/new" => ManageCredentials, None, Reads;
    Page "/credentials/explain" => View, None, Reads;
    Page "/credentials/guides" => SignedIn, None, Reads;
    Page "/credentials/{id}" => View, Credential, Reads;
    Page "/credentials/{id}/document" => View, Credential, Reads;
    Page "/credentials/{id}/delete" => ManageCredentials, Credential, Reads;
    Function "/actions/credentials/create" => ManageCredentials, None, Changes;
    Function "/actions/credentials/update" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/describe" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/place" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/roll-back" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/promote" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/test-again" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/discard" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/resume" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/delete" => ManageCredentials, Credential, Changes;
    Function "/actions/credentials/allow-address" => AllowOrigins, Credential, Changes;
    Function "/actions/credentials/confirm-address" => AllowOrigins, Credential, Changes;
    Function "/actions/credentials/dismiss-request" => AllowOrigins, Credential, Changes;
    Function "/actions/credentials/withdraw-address" => AllowOrigins, Credential, Changes;
    Function "/actions/credentials/withdraw-token-service" => AllowOrigins, Credential, Changes;
    Test "/actions/connections/test-credential" => ManageCredentials, Credential, ActsOutside;
    // Whoever types a secret into it needs `ManageCredentials`.
    Test "/actions/connections/test-form" => ManageRepositories, None, ActsOutside;
    Test "/actions/connections/test-repository" => ManageRepositories, Repository, ActsOutside;
    Stream "/events/tests/{name}" => SignedIn, None, Reads, events::connection_test;

    Page "/charts/repositories" => View, None, Reads;
    Page "/charts/repositories/new" => ManageRepositories, None, Reads;
    Page "/charts/repositories/{id}" => View, Repository, Reads;
    Page "/charts/repositories/{id}/delete" => ManageRepositories, Repository, Reads;
    Function "/actions/repositories/add" => ManageRepositories, None, Changes;
    Function "/actions/repositories/edit" => ManageRepositories, Repository, Changes;
    Function "/actions/repositories/sync" => SyncRepositories, Repository, Changes;
    Function "/actions/repositories/delete" => ManageRepositories, Repository, Changes;
    Function "/actions/repositories/allow-token-service" => AllowOrigins, Repository, Changes;
    Page "/import" => ManageRepositories, None, Reads;
    Upload "/actions/import" => ManageRepositories, None, Changes;
    Page "/bulk/{id}" => View, BulkRun, Reads;
    Function "/actions/bulk/repositories" => ManageRepositories, Repository, Changes;
    Function "/actions/bulk/credentials" => ManageCredentials, Credential, Changes;
    // Who may do to one row what the run does: the run of the matrix is one of repositories.
    Function "/actions/bulk/confirm" => ManageRepositories, BulkRun, Changes;
    Function "/actions/bulk/undo-interval" => ManageRepositories, BulkRun, Changes;
    Page "/charts/catalog" => View, None, Reads;
    Page "/charts/catalog/{id}" => View, Chart, Reads;
    Stream "/events/propagations/{id}" => View, Propagation, Reads, events::propagation;
    Stream "/events/organization" => SignedIn, None, Reads, events::organization;

    Page "/gitops" => View, None, Reads;
    Page "/gitops/exports" => View, None, Reads;
    Page "/gitops/exports/new" => ManageExports, None, Reads;
    Page "/gitops/exports/{id}" => View, Export, Reads;
    Page "/gitops/exports/{id}/delete" => ManageExports, Export, Reads;
    File "/gitops/exports/{id}/all.yaml" => View, Export, Reads, exports::all;
    File "/gitops/exports/{id}/files/{*path}" => View, Export, Reads, exports::one;
    Function "/actions/gitops/exports/save" => ManageExports, Export, Changes;
    Function "/actions/gitops/exports/delete" => ManageExports, Export, Changes;
    // Both note which secrets were read.
    Form "/actions/gitops/exports/encrypted" => ManageExports, Export, Changes, exports::encrypted;
    Form "/actions/gitops/exports/reveal" => RevealSecrets, Export, Changes, exports::reveal_values;
    Page "/gitops/check/carvel" => View, None, Reads;
    Page "/gitops/check/kyma" => SignedIn, None, Reads;
    Function "/actions/gitops/check/kyma" => SignedIn, None, Reads;

    Page "/gitops/connections" => View, None, Reads;
    Page "/gitops/connections/device" => ConnectAccounts, None, Reads;
    // Whoever may connect accounts disconnects their own; the account of the matrix is an owner's.
    Page "/gitops/connections/{id}/disconnect" => DisconnectOthers, GitAccount, Reads;
    Form "/actions/gitops/connect" => ConnectAccounts, None, Changes, connect::begin;
    Form "/actions/gitops/device" => ConnectAccounts, None, ActsOutside, device::begin;
    Form "/actions/gitops/device/poll" => ConnectAccounts, None, ActsOutside, device::poll;
    Form "/actions/gitops/installation" => ConnectAccounts, None, ActsOutside, installed::connect;
    Return oauth::CALLBACK => ConnectAccounts, None, ActsOutside, connect::finish;
    Return oauth::INSTALLED => View, None, Reads, installed::ask;
    Function "/actions/gitops/disconnect" => DisconnectOthers, GitAccount, ActsOutside;
    Function "/actions/gitops/forget" => DisconnectOthers, GitAccount, Changes;

    Page "/gitops/targets/new" => ManageExports, None, ActsOutside;
    Page "/gitops/targets/{id}" => View, GitTarget, ActsOutside;
    Page "/gitops/targets/{id}/preview" => ManageExports, GitTarget, ActsOutside;
    Page "/gitops/targets/{id}/delete" => ManageExports, GitTarget, Reads;
    Function "/actions/gitops/targets/save" => ManageExports, GitTarget, Changes;
    Function "/actions/gitops/targets/push" => ManageExports, GitTarget, Changes;
    Function "/actions/gitops/targets/delete" => ManageExports, GitTarget, Changes;

    Page "/gitops/clusters" => View, None, Reads;
    Page "/gitops/clusters/new" => ManageClusters, None, Reads;
    Page "/gitops/clusters/{id}" => View, Cluster, Reads;
    Page "/gitops/clusters/{id}/preview" => RevealSecrets, Cluster, ActsOutside;
    Page "/gitops/clusters/{id}/delete" => ManageClusters, Cluster, Reads;
    Function "/actions/gitops/clusters/save" => RevealSecrets, Cluster, Changes;
    Function "/actions/gitops/clusters/apply" => RevealSecrets, Cluster, Changes;
    Function "/actions/gitops/clusters/compare" => RevealSecrets, Cluster, ActsOutside;
    Function "/actions/gitops/clusters/delete" => RevealSecrets, Cluster, Changes;

    Page "/settings/projects" => View, None, Reads;
    Page "/settings/projects/{id}" => View, Project, Reads;
    Page "/settings/projects/{id}/delete" => ManageProjects, Project, Reads;
    Function "/actions/projects/save" => ManageProjects, Project, Changes;
    Function "/actions/projects/delete" => ManageProjects, Project, Changes;
    Page "/settings/notices" => View, None, Reads;
    Function "/actions/notices/webhook" => ManageWebhook, None, Changes;
    Page "/settings/members" => View, None, Reads;
    Page "/settings/members/invite" => ManageMembers, None, Reads;
    Page "/settings/members/leave" => View, None, Reads;
    Page "/settings/members/{id}" => View, Member, Reads;
    Page "/settings/members/{id}/remove" => ManageMembers, Member, Reads;
    // Both show the link once, in their answer.
    Form "/actions/members/invite" => ManageMembers, None, Changes, members::invite;
    Form "/actions/members/renew" => ManageMembers, Invitation, Changes, members::renew;
    Function "/actions/members/revoke" => ManageMembers, Invitation, Changes;
    Function "/actions/members/confirm" => ManageMembers, Invitation, Changes;
    Function "/actions/members/refuse" => ManageMembers, Invitation, Changes;
    // Of the matrix, the member and the invitation are those of a viewer: admins and owners take `ManageAdmins`.
    Function "/actions/members/role" => ManageMembers, Member, Changes;
    Function "/actions/members/suspend" => ManageMembers, Member, Changes;
    Function "/actions/members/resume" => ManageMembers, Member, Changes;
    Function "/actions/members/remove" => ManageMembers, Member, Changes;
    Function "/actions/members/transfer" => ManageAdmins, Member, Changes;
    Function "/actions/members/leave" => View, None, Changes;
    Return "/invitations/{token}" => Public, InvitationLink, Reads, members::open_link;
    Page "/invitation" => Public, None, Reads;
    Function "/actions/invitation/accept" => Public, None, Changes;
    Function "/actions/invitation/decline" => Public, None, Changes;
    Function "/actions/sign-up" => Public, None, Changes;
    Page "/audit" => ReadAudit, None, Reads;

    Asset "/pkg/{*file}" => Public, None, Reads, assets::serve;
    Asset "/favicon.svg" => Public, None, Reads, assets::serve;
    Asset "/favicon-failing.svg" => Public, None, Reads, assets::serve;
    Asset "/icons.svg" => Public, None, Reads, assets::serve;
    Health "/healthz" => Public, None, Reads, health::alive;
    Health "/readyz" => Public, None, Reads, health::ready;
    Figures "/readyz" => Public, None, Reads, health::explained;
    Figures "/metrics" => Public, None, Reads, health::figures;
}
