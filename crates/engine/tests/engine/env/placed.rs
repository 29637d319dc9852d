//! Credentials in places of their own, and the projects for them.

use domain::{
    CredentialId, Principal, ProjectId, Secret,
    credentials::{CreateCredential, DeleteCredential, Placement, Saved},
    matching::{ExplainQuery, Explanation},
    projects::ProjectForm,
    service::{Credentials, Matching, Projects},
};
use engine::Engine;

use super::TestEnv;

/// Where a credential applies.
pub fn placement(project: &str, kind: &str, pattern: &str) -> Placement {
    Placement {
        project: project.into(),
        pattern: pattern.into(),
        pattern_kind: kind.into(),
        ..Placement::default()
    }
}

/// Stores a credential there, which may go to two registries that everybody knows.
pub async fn create(env: &TestEnv, name: &str, placement: Placement) -> Saved {
    let form = CreateCredential {
        provider: "generic_registry".into(),
        name: name.into(),
        username: "robot".into(),
        password: Secret::new("x".into()),
        placement,
        ..CreateCredential::default()
    };
    let saved = Credentials::create(&env.engine, &env.principal, form).await.unwrap();
    for url in [
        "https://ghcr.io",
        "https://docker.io",
        "https://registry-1.docker.io",
        "https://index.docker.io",
    ] {
        env.allow(saved.id, url).await;
    }
    saved
}

/// Makes a project.
pub async fn project(env: &TestEnv, name: &str) -> ProjectId {
    let form = ProjectForm { name: name.into(), ..ProjectForm::default() };
    Projects::save(&env.engine, &env.principal, form).await.unwrap()
}

/// Why a URL gets the credential it gets.
pub async fn explain(
    engine: &Engine,
    principal: &Principal,
    project: &str,
    url: &str,
) -> Explanation {
    let query = ExplainQuery { url: url.into(), purpose: String::new(), project: project.into() };
    Matching::explain(engine, principal, query).await.unwrap()
}

/// Deletes a credential that nothing uses.
pub async fn delete(env: &TestEnv, id: CredentialId) {
    let form = DeleteCredential { credential: id.to_string(), ..DeleteCredential::default() };
    Credentials::delete(&env.engine, &env.principal, form).await.unwrap();
}
