//! The page GitOps → Git accounts.

use domain::{
    Action, Principal, Timestamp,
    cause::RemoteKind,
    counted,
    gitops::{GitAccount, GitAccountMethod},
};
use leptos::prelude::*;

use super::{
    PATH,
    ways::{connect_again, ways},
};
use crate::ui::{
    badge::{Badge, StatusBadge, Tone},
    frame::Section,
    icon::Icon,
    moment::{Moment, moment_or},
    page::{Page, page},
};

/// `/gitops/connections`
pub(crate) fn list() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let service = &request.services().git_connections;
        let mut found = service.list(&principal).await?;
        found.sort_by_key(GitAccount::status);
        let may_manage = principal.role.includes(Action::ConnectAccounts);
        let ways = if may_manage { Some(ways(&service.offers(&principal).await?)) } else { None };
        let now = request.now;
        let cards = found.iter().map(|one| card(one, &principal, now)).collect_view();
        let none = found.is_empty().then(|| {
            let text = if may_manage {
                "Connect one, and Hawser finds its repositories and pushes to them."
            } else {
                "An owner or admin of the organization connects them."
            };
            view! {
                <section class="empty">
                    <Icon name="plug"/>
                    <h2>"No connected accounts yet"</h2>
                    <p>{text}</p>
                </section>
            }
        });
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Git accounts"</h1>
                    <p class="muted">"Git accounts that Hawser may push with."</p>
                </div>
            </div>
            <div class="beside">
                <div class="stack">{none} {cards}</div>
                <div class="stack">{ways}</div>
            </div>
        };
        Ok(Page {
            title: "Git accounts".to_owned(),
            section: Section::GitAccounts,
            body: body.into_any(),
        })
    })
}

fn card(one: &GitAccount, principal: &Principal, now: Timestamp) -> AnyView {
    let may = |action: Action| principal.role.includes(action);
    let may_manage = may(Action::ConnectAccounts);
    let may_end = may_manage && (one.is_own || may(Action::DisconnectOthers));
    let id = format!("connection-{}", one.credential);
    let lacks = (one.broken.is_none() && !one.missing_scopes.is_empty())
        .then(|| view! { <Badge tone=Tone::Warn label="Scopes missing"/> });
    let way = match one.way {
        GitAccountMethod::Web => "In the browser",
        GitAccountMethod::Device => "By a code",
        GitAccountMethod::Installation => "Installed GitHub App",
    };
    let scopes = if one.scopes.is_empty() {
        view! { <span class="muted">"As the app says"</span> }.into_any()
    } else {
        one.scopes
            .iter()
            .map(|scope| view! { <code class="tag">{scope.clone()}</code> })
            .collect_view()
            .into_any()
    };
    let disconnect = may_end.then(|| {
        view! {
            <a class="button danger" href=format!("{PATH}/{}/disconnect", one.credential)>
                "Disconnect"
            </a>
        }
    });
    let targets = if one.targets == 0 {
        view! { <span class="muted">"None"</span> }.into_any()
    } else {
        counted(one.targets, "Git target", "Git targets").into_any()
    };
    let labelled = id.clone();
    view! {
        <section class="card" aria-labelledby=labelled>
            <div class="card-head">
                <h2 id=id>{one.account.clone()} <span class="muted">" at "{one.host.clone()}</span></h2>
                <p class="tags">
                    <StatusBadge status=one.status()/>
                    {lacks}
                </p>
            </div>
            {trouble(one, may_manage)}
            <dl class="facts">
                <dt>"Credential"</dt>
                <dd>
                    <a href=crate::credentials::path_of(one.credential)>{one.name.clone()}</a>
                </dd>
                <dt>"Scopes"</dt>
                <dd class="tags">{scopes}</dd>
                <dt>"Connected"</dt>
                <dd>
                    <Moment at=one.connected_at now/>
                    {format!(" by {}", one.connected_by)}
                </dd>
                <dt>"How"</dt>
                <dd>{way}</dd>
                <dt>"Last used"</dt>
                <dd>{moment_or(one.last_used_at, now, "Never")}</dd>
                <dt>"Pushes for"</dt>
                <dd>{targets}</dd>
            </dl>
            <div class="actions">{disconnect}</div>
        </section>
    }
    .into_any()
}

/// What is wrong with a connection, and the button that mends it.
fn trouble(one: &GitAccount, may_manage: bool) -> AnyView {
    let again = || (may_manage && one.is_own).then(|| connect_again(one.way));
    let whose = (!one.is_own).then(|| format!(" {} has to connect it again.", one.connected_by));
    if let Some(cause) = one.broken {
        return view! {
            <div class="notice bad">
                <Icon name="circle-alert"/>
                <div>
                    <h3>{cause.words(RemoteKind::Github).title}</h3>
                    <p>{cause.words(RemoteKind::Github).message} {whose}</p>
                    <div class="actions">{again()}</div>
                </div>
            </div>
        }
        .into_any();
    }
    if one.missing_scopes.is_empty() {
        return ().into_any();
    }
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <div>
                <p>
                    {format!(
                        "Not granted: {}. Pushes may be refused until it is connected with all of them.",
                        one.missing_scopes.join(", "),
                    )} {whose}
                </p>
                <div class="actions">{again()}</div>
            </div>
        </div>
    }
    .into_any()
}
