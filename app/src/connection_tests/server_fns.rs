//! Server functions of connection tests: who is asking, call the service.

use domain::{
    Principal, ServiceError,
    connection_tests::{ConnectionTest, TestConnection},
    matching::ExplainQuery,
};
use leptos::prelude::*;

use super::{
    panel::{Tested, test_panel},
    place::{SECRET_TYPED, testable},
};
use crate::{
    answer::{Answered, Sent, tested},
    credentials::{KEPT, given},
    sent::TypedFields,
    services::{RequestContext, Services, as_member, known},
};

/// Tests what stands in a form; stores nothing but, until the next page, what was typed without its
/// secrets. `form` is the name of the form, which the button carries.
#[server(prefix = "/actions", endpoint = "connections/test-form")]
pub(crate) async fn test_form(
    #[server(default)] form: String,
    #[server(default)] from: String,
    #[server(flatten)] typed: TypedFields,
) -> Answered {
    let form = testable(&form);
    let test: TestConnection = typed.read();
    let mut sent = Sent::new(form.form, &from).and(&test).and_values((form.kept)(&typed));
    if !test.password.is_empty() {
        let advice = given(&test.provider, &test.shape, &test.username, &test.password);
        sent = sent.with(SECRET_TYPED, "yes").with(KEPT, &advice);
    }
    let result = as_member(async move |services, principal| {
        let test = matched(&services, &principal, test).await?;
        Ok(vec![services.connections.test_form(&principal, test).await?])
    });
    answer_with(sent, result.await, Tested::Form(form.of)).await
}

/// Tests a stored credential at each repository that uses it.
#[server(prefix = "/actions", endpoint = "connections/test-credential")]
pub(crate) async fn test_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    let sent = Sent::new("credential-test", &from).with("credential", &credential);
    let of = Tested::Stored(credential.parse().ok());
    let result = as_member(async move |services, principal| {
        services.connections.test_credential(&principal, known(&credential)?).await
    });
    answer_with(sent, result.await, of).await
}

/// Tests a repository; `credential` is only where the links of the result lead.
#[server(prefix = "/actions", endpoint = "connections/test-repository")]
pub(crate) async fn test_repository(
    #[server(default)] from: String,
    #[server(default)] repository: String,
    #[server(default)] credential: String,
) -> Answered {
    let sent = Sent::new("repository-test", &from).with("credential", &credential);
    let result = as_member(async move |services, principal| {
        Ok(vec![services.connections.test_repository(&principal, known(&repository)?).await?])
    });
    answer_with(sent, result.await, Tested::Stored(credential.parse().ok())).await
}

/// The form with the credential that matches its URL, where it leaves the choice to Hawser.
async fn matched(
    services: &Services,
    principal: &Principal,
    mut test: TestConnection,
) -> Result<TestConnection, ServiceError> {
    if test.credential == "automatic" {
        let (url, project) = (test.url.to_string(), test.project.clone());
        let query = ExplainQuery { url, purpose: "helm".to_owned(), project };
        let found = services.matching.explain(principal, query).await?;
        test.credential =
            found.winner().map(|winner| winner.credential.to_string()).unwrap_or_default();
    }
    Ok(test)
}

async fn answer_with(
    sent: Sent,
    result: Result<Vec<ConnectionTest>, ServiceError>,
    of: Tested,
) -> Answered {
    let now = RequestContext::anyone().map(|asking| asking.visit.now());
    tested(sent, result, |tests| {
        now.map_or_else(|_| String::new(), |now| test_panel(tests, of, now).to_html())
    })
    .await
}
