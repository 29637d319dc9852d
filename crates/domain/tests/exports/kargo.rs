//! What Kargo reads: which secret is for which URL, and under which keys.

use domain::{
    AuthMethod, Provider, Purpose,
    credentials::PatternKind,
    exports::{Consumer, CredentialFacts, DeliveryMethod, NoteTone, RenderedObject},
};

use testkit::export_facts::{credential, material};

use super::golden::{ghcr, notes, of, with};

#[test]
fn f17_f18_kargo_finds_credentials_by_purpose_and_url() {
    let urls = |credential: CredentialFacts| -> Vec<String> {
        let rendered = of(Consumer::Kargo, DeliveryMethod::Sops, &with(vec![credential]));
        let objects = rendered.files.into_iter().flat_map(|file| file.objects);
        let line = |object| {
            let RenderedObject::Secret(secret) = object else { panic!() };
            let label = secret.open()["metadata"]["labels"]["kargo.akuity.io/cred-type"].clone();
            let skipped = ["username", "password"];
            let values = secret.values().filter(|(key, _)| !skipped.contains(key));
            let values: Vec<String> = values.map(|(key, value)| format!("{key}={value}")).collect();
            format!("{} {}", label.as_str().unwrap(), values.join(" "))
        };
        objects.map(line).collect()
    };
    assert_eq!(
        urls(ghcr()),
        [
            r"helm repoURL=^(oci://)?ghcr\.io/acme/charts(/|$) repoURLIsRegex=true",
            r"image repoURL=^ghcr\.io/ repoURLIsRegex=true",
        ]
    );
    let mut exact = ghcr();
    exact.pattern = "oci://ghcr.io/acme/app".into();
    exact.pattern_kind = PatternKind::Exact;
    assert_eq!(
        urls(exact.clone()),
        [
            // Kargo compares the URL of a chart, which lies below the place or is it.
            r"helm repoURL=^(oci://)?ghcr\.io/acme/app(/|$) repoURLIsRegex=true",
            "image repoURL=ghcr.io/acme/app",
        ]
    );
    exact.pattern = "https://ghcr.io/acme".into();
    assert_eq!(
        urls(exact.clone())[0],
        r"helm repoURL=^(oci://)?ghcr\.io/acme(/|$) repoURLIsRegex=true"
    );
    let mut http = credential(1, "web", Provider::GenericRegistry, AuthMethod::Password);
    (http.pattern, http.pattern_kind) =
        ("https://charts.example.com/stable".into(), PatternKind::Exact);
    assert_eq!(urls(http)[0], "helm repoURL=https://charts.example.com/stable");
    let mut hub = credential(1, "hub", Provider::DockerHub, AuthMethod::Password);
    (hub.pattern, hub.pattern_kind) = ("docker.io/acme".into(), PatternKind::Exact);
    assert_eq!(
        urls(hub)[0],
        r"helm repoURL=^(oci://)?(index\.|registry-1\.)?docker\.io/acme(/|$) repoURLIsRegex=true"
    );
    exact.pattern = r"^https://ghcr\.io/acme/".into();
    exact.pattern_kind = PatternKind::Regex;
    assert_eq!(
        urls(exact.clone()),
        [
            r"helm repoURL=^(https://|oci://)?ghcr\.io/acme/ repoURLIsRegex=true",
            r"image repoURL=^ghcr\.io/acme/ repoURLIsRegex=true",
        ]
    );
    exact.purposes = vec![Purpose::Image];
    exact.pattern = r"ghcr[.&&x]io".into();
    let rendered = of(Consumer::Kargo, DeliveryMethod::Sops, &with(vec![exact]));
    let warnings = notes(&rendered, NoteTone::Warning);
    assert!(
        warnings[0].contains("does not begin with ^") && warnings[1].contains("set operations")
    );
    assert!(warnings[2].contains("shared credentials"), "F23");
}

