//! What a test of a credential needs besides, and is not stored with it: a private authority or a
//! proxy on the way, and charts of a registry that cannot list them. The form of a repository that
//! comes next gets them, because there they belong.

use domain::{AddressForm, CredentialKind, Field, Provider, TypedUrl, address_form};
use leptos::prelude::*;
use url::form_urlencoded::parse;

use crate::{
    sent::values,
    ui::{form::FormState, input::Input, page::Request, path},
};

address_form! {
    /// What is typed for a test alone.
    pub(crate) struct TestFields {
        /// The URL of a repository.
        pub url: TypedUrl,
    }
    flatten {
        /// What the form of a repository has too.
        pub carried: CarriedFields,
    }
}

address_form! {
    /// What is typed for a test and handed on to the form of a repository.
    pub(crate) struct CarriedFields {
        /// Certificate authorities to trust for this host, in PEM.
        pub ca: String,
        /// The name of a proxy that the operator allows.
        pub proxy: TypedUrl,
        /// Names of charts, for a registry that cannot list them.
        pub charts: String,
    }
}

/// The fields of [`CarriedFields`].
const KNOWN: [Field; 3] = [Field::Ca, Field::Proxy, Field::Charts];

/// The fields, folded unless one of them is filled in or wrong. `back` is the form of a repository
/// that somebody came from.
pub(super) fn test_fields(state: &FormState, provider: Provider, back: &str) -> Option<AnyView> {
    if provider.facts().kind != CredentialKind::Registry {
        return None;
    }
    let carried = |field: Field| {
        let query = back.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = parse(query.as_bytes());
        let found = pairs.find(|(name, _)| *name == field.as_str());
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let open = KNOWN.into_iter().any(|field| {
        !state.value(field, &carried(field)).is_empty() || state.problem(field).is_some()
    });
    let authorities = Input::new(state, Field::Ca, "Certificate authorities")
        .value(&carried(Field::Ca))
        .placeholder("-----BEGIN CERTIFICATE-----")
        .hint("PEM, for a certificate signed by a private CA.")
        .lines("4");
    let proxy = Input::new(state, Field::Proxy, "Proxy")
        .value(&carried(Field::Proxy))
        .hint("Name of a proxy that the operator set up.")
        .line();
    let charts = Input::new(state, Field::Charts, "Chart names")
        .value(&carried(Field::Charts))
        .hint("For a registry that cannot list its charts: one is pulled.")
        .line();
    Some(
        view! {
            <details class="more" open=open>
                <summary>"Advanced (CA, proxy, chart names)"</summary>
                <p class="hint">
                    "Not stored with the credential; a repository that you add next starts with them."
                </p>
                {authorities}
                {proxy}
                {charts}
            </details>
        }
        .into_any(),
    )
}

/// `path` with what was typed for the test, for the form of a repository that comes next.
pub(super) fn handed_on(path: String, test: &TestFields) -> String {
    let typed = values(&test.carried);
    CarriedFields::names().into_iter().fold(path, |path, name| {
        let typed = typed.get(name).map_or("", |typed| typed.trim());
        match CarriedFields::in_address(name, typed).filter(|typed| !typed.is_empty()) {
            Some(typed) => path::replaced(&path, name, &typed),
            None => path,
        }
    })
}

/// The address of the form that adds a repository with this credential, and what was handed on to
/// this page.
pub(super) fn add_repository(request: &Request, credential: &str) -> String {
    let carried = CarriedFields {
        ca: request.query(Field::Ca.as_str()),
        proxy: request.query(Field::Proxy.as_str()).into(),
        charts: request.query(Field::Charts.as_str()),
    };
    let path = path::with("/charts/repositories/new", &[("credential", credential)]);
    handed_on(path, &TestFields { carried, ..TestFields::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_for_a_test_goes_to_the_form_of_the_repository() {
        let back = "/charts/repositories/new?url=a&ca=old";
        let typed = |ca: &str, proxy: &str, charts: &str| {
            let carried =
                CarriedFields { ca: ca.into(), proxy: proxy.into(), charts: charts.into() };
            TestFields { carried, url: "https://a.example".into() }
        };
        let path = handed_on(back.to_owned(), &typed("new", " ", "nginx"));
        assert_eq!(path, "/charts/repositories/new?url=a&ca=new&charts=nginx");
        assert_eq!(handed_on("/x".to_owned(), &typed("", "", "")), "/x");
    }
}
