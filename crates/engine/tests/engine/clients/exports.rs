//! What exports name is fetched: the URL of each `OCIRepository` and `HelmRepository`, Argo CD's
//! repositories with the charts of their Applications, the commands of notes, and a registry with the
//! Docker configuration of a pull secret.

use domain::{
    AuthMethod, Provider, RepositoryId,
    credentials::{AllowedAddresses, Route},
    exports::{
        Consumer, DeliveryMethod, ExportForm, ExportPreview, ExportSettings, NoteTone,
        RenderedObject, Values, render,
    },
    service::Exports,
};

use crate::{
    clients::{
        charts::{PASSWORD, Registry, USER, index},
        install::add,
        program::Shell,
    },
    env::TestEnv,
};

/// A registry with repositories of every kind: a namespace, a chart itself, and an index with a login.
struct Setting {
    env: TestEnv,
    registry: Registry,
    repositories: Vec<RepositoryId>,
}

impl Setting {
    async fn new() -> Self {
        let registry = Registry::start().await;
        registry.push(&[
            ("team", "web", "1.0.0"),
            ("team", "api", "1.0.0"),
            ("other", "alone", "1.0.0"),
        ]);
        let env = TestEnv::on_sqlite().await;
        let robot = Some(env.credential("robot", PASSWORD).await);
        let host = &registry.host;
        let repositories = vec![
            add(&env, "namespace", &format!("oci://{host}/team"), robot).await,
            add(&env, "itself", &format!("oci://{host}/other/alone"), robot).await,
            add(&env, "index", &index(Some(PASSWORD), &[("web", "1.0.0")]).await, robot).await,
        ];
        Self { env, registry, repositories }
    }

    async fn preview(&self, consumer: Consumer, charts: &str) -> ExportPreview {
        let form = ExportForm {
            name: "prod".into(),
            consumer: consumer.as_str().into(),
            carrier: "external_secret".into(),
            repositories: self.repositories.iter().map(ToString::to_string).collect(),
            settings: ExportSettings { charts: charts.into(), ..ExportSettings::default() },
            ..ExportForm::default()
        };
        Exports::preview(&self.env.engine, &self.env.principal, form).await.unwrap()
    }

    /// A shell that is logged in to the registry.
    fn shell(&self) -> Shell {
        let shell = Shell::new();
        let host = &self.registry.host;
        let login =
            format!("helm registry login {host} --username {USER} --password-stdin --plain-http");
        shell.does(&login, PASSWORD);
        shell
    }
}

/// The documents of a kind, as text.
fn documents<'p>(preview: &'p ExportPreview, kind: &str) -> Vec<&'p str> {
    let line = format!("kind: {kind}");
    let files = preview.files.iter().flat_map(|file| file.text.split("---\n"));
    files.filter(|document| document.lines().any(|one| one == line)).collect()
}

