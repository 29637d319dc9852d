//! Objects for single charts and packages.

use domain::{
    AuthMethod, CredentialId, Provider,
    exports::{
        Consumer, DeliveryMethod, ExportFacts, ExportNote, ExportSettings, NoteTone, Rendered,
        RenderedObject, Values, render, yaml,
    },
};
use serde_json::Value;

use testkit::export_facts::{asking, credential, id, known, named, repository};

use super::{
    golden::{ghcr, notes, of, with},
    schema,
};

fn objects(rendered: &Rendered, kind: &str) -> Vec<Value> {
    rendered
        .files
        .iter()
        .flat_map(|file| &file.objects)
        .filter_map(|object| match object {
            RenderedObject::Open(value) if value["kind"] == kind => Some(value.clone()),
            _ => None,
        })
        .collect()
}

/// Two registries and a chart repository over HTTP.
fn registries() -> ExportFacts {
    let ghcr = ghcr();
    let id = Some(ghcr.id);
    ExportFacts {
        repositories: vec![
            repository(901, "https://charts.example.com/private", id),
            repository(902, "oci://ghcr.io/acme/charts", id),
            repository(903, "oci://ghcr.io/acme/apps", id),
        ],
        ..with(vec![ghcr])
    }
}

#[test]
fn flux_watches_each_chart_that_is_named() {
    let mut facts = registries();
    facts.repositories.remove(2);
    facts.repositories[1].ca =
        "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".into();
    let fields =
        asking(Consumer::Flux, DeliveryMethod::Sops, &facts, "web@>=1.2.0 <2.0.0, team/api");
    let rendered = render(&fields, &facts, Values::Carried);
    let charts = objects(&rendered, "OCIRepository");
    let [web, api] = charts.as_slice() else { panic!("{charts:#?}") };
    assert_eq!(
        yaml(web),
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: ghcr-io-acme-charts-web\n  namespace: team-a\nspec:\n  certSecretRef:\n    name: ghcr-io-acme-charts-tls\n  interval: 15m\n  layerSelector:\n    mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip\n    operation: copy\n  ref:\n    semver: \">=1.2.0 <2.0.0\"\n  secretRef:\n    name: ghcr-io-acme-charts-auth\n  url: oci://ghcr.io/acme/charts/web\n"
    );
    assert_eq!(api["spec"]["url"], "oci://ghcr.io/acme/charts/team/api");
    assert_eq!(api["spec"]["ref"]["semver"], "*");
    let file = rendered.files.iter().find(|file| file.path == "ghcr-io-acme-charts.yaml").unwrap();
    let kinds: Vec<_> = file
        .objects
        .iter()
        .map(|object| match object {
            RenderedObject::Open(value) => value["kind"].as_str().unwrap().to_owned(),
            RenderedObject::Secret(_) => "sealed".to_owned(),
        })
        .collect();
    assert_eq!(kinds, ["Secret", "HelmRepository", "OCIRepository", "OCIRepository"]);
    assert!(!rendered.snippets.iter().any(|snippet| snippet.text.contains("OCIRepository")));
    assert!(notes(&rendered, NoteTone::Warning).is_empty());
}

#[test]
fn a_chart_of_a_cloud_registry_is_read_with_the_identity_of_flux() {
    let ecr = credential(1, "ecr", Provider::AmazonEcr, AuthMethod::EcrRole);
    let url = "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts";
    let facts =
        ExportFacts { repositories: vec![repository(902, url, Some(ecr.id))], ..with(vec![ecr]) };
    let rendered = of(Consumer::Flux, DeliveryMethod::Sops, &facts);
    for chart in objects(&rendered, "OCIRepository") {
        schema::check(&chart);
        assert_eq!(chart["spec"]["provider"], "aws");
        assert!(chart["spec"]["secretRef"].is_null());
    }
    assert_eq!(objects(&rendered, "OCIRepository").len(), 2);
}

