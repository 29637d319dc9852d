//! Projects: who makes and deletes them, and when.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv, on_both,
    placed::{create, delete, explain, placement, project},
};
use domain::{
    Field, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    matching::Explanation,
    projects::ProjectForm,
    repositories::AddRepository,
    service::{Audit, Projects, Repositories},
};

on_both!(r_authz_projects_are_an_admins, a_project_is_deleted_when_it_is_empty,);

const URL: &str = "oci://ghcr.io/acme/charts";

async fn r_authz_projects_are_an_admins(env: TestEnv) {
    let team = project(&env, "team").await;
    create(&env, "ghcr", placement("shared", "exact", URL)).await;
    create(&env, "theirs", placement("", "exact", URL)).await;
    let admin = env.member("Ada", Role::Admin).await;
    let found = explain(&env.engine, &admin, &team.to_string(), URL).await;
    assert!(found.lines.iter().all(|line| line.pattern == URL), "{found:?}");
    for role in [Role::Editor, Role::Viewer] {
        let principal = env.member("Ada", role).await;
        let form = ProjectForm { name: "x".into(), ..ProjectForm::default() };
        let saved = Projects::save(&env.engine, &principal, form).await;
        assert_eq!(saved, Err(ServiceError::NotAllowed));
        let deleted = Projects::delete(&env.engine, &principal, team).await;
        assert_eq!(deleted, Err(ServiceError::NotAllowed));
        // Everybody sees which credential is used, by name.
        let found = explain(&env.engine, &principal, &team.to_string(), URL).await;
        assert_eq!(found.winner().unwrap().name, "ghcr");
        // What is shared, or another project's, is used without being read (F23).
        let shown = |explanation: &Explanation| -> Vec<(String, String)> {
            let lines = explanation.lines.iter();
            lines.map(|line| (line.name.clone(), line.pattern.clone())).collect()
        };
        let of = |name: &str, pattern: &str| (name.to_owned(), pattern.to_owned());
        assert_eq!(shown(&found), [of("ghcr", ""), of("theirs", "")]);
        let inside = explain(&env.engine, &principal, "", URL).await;
        assert_eq!(shown(&inside), [of("theirs", URL), of("ghcr", "")]);
        assert_eq!(Projects::list(&env.engine, &principal).await.unwrap().len(), 2);
    }
    let query = AuditQuery { action: Some(AuditAction::Refused), ..AuditQuery::default() };
    assert_eq!(Audit::list(&env.engine, &env.principal, query).await.unwrap().rows.len(), 4);
    let query = AuditQuery { action: Some(AuditAction::ProjectSaved), ..AuditQuery::default() };
    let saved = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!(
        (saved.len(), saved[0].target.as_str(), saved[0].detail.as_str()),
        (1, "team", "added")
    );
}

async fn a_project_is_deleted_when_it_is_empty(env: TestEnv) {
    let remove = async |id| Projects::delete(&env.engine, &env.principal, id).await;
    let default = Projects::list(&env.engine, &env.principal).await.unwrap()[0].id;
    assert!(remove(default).await.unwrap_err().problem_of(Field::Project).is_some());

    let team = project(&env, "Team").await;
    let twice = ProjectForm { name: "TEAM".into(), ..ProjectForm::default() };
    let refused = Projects::save(&env.engine, &env.principal, twice).await.unwrap_err();
    assert!(refused.problem_of(Field::Name).is_some());
    let renamed = ProjectForm {
        project: team.to_string(),
        name: "payments".into(),
        ..ProjectForm::default()
    };
    assert_eq!(Projects::save(&env.engine, &env.principal, renamed).await, Ok(team));

    let credential = create(&env, "ghcr", placement(&team.to_string(), "", "")).await.id;
    let form = AddRepository {
        url: "http://127.0.0.1:9/charts".into(),
        name: "charts".into(),
        kind: "helm".into(),
        project: team.to_string(),
        ..AddRepository::default()
    };
    let repository = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    let listed = Projects::list(&env.engine, &env.principal).await.unwrap();
    let counts: Vec<_> = listed
        .iter()
        .map(|one| (one.name.as_str(), one.credentials.counted(), one.repositories.counted()))
        .collect();
    assert_eq!(counts, [("default", 0, 0), ("payments", 1, 1)]);
    let refused = Err(ServiceError::InUse(vec!["ghcr".into(), "charts".into()]));
    assert_eq!(remove(team).await, refused);

    Repositories::delete(&env.engine, &env.principal, repository).await.unwrap();
    delete(&env, credential).await;
    remove(team).await.unwrap();
    assert_eq!(remove(team).await, Err(ServiceError::NotFound));
    let query = AuditQuery { action: Some(AuditAction::ProjectDeleted), ..AuditQuery::default() };
    let told = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!((told.len(), told[0].target.as_str()), (1, "payments"));
    // What belonged to it is destroyed all the same.
    env.engine.destroy_secret(env.scope(), credential).await.unwrap();
}
