//! The matrix: every route of the table, asked by everybody, for everything that it could name, on both
//! databases. [`ALLOWED`] lists by hand what is allowed; every other request has to be refused and to
//! change nothing, and what is foreign has to be answered like what never was.

mod allowed;
mod answers;
mod cells;
mod database;
mod judge;
mod objects;
mod people;
mod requests;

use std::path::PathBuf;

use domain::Role;
use egress::{AllowList, Outbound};
use github::{Github, GithubApp, GithubSettings, OauthClient};
use server::web::routes::{Access, ROUTES};
use sqlx::{AssertSqlSafe, Connection as _};
use testkit::github_stub::{CALLBACK, CLIENT, GithubStub, SECRET};
use token_exchange::GithubIdentity;
use vault::managed::{LOG_BYTES, Managed, ManagedConfig};

use self::{
    allowed::{ALLOWED, Allowed},
    cells::Run,
    database::Database,
    objects::Objects,
    people::Visitor,
};
use crate::{
    asking::{Ground, Hawser},
    matrix::people::People,
};

#[expect(clippy::disallowed_methods, reason = "tests are told here where the real components are")]
fn told(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; run the tests with `make test`"))
}

#[test]
fn the_expectations_name_every_route_with_the_least_role_of_its_action() {
    for allowed in ALLOWED {
        let routes = ROUTES.iter().filter(|route| allowed.is_of(route));
        assert_eq!(routes.count(), 1, "{}", allowed.path);
    }
    assert_eq!(ALLOWED.len(), ROUTES.len());
    let roles = [Role::Viewer, Role::Editor, Role::Admin, Role::Owner];
    for route in ROUTES {
        let declared = match route.access {
            Access::Public => None,
            Access::SignedIn => Some(Role::Viewer),
            Access::May(action) => roles.into_iter().find(|role| role.includes(action)),
        };
        let allowed = Allowed::of(route);
        assert_eq!(allowed.least, declared, "{}", route.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r_authz_every_route_is_refused_to_everybody_who_is_not_listed() {
    let folder = tempfile::tempdir().unwrap();
    let managed = Managed::start(ManagedConfig {
        binary: PathBuf::from(told("HAWSER_TEST_BAO")),
        folder: folder.path().join("vault"),
        log_bytes: LOG_BYTES,
    })
    .await
    .unwrap();
    let sqlite = format!("sqlite://{}/hawser.db", folder.path().display());
    let postgres = new_postgres().await;
    let run = async |database: String| {
        let vault = managed.vault_config();
        let allow = AllowList::parse("127.0.0.0/8").unwrap();
        matrix(Ground { database, vault, allow }, folder.path()).await
    };
    let (on_sqlite, on_postgres) = tokio::join!(run(sqlite), run(postgres));
    managed.stop().await;
    let faults = [("SQLite", on_sqlite), ("PostgreSQL", on_postgres)].map(|(name, run)| {
        println!("{name}: {} cells, {} allowed", run.cells, run.allowed);
        for route in ROUTES {
            for visitor in Visitor::ALL {
                let seen = (route.kind.listener(), route.path, visitor);
                assert!(run.seen.contains(&seen), "{seen:?}");
            }
        }
        let named = run.faults.iter().map(|fault| format!("{name}: {fault}"));
        named.collect::<Vec<_>>().join("\n")
    });
    let faults = faults.join("\n");
    assert!(faults.trim().is_empty(), "{faults}");
}

async fn matrix(ground: Ground, folder: &std::path::Path) -> Run {
    let address = ground.database.clone();
    let github = GithubStub::start().await;
    let connected = connected(&github, folder);
    let with = |engine: engine::Engine| engine.reaching_clusters().connecting_to_github(connected);
    let hawser = Hawser::start_on(ground, with).await;
    let mut database = Database::open(&address).await;
    let people = People::new(&hawser, &mut database).await;
    let mut run = Run::default();
    let mut objects = Objects::new(hawser, database, people, github);
    objects.database.watch().await;
    for (index, route) in ROUTES.iter().enumerate() {
        // What one person may do in a minute is limited, and not what this is about.
        if index % 6 == 0 {
            objects.people.renew(&mut objects.database).await;
        }
        run.route(&mut objects, route, Allowed::of(route)).await;
        objects.people.restore(&mut objects.database).await;
    }
    run
}

fn connected(github: &GithubStub, folder: &std::path::Path) -> Github {
    let secret_file = folder.join("client-secret");
    std::fs::write(&secret_file, SECRET).unwrap();
    let oauth = OauthClient { id: CLIENT.into(), secret_file, scopes: vec!["repo".into()] };
    let identity = GithubIdentity { app_id: "77".into(), key_file: folder.join("key.pem") };
    let app = Some(GithubApp { identity, slug: "hawser".into() });
    let settings = GithubSettings { web: github.url(), api: github.api(), oauth: Some(oauth), app };
    let outbound = Outbound::new(AllowList::parse(&github.authority).unwrap()).unwrap();
    Github::new(outbound, settings, CALLBACK.parse().unwrap())
}

/// The address of a new database at the PostgreSQL of the tests.
async fn new_postgres() -> String {
    let server = told("HAWSER_TEST_POSTGRES");
    let name = format!("hawser_{}", uuid::Uuid::now_v7().simple());
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let create = AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}
