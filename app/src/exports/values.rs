//! What stands in the fields of an export: what a refused form left, what travels in the query while
//! somebody looks at the preview or takes up an offer, or what is stored.

use domain::{
    Field,
    exports::{DeliveryMethod, ExportForm, ExportSettings},
};

use super::NEW;
use crate::ui::{form::FormState, page::Request, path};

/// The button that shows what the form would write sends this along, so that an emptied list is not
/// taken for an untouched one.
pub(super) const LOOK: &str = "look";

/// The values of the form on this page.
pub(super) fn carried(request: &Request, state: &FormState, stored: ExportForm) -> ExportForm {
    let one = |name: &str, stored: &str| {
        state.kept(name).or_else(|| request.sent_along(name)).unwrap_or_else(|| stored.to_owned())
    };
    let many = |name: &str, stored: Vec<String>| {
        let sent = request.all(&format!("{name}[]"));
        match state.kept(name) {
            Some(kept) => split(&kept),
            None if !sent.is_empty() || request.sent_along(LOOK).is_some() => sent,
            None => stored,
        }
    };
    let carrier = one("carrier", &stored.carrier);
    let mut settings = stored.settings;
    for field in ExportSettings::FIELDS {
        let name = name_of(DeliveryMethod::parse(&carrier), *field);
        let value = one(name, settings.get(*field).unwrap_or_default());
        settings.set(*field, value);
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

/// The page of a new export whose form is filled like this.
pub(super) fn filled(form: &ExportForm) -> String {
    let carrier = DeliveryMethod::parse(&form.carrier);
    let mut pairs = vec![
        ("consumer", form.consumer.as_str()),
        ("name", form.name.as_str()),
        ("carrier", form.carrier.as_str()),
    ];
    pairs.extend(form.credentials.iter().map(|id| ("credentials[]", id.as_str())));
    pairs.extend(form.repositories.iter().map(|id| ("repositories[]", id.as_str())));
    let settings = ExportSettings::FIELDS
        .iter()
        .filter_map(|field| Some((name_of(carrier, *field), form.settings.get(*field)?)));
    pairs.extend(settings);
    path::with(NEW, &pairs)
}

/// The ids of a list as a session row keeps them.
pub(crate) fn joined(ids: &[String]) -> String {
    ids.join(",")
}

/// The ids of [`joined`].
pub(crate) fn split(kept: &str) -> Vec<String> {
    kept.split(',').filter(|id| !id.is_empty()).map(ToOwned::to_owned).collect()
}

/// The name of a setting's input. Two delivery methods ask for a store, and both stand in the form.
pub(super) fn name_of(carrier: Option<DeliveryMethod>, field: Field) -> &'static str {
    match (carrier, field) {
        (Some(DeliveryMethod::VaultStaticSecret), Field::Store) => "vault_auth",
        _ => field.as_str(),
    }
}
