//! Connection tests, and what became of them.

use domain::{
    Cause, CredentialId, Secret,
    connections::{ConnectionTest, Stage, StageState, TestConnection},
    service::{Answer, Connections},
};

use super::World;

/// The form of a test with this password.
pub fn form(url: &str, password: &str) -> TestConnection {
    TestConnection {
        url: url.into(),
        provider: "generic_registry".into(),
        username: "robot".into(),
        password: Secret::new(password.into()),
        ..TestConnection::default()
    }
}

/// The form of a test with what is stored.
pub fn stored(url: &str, credential: CredentialId) -> TestConnection {
    TestConnection {
        url: url.into(),
        credential: credential.to_string(),
        ..TestConnection::default()
    }
}

/// Tests a form.
pub async fn test(world: &World, form: TestConnection) -> Answer<ConnectionTest> {
    Connections::test_form(&world.engine, &world.actor, form).await
}

/// The stage that failed, and why.
pub fn failed(test: &ConnectionTest) -> Option<(Stage, Option<Cause>)> {
    let failed = test.stages.iter().find(|stage| stage.state == StageState::Failed);
    failed.map(|stage| (stage.stage, stage.cause))
}
