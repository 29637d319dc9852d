//! Every install command that the catalog shows is run by helm, as `helm template`, which fetches the
//! chart in the same way and needs no cluster.

use domain::{
    CredentialId, RepositoryId,
    charts::{ChartDetail, ChartQuery},
    repositories::{AddRepository, RepositoryUrl},
    service::{Charts, Repositories},
};

use crate::{
    clients::{
        charts::{PASSWORD, Registry, USER, index, scattered},
        program::Shell,
    },
    env::{TestEnv, on_both},
};

on_both!(
    x5_every_install_command_of_the_catalog_is_run_by_helm,
    x19_a_login_for_archives_at_another_host_is_sent_on_request,
);

pub async fn add(
    env: &TestEnv,
    name: &str,
    url: &str,
    credential: Option<CredentialId>,
) -> RepositoryId {
    let kind = if url.starts_with("oci://") { "oci" } else { "helm" };
    let form = AddRepository {
        url: url.into(),
        name: name.into(),
        kind: kind.into(),
        credential: credential.map(|id| id.to_string()).unwrap_or_default(),
        allow: RepositoryUrl::parse(url).unwrap().authority().to_owned(),
        ..AddRepository::default()
    };
    let id = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(env.sync(id).await, None, "{name}");
    id
}

/// What the catalog shows.
async fn catalog(env: &TestEnv) -> Vec<ChartDetail> {
    let page = Charts::list(&env.engine, &env.principal, ChartQuery::default()).await.unwrap();
    let mut charts = Vec::new();
    for row in page.rows {
        charts.push(Charts::get(&env.engine, &env.principal, row.id).await.unwrap());
    }
    charts
}

fn typed(command: &str) -> String {
    command.replace("helm install", "helm template").replace("USERNAME", USER)
}

async fn x5_every_install_command_of_the_catalog_is_run_by_helm(env: TestEnv) {
    let registry = Registry::start().await;
    registry.push(&[
        ("team", "web", "1.0.0"),
        ("team", "web", "1.1.0+build.5"),
        ("team", "api", "0.1.0-rc.1"),
        ("team/tools", "cli", "2.0.0"),
        ("team", "vee", "v5.6.0"),
        // A namespace that holds a chart of its own name.
        ("twin", "twin", "1.0.0"),
    ]);
    let robot = Some(env.credential("robot", PASSWORD).await);
    let host = &registry.host;
    for (name, path) in
        [("all", ""), ("namespace", "/team"), ("web itself", "/team/web"), ("twin", "/twin")]
    {
        add(&env, name, &format!("oci://{host}{path}"), robot).await;
    }
    let charts = [("web", "1.0.0"), ("api", "0.2.0")];
    add(&env, "Public / charts", &index(None, &charts).await, None).await;
    add(&env, "Private: ümlaut", &index(Some(PASSWORD), &charts).await, robot).await;

    let catalog = catalog(&env).await;
    assert_eq!(catalog.len(), 5 + 4 + 1 + 1 + 2 + 2, "{catalog:#?}");
    for chart in catalog {
        let shell = Shell::new();
        let mut made = String::new();
        for command in &chart.install.commands {
            made = shell.does(&typed(command), PASSWORD);
        }
        let name = chart.summary.name.rsplit('/').next().unwrap();
        assert!(made.contains(&format!("name: made-by-{name}")), "{chart:#?}\n{made}");
        if chart.summary.repository_name != "Public / charts" {
            let last = chart.install.commands.last().unwrap();
            assert!(Shell::new().run(&typed(last), "").is_err(), "the login is needed: {last}");
        }
    }
}

async fn x19_a_login_for_archives_at_another_host_is_sent_on_request(env: TestEnv) {
    let robot = Some(env.credential("robot", PASSWORD).await);
    add(&env, "scattered", &scattered(PASSWORD, &[("web", "1.0.0")]).await, robot).await;
    let [chart] = catalog(&env).await.try_into().unwrap();
    let note = chart.install.notes.iter().find(|note| note.contains("--pass-credentials")).unwrap();
    assert!(note.contains("http://127.0.0.1:"), "{note}");
    let [login, fetch] = chart.install.commands.as_slice() else { panic!("{chart:#?}") };
    let shell = Shell::new();
    shell.does(&typed(login), PASSWORD);
    assert!(shell.run(&typed(fetch), "").is_err(), "helm sends it to the host of the index alone");
    shell.does(&format!("{} --pass-credentials", typed(login)), PASSWORD);
    assert!(shell.does(&typed(fetch), "").contains("made-by-web"));
}
