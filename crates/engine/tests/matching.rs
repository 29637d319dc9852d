//! Which credential belongs to a URL, on every replica, and the projects that decide it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod world;

use std::sync::Arc;

use domain::{
    Actor, CredentialId, Field, ProjectId, Role, Secret, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::{
        CreateCredential, DeleteCredential, PlaceCredential, Placement, Saved, UpdateCredential,
    },
    matching::{ExplainQuery, Explanation, Verdict},
    projects::ProjectForm,
    repositories::AddRepository,
    service::{Answer, Audit, Credentials, Matching, Projects, Repositories},
};
use engine::{Engine, SystemClock};
use world::{World, on_both};

on_both!(
    every_replica_knows_a_change_at_once,
    r_authz_other_organizations_match_nothing,
    r_authz_projects_are_an_admins,
    surprising_patterns_are_told,
    an_explanation_checks_what_is_asked,
    a_project_is_deleted_when_it_is_empty,
);

const URL: &str = "oci://ghcr.io/acme/charts";

fn placement(project: &str, kind: &str, pattern: &str) -> Placement {
    Placement {
        project: project.into(),
        pattern: pattern.into(),
        pattern_kind: kind.into(),
        ..Placement::default()
    }
}

async fn create(world: &World, name: &str, placement: Placement) -> Saved {
    let form = CreateCredential {
        provider: "generic_registry".into(),
        name: name.into(),
        username: "robot".into(),
        password: Secret::new("x".into()),
        placement,
        ..CreateCredential::default()
    };
    Credentials::create(&world.engine, &world.actor, form).await.unwrap()
}

async fn place(world: &World, id: CredentialId, placement: Placement) -> Saved {
    let detail = Credentials::get(&world.engine, &world.actor, id).await.unwrap();
    let form = PlaceCredential {
        credential: id.to_string(),
        row_version: detail.row_version.to_string(),
        placement,
    };
    Credentials::place(&world.engine, &world.actor, form).await.unwrap()
}

async fn rename(world: &World, id: CredentialId, name: &str) {
    let detail = Credentials::get(&world.engine, &world.actor, id).await.unwrap();
    let form = UpdateCredential {
        credential: id.to_string(),
        row_version: detail.row_version.to_string(),
        name: name.into(),
        username: detail.username,
        ..UpdateCredential::default()
    };
    Credentials::update(&world.engine, &world.actor, form).await.unwrap();
}

async fn delete(world: &World, id: CredentialId) {
    let form = DeleteCredential { credential: id.to_string(), ..DeleteCredential::default() };
    Credentials::delete(&world.engine, &world.actor, form).await.unwrap();
}

async fn explain(engine: &Engine, actor: &Actor, project: &str, url: &str) -> Explanation {
    let query = ExplainQuery { url: url.into(), purpose: String::new(), project: project.into() };
    Matching::explain(engine, actor, query).await.unwrap()
}

fn winner(explanation: &Explanation) -> Option<CredentialId> {
    explanation.winner().map(|line| line.credential)
}

async fn project(world: &World, name: &str) -> ProjectId {
    let form = ProjectForm { project: String::new(), name: name.into() };
    Projects::save(&world.engine, &world.actor, form).await.unwrap()
}

async fn every_replica_knows_a_change_at_once(world: World) {
    let other = world.engine_with(Arc::new(SystemClock), world.vault_config()).await;
    let agree = async |project: &str, expected: Option<CredentialId>| {
        for engine in [&world.engine, &other] {
            let found = explain(engine, &world.actor, project, URL).await;
            assert_eq!(winner(&found), expected, "{found:?}");
        }
    };
    agree("", None).await;
    let regex =
        create(&world, "a-regex", placement("", "regex", "^oci://ghcr\\.io/acme/")).await.id;
    agree("", Some(regex)).await;
    let exact =
        create(&world, "z-exact", placement("", "exact", "https://ghcr.io/acme/charts/")).await;
    let exact = exact.id;
    agree("", Some(exact)).await;
    let first = create(&world, "m-exact", placement("", "exact", URL)).await.id;
    agree("", Some(first)).await;
    rename(&world, first, "zz-exact").await;
    agree("", Some(exact)).await;

    let shared = create(&world, "0-shared", placement("shared", "exact", URL)).await.id;
    agree("", Some(exact)).await;
    let team = project(&world, "team").await.to_string();
    agree(&team, Some(shared)).await;
    place(&world, exact, placement(&team, "exact", URL)).await;
    agree(&team, Some(exact)).await;
    agree("", Some(first)).await;
    place(&world, first, placement("", "exact", "")).await;
    agree("", Some(regex)).await;
    delete(&world, regex).await;
    agree("", Some(shared)).await;
    delete(&world, shared).await;
    agree("", None).await;
    agree(&team, Some(exact)).await;

    let told = explain(&other, &world.actor, "", URL).await;
    assert_eq!((told.total, told.lines[0].verdict), (1, Verdict::OtherProject));
    assert_eq!(
        (told.url.as_str(), told.project.as_str()),
        ("https://ghcr.io/acme/charts", "default")
    );

    // A burst on one replica while the other one is asked all the time.
    let burst = async {
        for n in (10..40).rev() {
            create(&world, &format!("burst-{n}"), placement("", "exact", URL)).await;
        }
    };
    let asking = async {
        for _ in 0..100 {
            explain(&other, &world.actor, "", URL).await;
        }
    };
    tokio::join!(burst, asking);
    let here = explain(&world.engine, &world.actor, "", URL).await;
    assert_eq!(here.lines, explain(&other, &world.actor, "", URL).await.lines);
    assert_eq!((here.lines[0].name.as_str(), here.total), ("burst-10", 31));
}

