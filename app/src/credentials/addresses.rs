//! The allowed addresses of a credential: where its login may go, and what somebody asked for.

use domain::{
    Action, CredentialKind, Field, Principal, Timestamp,
    credentials::{
        AddressRequest, AddressSource, AllowedAddress, AllowedAddresses, CredentialDetail,
        PatternKind, Route, TokenService, readable_origin,
    },
    is_same_registry,
    repositories::RepositoryUrl,
};
use leptos::prelude::*;

use super::access_path;
use crate::ui::{
    badge::{Badge, Tone},
    form::{ActionButton, Form, FormState, Submit},
    input::{Input, hidden},
    moment::Moment,
    page::Request,
};

const FORM: &str = "credential-address";

/// The panel; nothing for a credential of a cluster, whose kubeconfig names its address.
pub(super) fn addresses(
    request: &Request,
    credential: &CredentialDetail,
    principal: &Principal,
) -> Option<AnyView> {
    let what = match credential.provider.facts().kind {
        CredentialKind::Registry => {
            "Sent to these addresses only, whatever a repository or pattern says."
        }
        CredentialKind::Git => {
            "Exports name patterns at these addresses only. A Git target has its own address."
        }
        CredentialKind::Cluster => return None,
    };
    let may_allow = principal.role.includes(Action::AllowOrigins);
    let now = request.now;
    let asked = credential
        .requested
        .iter()
        .map(|asked| requested(credential, asked, may_allow, now))
        .collect_view();
    let own = credential.provider.facts().own_hosts.iter().map(|host| own(credential, host));
    let own = own.collect_view();
    let rows = credential
        .allowed
        .iter()
        .map(|address| allowed(credential, address, may_allow, now))
        .collect_view();
    let services = credential
        .token_services
        .iter()
        .map(|service| token_service(credential, service, may_allow, now))
        .collect_view();
    let form = may_allow.then(|| form(request, credential));
    Some(
        view! {
            <section class="card" id="addresses" aria-labelledby="addresses-title">
                <h2 id="addresses-title">"Allowed addresses"</h2>
                <p class="muted">{what}</p>
                <ul class="lines">{asked} {own} {rows} {services}</ul>
                {suggestion(credential, may_allow)}
                {form}
            </section>
        }
        .into_any(),
    )
}

fn requested(
    credential: &CredentialDetail,
    asked: &AddressRequest,
    may_allow: bool,
    now: Timestamp,
) -> AnyView {
    let values = |name: &'static str| {
        vec![("credential", credential.id.to_string()), (name, asked.id.to_string())]
    };
    let from = access_path(credential.id);
    let buttons = may_allow.then(|| {
        view! {
            <div class="actions">
                <ActionButton
                    action="/actions/credentials/allow-address"
                    from=from.clone()
                    values=values("request")
                >
                    "Allow"
                </ActionButton>
                <ActionButton
                    action="/actions/credentials/dismiss-request"
                    from
                    class="button quiet"
                    values=values("request")
                >
                    "Dismiss"
                </ActionButton>
            </div>
        }
    });
    view! {
        <li class="line">
            <div>
                <strong class="url">{readable_origin(&asked.origin).to_owned()}</strong>
                <p class="muted">{in_words(&asked.route)}</p>
                <p>
                    <Badge tone=Tone::Warn label="Requested"/>
                    " by "
                    {asked.by.clone()}
                    " "
                    <Moment at=asked.at now/>
                </p>
            </div>
            {buttons}
        </li>
    }
    .into_any()
}

fn own(credential: &CredentialDetail, host: &'static str) -> AnyView {
    let label = credential.provider.facts().label;
    view! {
        <li class="line">
            <div>
                <strong class="url">{host}</strong>
                <p class="muted">{format!("Address of {label}, always allowed")}</p>
            </div>
        </li>
    }
    .into_any()
}

