//! The fields of an export: delivery method, settings, and what it is made of.

use domain::{
    Action, Field, Principal, Role,
    exports::{
        Consumer, DeliveryMethod, ExportChoice, ExportChoices, ExportForm, ExportSettings, Selects,
        Setting,
    },
};
use leptos::prelude::*;

use super::values::name_of;
use crate::ui::{
    checkbox_list::{Pick, Picks},
    form::FormState,
    icon::Icon,
    input::Input,
    return_to::Leave,
};

/// What the consumer asks for.
pub(super) fn settings(state: &FormState, consumer: Consumer, values: &ExportForm) -> AnyView {
    let facts = consumer.facts();
    let inputs = facts
        .settings
        .iter()
        .map(|asked| input(state, asked, None, &values.settings))
        .collect_view();
    let help = facts.help.iter().map(|sentence| view! { <p class="hint">{*sentence}</p> });
    let help: Vec<_> = help.collect();
    view! { {help} {inputs} }.into_any()
}

/// How the values of secrets get there: one choice each, with what it asks for below it. The style
/// sheet shows that of the chosen one, so that nothing has to be loaded. Those in `unreachable` say
/// that they lead nowhere; `why` one is chosen already is said above them.
pub(super) fn carriers(
    state: &FormState,
    principal: &Principal,
    (consumer, why): (Consumer, Option<&'static str>),
    values: &ExportForm,
    unreachable: &[DeliveryMethod],
) -> AnyView {
    let carriers = consumer.facts().carriers;
    if carriers == [DeliveryMethod::None] {
        return view! { <input type="hidden" name="carrier" value=DeliveryMethod::None.as_str()/> }
            .into_any();
    }
    let problem = state.problem(Field::Carrier);
    let fine = problem.is_none();
    let chosen = DeliveryMethod::parse(&values.carrier);
    state.compare(Field::Carrier, "How secrets get there", &values.carrier, |code| {
        DeliveryMethod::parse(code).unwrap_or_default().facts().label.to_owned()
    });
    let why = why.map(|why| view! { <p class="hint">{why}</p> });
    let ways = carriers
        .iter()
        .map(|carrier| {
            let way_of = (consumer, *carrier);
            way(state, principal.role, way_of, chosen, &values.settings, unreachable)
        })
        .collect_view();
    view! {
        <fieldset class="field" id="field-carrier" data-field="carrier">
            <legend>"How secrets get there"</legend>
            {why}
            {ways}
            <p class="problem" data-problem hidden=fine>
                {problem}
            </p>
        </fieldset>
    }
    .into_any()
}

fn way(
    state: &FormState,
    role: Role,
    (consumer, carrier): (Consumer, DeliveryMethod),
    chosen: Option<DeliveryMethod>,
    stored: &ExportSettings,
    unreachable: &[DeliveryMethod],
) -> AnyView {
    let facts = carrier.facts();
    // What another delivery method's store is called means nothing to this one.
    let blank = ExportSettings::default();
    let is_chosen = chosen == Some(carrier);
    let stored = if is_chosen { stored } else { &blank };
    let state = if is_chosen { state.clone() } else { state.clone().aside() };
    let fields = facts
        .settings
        .iter()
        .map(|asked| input(&state, asked, Some(carrier), stored))
        .collect_view();
    let decrypted = (carrier == DeliveryMethod::Sops)
        .then(|| view! { <p class="hint">{consumer.facts().sops.needs()}</p> });
    let local = unreachable.contains(&carrier).then(local_vault);
    let owners = (carrier == DeliveryMethod::Sops && !role.includes(Action::ManageRecipients)).then(|| {
        view! {
            <p class="hint">"Only an owner may add recipients; what an owner set stays as it is."</p>
        }
    });
    view! {
        <div class="way">
            <label class="radio">
                <input type="radio" name="carrier" value=carrier.as_str() checked=is_chosen/>
                <span>
                    <strong>{facts.label}</strong>
                    <small class="muted">{facts.summary}</small>
                </span>
            </label>
            <div class="way-fields">{local} {decrypted} {fields} {owners}</div>
        </div>
    }
    .into_any()
}

/// Why references lead nowhere while Hawser runs its own OpenBao.
pub(super) fn local_vault() -> AnyView {
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <div>
                <p>
                    "Clusters cannot reach this Hawser's built-in Vault: these references will not resolve."
                </p>
                <p>
                    "Encrypt with SOPS instead, or ask the operator to keep secrets in a Vault of your own."
                </p>
            </div>
        </div>
    }
    .into_any()
}

fn input(
    state: &FormState,
    asked: &Setting,
    carrier: Option<DeliveryMethod>,
    stored: &ExportSettings,
) -> AnyView {
    let value = match stored.get(asked.field).unwrap_or_default() {
        "" => asked.usual,
        value => value,
    };
    let hint = asked.hint.replace('`', "");
    let input = Input::new(state, asked.field, asked.label)
        .value(value)
        .named(name_of(carrier, asked.field));
    let input = match (may_stay_empty(asked.field), asked.usual) {
        (true, _) => input.hint(format!("Optional. {hint}")),
        (false, "") => input.hint(hint).required(),
        (false, _) => input.hint(hint),
    };
    let options = |pairs: [(&str, &str); 2]| {
        let pairs = pairs.map(|(value, label)| (value.to_owned(), label.to_owned()));
        vec![("", pairs.to_vec())]
    };
    match asked.field {
        Field::Template => input
            .hint("A template serves every repository below its host and path.")
            .select(options([
                ("repository", "One secret for each repository"),
                ("template", "One credential template for each host and path"),
            ])),
        Field::StoreKind => input.hint("").select(options([
            ("ClusterSecretStore", "ClusterSecretStore"),
            ("SecretStore", "SecretStore"),
        ])),
        Field::Recipients => input.placeholder("age1…").lines("3"),
        _ => input.line(),
    }
}

/// Whether nothing may be typed where nothing is usual.
const fn may_stay_empty(field: Field) -> bool {
    matches!(
        field,
        Field::SecretName
            | Field::ServiceAccounts
            | Field::ArgoProject
            | Field::Package
            | Field::Packages
            | Field::ServiceAccount
            | Field::Charts
            | Field::Registry
    )
}

/// The credentials or repositories to tick.
pub(super) fn contents(
    state: &FormState,
    consumer: Consumer,
    values: &ExportForm,
    choices: ExportChoices,
    here: String,
    search: Option<AnyView>,
) -> AnyView {
    match consumer.facts().selects {
        Selects::Credentials => view! {
            <Picks
                state=state.clone()
                field=Field::Credentials
                name="credentials[]"
                legend="Credentials"
                hint="Only these are written, whatever else the organization has."
                picks=picks(choices.credentials, &values.credentials)
                search
            >
                <Leave to="/credentials/new" here label="Add a credential…"/>
            </Picks>
        }
        .into_any(),
        Selects::Repositories => view! {
            <Picks
                state=state.clone()
                field=Field::Repositories
                name="repositories[]"
                legend="Repositories"
                hint="Each is written with the credential it is linked to."
                picks=picks(choices.repositories, &values.repositories)
                search
            >
                <Leave to="/charts/repositories/new" here label="Add a repository…"/>
            </Picks>
        }
        .into_any(),
    }
}

fn picks(choices: Vec<ExportChoice>, chosen: &[String]) -> Vec<Pick> {
    choices
        .into_iter()
        .map(|ExportChoice { id, name, detail, .. }| {
            let value = id.to_string();
            Pick { chosen: chosen.contains(&value), value, label: name, detail }
        })
        .collect()
}
