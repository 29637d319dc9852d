//! Shared projects (F22, F23): their credentials are available to every project, in the order of
//! their names, on every replica, and an owner alone shares.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::env::{
    TestEnv, forms, on_both,
    placed::{create, explain, placement, project},
    registry::Registry,
};
use domain::{
    CredentialId, Field, Principal, ProjectId, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::{CredentialQuery, Placement},
    matching::{Explanation, SearchScope},
    projects::{ProjectForm, Sharing},
    repositories::{AddRepository, LinkState},
    service::{Answer, Audit, Credentials, Projects, Repositories},
};
use engine::SystemClock;

on_both!(
    f22_shared_projects_are_searched_in_the_order_of_their_names,
    f23_an_owner_alone_shares_a_project,
    f23_what_is_shared_is_used_without_being_read,
    a_project_stays_shared_while_others_use_it,
);

const URL: &str = "oci://ghcr.io/acme/charts";

async fn save(env: &TestEnv, principal: &Principal, form: ProjectForm) -> Answer<ProjectId> {
    Projects::save(&env.engine, principal, form).await
}

fn named(id: ProjectId, name: &str, sharing: &str) -> ProjectForm {
    ProjectForm { project: id.to_string(), name: name.into(), sharing: sharing.into() }
}

fn found(explanation: &Explanation) -> Option<(&str, SearchScope)> {
    explanation.winner().map(|line| (line.name.as_str(), line.scope.clone()))
}

async fn f22_shared_projects_are_searched_in_the_order_of_their_names(env: TestEnv) {
    let other = env.engine_with(Arc::new(SystemClock), env.vault_config()).await;
    let is_found = async |expected: Option<(&str, SearchScope)>| {
        for engine in [&env.engine, &other] {
            let told = explain(engine, &env.principal, "", URL).await;
            assert_eq!(found(&told), expected, "{told:?}");
        }
    };
    let everything = r"^oci://ghcr\.io/acme/";
    let (zeta, beta) = (project(&env, "zeta").await, project(&env, "beta").await);
    create(&env, "a-zeta", placement(&zeta.to_string(), "exact", URL)).await;
    create(&env, "z-beta", placement(&beta.to_string(), "regex", everything)).await;
    is_found(None).await;
    save(&env, &env.principal, named(zeta, "zeta", "shared")).await.unwrap();
    is_found(Some(("a-zeta", SearchScope::Shared("zeta".into())))).await;
    // The scope of the first name is searched to its end before an exact pattern of the next.
    save(&env, &env.principal, named(beta, "beta", "shared")).await.unwrap();
    is_found(Some(("z-beta", SearchScope::Shared("beta".into())))).await;
    save(&env, &env.principal, named(beta, "zz", "")).await.unwrap();
    is_found(Some(("a-zeta", SearchScope::Shared("zeta".into())))).await;
    // What belongs to no project is the scope without a name, and that name is the first.
    create(&env, "zz-unnamed", placement("shared", "regex", everything)).await;
    is_found(Some(("zz-unnamed", SearchScope::Unnamed))).await;
    create(&env, "zz-own", placement("", "regex", everything)).await;
    is_found(Some(("zz-own", SearchScope::Own))).await;
    let inside = explain(&other, &env.principal, &beta.to_string(), URL).await;
    assert_eq!(found(&inside), Some(("z-beta", SearchScope::Own)));

    save(&env, &env.principal, named(zeta, "zeta", "own")).await.unwrap();
    let told = explain(&other, &env.principal, "", URL).await;
    let line = told.lines.iter().find(|line| line.name == "a-zeta").unwrap();
    assert_eq!(line.scope, SearchScope::Outside);
}

