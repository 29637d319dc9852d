//! Every consumer by every delivery method with every auth method.

use std::collections::BTreeSet;

use domain::{
    Secret,
    exports::{
        DeliveryMethod, ExportFacts, NoteTone, Rendered, RenderedObject, Values, looks_secret,
        render, secret_in, yaml,
    },
    gitops::{Folder, Workflows},
};
use serde_json::Value;

use testkit::export_facts::{CANARY, asking, every_credential, facts, fields, pairs, vault};

use super::schema;

/// Everything that may be shown or committed of it.
fn open_text(rendered: &Rendered) -> String {
    let preview = rendered.preview();
    let mut text = format!("{preview:?}{rendered:?}");
    for file in &rendered.files {
        text.push_str(&file.path);
        for object in &file.objects {
            if let RenderedObject::Open(value) = object {
                text.push_str(&yaml(value));
            }
        }
    }
    text
}

#[test]
fn r_git_03_reference_carriers_hold_no_value_and_what_is_written_fits_its_schema() {
    for credential in every_credential() {
        let secrets: Vec<Secret> =
            credential.material.iter().filter_map(|m| m.secret().cloned()).collect();
        let secrets: Vec<&Secret> = secrets.iter().collect();
        let facts = facts(credential);
        for (consumer, carrier) in pairs() {
            let fields = fields(consumer, carrier, &facts);
            let rendered = render(&fields, &facts, Values::Carried);
            let what = format!("{consumer:?} {carrier:?} {}", facts.credentials[0].name);
            let text = open_text(&rendered);
            assert!(!text.contains(CANARY) && !secret_in(&text, &secrets), "{what}");
            for object in rendered.files.iter().flat_map(|file| &file.objects) {
                match object {
                    RenderedObject::Open(value) => {
                        assert_eq!(looks_secret(value), None, "{what}");
                        if value["kind"].is_string() {
                            schema::check(value);
                        }
                    }
                    RenderedObject::Secret(secret) => {
                        assert_eq!(carrier, DeliveryMethod::Sops, "{what}");
                        assert!(secret.is_whole(), "{what}");
                        schema::check(&secret.preview());
                        let applied: Value =
                            serde_json::from_str(secret.applied().expose()).unwrap();
                        schema::check(&applied);
                    }
                }
            }
            let left_out = rendered.notes.iter().any(|note| note.tone == NoteTone::LeftOut);
            assert!(left_out || !rendered.files.is_empty(), "{what}: nothing, and nobody says why");
            for note in &rendered.notes {
                assert!(note.text.ends_with('.'), "{what}: {}", note.text);
            }
        }
    }
}

#[test]
fn snippets_fit_their_schemas_too() {
    for credential in every_credential() {
        let facts = facts(credential);
        for (consumer, carrier) in pairs() {
            let without_charts = asking(consumer, carrier, &facts, "");
            let rendered = render(&without_charts, &facts, Values::Carried);
            for snippet in rendered.snippets {
                let mut value: Value = serde_saphyr::from_str(&snippet.text).unwrap();
                if value["kind"] == "OCIRepository" {
                    // The name is for people to choose.
                    assert_eq!(value["metadata"]["name"], "CHART");
                    value["metadata"]["name"] = "chart".into();
                    schema::check(&value);
                }
            }
        }
    }
}

#[test]
fn r_git_01_paths_are_safe_and_unique_and_equal_facts_are_equal_bytes() {
    let all = every_credential();
    let mut everything = ExportFacts { vault: vault(), ..ExportFacts::default() };
    for (number, credential) in (0..).zip(all) {
        let mut some = facts(credential);
        for (place, repository) in (0..).zip(&mut some.repositories) {
            repository.id = testkit::export_facts::id(1_000 + number * 10 + place).into();
            repository.name = format!("../{number}/{place}");
        }
        everything.repositories.append(&mut some.repositories);
        everything.credentials.append(&mut some.credentials);
    }
    let mut reversed = everything.clone();
    reversed.credentials.reverse();
    reversed.repositories.reverse();
    for (consumer, carrier) in pairs() {
        let fields = fields(consumer, carrier, &everything);
        let rendered = render(&fields, &everything, Values::Carried);
        let again = render(&fields, &reversed, Values::Carried);
        assert_eq!(rendered.preview(), again.preview(), "{consumer:?} {carrier:?}");
        let paths: BTreeSet<&str> = rendered.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths.len(), rendered.files.len(), "{consumer:?} {carrier:?}");
        for path in paths {
            let folder = Folder::parse("a", Workflows::Refused).unwrap();
            assert!(folder.join(path).is_some(), "{path}");
        }
        for file in &rendered.files {
            let sealed = file.objects.iter().any(|o| matches!(o, RenderedObject::Secret(_)));
            assert!(!sealed || file.objects.len() == 1, "{consumer:?}: {} is sealed", file.path);
        }
        let mut objects = BTreeSet::new();
        for object in rendered.files.iter().flat_map(|file| &file.objects) {
            let value = match object {
                RenderedObject::Open(value) => value.clone(),
                RenderedObject::Secret(secret) => secret.open(),
            };
            let meta = &value["metadata"];
            let key = format!("{} {} {}", value["kind"], meta["namespace"], meta["name"]);
            assert!(objects.insert(key.clone()), "{consumer:?} {carrier:?}: {key} twice");
        }
    }
}

#[test]
fn a_preview_without_contents_differs_in_nothing_that_is_shown() {
    for credential in every_credential() {
        let whole = facts(credential);
        let mut bare = whole.clone();
        bare.credentials[0].material = None;
        for (consumer, carrier) in pairs() {
            let fields = fields(consumer, carrier, &whole);
            let preview = |facts: &ExportFacts| render(&fields, facts, Values::Carried).preview();
            assert_eq!(preview(&whole), preview(&bare), "{consumer:?} {carrier:?}");
            for object in render(&fields, &bare, Values::Carried)
                .files
                .into_iter()
                .flat_map(|file| file.objects)
            {
                if let RenderedObject::Secret(secret) = object {
                    assert!(!secret.is_whole());
                }
            }
        }
    }
}