#[test]
fn kargo_takes_keys_as_its_code_names_them() {
    let keys = |provider, shape| -> Vec<String> {
        let mut credential = credential(1, "key", provider, shape);
        credential.material = Some(material(&credential));
        let rendered = of(Consumer::Kargo, DeliveryMethod::Sops, &with(vec![credential]));
        let RenderedObject::Secret(secret) = &rendered.files[0].objects[0] else { panic!() };
        secret.values().map(|(key, _)| key.to_owned()).collect()
    };
    assert_eq!(
        keys(Provider::AmazonEcr, AuthMethod::EcrAccessKey),
        ["repoURL", "repoURLIsRegex", "awsRegion", "awsAccessKeyID", "awsSecretAccessKey"]
    );
    assert_eq!(
        keys(Provider::GoogleArtifactRegistry, AuthMethod::GoogleKeyExchange),
        ["repoURL", "repoURLIsRegex", "gcpServiceAccountKey"]
    );
    assert_eq!(
        keys(Provider::Github, AuthMethod::GithubApp),
        ["repoURL", "githubAppID", "githubAppInstallationID", "githubAppPrivateKey"]
    );
}

#[test]
fn what_kargo_compares_otherwise_than_hawser_is_said() {
    let of_kargo = |credentials| of(Consumer::Kargo, DeliveryMethod::Sops, &with(credentials));
    let (one, mut two) =
        (ghcr(), credential(2, "two", Provider::GenericRegistry, AuthMethod::Password));
    let alone = of_kargo(vec![one.clone()]);
    assert!(!notes(&alone, NoteTone::Info).join("\n").contains("order of their names"));
    assert!(!notes(&alone, NoteTone::Warning).join("\n").contains("http://"));
    two.pattern = "http://charts.example.com/stable".into();
    two.pattern_kind = PatternKind::Exact;
    let both = of_kargo(vec![one, two]);
    assert!(notes(&both, NoteTone::Info).join("\n").contains("order of their names"));
    assert!(notes(&both, NoteTone::Warning)[0].contains("begins with http://"));
}

#[test]
fn a_chart_is_found_by_its_url_and_its_neighbours_are_not() {
    let rendered = of(Consumer::Kargo, DeliveryMethod::Sops, &with(vec![ghcr()]));
    let objects = rendered.files.iter().flat_map(|file| &file.objects);
    let url = objects
        .filter_map(|object| match object {
            RenderedObject::Secret(secret) => secret.values().find(|(key, _)| *key == "repoURL"),
            RenderedObject::Open(_) => None,
        })
        .map(|(_, url)| url.to_owned())
        .find(|url| url.contains("charts"))
        .unwrap();
    let compared = regex::Regex::new(&url).unwrap();
    for (chart, found) in [
        ("oci://ghcr.io/acme/charts/web", true),
        ("ghcr.io/acme/charts", true),
        ("oci://ghcr.io/acme/charts-private/web", false),
        ("oci://ghcr.io.example/acme/charts/web", false),
        ("oci://evil.example/ghcr.io/acme/charts/web", false),
    ] {
        assert_eq!(compared.is_match(chart), found, "{chart}");
    }
}

#[test]
fn f22_f23_what_is_shared_belongs_into_a_namespace_of_shared_credentials() {
    let of_kargo = |credentials| of(Consumer::Kargo, DeliveryMethod::Sops, &with(credentials));
    let own = credential(2, "robot", Provider::Quay, AuthMethod::Password);
    let shared = CredentialFacts { is_shared: true, ..ghcr() };
    let alone = of_kargo(vec![shared.clone()]);
    assert!(notes(&alone, NoteTone::Info).join("\n").contains("a namespace of shared credentials"));
    let mixed = of_kargo(vec![shared, own.clone()]);
    let warnings = notes(&mixed, NoteTone::Warning).join("\n");
    assert!(warnings.contains("ghcr is available to every project, and robot to its own"));
    let none = of_kargo(vec![own]);
    assert!(!notes(&none, NoteTone::Warning).join("\n").contains("available to every project"));
}
