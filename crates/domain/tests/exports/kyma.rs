//! Kyma: one registry in a secret, and the way to the others.

use domain::{
    AuthMethod, CredentialId, Provider,
    exports::{
        Consumer, DeliveryMethod, ExportFacts, ExportForm, NoteTone, Rendered, Values, render,
    },
};

use testkit::export_facts::{credential, fields, id};

use super::golden::{notes, with};

/// A credential of Docker Hub, and one of two other registries.
fn facts() -> ExportFacts {
    let mut two = credential(1, "two", Provider::GenericRegistry, AuthMethod::Password);
    two.addresses = vec!["oci://a.example/x".into(), "oci://b.example:5000/x".into()];
    with(vec![two, credential(2, "hub", Provider::DockerHub, AuthMethod::Password)])
}

fn rendered(registry: &str) -> Rendered {
    let facts = facts();
    let mut fields = fields(Consumer::Kyma, DeliveryMethod::ExternalSecret, &facts);
    fields.settings.registry = registry.into();
    render(&fields, &facts, Values::Carried)
}

fn offered(rendered: &Rendered) -> Vec<&ExportForm> {
    rendered.notes.iter().filter_map(|note| Some(&note.remedy.as_ref()?.form)).collect()
}

#[test]
fn f28_what_is_left_out_is_exported_as_it_is_offered() {
    let first = rendered("");
    assert!(notes(&first, NoteTone::LeftOut)[0].contains("takes one registry from a secret"));
    let forms = offered(&first);
    let registries: Vec<_> = forms.iter().map(|form| form.settings.registry.as_str()).collect();
    assert_eq!(registries, ["a.example", "b.example:5000"], "hub comes first, by name");
    for form in forms {
        let fields = form.parse().unwrap();
        assert_eq!(
            (fields.consumer, fields.carrier),
            (Consumer::Kyma, DeliveryMethod::ExternalSecret)
        );
        assert_eq!(fields.credentials, [CredentialId::from(id(1))]);
        assert_eq!(fields.name.as_str(), format!("Prod cluster {}", form.settings.registry));
        assert_eq!(fields.settings.label, "test-operator");
        assert_eq!(fields.settings.secret_name, "", "no two exports write one secret");
        let mut facts = facts();
        facts.credentials.retain(|credential| fields.credentials.contains(&credential.id));
        let other = render(&fields, &facts, Values::Carried);
        assert_eq!((other.files.len(), notes(&other, NoteTone::LeftOut).len()), (1, 0));
    }
}

#[test]
fn f28_the_registry_that_was_asked_for_is_in_the_secret() {
    for (registry, key) in [
        ("", "https://index.docker.io/v1/"),
        ("b.example:5000", "b.example:5000"),
        ("index.docker.io", "https://index.docker.io/v1/"),
    ] {
        let files = rendered(registry).preview().files;
        assert_eq!(files.len(), 1, "{registry}");
        let text = &files[0].text;
        assert!(text.contains(&format!("\\\"{key}\\\":")), "{registry}: {text}");
    }
    let asked = rendered("b.example:5000");
    let [form] = offered(&asked)[..] else { panic!("{:?}", asked.notes) };
    assert_eq!(form.settings.registry, "docker.io", "the other credential is in no secret yet");
    let none = rendered("c.example");
    assert!(none.files.is_empty());
    assert_eq!(notes(&none, NoteTone::LeftOut), ["None of these credentials is for c.example."]);
}
