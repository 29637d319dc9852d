//! What stands in the fields of an export: what a refused form left, what travels in the query while
//! somebody looks at the preview or takes up an offer, or what is stored.

use domain::{
    Field,
    exports::{DeliveryMethod, ExportForm, ExportSettings},
};

use super::NEW;
use crate::{
    sent::{refilled, split},
    ui::{form::FormState, page::Request, path},
};

/// The buttons that show what the form would write, or find more to tick, send this along, so that an emptied list is not
/// taken for an untouched one.
pub(super) const LOOK: &str = "look";

/// The values of the form on this page.
pub(super) fn carried(request: &Request, state: &FormState, stored: ExportForm) -> ExportForm {
    let one = |name: &str| state.kept(name).or_else(|| request.sent_along(name));
    let many = |name: &str| {
        let sent = request.all(&format!("{name}[]"));
        let is_sent = !sent.is_empty() || request.sent_along(LOOK).is_some();
        state.kept(name).map(|kept| split(&kept)).or_else(|| is_sent.then_some(sent))
    };
    let carrier = one("carrier").unwrap_or_else(|| stored.carrier.clone());
    let store = name_of(DeliveryMethod::parse(&carrier), Field::Store);
    let named = |name: &str| match name {
        "store" => state.kept(name).or_else(|| request.sent_along(store)),
        _ => one(name),
    };
    let newest = stored.row_version.parse();
    let values = refilled(&stored, named, many);
    ExportForm {
        row_version: newest.map(|newest| state.row_version(request, newest)).unwrap_or_default(),
        export: stored.export,
        consumer: stored.consumer,
        ..values
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

/// The name of a setting's input. Two delivery methods ask for a store, and both stand in the form.
pub(super) fn name_of(carrier: Option<DeliveryMethod>, field: Field) -> &'static str {
    match (carrier, field) {
        (Some(DeliveryMethod::VaultStaticSecret), Field::Store) => "vault_auth",
        _ => field.as_str(),
    }
}