async fn f23_an_owner_alone_shares_a_project(env: TestEnv) {
    let admin = env.member("Ada", Role::Admin).await;
    let team = project(&env, "team").await;
    let refused = save(&env, &admin, named(team, "team", "shared")).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    let new =
        ProjectForm { name: "new".into(), sharing: "shared".into(), ..ProjectForm::default() };
    assert_eq!(save(&env, &admin, new).await, Err(ServiceError::NotAllowed));
    save(&env, &env.principal, named(team, "team", "shared")).await.unwrap();
    // An admin renames it, and puts nothing into it and takes nothing out.
    save(&env, &admin, named(team, "platform", "")).await.unwrap();
    let listed = Projects::list(&env.engine, &admin).await.unwrap();
    let shared = listed.iter().find(|one| one.id == team).unwrap();
    assert_eq!((shared.name.as_str(), shared.sharing), ("platform", Sharing::Shared));
    let place = async |principal: &Principal, id: CredentialId, project: &str| {
        let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
        let to = Placement { project: project.into(), ..Placement::default() };
        Credentials::place(&env.engine, principal, forms::placement(&detail, to)).await.map(drop)
    };
    let id = env.credential("robot", "one").await;
    let platform = team.to_string();
    assert_eq!(place(&admin, id, &platform).await, Err(ServiceError::NotAllowed));
    place(&env.principal, id, &platform).await.unwrap();
    assert_eq!(place(&admin, id, "").await, Err(ServiceError::NotAllowed));
    // From one shared place to another nothing changes for anybody.
    place(&admin, id, "shared").await.unwrap();

    save(&env, &env.principal, named(team, "platform", "own")).await.unwrap();
    let odd = save(&env, &env.principal, named(team, "platform", "both")).await.unwrap_err();
    assert!(odd.problem_of(Field::Sharing).is_some());
    let query = AuditQuery { action: Some(AuditAction::ProjectSaved), ..AuditQuery::default() };
    let log = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    let told: Vec<_> = log.iter().map(|event| event.detail.as_str()).collect();
    assert_eq!(
        told,
        [
            "was platform, no longer shared",
            "was team",
            "was team, shared with all projects",
            "added"
        ]
    );
}

async fn f23_what_is_shared_is_used_without_being_read(env: TestEnv) {
    let team = project(&env, "team").await;
    let id = create(&env, "ghcr", placement(&team.to_string(), "exact", URL)).await.id;
    let viewer = env.member("Ada", Role::Viewer).await;
    let pattern = async || Credentials::get(&env.engine, &viewer, id).await.unwrap().pattern;
    assert_eq!(pattern().await, URL);
    save(&env, &env.principal, named(team, "team", "shared")).await.unwrap();
    assert_eq!(pattern().await, "");
    let told = explain(&env.engine, &viewer, "", URL).await;
    assert_eq!(found(&told), Some(("ghcr", SearchScope::Shared("team".into()))));
    assert_eq!(told.lines[0].pattern, "");
    let query = CredentialQuery { project: Some(team), ..CredentialQuery::default() };
    let page = Credentials::list(&env.engine, &viewer, query).await.unwrap();
    assert_eq!(page.total.counted(), 1);
}

async fn a_project_stays_shared_while_others_use_it(env: TestEnv) {
    let registry = Registry::start(None).await;
    let team = project(&env, "team").await;
    let id = create(&env, "robot", placement(&team.to_string(), "", "")).await.id;
    env.allow(id, &registry.url("")).await;
    let form = |name: &str, credential: &str| AddRepository {
        url: registry.url(name).into(),
        name: name.into(),
        kind: "helm".into(),
        credential: credential.into(),
        ..AddRepository::default()
    };
    let chosen = id.to_string();
    let refused = Repositories::add(&env.engine, &env.principal, form("a", &chosen)).await;
    assert!(refused.unwrap_err().problem_of(Field::Credential).is_some());
    save(&env, &env.principal, named(team, "team", "shared")).await.unwrap();
    let repository =
        Repositories::add(&env.engine, &env.principal, form("a", &chosen)).await.unwrap();
    assert_eq!(env.sync(repository).await, None);
    let link = env.look(repository).await.summary.link.unwrap();
    assert_eq!((link.credential, link.state), (id, LinkState::Active));

    let ended = save(&env, &env.principal, named(team, "team", "own")).await;
    assert_eq!(ended, Err(ServiceError::InUse(vec!["a".into()])));
    let told = Projects::list(&env.engine, &env.principal).await.unwrap();
    assert!(told.iter().any(|one| one.id == team && one.sharing == Sharing::Shared));
    Repositories::delete(&env.engine, &env.principal, repository).await.unwrap();
    save(&env, &env.principal, named(team, "team", "own")).await.unwrap();

    // Where the URL chooses, another one is looked for.
    let url = registry.url("auto");
    save(&env, &env.principal, named(team, "team", "shared")).await.unwrap();
    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let placed = Placement {
        project: team.to_string(),
        pattern: url,
        pattern_kind: "exact".into(),
        ..Placement::default()
    };
    let placed = forms::placement(&detail, placed);
    Credentials::place(&env.engine, &env.principal, placed).await.unwrap();
    let auto =
        Repositories::add(&env.engine, &env.principal, form("auto", "automatic")).await.unwrap();
    env.sync(auto).await;
    assert_eq!(env.look(auto).await.summary.link.map(|link| link.credential), Some(id));
    save(&env, &env.principal, named(team, "team", "own")).await.unwrap();
    env.sync(auto).await;
    assert_eq!(env.look(auto).await.summary.link, None);
}
