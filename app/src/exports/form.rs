//! The form that adds or changes an export, with what it would write below it.

use domain::{
    Field, Principal, ServiceError,
    exports::{
        Consumer, DeliveryMethod, ExportChoices, ExportForm, ExportPreview, ExportSought,
        SopsReader,
    },
};
use leptos::prelude::*;

use super::{
    NEW, PATH,
    fields::{carriers, contents, settings},
    files::{Taking, preview},
    path_of,
    values::{LOOK, carried},
};
use crate::{
    sent::split,
    ui::{
        enter::enter_sends,
        form::{Form, FormState, Submit},
        icon::Icon,
        input::{Input, hidden},
        page::Request,
        path,
        return_to::{NEXT, back},
        tabs::{self, Tab},
    },
};

const FORM: &str = "export-save";

/// What a part of all there is is narrowed down by.
const FIND: &str = "find";
/// The look that shows what the form would write.
const PREVIEW: &str = "preview";

/// The form on this page, filled with what was typed or `stored`.
pub(super) async fn form(
    request: &Request,
    principal: &Principal,
    consumer: Consumer,
    stored: ExportForm,
) -> Result<AnyView, ServiceError> {
    let next = back(request);
    let here = page_of(consumer, &stored, &next);
    let state = FormState::new(FORM, request).at(here.clone());
    let exports = &request.services().exports;
    let vault_is_local = exports.vault_is_local();
    let sought = sought(request, &state, &stored);
    let search = sought.search.clone();
    let choices = exports.choices(principal, consumer, sought).await?;
    let mut stored = stored;
    if stored.carrier.is_empty()
        && let Some(usual) = usual(consumer, vault_is_local)
    {
        usual.as_str().clone_into(&mut stored.carrier);
    }
    let kept = DeliveryMethod::parse(&stored.carrier);
    let newest = stored.row_version.parse().unwrap_or_default();
    let state = state.over(&stored, newest);
    let values = carried(request, &state, stored);
    let shown = match request.sent_along(LOOK).as_deref() {
        Some(PREVIEW) => Some(exports.preview(principal, values.clone()).await),
        _ => None,
    };
    let state = match &shown {
        Some(Err(problem @ ServiceError::Invalid(_))) => state.refused(problem.clone()),
        _ => state,
    };
    let is_new = values.export.is_empty();
    let preview_at = format!("{}#preview", here.split('?').next().unwrap_or_default());
    let name = Input::new(&state, Field::Name, "Name")
        .value(&values.name)
        .hint("For example argocd-prod.")
        .required()
        .line();
    let settings = settings(&state, consumer, &values);
    let mut unreachable = Vec::new();
    if vault_is_local {
        unreachable.extend([DeliveryMethod::ExternalSecret, DeliveryMethod::VaultStaticSecret]);
        // Of the stored one, the page of the export says it already.
        unreachable.retain(|carrier| is_new || Some(*carrier) != kept);
    }
    let why = is_new.then(|| why(usual(consumer, vault_is_local)));
    let carriers = carriers(&state, principal, (consumer, why), &values, &unreachable);
    let is_a_part = choices.has_more || !search.is_empty();
    let find = is_a_part.then(|| find(&search, &here));
    let contents = contents(&state, consumer, &values, choices, here.clone(), find);
    // The first button is what Enter presses, in whichever field.
    let first = if is_a_part {
        find_button(&here, "unseen", "Find")
    } else {
        enter_sends(if is_new { "Create" } else { "Save" })
    };
    let away = if next.is_empty() { PATH.to_owned() } else { next.clone() };
    let cancel = is_new.then(|| view! { <a class="button quiet" href=away>"Cancel"</a> });
    Ok(view! {
        <section class="card" id="edit" aria-labelledby="edit-title">
            <h2 id="edit-title">{if is_new { "Contents" } else { "Settings" }}</h2>
            <Form state action="/actions/gitops/exports/save">
                {first}
                {hidden("export", values.export)}
                {hidden("row_version", values.row_version)}
                {hidden("consumer", values.consumer)}
                {hidden(NEXT, next)}
                // The preview asks for this page by GET, which replaces the query of its address.
                {(!is_new).then(|| hidden(tabs::QUERY, Tab::Settings.name()))}
                {name}
                {contents}
                {settings}
                {carriers}
                <div class="actions">
                    <Submit>{if is_new { "Create" } else { "Save" }}</Submit>
                    <button
                        class="button"
                        type="submit"
                        formmethod="get"
                        formaction=preview_at
                        name=LOOK
                        value=PREVIEW
                    >
                        <Icon name="eye"/>
                        "Preview"
                    </button>
                    {cancel}
                </div>
            </Form>
        </section>
        {shown.map(would_write)}
    }
    .into_any())
}