async fn r_authz_other_organizations_match_nothing(world: World) {
    create(&world, "ours", placement("shared", "regex", "^https://")).await;
    let ours = project(&world, "team").await;
    let other = World::organization(&world.db, "Two").await;
    let found = explain(&world.engine, &other, "", URL).await;
    assert_eq!((winner(&found), found.total), (None, 0));
    let query = ExplainQuery { url: URL.into(), project: ours.to_string(), ..Default::default() };
    let refused = Matching::explain(&world.engine, &other, query).await.unwrap_err();
    assert!(refused.problem_of(Field::Project).is_some());
    let listed = Projects::list(&world.engine, &other).await.unwrap();
    assert_eq!((listed.len(), listed[0].is_default), (1, true));
    let form = ProjectForm { project: ours.to_string(), name: "stolen".into() };
    assert_eq!(Projects::save(&world.engine, &other, form).await, Err(ServiceError::NotFound));
    let deleted = Projects::delete(&world.engine, &other, ours).await;
    assert_eq!(deleted, Err(ServiceError::NotFound));
    assert_eq!(Projects::list(&world.engine, &world.actor).await.unwrap()[1].name, "team");
}

async fn r_authz_projects_are_an_admins(world: World) {
    let team = project(&world, "team").await;
    create(&world, "ghcr", placement("shared", "exact", URL)).await;
    create(&world, "theirs", placement("", "exact", URL)).await;
    let admin = Actor { role: Role::Admin, ..world.actor.clone() };
    let found = explain(&world.engine, &admin, &team.to_string(), URL).await;
    assert!(found.lines.iter().all(|line| line.pattern == URL), "{found:?}");
    for role in [Role::Editor, Role::Viewer] {
        let actor = Actor { role, ..world.actor.clone() };
        let form = ProjectForm { project: String::new(), name: "x".into() };
        let saved = Projects::save(&world.engine, &actor, form).await;
        assert_eq!(saved, Err(ServiceError::NotAllowed));
        let deleted = Projects::delete(&world.engine, &actor, team).await;
        assert_eq!(deleted, Err(ServiceError::NotAllowed));
        // Everybody sees which credential is used, by name.
        let found = explain(&world.engine, &actor, &team.to_string(), URL).await;
        assert_eq!(found.winner().unwrap().name, "ghcr");
        // What is shared, or another project's, is used without being read (F23).
        let shown = |explanation: &Explanation| -> Vec<(String, String)> {
            let lines = explanation.lines.iter();
            lines.map(|line| (line.name.clone(), line.pattern.clone())).collect()
        };
        let of = |name: &str, pattern: &str| (name.to_owned(), pattern.to_owned());
        assert_eq!(shown(&found), [of("ghcr", ""), of("theirs", "")]);
        let inside = explain(&world.engine, &actor, "", URL).await;
        assert_eq!(shown(&inside), [of("theirs", URL), of("ghcr", "")]);
        assert_eq!(Projects::list(&world.engine, &actor).await.unwrap().len(), 2);
    }
    let query = AuditQuery { action: Some(AuditAction::Refused), ..AuditQuery::default() };
    assert_eq!(Audit::list(&world.engine, &world.actor, query).await.unwrap().rows.len(), 4);
    let query = AuditQuery { action: Some(AuditAction::ProjectSaved), ..AuditQuery::default() };
    let saved = Audit::list(&world.engine, &world.actor, query).await.unwrap().rows;
    assert_eq!(
        (saved.len(), saved[0].target.as_str(), saved[0].detail.as_str()),
        (1, "team", "added")
    );
}