/// The value of a line such as `  url: oci://host/path`.
fn value<'d>(document: &'d str, key: &str) -> &'d str {
    let line = document.lines().find_map(|line| line.trim().strip_prefix(&format!("{key}: ")));
    line.unwrap_or_else(|| panic!("no {key} in {document}")).trim_matches('"')
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x5_every_source_of_flux_is_fetched() {
    let setting = Setting::new().await;
    let shell = setting.shell();
    let preview = setting.preview(Consumer::Flux, "web, api, alone").await;
    let charts = documents(&preview, "OCIRepository");
    assert_eq!(charts.len(), 3, "{preview:#?}");
    for chart in &charts {
        let url = value(chart, "url");
        shell.does(
            &format!("helm pull {url} --version '{}' --plain-http", value(chart, "semver")),
            "",
        );
    }
    // A HelmRelease names a chart of a HelmRepository.
    let mut found = 0;
    for source in documents(&preview, "HelmRepository") {
        let url = value(source, "url");
        for chart in ["web", "api", "alone"] {
            let pull = if url.starts_with("oci://") {
                format!("helm pull {url}/{chart} --plain-http")
            } else {
                format!("helm pull {chart} --repo {url} --username {USER} --password \"$(cat)\"")
            };
            found += usize::from(shell.run(&pull, PASSWORD).is_ok());
        }
    }
    assert_eq!(found, 4, "two of the namespace, the one itself, and one of the index");
    // Without names there is one to copy, which names the chart itself where the URL is one.
    let preview = setting.preview(Consumer::Flux, "").await;
    for snippet in preview.snippets.iter().filter(|one| one.text.contains("OCIRepository")) {
        let url = value(&snippet.text, "url").replace("CHART", "web");
        shell.does(&format!("helm pull {url} --plain-http"), "");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x5_every_repository_of_argo_cd_has_the_charts_of_its_applications() {
    let setting = Setting::new().await;
    let shell = setting.shell();
    let preview = setting.preview(Consumer::ArgoCd, "").await;
    let host = &setting.registry.host;
    let mut urls: Vec<_> = preview
        .files
        .iter()
        .map(|file| value(&file.text, "url").to_owned())
        .filter(|url| !url.starts_with("http"))
        .collect();
    urls.sort();
    assert_eq!(urls, [format!("{host}/other"), format!("{host}/team")]);
    let note = preview.notes.iter().find(|note| note.text.contains("repoURL: ")).unwrap();
    let words: Vec<&str> = note.text.split_whitespace().collect();
    let after = |word: &str| {
        let at = words.iter().position(|one| *one == word).unwrap();
        words[at + 1].trim_end_matches('.')
    };
    let application = format!("oci://{}/{}", after("repoURL:"), after("chart:"));
    shell.does(&format!("helm pull {application} --plain-http"), "");
    shell.does(&format!("helm pull oci://{host}/team/web --plain-http"), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_export_for_helm_work_as_they_are() {
    let setting = Setting::new().await;
    let preview = setting.preview(Consumer::Helm, "").await;
    let mut tried = 0;
    for note in preview.notes.iter().filter(|note| note.tone == NoteTone::LeftOut) {
        let (_, told) = note.text.split_once("Use ").unwrap();
        let (pull, login) = told.trim_end_matches('.').split_once(" after ").unwrap();
        let shell = Shell::new();
        let pull = pull.replace("CHART", "web");
        assert!(shell.run(&pull, "").is_err(), "it asks for a login");
        shell.does(&login.replace("USERNAME", USER), PASSWORD);
        shell.does(&pull, "");
        tried += 1;
    }
    assert_eq!(tried, 2);
    // The file alone has no logins; the note says how they get into it.
    let shell = Shell::new();
    std::fs::create_dir(shell.folder().join("config")).unwrap();
    shell.write("config/repositories.yaml", &preview.files[0].text);
    assert!(shell.does("helm repo list", "").contains("index"));
    let (_, told) = preview.notes.iter().find_map(|note| note.text.split_once("Run ")).unwrap();
    shell.does(&told.trim_end_matches('.').replace("USERNAME", USER), PASSWORD);
    shell.does("helm repo update && helm pull index/web", "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skopeo_reads_with_the_docker_configuration_of_a_pull_secret() {
    let registry = Registry::start().await;
    registry.push(&[("team", "web", "1.0.0")]);
    let host = &registry.host;
    let mut robot = testkit::export_facts::credential(
        1,
        "robot",
        Provider::GenericRegistry,
        AuthMethod::Password,
    );
    robot.addresses = vec![format!("oci://{host}/team")];
    robot.allowed = AllowedAddresses::new(
        Provider::GenericRegistry,
        [(format!("https://{host}"), Route::default())],
    );
    robot.username = USER.into();
    let password = domain::Secret::new(PASSWORD.into());
    robot.material = domain::credentials::SecretMaterial::parse(
        AuthMethod::Password,
        USER,
        password,
        &robot.parameters,
    )
    .ok();
    let facts = domain::exports::ExportFacts {
        credentials: vec![robot],
        vault: testkit::export_facts::vault(),
        ..Default::default()
    };
    for consumer in [Consumer::PullSecret, Consumer::Kyma, Consumer::Carvel] {
        let fields =
            testkit::export_facts::fields(consumer, DeliveryMethod::ExternalSecret, &facts);
        let rendered = render(&fields, &facts, Values::Plain);
        let config = rendered.files.iter().flat_map(|file| &file.objects).find_map(|object| {
            let RenderedObject::Secret(secret) = object else { return None };
            let (_, config) = secret.values().find(|(key, _)| *key == ".dockerconfigjson")?;
            Some(config.to_owned())
        });
        let shell = Shell::new();
        let list = format!("skopeo list-tags --tls-verify=false docker://{host}/team/web");
        assert!(shell.run(&list, "").is_err(), "it asks for a login");
        shell.write("auth.json", &config.unwrap());
        let tags = shell.does(&format!("{list} --authfile auth.json"), "");
        assert!(tags.contains("\"1.0.0\""), "{consumer:?}: {tags}");
    }
}
