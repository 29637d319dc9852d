//! An export names URLs at allowed addresses and no others (R-CRED-03), whoever reads it.

use std::collections::BTreeMap;

use domain::{
    AuthMethod, Provider,
    credentials::{AllowedAddresses, PatternKind, Route},
    exports::{
        Consumer, CredentialFacts, DeliveryMethod, ExportFacts, ExportFields, NoteTone,
        RenderedObject, Selects, Values, render, written,
    },
};

use super::golden::{notes, of, with};
use testkit::export_facts::{CANARY, asking, credential, facts, fields, material, pairs};

/// A login that may go to `good.example`.
fn robot() -> CredentialFacts {
    let mut robot = credential(1, "robot", Provider::GenericRegistry, AuthMethod::Password);
    let origins = ["https://good.example:443", "http://good.example:80"];
    robot.allowed = AllowedAddresses::new(
        Provider::GenericRegistry,
        origins.map(|origin| (origin.to_owned(), Route::default())),
    );
    robot.material = Some(material(&robot));
    robot.addresses.clear();
    robot
}

fn with_pattern(kind: PatternKind, pattern: &str) -> CredentialFacts {
    CredentialFacts { pattern: pattern.into(), pattern_kind: kind, ..robot() }
}

/// Everything that an export writes, with its values.
fn all(consumer: Consumer, carrier: DeliveryMethod, facts: &ExportFacts) -> String {
    let fields = ExportFields { agreed: BTreeMap::new(), ..fields(consumer, carrier, facts) };
    let mut told = String::new();
    for values in [Values::Carried, Values::Plain] {
        let rendered = render(&fields, facts, values);
        for snippet in &rendered.snippets {
            told.push_str(&snippet.text);
        }
        for object in rendered.files.iter().flat_map(|file| &file.objects) {
            match object {
                RenderedObject::Open(value) => told.push_str(&value.to_string()),
                RenderedObject::Secret(secret) => told.push_str(secret.reveal().expose()),
            }
        }
    }
    told
}

#[test]
fn r_cred_03_no_export_names_an_address_that_is_not_allowed() {
    for (consumer, carrier) in pairs() {
        for (kind, pattern) in [
            (PatternKind::Exact, "oci://evil.example/charts"),
            (PatternKind::Exact, "evil.example"),
            (PatternKind::Exact, "https://good.example:8443/evil.example"),
            (PatternKind::Exact, "http://evil.example/charts"),
            (PatternKind::Regex, r"^https://evil\.example/"),
            (PatternKind::Regex, r"^https://(evil|good)\.example/"),
            (PatternKind::Regex, r"^https://good\.example|evil"),
        ] {
            if consumer.facts().selects == Selects::Repositories {
                continue;
            }
            let told = all(consumer, carrier, &with(vec![with_pattern(kind, pattern)]));
            assert!(!told.contains("evil"), "{consumer:?} by {carrier:?}, {pattern}: {told}");
            assert!(!told.contains(CANARY), "{consumer:?} by {carrier:?}, {pattern}");
        }
        let mut linked = robot();
        linked.addresses =
            vec!["oci://evil.example/charts".into(), "https://evil.example/b".into()];
        let mut facts = facts(linked);
        for repository in &mut facts.repositories {
            repository.url = repository.url.replace("charts.example.com", "evil.example");
        }
        let told = all(consumer, carrier, &facts);
        // The places of the tests themselves name another registry and charts.
        assert!(!told.contains("evil.example"), "{consumer:?} by {carrier:?}: {told}");
        assert!(!told.contains(CANARY), "{consumer:?} by {carrier:?}");
    }
}

#[test]
fn r_cred_03_what_is_left_out_is_told_with_the_way_out() {
    let rendered = of(
        Consumer::Kargo,
        DeliveryMethod::Sops,
        &with(vec![CredentialFacts {
            // Nobody agreed to this one.
            pattern: "https://evil.example/charts".into(),
            pattern_kind: PatternKind::Exact,
            ..robot()
        }]),
    );
    // The form of the tests agrees to every pattern, as before an upgrade.
    assert_eq!(
        notes(&rendered, NoteTone::Warning)[0],
        "evil.example is not an allowed address of robot; its pattern is written because it was before the upgrade. Allow it on the page of robot."
    );
    let told = |facts: &ExportFacts| {
        let mut fields = fields(Consumer::Kargo, DeliveryMethod::Sops, facts);
        fields.agreed.clear();
        let rendered = render(&fields, facts, Values::Carried);
        assert!(rendered.files.is_empty());
        assert!(written(&fields, facts).is_empty());
        let note = rendered.notes.into_iter().find(|note| note.tone == NoteTone::LeftOut).unwrap();
        assert!(!note.mentions.is_empty());
        note.text
    };
    assert_eq!(
        told(&with(vec![with_pattern(PatternKind::Exact, "https://evil.example/charts")])),
        "evil.example is not an allowed address of robot, so its pattern is left out. Allow it on the page of robot."
    );
    assert!(
        told(&with(vec![with_pattern(PatternKind::Regex, r"evil\.example")]))
            .starts_with("robot: its pattern does not write out a host")
    );
}

#[test]
fn r_cred_03_what_is_allowed_is_exported() {
    for (kind, pattern) in [
        (PatternKind::Exact, "https://good.example/charts"),
        (PatternKind::Exact, "http://good.example/charts"),
        (PatternKind::Regex, r"^https?://good\.example/"),
    ] {
        let facts = with(vec![with_pattern(kind, pattern)]);
        let told = all(Consumer::Kargo, DeliveryMethod::Sops, &facts);
        assert!(told.contains("good") && told.contains(CANARY), "{pattern}: {told}");
    }
    // A pattern that is agreed to is written as long as it stays as it was.
    let open = with(vec![with_pattern(PatternKind::Regex, r"example/charts")]);
    let mut fields = asking(Consumer::Kargo, DeliveryMethod::Sops, &open, "");
    assert!(!render(&fields, &open, Values::Carried).files.is_empty());
    for agreed in fields.agreed.values_mut() {
        agreed.push('s');
    }
    assert!(render(&fields, &open, Values::Carried).files.is_empty());
    // The hosts of a provider need nobody's word, and so the one that a login without links falls back to.
    for provider in Provider::ALL {
        let mut facts = credential(1, "own", provider, provider.facts().shapes[0]);
        facts.allowed = AllowedAddresses::new(provider, []);
        facts.addresses.clear();
        facts.pattern_kind = PatternKind::None;
        let told =
            of(Consumer::PullSecret, DeliveryMethod::ExternalSecret, &with(vec![facts])).preview();
        if let [host] = provider.facts().hosts {
            let is_host = !host.starts_with('.');
            assert!(!is_host || provider.owns(&format!("https://{host}:443")), "{told:?}");
        }
    }
}
