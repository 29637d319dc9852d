//! What stands in the fields of an export: what a refused form left, what travels in the query while
//! somebody looks at the preview, or what is stored.

use domain::{
    Field,
    exports::{Carrier, ExportForm, ExportSettings},
};

use crate::ui::{form::FormState, page::Request};

/// The button that shows what the form would write sends this along, so that an emptied list is not
/// taken for an untouched one.
pub(super) const LOOK: &str = "look";

/// Every setting that a consumer or carrier may ask for.
const SETTINGS: [Field; 14] = [
    Field::Namespace,
    Field::SecretName,
    Field::ServiceAccounts,
    Field::ArgoProject,
    Field::Template,
    Field::Label,
    Field::ToNamespaces,
    Field::Package,
    Field::Packages,
    Field::ServiceAccount,
    Field::Charts,
    Field::Store,
    Field::StoreKind,
    Field::Recipients,
];

/// The values of the form on this page.
pub(super) fn carried(request: &Request, state: &FormState, stored: ExportForm) -> ExportForm {
    let one = |name: &str, stored: &str| {
        state.kept(name).or_else(|| request.sent_along(name)).unwrap_or_else(|| stored.to_owned())
    };
    let many = |name: &str, stored: Vec<String>| match state.kept(name) {
        Some(kept) => split(&kept),
        None if request.sent_along(LOOK).is_some() => request.all(&format!("{name}[]")),
        None => stored,
    };
    let carrier = one("carrier", &stored.carrier);
    let mut settings = stored.settings;
    for field in SETTINGS {
        let name = name_of(Carrier::parse(&carrier), field);
        if let Some(place) = place_of(&mut settings, field) {
            *place = one(name, place);
        }
    }
    ExportForm {
        name: one("name", &stored.name),
        row_version: stored
            .row_version
            .parse()
            .map(|newest| state.row_version(request, newest))
            .unwrap_or_default(),
        credentials: many("credentials", stored.credentials),
        repositories: many("repositories", stored.repositories),
        export: stored.export,
        consumer: stored.consumer,
        carrier,
        settings,
    }
}

/// The ids of a list as a session row keeps them.
pub(crate) fn joined(ids: &[String]) -> String {
    ids.join(",")
}

/// The ids of [`joined`].
pub(crate) fn split(kept: &str) -> Vec<String> {
    kept.split(',').filter(|id| !id.is_empty()).map(ToOwned::to_owned).collect()
}

/// The name of a setting's input. Two carriers ask for a store, and both stand in the form.
pub(super) fn name_of(carrier: Option<Carrier>, field: Field) -> &'static str {
    match (carrier, field) {
        (Some(Carrier::VaultStaticSecret), Field::Store) => "vault_auth",
        _ => field.as_str(),
    }
}

/// The value of a setting; empty for a field that is none.
pub(super) fn setting(settings: &ExportSettings, field: Field) -> String {
    let mut settings = settings.clone();
    place_of(&mut settings, field).map(std::mem::take).unwrap_or_default()
}

fn place_of(settings: &mut ExportSettings, field: Field) -> Option<&mut String> {
    Some(match field {
        Field::Namespace => &mut settings.namespace,
        Field::SecretName => &mut settings.secret_name,
        Field::ServiceAccounts => &mut settings.service_accounts,
        Field::ArgoProject => &mut settings.argo_project,
        Field::Template => &mut settings.template,
        Field::Label => &mut settings.label,
        Field::ToNamespaces => &mut settings.to_namespaces,
        Field::Package => &mut settings.package,
        Field::Packages => &mut settings.packages,
        Field::ServiceAccount => &mut settings.service_account,
        Field::Charts => &mut settings.charts,
        Field::Store => &mut settings.store,
        Field::StoreKind => &mut settings.store_kind,
        Field::Recipients => &mut settings.recipients,
        _ => return None,
    })
}