#[test]
fn a_chart_is_written_where_the_catalog_knows_it() {
    let urls = |facts: &ExportFacts| -> Vec<String> {
        let fields = asking(Consumer::Flux, DeliveryMethod::Sops, facts, "web");
        objects(&render(&fields, facts, Values::Carried), "OCIRepository")
            .iter()
            .map(|chart| chart["spec"]["url"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut facts = registries();
    assert_eq!(urls(&facts), ["oci://ghcr.io/acme/apps/web", "oci://ghcr.io/acme/charts/web"]);
    let warned = |facts: &ExportFacts| {
        let fields = asking(Consumer::Flux, DeliveryMethod::Sops, facts, "web");
        let rendered = render(&fields, facts, Values::Carried);
        notes(&rendered, NoteTone::Warning).join("\n")
    };
    assert!(warned(&facts).starts_with("web: the catalog knows this chart in none"));
    // What is known of a repository over HTTP says nothing about registries.
    facts.repositories[0].charts = vec![known(&facts.repositories[0], "web", None)];
    assert_eq!(urls(&facts).len(), 2);
    facts.repositories[1].charts = vec![known(&facts.repositories[1], "web", None)];
    assert_eq!(urls(&facts), ["oci://ghcr.io/acme/charts/web"]);
    assert_eq!(warned(&facts), "");
    facts.repositories[2].charts = vec![known(&facts.repositories[2], "web", None)];
    assert_eq!(urls(&facts).len(), 2);
    facts.repositories.truncate(1);
    assert_eq!(urls(&facts), [""; 0]);
    assert!(warned(&facts).starts_with("Charts get an OCIRepository in OCI repositories only"));
}

#[test]
fn without_names_there_is_a_snippet_for_each_registry_and_no_object() {
    let facts = registries();
    let fields = asking(Consumer::Flux, DeliveryMethod::Sops, &facts, "");
    let rendered = render(&fields, &facts, Values::Carried);
    assert!(objects(&rendered, "OCIRepository").is_empty());
    let per_chart = |snippet: &&domain::exports::ExportSnippet| snippet.text.contains("CHART");
    assert_eq!(rendered.snippets.iter().filter(per_chart).count(), 2);
}

#[test]
fn f77_carvel_installs_each_package_that_is_named() {
    let facts = with(vec![ghcr()]);
    let rendered = of(Consumer::Carvel, DeliveryMethod::Sops, &facts);
    let preview = rendered.preview();
    let text = |path: &str| {
        let file = preview.files.iter().find(|file| file.path == path);
        file.unwrap_or_else(|| panic!("no {path} in {preview:#?}")).text.clone()
    };
    assert_eq!(
        text("prometheus.example.com.install.yaml"),
        "apiVersion: packaging.carvel.dev/v1alpha1\nkind: PackageInstall\nmetadata:\n  name: prometheus.example.com\n  namespace: team-a\n  annotations:\n    ext.packaging.carvel.dev/fetch-0-secret-name: prod\nspec:\n  packageRef:\n    refName: prometheus.example.com\n    versionSelection:\n      constraints: 2.x\n  serviceAccountName: installer\n"
    );
    assert!(text("a.b.c.install.yaml").contains("constraints: \">=0.0.0\""));
    assert!(text("prod-packages.yaml").contains("PackageRepository"));
    let info = notes(&rendered, NoteTone::Info).join("\n");
    assert!(info.contains("the service account installer of the namespace team-a"), "{info}");
    assert!(info.contains("ext.packaging.carvel.dev/fetch-1-secret-name"), "{info}");
    assert!(info.contains("prometheus.example.com-fetch-1, a.b.c-fetch-1"), "F54: {info}");
}

#[test]
fn what_earlier_versions_stored_for_carvel_writes_what_it_wrote() {
    let facts = with(vec![ghcr()]);
    let stored: ExportSettings = serde_json::from_str(
        r#"{"namespace":"team-a","to_namespaces":"dev","package":"my-app","recipients":"x"}"#,
    )
    .unwrap();
    let mut fields = named(Consumer::Carvel, DeliveryMethod::Sops, &facts);
    fields.settings = stored;
    let preview = render(&fields, &facts, Values::Carried).preview();
    let paths: Vec<&str> = preview.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["prod-pull.yaml", "prod.sops.yaml", "prod.yaml"]);
    let snippet =
        preview.snippets.iter().find(|one| one.title.starts_with("PackageInstall")).unwrap();
    assert!(
        snippet.text.contains("name: my-app") && snippet.text.contains("fetch-0-secret-name: prod")
    );
}

#[test]
fn a_note_carries_the_credentials_that_it_speaks_of() {
    let twin = credential(2, "twin ü", Provider::Ghcr, AuthMethod::Password);
    let facts = with(vec![ghcr(), twin]);
    let rendered = of(Consumer::Carvel, DeliveryMethod::Sops, &facts);
    let note = rendered.notes.iter().find(|note| note.tone == NoteTone::LeftOut).unwrap();
    let (first, second) = (CredentialId::from(id(1)), CredentialId::from(id(2)));
    let parts = note.parts();
    assert_eq!(parts[0], ("twin ü", Some(second)));
    assert_eq!(parts[1], (": ghcr.io has room for one credential, and ", None));
    assert_eq!(parts[2], ("ghcr", Some(first)));
    assert_eq!(parts.iter().map(|(text, _)| *text).collect::<String>(), note.text);
    // A note that does not fit its text, from another version, is text.
    let mut odd: ExportNote =
        serde_json::from_str(r#"{"tone":"info","text":"über alles"}"#).unwrap();
    assert_eq!(odd.parts(), [("über alles", None)]);
    odd.mentions =
        note.mentions.iter().map(|one| domain::exports::Mention { start: 1, ..*one }).collect();
    assert_eq!(odd.parts(), [("über alles", None)]);
}
