//! Deleting a credential: what would break, and what becomes of it.

use domain::{
    Action, CredentialId, ExportId, Field, Principal, ServiceError, counted,
    credentials::{CredentialChoice, CredentialDetail},
};
use leptos::prelude::*;

use super::{
    path_of,
    usage::{Opened, opens},
};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::{Input, hidden},
    page::{Page, Request, page},
};

/// `/credentials/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageCredentials)?;
        let services = request.services();
        let credential = services.credentials.get(&principal, request.id()?).await?;
        let url = credential.links.first().map(|link| link.url.clone()).unwrap_or_default();
        let mut others = services.credentials.choices(&principal, &url, None, "").await?;
        others.retain(|other| other.id != credential.id);
        let state = FormState::new("credential-delete", &request);
        let href = path_of(credential.id);
        let id = credential.id.to_string();
        let opens =
            opens(&request, &principal, (credential.id, credential.provider.facts().kind)).await?;
        let exports = exports(&request, &principal, credential.id).await?;
        // Others push with it or hold it, and nothing could take its place: a button would only fail.
        let is_held = !opens.is_empty() || (!exports.is_empty() && others.is_empty());
        let holders = holders(&opens, &exports);
        let uses = if opens.is_empty() {
            links(&state, &credential, others, Exports::of(&exports))
        } else {
            ().into_any()
        };
        let delete = (!is_held).then(|| {
            view! { <Submit class="button danger solid">"Delete"</Submit> }
        });
        let back = if is_held { "Back" } else { "Cancel" };
        let body = view! {
            <p class="crumbs">
                <a href="/credentials">"Credentials"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{credential.name.clone()}</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Delete {}?", credential.name)}</h1>
                <p>
                    "The secret is destroyed in Vault, with all its versions. This cannot be undone."
                </p>
                <Form state action="/actions/credentials/delete" deletes=id.clone()>
                    {hidden("credential", id)}
                    {holders}
                    {uses}
                    <div class="actions">
                        {delete}
                        <a class="button quiet" href=href>{back}</a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: format!("Delete {}", credential.name),
            section: Section::Credentials,
            body: body.into_any(),
        })
    })
}

/// Whether exports hold the credential; they cannot go on without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exports {
    None,
    Some,
}

impl Exports {
    const fn of(found: &[(ExportId, String)]) -> Self {
        if found.is_empty() { Self::None } else { Self::Some }
    }
}

/// The exports that hold it, each once.
async fn exports(
    request: &Request,
    principal: &Principal,
    credential: CredentialId,
) -> Result<Vec<(ExportId, String)>, ServiceError> {
    let mut found: Vec<_> = request
        .services()
        .exports
        .uses(principal, credential)
        .await?
        .into_iter()
        .map(|one| (one.export, one.export_name))
        .collect();
    found.dedup_by_key(|one| one.0);
    Ok(found)
}

/// What needs it, and what has to be done there first.
fn holders(opens: &[Opened], exports: &[(ExportId, String)]) -> Option<AnyView> {
    let first = if !opens.is_empty() {
        "These need it. Choose another credential at each of them, or delete them, first:"
    } else if !exports.is_empty() {
        "These exports hold it. They get its replacement, or you take it out of them first:"
    } else {
        return None;
    };
    let places = opens.iter().map(|one| view! { <li>{one.link()}</li> }).collect_view();
    let exports = exports
        .iter()
        .map(|(id, name)| {
            view! {
                <li>
                    <span class="muted">"Export "</span>
                    <a href=crate::exports::path_of(*id)>{name.clone()}</a>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <p>{first}</p>
                    <ul class="columns">{places} {exports}</ul>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// So many repositories are named; the number says how many there are.
const NAMED: usize = 100;

fn links(
    state: &FormState,
    credential: &CredentialDetail,
    others: Vec<CredentialChoice>,
    exports: Exports,
) -> AnyView {
    let count = u32::try_from(credential.links.len()).unwrap_or(u32::MAX);
    if exports == Exports::Some && others.is_empty() {
        return ().into_any();
    }
    if count == 0 && exports == Exports::None {
        return view! {
            {hidden("links", "refuse")}
            <p class="muted">"Nothing uses it, so nothing breaks."</p>
        }
        .into_any();
    }
    let names = credential
        .links
        .iter()
        .take(NAMED)
        .map(|link| {
            view! {
                <li><a href=format!("/charts/repositories/{}", link.id)>{link.name.clone()}</a></li>
            }
        })
        .collect_view();
    let option = |value: String, label: String| (value, label);
    let (fitting, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(|other| other.fits_host);
    let options = |list: Vec<CredentialChoice>| -> Vec<_> {
        list.into_iter().map(|other| option(other.id.to_string(), other.name)).collect()
    };
    let (fitting, rest) = (options(fitting), options(rest));
    let none = fitting.is_empty() && rest.is_empty();
    let may_unlink = exports == Exports::None;
    let unlink = may_unlink && (none || state.kept("links").as_deref() == Some("unlink"));
    let replacement = Input::new(state, Field::Replacement, "Replacement")
        .hint("Tested at each of them right away.")
        .select(vec![
            ("", vec![(String::new(), "Choose a credential".to_owned())]),
            ("Fits the host", fitting),
            ("Other credentials", rest),
        ]);
    let lose = (count > 0).then(|| {
        view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <p>
                        {format!(
                            "{} would lose access:",
                            counted(count, "repository", "repositories"),
                        )}
                    </p>
                    <ul class="columns">{names}</ul>
                </div>
            </div>
        }
    });
    let without = may_unlink.then(|| {
        view! {
            <label class="radio">
                <input type="radio" name="links" value="unlink" checked=unlink/>
                <span>
                    "Remove the credential from them. Private ones stop syncing; the charts found so far are kept."
                </span>
            </label>
        }
    });
    view! {
        {lose}
        <fieldset>
            <legend>"Repositories that use it"</legend>
            <label class="radio">
                <input type="radio" name="links" value="replace" checked=!unlink disabled=none/>
                <span>"Use another credential"</span>
            </label>
            {(!none).then_some(replacement)}
            {without}
        </fieldset>
    }
    .into_any()
}
