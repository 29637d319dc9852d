//! Where charts lie: a URL that is the chart itself, Docker Hub by all of its names, and archives at
//! another host than their index.

use domain::{
    CredentialId,
    exports::{
        Consumer, DeliveryMethod, ExportFacts, NoteTone, Rendered, RenderedObject, Values, render,
    },
};

use testkit::export_facts::{asking, known, repository};

use super::{
    golden::{ghcr, notes, of, with},
    schema,
};

const OPERATOR: &str = "oci://ghcr.io/grafana/helm-charts/grafana-operator";

/// A repository whose URL is a chart, as a sync found it, and another chart of the same namespace.
fn itself() -> ExportFacts {
    let credential = Some(ghcr().id);
    let mut operator = repository(901, OPERATOR, credential);
    operator.only = Some(known(&operator, "grafana-operator", Some(&format!("{OPERATOR}:v5.6.0"))));
    ExportFacts { repositories: vec![operator], ..with(vec![ghcr()]) }
}

fn urls(rendered: &Rendered, kind: &str) -> Vec<String> {
    let objects = rendered.files.iter().flat_map(|file| &file.objects);
    objects
        .filter_map(|object| match object {
            RenderedObject::Open(value) if value["kind"] == kind => {
                schema::check(value);
                value["spec"]["url"].as_str().map(str::to_owned)
            }
            _ => None,
        })
        .collect()
}

#[test]
fn x5_flux_gets_the_chart_itself() {
    let facts = itself();
    let fields = asking(Consumer::Flux, DeliveryMethod::Sops, &facts, "grafana-operator@5.x");
    let rendered = render(&fields, &facts, Values::Carried);
    assert_eq!(urls(&rendered, "OCIRepository"), [OPERATOR]);
    assert_eq!(urls(&rendered, "HelmRepository"), ["oci://ghcr.io/grafana/helm-charts"]);
    let fields = asking(Consumer::Flux, DeliveryMethod::Sops, &facts, "");
    let rendered = render(&fields, &facts, Values::Carried);
    let snippet = rendered.snippets.iter().find(|one| one.text.contains("OCIRepository")).unwrap();
    assert!(snippet.text.contains(&format!("url: {OPERATOR}\n")), "{}", snippet.text);
    assert!(notes(&rendered, NoteTone::Info).iter().any(|note| note.contains("is the chart")));
}

#[test]
fn x5_argo_cd_finds_the_chart_by_its_namespace() {
    let mut facts = itself();
    let mut other = repository(902, "oci://ghcr.io/grafana/helm-charts/tempo", Some(ghcr().id));
    other.only =
        Some(known(&other, "tempo", Some("oci://ghcr.io/grafana/helm-charts/tempo:1.0.0")));
    facts.repositories.push(other);
    let urls = |facts: &ExportFacts| -> Vec<String> {
        let rendered = of(Consumer::ArgoCd, DeliveryMethod::Sops, facts);
        let objects = rendered.files.iter().flat_map(|file| &file.objects);
        objects
            .map(|object| match object {
                RenderedObject::Secret(secret) => {
                    secret.values().find(|(key, _)| *key == "url").unwrap().1.to_owned()
                }
                RenderedObject::Open(value) => value["stringData"]["url"].as_str().unwrap().into(),
            })
            .collect()
    };
    assert_eq!(urls(&facts), ["ghcr.io/grafana/helm-charts"], "one secret for both");
    let rendered = of(Consumer::ArgoCd, DeliveryMethod::Sops, &facts);
    let told = notes(&rendered, NoteTone::Info).join("\n");
    assert!(told.contains("repoURL: ghcr.io/grafana/helm-charts and chart: tempo"), "{told}");
    assert!(told.contains("one secret does for both"), "{told}");
    // With another credential there is no second secret for one URL, and a note says why.
    facts.repositories[1].credential = None;
    assert_eq!(urls(&facts).len(), 1);
    let rendered = of(Consumer::ArgoCd, DeliveryMethod::Sops, &facts);
    assert!(notes(&rendered, NoteTone::LeftOut)[0].contains("with another credential"));
    // A template is for the namespace too.
    let facts = itself();
    let mut fields = asking(Consumer::ArgoCd, DeliveryMethod::ExternalSecret, &facts, "");
    fields.settings.template = "template".into();
    let preview = render(&fields, &facts, Values::Carried).preview();
    assert!(preview.files[0].text.contains("url: ghcr.io/grafana/helm-charts\n"), "{preview:#?}");
}

#[test]
fn x5_people_pull_the_chart_itself() {
    let rendered = of(Consumer::Helm, DeliveryMethod::None, &itself());
    let told = notes(&rendered, NoteTone::LeftOut)[0];
    assert!(
        told.contains(&format!("helm pull {OPERATOR} after helm registry login ghcr.io ")),
        "{told}"
    );
}

#[test]
fn x11_docker_hub_is_written_by_the_name_that_serves() {
    let credential: CredentialId = ghcr().id;
    for url in
        ["oci://docker.io/acme", "oci://index.docker.io/acme", "oci://registry-1.docker.io/acme"]
    {
        let facts = ExportFacts {
            repositories: vec![repository(1, url, Some(credential))],
            ..with(vec![ghcr()])
        };
        let fields = asking(Consumer::Flux, DeliveryMethod::ExternalSecret, &facts, "web");
        let rendered = render(&fields, &facts, Values::Carried);
        assert_eq!(urls(&rendered, "HelmRepository"), ["oci://registry-1.docker.io/acme"]);
        assert_eq!(urls(&rendered, "OCIRepository"), ["oci://registry-1.docker.io/acme/web"]);
        // Flux compares the host of the URL with the key of the secret.
        let all: String = rendered.preview().files.iter().map(|file| file.text.clone()).collect();
        assert!(all.contains(r#"\"registry-1.docker.io\":{"#), "{all}");
        let told = notes(&of(Consumer::Helm, DeliveryMethod::None, &facts), NoteTone::LeftOut)[0]
            .to_owned();
        assert!(told.contains("helm registry login registry-1.docker.io "), "{told}");
    }
}

#[test]
fn x19_flux_is_told_of_archives_at_another_host() {
    let mut facts = itself();
    let mut index = repository(902, "https://charts.example.com/private", Some(ghcr().id));
    index.archives = vec!["https://archives.example.net".into()];
    facts.repositories = vec![index];
    let warned = |facts: &ExportFacts| {
        notes(&of(Consumer::Flux, DeliveryMethod::Sops, facts), NoteTone::Warning).join("\n")
    };
    assert!(warned(&facts).contains("https://archives.example.net"), "{}", warned(&facts));
    assert!(warned(&facts).contains("passCredentials: true"));
    facts.repositories[0].credential = None;
    assert!(!warned(&facts).contains("passCredentials"), "without a login there is none to send");
}
