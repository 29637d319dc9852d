//! Connection tests, and what became of them.

use domain::{
    Cause, CredentialId, Secret,
    connection_tests::{ConnectionTest, Stage, StageState, TestConnection},
    service::{Answer, ConnectionTests},
};

use super::TestEnv;

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
pub async fn test(env: &TestEnv, form: TestConnection) -> Answer<ConnectionTest> {
    ConnectionTests::test_form(&env.engine, &env.principal, form).await
}

/// The stage that failed, and why.
pub fn failed(test: &ConnectionTest) -> Option<(Stage, Option<Cause>)> {
    let failed = test.stages.iter().find(|stage| stage.state == StageState::Failed);
    failed.map(|stage| (stage.stage, stage.cause))
}