/// What the form offers: what is searched for, and what is ticked in it, now or before.
fn sought(request: &Request, state: &FormState, stored: &ExportForm) -> ExportSought {
    let kept = ["credentials", "repositories"].into_iter().filter_map(|name| state.kept(name));
    let ids = kept
        .flat_map(|kept| split(&kept))
        .chain(request.all("credentials[]"))
        .chain(request.all("repositories[]"))
        .chain(stored.credentials.iter().cloned())
        .chain(stored.repositories.iter().cloned());
    let chosen = ids.filter_map(|id| id.parse().ok()).collect();
    ExportSought { search: request.query(FIND), chosen }
}

/// Where there are more than the form offers: others are found by name or URL, and what is filled in stays.
fn find(search: &str, here: &str) -> AnyView {
    view! {
        <p class="muted">
            {format!("The first {} by name. Find others by name or URL; what is ticked stays.", ExportChoices::MOST)}
        </p>
        <div class="joined">
            <input type="search" name=FIND value=search.to_owned() aria-label="Find by name or URL"/>
            {find_button(here, "button", "Find")}
        </div>
    }
    .into_any()
}

fn find_button(here: &str, class: &'static str, label: &'static str) -> AnyView {
    let is_hidden = class == "unseen";
    view! {
        <button
            class=class
            type="submit"
            formmethod="get"
            formaction=format!("{}#edit", here.split('?').next().unwrap_or_default())
            formnovalidate
            name=LOOK
            value="find"
            tabindex=is_hidden.then_some("-1")
            aria-hidden=is_hidden.then_some("true")
        >
            {label}
        </button>
    }
    .into_any()
}

/// The delivery method that a new export begins with: references lead nowhere into a Vault that clusters
/// cannot reach, and SOPS leads nowhere by itself where the consumer does not decrypt it. `None` when a
/// person has to choose.
fn usual(consumer: Consumer, vault_is_local: bool) -> Option<DeliveryMethod> {
    let facts = consumer.facts();
    if vault_is_local && facts.carriers.contains(&DeliveryMethod::Sops) {
        return matches!(facts.sops, SopsReader::Itself(_)).then_some(DeliveryMethod::Sops);
    }
    Some(facts.carriers.first().copied().unwrap_or_default())
}

/// Why a new export begins with this delivery method, or with none.
const fn why(usual: Option<DeliveryMethod>) -> &'static str {
    match usual {
        None => {
            "Choose: clusters cannot reach the OpenBao that runs beside this Hawser, so references stay empty there until secrets are kept in a Vault of your own. SOPS files carry the values with them, encrypted, and need something that decrypts them."
        }
        Some(DeliveryMethod::Sops) => {
            "SOPS is advised here: clusters cannot reach the OpenBao that runs beside this Hawser, so the values travel with the files, encrypted."
        }
        Some(
            DeliveryMethod::ExternalSecret
            | DeliveryMethod::VaultStaticSecret
            | DeliveryMethod::None,
        ) => {
            "A reference is advised: Git holds no value, and the cluster fetches it from Vault with the operator that you name here."
        }
    }
}

fn page_of(consumer: Consumer, stored: &ExportForm, next: &str) -> String {
    if let Ok(id) = stored.export.parse() {
        return Tab::Settings.at(&path_of(id));
    }
    let pairs = [("consumer", consumer.as_str()), (NEXT, next)];
    path::with(NEW, &pairs)
}

/// What the form on this page would write; nothing of it is stored yet.
fn would_write(shown: Result<ExportPreview, ServiceError>) -> AnyView {
    let body = match shown {
        Ok(shown) => preview(&shown, Taking::Copies),
        Err(problem) => view! {
            <div class="notice bad" role="alert">
                <Icon name="circle-alert"/>
                <p>{problem.to_string()}</p>
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="card" id="preview" tabindex="-1" aria-labelledby="preview-title">
            <h2 id="preview-title">"Preview"</h2>
            <p class="muted">"What this form would write. Nothing is stored yet."</p>
            {body}
        </section>
    }
    .into_any()
}
