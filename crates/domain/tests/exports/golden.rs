//! What some exports look like, in full.

use domain::{
    AuthMethod, Provider,
    credentials::PatternKind,
    exports::{
        Consumer, CredentialFacts, DeliveryMethod, ExportFacts, ExportPreview, NoteTone, Rendered,
        RenderedObject, Values, render,
    },
};

use testkit::export_facts::{CANARY, credential, facts, id, material, named, repository, vault};

pub fn ghcr() -> CredentialFacts {
    let mut ghcr = credential(1, "ghcr", Provider::Ghcr, AuthMethod::Password);
    ghcr.username = "robot$acme+ci".into();
    ghcr
}

pub fn of(consumer: Consumer, carrier: DeliveryMethod, facts: &ExportFacts) -> Rendered {
    render(&named(consumer, carrier, facts), facts, Values::Carried)
}

fn text<'p>(preview: &'p ExportPreview, path: &str) -> &'p str {
    let file = preview.files.iter().find(|file| file.path == path);
    &file.unwrap_or_else(|| panic!("no {path} in {preview:#?}")).text
}

pub fn notes(rendered: &Rendered, tone: NoteTone) -> Vec<&str> {
    let notes = rendered.notes.iter().filter(|note| note.tone == tone);
    notes.map(|note| note.text.as_str()).collect()
}

pub fn with(credentials: Vec<CredentialFacts>) -> ExportFacts {
    ExportFacts { credentials, repositories: Vec::new(), vault: vault() }
}

#[test]
fn a_pull_secret_by_external_secret() {
    let preview =
        of(Consumer::PullSecret, DeliveryMethod::ExternalSecret, &with(vec![ghcr()])).preview();
    let path = format!("orgs/{}/credentials/{}", id(0), id(1));
    let expected = r#"apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: prod
  namespace: team-a
spec:
  data:
  - remoteRef:
      key: PATH
      property: username
      version: "3"
    secretKey: username
  - remoteRef:
      key: PATH
      property: password
      version: "3"
    secretKey: password
  refreshInterval: 1h
  secretStoreRef:
    kind: ClusterSecretStore
    name: hawser
  target:
    name: prod
    creationPolicy: Owner
    template:
      type: kubernetes.io/dockerconfigjson
      data:
        .dockerconfigjson: "{\"auths\":{\"ghcr.io\":{\"username\":{{ .username | toJson }},\"password\":{{ .password | toJson }},\"auth\":{{ printf \"%s:%s\" (.username) (.password) | b64enc | toJson }}}}}"
      engineVersion: v2
"#;
    assert_eq!(text(&preview, "prod.yaml"), expected.replace("PATH", &path));
    let policy = preview.snippets.iter().find(|snippet| snippet.title.starts_with("Vault policy"));
    assert_eq!(
        policy.unwrap().text,
        format!(
            "{{\n  \"path\": {{\n    \"secret/data/{path}\": {{\n      \"capabilities\": [\n        \"read\"\n      ]\n    }}\n  }}\n}}\n"
        )
    );
}

#[test]
fn f69_a_pull_secret_with_its_values_is_for_a_person_or_a_cluster() {
    let mut ghcr = ghcr();
    ghcr.material = Some(material(&ghcr));
    let facts = with(vec![ghcr]);
    let fields = named(Consumer::PullSecret, DeliveryMethod::ExternalSecret, &facts);
    let rendered = render(&fields, &facts, Values::Plain);
    let RenderedObject::Secret(secret) = &rendered.files[0].objects[0] else { panic!() };
    assert!(secret.reveal().expose().contains(CANARY));
    assert!(text(&rendered.preview(), "prod.yaml").contains("*** REDACTED ***"));
    let applied: serde_json::Value = serde_json::from_str(secret.applied().expose()).unwrap();
    assert!(applied["data"][".dockerconfigjson"].is_string() && applied["stringData"].is_null());
}

#[test]
fn f71_f74_only_what_was_chosen_and_one_login_for_a_key() {
    let mut narrow = credential(2, "team", Provider::Ghcr, AuthMethod::Password);
    narrow.addresses = vec!["oci://ghcr.io/acme/team".into()];
    let mut same = credential(3, "twin", Provider::Ghcr, AuthMethod::Password);
    same.addresses = vec!["oci://ghcr.io/acme/team".into()];
    let hub = credential(4, "hub", Provider::DockerHub, AuthMethod::Password);
    let rendered = of(
        Consumer::PullSecret,
        DeliveryMethod::ExternalSecret,
        &with(vec![ghcr(), narrow, same, hub]),
    );
    let preview = rendered.preview();
    let text = text(&preview, "prod.yaml");
    for key in ["ghcr.io/acme/charts", "ghcr.io/acme/team", "https://index.docker.io/v1/"] {
        assert!(text.contains(&format!("\\\"{key}\\\":{{\\\"username")), "{key}: {text}");
    }
    let left_out = notes(&rendered, NoteTone::LeftOut);
    assert_eq!(left_out.len(), 1);
    assert!(left_out[0].starts_with("twin: ghcr.io has room for one credential, and team has it."));
}

