//! Deleting a credential: what would break, and what becomes of it.

use domain::{
    Action, Field,
    credentials::{CredentialChoice, CredentialDetail},
};
use leptos::prelude::*;

use super::path_of;
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::{Input, hidden},
    page::{Page, page},
    table::counted,
};

/// `/credentials/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        actor.may(Action::ManageCredentials)?;
        let services = request.services();
        let credential = services.credentials.get(&actor, request.id()?).await?;
        let url = credential.links.first().map(|link| link.url.clone()).unwrap_or_default();
        let mut others = services.credentials.choices(&actor, &url).await?;
        others.retain(|other| other.id != credential.id);
        let state = FormState::new("credential-delete", &request);
        let href = path_of(credential.id);
        let id = credential.id.to_string();
        let links = links(&state, &credential, others);
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
                <Form state action="/actions/credentials/delete">
                    {hidden("credential", id)}
                    {links}
                    <div class="actions">
                        <Submit class="button danger solid">"Delete"</Submit>
                        <a class="button quiet" href=href>"Cancel"</a>
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

fn links(
    state: &FormState,
    credential: &CredentialDetail,
    others: Vec<CredentialChoice>,
) -> AnyView {
    let count = u32::try_from(credential.links.len()).unwrap_or(u32::MAX);
    if count == 0 {
        return view! {
            {hidden("links", "refuse")}
            <p class="muted">"No repository uses it, so nothing breaks."</p>
        }
        .into_any();
    }
    let names = credential
        .links
        .iter()
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
    let unlink = none || state.kept("links").as_deref() == Some("unlink");
    let replacement = Input::new(state, Field::Replacement, "Replacement")
        .hint("It is tried at each of them right away.")
        .select(vec![
            ("", vec![(String::new(), "Choose a credential".to_owned())]),
            ("Fits the host", fitting),
            ("Other credentials", rest),
        ]);
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
        <fieldset>
            <legend>"What becomes of them?"</legend>
            <label class="radio">
                <input type="radio" name="links" value="replace" checked=!unlink disabled=none/>
                <span>"They use another credential"</span>
            </label>
            {(!none).then_some(replacement)}
            <label class="radio">
                <input type="radio" name="links" value="unlink" checked=unlink/>
                <span>
                    "They go on without a credential. Private ones stop syncing; the charts found so far are kept."
                </span>
            </label>
        </fieldset>
    }
    .into_any()
}