fn allowed(
    credential: &CredentialDetail,
    address: &AllowedAddress,
    may_allow: bool,
    now: Timestamp,
) -> AnyView {
    let (from, is_old) = (access_path(credential.id), address.source == AddressSource::Upgrade);
    let values =
        || vec![("credential", credential.id.to_string()), ("address", address.id.to_string())];
    let used = used_by(credential, &address.origin);
    let whence = if is_old {
        view! { <p><Badge tone=Tone::Warn label="From before the upgrade"/></p> }.into_any()
    } else {
        view! {
            <p class="muted">
                "Allowed by " {address.by.clone()} " " <Moment at=address.at now/>
            </p>
        }
        .into_any()
    };
    let suspends = if used.is_empty() {
        "Nothing uses it".to_owned()
    } else {
        format!("Suspends the links of {}", used.join(", "))
    };
    let confirm_from = from.clone();
    let buttons = may_allow.then(|| {
        view! {
            <div class="actions" title=suspends>
                {is_old
                    .then(|| {
                        view! {
                            <ActionButton
                                action="/actions/credentials/confirm-address"
                                from=confirm_from
                                values=values()
                            >
                                "Confirm"
                            </ActionButton>
                        }
                    })}
                <ActionButton
                    action="/actions/credentials/withdraw-address"
                    from
                    class="button quiet"
                    values=values()
                >
                    "Withdraw"
                </ActionButton>
            </div>
        }
    });
    let used = if used.is_empty() {
        "Not used there".to_owned()
    } else {
        format!("Used there by {}", used.join(", "))
    };
    view! {
        <li class="line">
            <div>
                <strong class="url">{readable_origin(&address.origin).to_owned()}</strong>
                <p class="muted">{in_words(&address.route)}</p>
                <p class="muted">{used}</p>
                {whence}
            </div>
            {buttons}
        </li>
    }
    .into_any()
}

fn token_service(
    credential: &CredentialDetail,
    service: &TokenService,
    may_allow: bool,
    now: Timestamp,
) -> AnyView {
    let values = vec![
        ("credential", credential.id.to_string()),
        ("registry", service.registry.clone()),
        ("service", service.service.clone()),
    ];
    let button = may_allow.then(|| {
        view! {
            <ActionButton
                action="/actions/credentials/withdraw-token-service"
                from=access_path(credential.id)
                class="button quiet"
                values
            >
                "Withdraw"
            </ActionButton>
        }
    });
    view! {
        <li class="line">
            <div>
                <strong class="url">{readable_origin(&service.service).to_owned()}</strong>
                <p class="muted">
                    {format!("Token service of {}", readable_origin(&service.registry))}
                </p>
                <p class="muted">
                    "Allowed by " {service.by.clone()} " " <Moment at=service.at now/>
                </p>
            </div>
            {button}
        </li>
    }
    .into_any()
}

/// The repositories that are linked at an origin, by name.
fn used_by(credential: &CredentialDetail, origin: &str) -> Vec<String> {
    let at = |url: &str| {
        RepositoryUrl::parse(url).is_ok_and(|url| is_same_registry(&url.origin(), origin))
    };
    credential.links.iter().filter(|link| at(&link.url)).map(|link| link.name.clone()).collect()
}

fn in_words(route: &Route) -> Option<String> {
    let words = route.words();
    (!words.is_empty()).then(|| format!("Reached {words}"))
}

/// The address of the pattern, if the credential would be chosen there and may not go there.
fn suggestion(credential: &CredentialDetail, may_allow: bool) -> Option<AnyView> {
    if credential.pattern_kind != PatternKind::Exact {
        return None;
    }
    let origin = RepositoryUrl::parse(&credential.pattern).ok()?.origin();
    let rows = credential.allowed.iter().map(|row| (row.origin.clone(), row.route.clone()));
    if AllowedAddresses::new(credential.provider, rows).permits(&origin, &Route::default()) {
        return None;
    }
    let button = may_allow.then(|| {
        let values =
            vec![("credential", credential.id.to_string()), ("url", credential.pattern.clone())];
        view! {
            <ActionButton
                action="/actions/credentials/allow-address"
                from=access_path(credential.id)
                values
            >
                {format!("Allow {}", readable_origin(&origin))}
            </ActionButton>
        }
    });
    Some(
        view! {
            <div class="notice warn">
                <div>
                    <p>
                        {format!(
                            "Its pattern names {}, which is not an allowed address yet, so {}.",
                            readable_origin(&origin),
                            match credential.provider.facts().kind {
                                CredentialKind::Git => "no export names it",
                                _ => "no repository there uses it automatically, and no export names it",
                            },
                        )}
                    </p>
                    {button}
                </div>
            </div>
        }
        .into_any(),
    )
}

fn form(request: &Request, credential: &CredentialDetail) -> AnyView {
    let state = FormState::new(FORM, request);
    let id = credential.id.to_string();
    let url = Input::new(&state, Field::Url, "Address")
        .placeholder("https://harbor.example.com")
        .hint("Scheme, host and port count; a path is ignored.")
        .required()
        .line();
    view! {
        <Form state action="/actions/credentials/allow-address">
            {hidden("credential", id)}
            {url}
            <div class="actions">
                <Submit class="button">"Allow"</Submit>
            </div>
        </Form>
    }
    .into_any()
}