#[test]
fn a_credential_without_a_registry_is_left_out_with_advice() {
    let mut nowhere = credential(2, "nowhere", Provider::Harbor, AuthMethod::Password);
    nowhere.addresses.clear();
    let mut exact = nowhere.clone();
    (exact.id, exact.name) = (id(3).into(), "exact".into());
    exact.pattern = "https://harbor.example:8443/p".into();
    exact.pattern_kind = PatternKind::Exact;
    let mut fixed = credential(4, "fixed", Provider::Quay, AuthMethod::Password);
    fixed.addresses.clear();
    let git = credential(5, "git", Provider::Github, AuthMethod::Password);
    let facts = with(vec![nowhere, exact, fixed, git]);
    let rendered = of(Consumer::PullSecret, DeliveryMethod::ExternalSecret, &facts);
    assert_eq!(
        notes(&rendered, NoteTone::LeftOut),
        [
            "git: it opens Git repositories, not registries.",
            "nowhere: its registry is not known. Link a repository to it, or give it an exact pattern."
        ]
    );
    let preview = rendered.preview();
    let text = text(&preview, "prod.yaml");
    assert!(text.contains("harbor.example:8443\\\"") && text.contains("quay.io\\\""), "{text}");
}

#[test]
fn argo_cd_reads_a_repository_or_a_template() {
    let mut ghcr = ghcr();
    ghcr.material = Some(material(&ghcr));
    let mut facts = facts(ghcr.clone());
    facts.repositories.push(repository(903, "oci://ghcr.io/acme/apps", Some(ghcr.id)));
    let mut fields = named(Consumer::ArgoCd, DeliveryMethod::Sops, &facts);
    fields.settings.argo_project = "web".into();
    let values = |rendered: &Rendered| -> Vec<String> {
        let objects = rendered.files.iter().flat_map(|file| &file.objects);
        let line = |object: &RenderedObject| {
            let RenderedObject::Secret(secret) = object else { panic!() };
            let label = &secret.open()["metadata"]["labels"]["argocd.argoproj.io/secret-type"];
            let open = secret.values().filter(|(key, _)| *key != "password");
            let open: Vec<String> = open.map(|(key, value)| format!("{key}={value}")).collect();
            format!("{} {}", label.as_str().unwrap(), open.join(" "))
        };
        objects.map(line).collect()
    };
    assert_eq!(
        values(&render(&fields, &facts, Values::Carried)),
        [
            "repository type=helm name=charts-example-com-private url=https://charts.example.com/private project=web username=robot$acme+ci",
            "repository type=helm name=ghcr-io-acme-apps url=ghcr.io/acme/apps enableOCI=true project=web username=robot$acme+ci",
            "repository type=helm name=ghcr-io-acme-charts url=ghcr.io/acme/charts enableOCI=true project=web username=robot$acme+ci",
        ]
    );
    fields.settings.template = "template".into();
    assert_eq!(
        values(&render(&fields, &facts, Values::Carried)),
        [
            "repo-creds type=helm url=https://charts.example.com/private project=web username=robot$acme+ci",
            "repo-creds type=helm url=ghcr.io/acme/ enableOCI=true project=web username=robot$acme+ci",
        ]
    );
}

