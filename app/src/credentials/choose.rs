//! Adding a credential: first the provider, then the way to authenticate, then the form.

use domain::{Access, Action, AuthMethod, CredentialKind, Provider, gitops::GitAccountOffers};
use leptos::prelude::*;

use super::{
    choose_auth_method::{asks, choose_shape},
    create_form::create_form,
    return_to::{Asker, folded},
};
use crate::{
    answer::redirect,
    gitops::git_accounts,
    ui::{
        frame::Section,
        icon::Icon,
        page::{Page, Request, page},
        path,
        provider::glyph,
        return_to::{NEXT, back},
    },
};

/// `/credentials/new`
pub(crate) fn new() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageCredentials)?;
        if let Some(path) = folded(&request) {
            redirect(&path);
        }
        let step = WizardStep { back: back(&request) };
        let body = match chosen(&request) {
            Chosen::Nothing => {
                // A wizard without that link is better than none.
                let offers = request.services().git_connections.offers(&principal).await;
                choose(&step, &offers.unwrap_or_default())
            }
            Chosen::Provider(provider) => choose_shape(&step, provider),
            Chosen::AuthMethod(provider, shape) => {
                let projects = request.services().projects.list(&principal).await?;
                create_form(&request, &principal, &projects, &step, (provider, shape))
            }
        };
        Ok(Page { title: "Add a credential".to_owned(), section: Section::Credentials, body })
    })
}

/// What the address says that was chosen.
enum Chosen {
    Nothing,
    Provider(Provider),
    AuthMethod(Provider, AuthMethod),
}

fn chosen(request: &Request) -> Chosen {
    let Some(provider) = Provider::parse(&request.query("provider")) else {
        return Chosen::Nothing;
    };
    let shapes = provider.facts().shapes;
    let shape = AuthMethod::parse(&request.query("shape")).filter(|shape| shapes.contains(shape));
    match shape {
        Some(shape) => Chosen::AuthMethod(provider, shape),
        None if asks(provider) => Chosen::Provider(provider),
        None => Chosen::AuthMethod(provider, shapes.first().copied().unwrap_or_default()),
    }
}

/// The step that nothing follows.
const LAST: &str = "Details";

/// The steps of the wizard. Each is an address, so that the Back button and a reload keep it.
pub(super) struct WizardStep {
    /// The page of ours to go back to afterwards; may be empty.
    pub back: String,
}

impl WizardStep {
    /// The address of a step.
    pub fn to(
        &self,
        provider: Option<Provider>,
        shape: Option<AuthMethod>,
        access: Access,
    ) -> String {
        // From a Git target the guide opens on pushing, so that reading has to be said.
        let is_said = access != Access::default() || (shape.is_some() && !self.back.is_empty());
        let access = if is_said { access.as_str() } else { "" };
        path::with(
            "/credentials/new",
            &[
                ("provider", provider.map_or("", |provider| provider.as_str())),
                ("shape", shape.map_or("", |shape| shape.as_str())),
                ("access", access),
                (NEXT, &self.back),
            ],
        )
    }

    /// Where this page stands.
    pub fn crumbs(&self, provider: Option<Provider>) -> AnyView {
        let ways = provider.filter(|provider| asks(*provider)).map(|provider| {
            view! {
                <Icon name="chevron-right"/>
                <a href=self.to(Some(provider), None, Access::default())>
                    {provider.facts().label}
                </a>
            }
        });
        view! {
            <p class="crumbs">
                <a href="/credentials">"Credentials"</a>
                <Icon name="chevron-right"/>
                <a href=self.to(None, None, Access::default())>"Add"</a>
                {ways}
            </p>
        }
        .into_any()
    }

    /// The steps, those that are done with a link; the one in hand is marked.
    pub fn steps(&self, provider: Option<Provider>, shape: Option<AuthMethod>) -> AnyView {
        let access = Access::default();
        let ask = provider.is_none_or(asks);
        let done = |label: &'static str, href: String| {
            view! {
                <li>
                    <a class="step" href=href>
                        <span>{label}</span>
                    </a>
                    <Icon name="chevron-right"/>
                </li>
            }
            .into_any()
        };
        let name = |label: &'static str| {
            let more = (label != LAST).then(|| view! { <Icon name="chevron-right"/> });
            view! {
                <span class="step">
                    <span>{label}</span>
                </span>
                {more}
            }
        };
        let current =
            |label: &'static str| view! { <li aria-current="step">{name(label)}</li> }.into_any();
        let later = |label: &'static str| view! { <li>{name(label)}</li> }.into_any();
        let first = match provider {
            None => current("Provider"),
            Some(_) => done("Provider", self.to(None, None, access)),
        };
        let second = ask.then(|| match (provider, shape) {
            (None, _) => later("Authentication"),
            (Some(_), None) => current("Authentication"),
            (Some(_), Some(_)) => done("Authentication", self.to(provider, None, access)),
        });
        let third = if shape.is_some() { current(LAST) } else { later(LAST) };
        view! { <ol class="steps" aria-label="Steps">{first} {second} {third}</ol> }.into_any()
    }
}

fn choose(step: &WizardStep, offers: &GitAccountOffers) -> AnyView {
    let asker = Asker::of(&step.back);
    let taken = asker.and_then(Asker::takes);
    let is_offered = |kind| taken.is_none_or(|taken| taken == kind);
    let group = |kind: CredentialKind, title: &'static str, text: &'static str| {
        if !is_offered(kind) {
            return ().into_any();
        }
        let cards = Provider::ALL
            .into_iter()
            .filter(|provider| provider.facts().kind == kind)
            .map(|provider| {
                let facts = provider.facts();
                let href = step.to(Some(provider), None, Access::default());
                view! {
                    <li>
                        <a class="choice" href=href>
                            <Icon name=glyph(provider)/>
                            <span>
                                <strong>{facts.label}</strong>
                                <small class="muted">{facts.url_example}</small>
                            </span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="group">
                <h2>{title}</h2>
                <p class="muted">{text}</p>
                <ul class="choices">{cards}</ul>
            </section>
        }
        .into_any()
    };
    let way_back = (!step.back.is_empty()).then(|| {
        let label = match asker {
            Some(Asker::Repository) => "Back to the repository",
            _ => "Back to the form",
        };
        view! {
            <p>
                <a href=step.back.clone()>
                    {label}
                </a>
            </p>
        }
    });
    view! {
        <div class="head">
            <div>
                <h1>"Add a credential"</h1>
                <p class="muted">
                    "Choose the " <strong>"Provider type"</strong>
                    ". Hawser fills in what it knows."
                </p>
                {way_back}
            </div>
        </div>
        {step.steps(None, None)}
        {group(
            CredentialKind::Registry,
            "Registry",
            "Opens Helm chart repositories over HTTP and OCI.",
        )}
        {group(CredentialKind::Git, "Git", "Opens Git repositories.")}
        {is_offered(CredentialKind::Git).then(|| connect(offers))}
        {group(
            CredentialKind::Cluster,
            "Cluster",
            "Opens a Kubernetes API server that exports are applied to.",
        )}
    }
    .into_any()
}

/// The way that needs no token, where the operator configured one.
fn connect(offers: &GitAccountOffers) -> Option<AnyView> {
    let offered = offers.web || offers.device || !offers.installation_url.is_empty();
    offered.then(|| {
        view! {
            <p>
                {format!("For {} there is a way without a token to copy: ", offers.host)}
                <a href=git_accounts::PATH>"Connect an account"</a>
                "."
            </p>
        }
        .into_any()
    })
}
