//! The document around the pages, and the table of all paths.

use http::request::Parts;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    account,
    appearance::{Appearance, Theme},
    audit, bulk, charts, credentials, exports, gitops, import, matching, members, notices,
    overview, projects, repositories, search,
    services::Bundle,
    sessions,
    ui::page::not_found,
};

/// The whole document, for `leptos_axum` to render.
#[must_use]
pub fn shell() -> AnyView {
    document(|| view! { <App/> }.into_any())
}

/// The whole document of an address that has no page.
#[must_use]
pub fn missing() -> AnyView {
    provide_meta_context();
    document(|| view! { <Title formatter=titled/>{not_found()} }.into_any())
}

fn titled(title: String) -> String {
    title + " · Hawser"
}

fn document(body: impl FnOnce() -> AnyView) -> AnyView {
    let bundle = use_context::<Bundle>().unwrap_or_default();
    let appearance = use_context::<Parts>().map(|parts| Appearance::of(&parts.headers));
    let appearance = appearance.unwrap_or_default();
    let scheme = match appearance.theme {
        Theme::System => "light dark",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    // Islands have no serialized resources; nothing else may write scripts into the page.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=appearance.theme.as_str() data-side=appearance.side.as_str() data-zone=appearance.zone.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=scheme/>
                <meta name="referrer" content="same-origin"/>
                <link rel="stylesheet" href=bundle.css/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <MetaTags/>
            </head>
            <body>
                {body()}
                <script
                    type="module"
                    src=bundle.awake
                    data-js-url=bundle.js
                    data-wasm-url=bundle.wasm
                    data-follow-url=bundle.follow
                    data-palette-url=bundle.palette
                    data-forms-url=bundle.forms
                    nonce=use_nonce()
                ></script>
            </body>
        </html>
    }
    .into_any()
}

/// The pages by path.
#[component]
pub fn App() -> AnyView {
    provide_meta_context();
    let mode = SsrMode::Async;
    view! {
        <Title formatter=titled/>
        <Router>
            <FlatRoutes fallback=not_found>
                <Route path=path!("/") view=overview::overview ssr=mode.clone()/>
                <Route path=path!("/search") view=search::search ssr=mode.clone()/>
                <Route path=path!("/setup/:token") view=sessions::set_up ssr=mode.clone()/>
                <Route path=path!("/account") view=account::account ssr=mode.clone()/>
                <Route path=path!("/account/password") view=account::password ssr=mode.clone()/>
                <Route path=path!("/account/sessions") view=account::sessions ssr=mode.clone()/>
                <Route path=path!("/sign-in") view=sessions::sign_in ssr=mode.clone()/>
                <Route path=path!("/credentials") view=credentials::list ssr=mode.clone()/>
                <Route path=path!("/credentials/new") view=credentials::new ssr=mode.clone()/>
                <Route
                    path=path!("/credentials/explain")
                    view=matching::explain
                    ssr=mode.clone()
                />
                <Route path=path!("/credentials/guides") view=credentials::guides ssr=mode.clone()/>
                <Route path=path!("/credentials/:id") view=credentials::detail ssr=mode.clone()/>
                <Route path=path!("/credentials/:id/document") view=credentials::document ssr=mode.clone()/>
                <Route
                    path=path!("/credentials/:id/delete")
                    view=credentials::delete
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/charts/repositories")
                    view=repositories::list
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/charts/repositories/new")
                    view=repositories::add
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/charts/repositories/:id")
                    view=repositories::detail
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/charts/repositories/:id/delete")
                    view=repositories::delete
                    ssr=mode.clone()
                />
                <Route path=path!("/charts/catalog") view=charts::catalog ssr=mode.clone()/>
                <Route path=path!("/charts/catalog/:id") view=charts::detail ssr=mode.clone()/>
                <Route path=path!("/gitops") view=gitops::overview ssr=mode.clone()/>
                <Route path=path!("/gitops/connections") view=gitops::git_accounts::list ssr=mode.clone()/>
                <Route path=path!("/gitops/connections/device") view=gitops::git_accounts::device ssr=mode.clone()/>
                <Route path=path!("/gitops/connections/:id/disconnect") view=gitops::git_accounts::disconnect ssr=mode.clone()/>
                <Route path=path!("/gitops/targets/new") view=gitops::targets::new ssr=mode.clone()/>
                <Route path=path!("/gitops/targets/:id") view=gitops::targets::detail ssr=mode.clone()/>
                <Route path=path!("/gitops/targets/:id/preview") view=gitops::targets::preview ssr=mode.clone()/>
                <Route path=path!("/gitops/targets/:id/delete") view=gitops::targets::delete ssr=mode.clone()/>
                <Route path=path!("/gitops/exports") view=exports::list ssr=mode.clone()/>
                <Route path=path!("/gitops/exports/new") view=exports::new ssr=mode.clone()/>
                <Route path=path!("/gitops/exports/:id") view=exports::detail ssr=mode.clone()/>
                <Route path=path!("/gitops/exports/:id/delete") view=exports::delete ssr=mode.clone()/>
                <Route path=path!("/gitops/check/carvel") view=exports::check::carvel ssr=mode.clone()/>
                <Route path=path!("/gitops/check/kyma") view=exports::check::kyma ssr=mode.clone()/>
                <Route path=path!("/gitops/clusters") view=gitops::clusters::list ssr=mode.clone()/>
                <Route path=path!("/gitops/clusters/new") view=gitops::clusters::new ssr=mode.clone()/>
                <Route path=path!("/gitops/clusters/:id") view=gitops::clusters::detail ssr=mode.clone()/>
                <Route path=path!("/gitops/clusters/:id/preview") view=gitops::clusters::preview ssr=mode.clone()/>
                <Route path=path!("/gitops/clusters/:id/delete") view=gitops::clusters::delete ssr=mode.clone()/>
                <Route path=path!("/settings/projects") view=projects::list ssr=mode.clone()/>
                <Route
                    path=path!("/settings/projects/:id")
                    view=projects::detail
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/settings/projects/:id/delete")
                    view=projects::delete
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/settings/notices")
                    view=notices::notices
                    ssr=mode.clone()
                />
                <Route path=path!("/settings/members") view=members::list ssr=mode.clone()/>
                <Route path=path!("/settings/members/invite") view=members::invite ssr=mode.clone()/>
                <Route path=path!("/settings/members/leave") view=members::leave ssr=mode.clone()/>
                <Route path=path!("/settings/members/:id") view=members::member ssr=mode.clone()/>
                <Route path=path!("/settings/members/:id/remove") view=members::remove ssr=mode.clone()/>
                <Route path=path!("/invitation") view=members::invitation ssr=mode.clone()/>
                <Route path=path!("/import") view=import::import ssr=mode.clone()/>
                <Route path=path!("/bulk/:id") view=bulk::run ssr=mode.clone()/>
                <Route path=path!("/audit") view=audit::log ssr=mode/>
            </FlatRoutes>
        </Router>
    }
    .into_any()
}
