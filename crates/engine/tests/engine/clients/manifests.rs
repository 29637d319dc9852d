//! kubectl parses every manifest that any consumer gets by any delivery method of any credential, and kustomize
//! builds the folder of each export.

use std::fmt::Write as _;

use domain::exports::{RenderedFile, RenderedObject, Values, render, yaml};
use serde_json::Value;

use crate::clients::{
    discovery::{Kinds, serve},
    program::Shell,
};

/// An object as it is applied.
fn applied(object: &RenderedObject) -> Value {
    match object {
        RenderedObject::Open(value) => value.clone(),
        RenderedObject::Secret(secret) => serde_json::from_str(secret.applied().expose()).unwrap(),
    }
}

fn is_manifest(value: &Value) -> bool {
    value["kind"].is_string() && value["apiVersion"].is_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kubectl_parses_every_manifest() {
    let shell = Shell::new();
    let (mut kinds, mut objects) = (Kinds::new(), 0);
    std::fs::create_dir(shell.folder().join("all")).unwrap();
    for (number, credential) in (0..).zip(testkit::export_facts::every_credential()) {
        let facts = testkit::export_facts::facts(credential);
        let mut text = String::new();
        for (consumer, carrier) in testkit::export_facts::pairs() {
            let fields = testkit::export_facts::fields(consumer, carrier, &facts);
            let rendered = render(&fields, &facts, Values::Carried);
            for object in rendered.files.iter().flat_map(|file| &file.objects) {
                let value = applied(object);
                if !is_manifest(&value) || value["kind"].is_null() {
                    continue;
                }
                // Helm's own file has a version and no kind.
                let name = |key: &str| value[key].as_str().unwrap().to_owned();
                kinds.insert((name("apiVersion"), name("kind")));
                write!(text, "---\n{}", yaml(&value)).unwrap();
                objects += 1;
            }
        }
        shell.write(&format!("all/{number}.yaml"), &text);
    }
    assert!(objects > 1_000 && kinds.len() > 10, "{objects} objects, {kinds:?}");
    serve(&shell, kinds).await;
    let named = shell.does("kubectl create --dry-run=client --validate=false -o name -f all", "");
    assert_eq!(named.lines().count(), objects);
}

#[test]
fn kustomize_builds_the_folder_of_each_export() {
    let credential = testkit::export_facts::credential(
        1,
        "ghcr",
        domain::Provider::Ghcr,
        domain::AuthMethod::Password,
    );
    let facts = testkit::export_facts::facts(credential);
    let mut built = 0;
    for (consumer, carrier) in testkit::export_facts::pairs() {
        let fields = testkit::export_facts::named(consumer, carrier, &facts);
        let rendered = render(&fields, &facts, Values::Carried);
        let preview = rendered.preview();
        let holds =
            |file: &&RenderedFile| file.objects.iter().map(applied).all(|one| is_manifest(&one));
        let files: Vec<_> = rendered.files.iter().filter(holds).collect();
        if files.is_empty() {
            continue;
        }
        let shell = Shell::new();
        let mut list = String::from("resources:\n");
        for file in &files {
            let text = preview.files.iter().find(|one| one.path == file.path).unwrap();
            shell.write(&file.path, &text.text);
            writeln!(list, "- {}", file.path).unwrap();
        }
        shell.write("kustomization.yaml", &list);
        let made = shell.does("kubectl kustomize .", "");
        let objects: usize = files.iter().map(|file| file.objects.len()).sum();
        let kinds = made.lines().filter(|line| line.starts_with("kind: ")).count();
        assert_eq!(kinds, objects, "{consumer:?} {carrier:?}:\n{made}");
        built += 1;
    }
    assert!(built >= 18, "{built}");
}