#[test]
fn a_public_repository_is_written_in_the_open() {
    let repositories = vec![repository(1, "https://charts.example.com/public", None)];
    let facts = ExportFacts { repositories, ..with(Vec::new()) };
    let preview = of(Consumer::ArgoCd, DeliveryMethod::Sops, &facts).preview();
    assert_eq!(
        text(&preview, "charts-example-com-public.yaml"),
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: charts-example-com-public\n  namespace: team-a\n  labels:\n    argocd.argoproj.io/secret-type: repository\ntype: Opaque\nstringData:\n  name: charts-example-com-public\n  type: helm\n  url: https://charts.example.com/public\n"
    );
    // For an API server, as `data`; everything else as it is.
    let rendered = of(Consumer::ArgoCd, DeliveryMethod::Sops, &facts);
    let applied: serde_json::Value =
        serde_json::from_str(rendered.files[0].objects[0].applied().expose()).unwrap();
    assert_eq!(applied["data"]["type"], "aGVsbQ==");
    assert!(applied["stringData"].is_null() && applied["metadata"]["labels"].is_object());
    let rendered = of(Consumer::Flux, DeliveryMethod::Sops, &facts);
    let RenderedObject::Open(source) = &rendered.files[0].objects[0] else { panic!() };
    assert_eq!(rendered.files[0].objects[0].applied().expose(), &source.to_string());
    let preview = rendered.preview();
    assert_eq!(
        text(&preview, "charts-example-com-public.yaml"),
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata:\n  name: charts-example-com-public\n  namespace: team-a\nspec:\n  interval: 15m\n  url: https://charts.example.com/public\n"
    );
    let preview = of(Consumer::Helm, DeliveryMethod::None, &facts).preview();
    assert_eq!(
        text(&preview, "repositories.yaml"),
        "apiVersion: v1\ngenerated: \"0001-01-01T00:00:00Z\"\nrepositories:\n- name: charts-example-com-public\n  url: https://charts.example.com/public\n"
    );
}

#[test]
fn flux_uses_the_identity_of_its_cloud_where_no_secret_can_be_written() {
    for (provider, shape, cloud) in [
        (Provider::AmazonEcr, AuthMethod::EcrRole, "aws"),
        (Provider::AmazonEcr, AuthMethod::EcrAccessKey, "aws"),
        (Provider::GoogleArtifactRegistry, AuthMethod::GoogleWorkload, "gcp"),
        (Provider::AzureAcr, AuthMethod::AcrEntra, "azure"),
    ] {
        let mut facts = facts(credential(1, "cloud", provider, shape));
        facts.repositories.remove(0);
        let rendered = of(Consumer::Flux, DeliveryMethod::Sops, &facts);
        let RenderedObject::Open(source) = &rendered.files[0].objects[0] else { panic!() };
        assert_eq!(source["spec"]["provider"], cloud);
        assert!(source["spec"]["secretRef"].is_null());
        for object in &rendered.files[0].objects {
            let RenderedObject::Open(object) = object else { panic!() };
            assert_ne!(object["kind"], "Secret");
        }
        assert!(notes(&rendered, NoteTone::Info)[0].contains("its own identity"));
    }
}

#[test]
fn f72_f78_carvel_exports_the_secret_and_makes_placeholders() {
    let facts = with(vec![ghcr()]);
    let rendered = of(Consumer::Carvel, DeliveryMethod::Sops, &facts);
    let preview = rendered.preview();
    assert_eq!(
        text(&preview, "prod.sops.yaml"),
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: prod\n  namespace: team-a\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: \"*** ENCRYPTED ***\"\n"
    );
    assert_eq!(
        text(&preview, "prod.yaml"),
        "apiVersion: secretgen.carvel.dev/v1alpha1\nkind: SecretExport\nmetadata:\n  name: prod\n  namespace: team-a\nspec:\n  toNamespaces:\n  - dev\n  - staging\n"
    );
    let placeholder = |namespace| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: prod-pull\n  namespace: {namespace}\n  annotations:\n    secretgen.carvel.dev/image-pull-secret: \"\"\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: e30K\n"
        )
    };
    assert_eq!(
        text(&preview, "prod-pull.yaml"),
        format!("{}---\n{}", placeholder("dev"), placeholder("staging"))
    );
    assert_eq!(
        text(&preview, "prod-packages.yaml"),
        "apiVersion: packaging.carvel.dev/v1alpha1\nkind: PackageRepository\nmetadata:\n  name: prod-packages\n  namespace: team-a\nspec:\n  fetch:\n    imgpkgBundle:\n      image: ghcr.io/acme/packages:1.0.0\n      secretRef:\n        name: prod\n"
    );
    assert!(notes(&rendered, NoteTone::Warning)[0].contains("can read these credentials"), "F75");
    let mut everywhere = named(Consumer::Carvel, DeliveryMethod::Sops, &facts);
    everywhere.settings.to_namespaces = "*".into();
    everywhere.settings.package = "my-app".into();
    everywhere.settings.packages = String::new();
    let preview = render(&everywhere, &facts, Values::Carried).preview();
    let paths: Vec<&str> = preview.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["prod.sops.yaml", "prod.yaml"]);
    let snippet = |word: &str| {
        preview.snippets.iter().find(|snippet| snippet.title.starts_with(word)).unwrap()
    };
    assert!(snippet("Placeholder").text.contains("namespace: NAMESPACE"));
    assert!(snippet("PackageInstall").text.contains("fetch-0-secret-name: prod"));
}
