//! OCI registries without TLS: each client is told in its own way.

use domain::{
    CredentialId,
    exports::{
        Consumer, DeliveryMethod, ExportFacts, NoteTone, Rendered, RenderedObject, Values, render,
    },
    repositories::Transport,
};

use testkit::export_facts::{asking, repository};

use super::{
    golden::{ghcr, notes, with},
    schema,
};

fn rendered(consumer: Consumer, carrier: DeliveryMethod, transport: Transport) -> Rendered {
    let credential: CredentialId = ghcr().id;
    let mut oci = repository(1, "oci://registry.example:5000/charts", Some(credential));
    let mut helm = repository(2, "http://charts.example/stable", Some(credential));
    (oci.transport, helm.transport) = (transport, transport);
    let facts = ExportFacts { repositories: vec![oci, helm], ..with(vec![ghcr()]) };
    render(&asking(consumer, carrier, &facts, "web"), &facts, Values::Carried)
}

#[test]
fn flux_gets_insecure_sources_as_its_schema_has_them() {
    for (transport, insecure) in [(Transport::Plain, Some(true)), (Transport::Tls, None)] {
        let rendered = rendered(Consumer::Flux, DeliveryMethod::ExternalSecret, transport);
        let mut seen = Vec::new();
        for object in rendered.files.iter().flat_map(|file| &file.objects) {
            let RenderedObject::Open(object) = object else { panic!("{object:?}") };
            schema::check(object);
            let url = object["spec"]["url"].as_str().unwrap_or_default();
            if url.starts_with("oci://") {
                seen.push(object["kind"].as_str().unwrap());
                assert_eq!(object["spec"]["insecure"].as_bool(), insecure, "{object}");
            } else {
                assert!(object["spec"]["insecure"].is_null(), "its URL says it: {object}");
            }
        }
        assert_eq!(seen, ["HelmRepository", "OCIRepository"]);
    }
}

#[test]
fn argo_cd_forces_http_in_repositories_and_templates() {
    for (transport, times) in [(Transport::Plain, 1), (Transport::Tls, 0)] {
        let rendered = rendered(Consumer::ArgoCd, DeliveryMethod::ExternalSecret, transport);
        let preview = rendered.preview();
        let all: String = preview.files.iter().map(|file| file.text.as_str()).collect();
        assert_eq!(all.matches("insecureOCIForceHttp: \"true\"").count(), times, "{all}");
        let warned = notes(&rendered, NoteTone::Warning);
        assert_eq!(warned.iter().filter(|note| note.contains("uses plain HTTP")).count(), times);
    }
}

#[test]
fn people_are_told_to_use_plain_http_with_helm() {
    for (transport, told) in [(Transport::Plain, true), (Transport::Tls, false)] {
        let rendered = rendered(Consumer::Helm, DeliveryMethod::None, transport);
        let note = notes(&rendered, NoteTone::LeftOut)[0];
        let command = "helm pull oci://registry.example:5000/charts/CHART --plain-http after helm registry login registry.example:5000 --username USERNAME --password-stdin --plain-http";
        assert_eq!(note.contains(command), told, "{note}");
    }
}