async fn surprising_patterns_are_told(world: World) {
    let quiet = create(&world, "m", placement("", "exact", URL)).await;
    assert_eq!(quiet.warning, None);
    let same = create(&world, "z", placement("", "exact", "https://ghcr.io/acme/charts")).await;
    assert!(same.warning.as_ref().unwrap().starts_with("m can match the same URLs"), "{same:?}");
    let regex = create(&world, "regex", placement("", "regex", "^https://ghcr\\.io/")).await;
    let warning = regex.warning.unwrap();
    assert!(warning.starts_with("m or z has one of these URLs as exact pattern"), "{warning}");
    let open = create(&world, "open", placement("shared", "regex", "example\\.com")).await;
    assert!(open.warning.unwrap().contains("matches URLs of other hosts too"));
    let mended =
        place(&world, open.id, placement("shared", "regex", "^https://example\\.com/")).await;
    assert_eq!(mended.warning, None);
    let hidden = place(&world, open.id, placement("shared", "exact", URL)).await;
    assert!(hidden.warning.unwrap().contains("belongs to a project and matches the same URLs"));
    let plain = place(&world, same.id, placement("", "exact", "")).await;
    assert_eq!(plain.warning, None);
    // A pattern that is no pattern is not stored.
    for (kind, pattern) in [("regex", "("), ("exact", "no url"), ("exact", "https://a:b@ghcr.io/x")]
    {
        let detail = Credentials::get(&world.engine, &world.actor, same.id).await.unwrap();
        let form = PlaceCredential {
            credential: same.id.to_string(),
            row_version: detail.row_version.to_string(),
            placement: placement("", kind, pattern),
        };
        let refused = Credentials::place(&world.engine, &world.actor, form).await.unwrap_err();
        assert!(refused.problem_of(Field::Pattern).is_some(), "{pattern}: {refused:?}");
    }
}

async fn an_explanation_checks_what_is_asked(world: World) {
    let ask = async |url: &str, purpose: &str, project: &str| -> Answer<Explanation> {
        let query =
            ExplainQuery { url: url.into(), purpose: purpose.into(), project: project.into() };
        Matching::explain(&world.engine, &world.actor, query).await
    };
    for (url, purpose, project, field) in [
        ("", "", "", Field::Url),
        ("no url", "git", "", Field::Url),
        (URL, "shoes", "", Field::Purposes),
        (URL, "", "x", Field::Project),
        (URL, "", "0190b0a0-0000-7000-8000-000000000001", Field::Project),
    ] {
        let refused = ask(url, purpose, project).await.unwrap_err();
        assert!(refused.problem_of(field).is_some(), "{url} {purpose}: {refused:?}");
    }
    create(&world, "hub", placement("", "exact", "docker.io/acme/app")).await;
    let found = ask("index.docker.io/acme/app:1.2", "image", "").await.unwrap();
    assert_eq!(found.winner().unwrap().name, "hub");
    let found = ask("git@github.com:acme/app.git", "git", "").await.unwrap();
    assert_eq!(found.lines[0].verdict, Verdict::OtherPurpose);
    assert_eq!(found.url, "https://github.com/acme/app");
}

async fn a_project_is_deleted_when_it_is_empty(world: World) {
    let remove = async |id| Projects::delete(&world.engine, &world.actor, id).await;
    let default = Projects::list(&world.engine, &world.actor).await.unwrap()[0].id;
    assert!(remove(default).await.unwrap_err().problem_of(Field::Project).is_some());

    let team = project(&world, "Team").await;
    let twice = ProjectForm { project: String::new(), name: "TEAM".into() };
    let refused = Projects::save(&world.engine, &world.actor, twice).await.unwrap_err();
    assert!(refused.problem_of(Field::Name).is_some());
    let renamed = ProjectForm { project: team.to_string(), name: "payments".into() };
    assert_eq!(Projects::save(&world.engine, &world.actor, renamed).await, Ok(team));

    let credential = create(&world, "ghcr", placement(&team.to_string(), "", "")).await.id;
    let form = AddRepository {
        url: "http://127.0.0.1:9/charts".into(),
        name: "charts".into(),
        kind: "helm".into(),
        project: team.to_string(),
        ..AddRepository::default()
    };
    let repository = Repositories::add(&world.engine, &world.actor, form).await.unwrap();
    let listed = Projects::list(&world.engine, &world.actor).await.unwrap();
    let counts: Vec<_> =
        listed.iter().map(|one| (one.name.as_str(), one.credentials, one.repositories)).collect();
    assert_eq!(counts, [("default", 0, 0), ("payments", 1, 1)]);
    let refused = Err(ServiceError::InUse(vec!["ghcr".into(), "charts".into()]));
    assert_eq!(remove(team).await, refused);

    Repositories::delete(&world.engine, &world.actor, repository).await.unwrap();
    delete(&world, credential).await;
    remove(team).await.unwrap();
    assert_eq!(remove(team).await, Err(ServiceError::NotFound));
    let query = AuditQuery { action: Some(AuditAction::ProjectDeleted), ..AuditQuery::default() };
    let told = Audit::list(&world.engine, &world.actor, query).await.unwrap().rows;
    assert_eq!((told.len(), told[0].target.as_str()), (1, "payments"));
    // What belonged to it is destroyed all the same.
    world.engine.destroy_secret(world.scope(), credential).await.unwrap();
}
