//! Connection tests: the way to a registry, walked stage by stage with the client of the syncs.
//!
//! Whoever tests must be allowed to manage what is tested. A stored secret is sent only to an
//! address that its credential is linked to, is matched with, or whose provider it is made for.

mod cluster;
mod form;
mod project;
mod stored;
mod token;
mod walk;

use async_trait::async_trait;
use domain::{
    CredentialId, Principal, RepositoryId,
    connection_tests::{ConnectionTest, TestConnection},
    service::{Answer, ConnectionTests},
};

use crate::{Engine, error::answer};

#[async_trait]
impl ConnectionTests for Engine {
    async fn test_form(
        &self,
        principal: &Principal,
        form: TestConnection,
    ) -> Answer<ConnectionTest> {
        form::test_form(self, principal, form).await.map_err(answer)
    }

    async fn test_credential(
        &self,
        principal: &Principal,
        id: CredentialId,
    ) -> Answer<Vec<ConnectionTest>> {
        stored::test_credential(self, principal, id).await.map_err(answer)
    }

    async fn test_repository(
        &self,
        principal: &Principal,
        id: RepositoryId,
    ) -> Answer<ConnectionTest> {
        stored::test_repository(self, principal, id).await.map_err(answer)
    }
}

pub(crate) use stored::{tested_credential, tested_repository};

/// How a test ended, for the audit log.
pub(crate) fn result(test: &ConnectionTest) -> &'static str {
    match test.cause() {
        None if test.has_passed() => "passed",
        cause => cause.map_or("failed", |cause| cause.words(test.asked).title),
    }
}
