//! Server functions of connection tests: who is asking, call the service.
#![expect(clippy::too_many_arguments, reason = "one argument for each field of the form")]

use domain::{
    Secret, ServiceError,
    connection_tests::{ConnectionTest, TestConnection},
    credentials::Parameters,
    matching::ExplainQuery,
};
use leptos::prelude::*;

use super::{
    panel::{Tested, test_panel},
    place::{SECRET_TYPED, testable},
};
use crate::{
    answer::{Answered, Sent, tested},
    credentials::given,
    repositories::kept_url,
    services::RequestContext,
    ui::cause::Unsaved,
};

/// Tests what stands in a form; stores nothing but, until the next page, what was typed without its
/// secrets. `form` is the name of the form, which the button carries.
#[server(prefix = "/actions", endpoint = "connections/test-form")]
pub(crate) async fn test_form(
    #[server(default)] form: String,
    #[server(default)] from: String,
    #[server(default)] url: String,
    #[server(default)] credential: String,
    #[server(default)] provider: String,
    #[server(default)] shape: String,
    #[server(default)] username: String,
    #[server(default)] password: Secret,
    #[server(default)] region: String,
    #[server(default)] account: String,
    #[server(default)] tenant: String,
    #[server(default)] installation: String,
    #[server(default)] repositories: String,
    #[server(default)] gcp_project: String,
    #[server(default)] certificate: String,
    #[server(default)] ca: String,
    #[server(default)] proxy: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] project: String,
    #[server(default)] purposes: String,
    #[server(default)] pattern: String,
    #[server(default)] pattern_kind: String,
    #[server(default)] environment: String,
    #[server(default)] expires: String,
    #[server(default)] kind: String,
    #[server(default)] interval: String,
    #[server(default)] charts: String,
    #[server(default)] row_version: String,
) -> Answered {
    let (form, of) = testable(&form)
        .map_or(("credential-create", Unsaved::Credential), |known| (known.form, known.of));
    let mut sent = Sent::new(form, &from).with("url", &kept_url(&url));
    for (name, value) in [
        ("credential", &credential),
        ("provider", &provider),
        ("shape", &shape),
        ("username", &username),
        ("region", &region),
        ("account", &account),
        ("tenant", &tenant),
        ("installation", &installation),
        ("repositories", &repositories),
        ("gcp_project", &gcp_project),
        ("certificate", &certificate),
        ("ca", &ca),
        ("proxy", &proxy),
        ("name", &name),
        ("description", &description),
        ("project", &project),
        ("purposes", &purposes),
        ("pattern", &pattern),
        ("pattern_kind", &pattern_kind),
        ("environment", &environment),
        ("expires", &expires),
        ("kind", &kind),
        ("interval", &interval),
        ("charts", &charts),
        ("row_version", &row_version),
    ] {
        sent = sent.with(name, value);
    }
    if !password.is_empty() {
        let advice = given(&provider, &shape, &username, &password);
        sent = sent.with(SECRET_TYPED, "yes").with("advice", &advice);
    }
    let parameters = Parameters {
        region,
        account,
        tenant,
        installation,
        repositories,
        gcp_project,
        certificate,
    };
    let test = TestConnection {
        url,
        credential,
        provider,
        shape,
        username,
        password,
        parameters,
        project,
        ca,
        proxy,
        charts,
    };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let test = matched(&asking, &actor, test).await?;
        Ok(vec![asking.services.connections.test_form(&actor, test).await?])
    };
    answer_with(sent, result.await, Tested::Form(of)).await
}

/// Tests a stored credential at each repository that uses it.
#[server(prefix = "/actions", endpoint = "connections/test-credential")]
pub(crate) async fn test_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    let sent = Sent::new("credential-test", &from).with("credential", &credential);
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = credential.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.connections.test_credential(&actor, id).await
    };
    answer_with(sent, result.await, Tested::Stored(credential.parse().ok())).await
}

/// Tests a repository; `credential` is only where the links of the result lead.
#[server(prefix = "/actions", endpoint = "connections/test-repository")]
pub(crate) async fn test_repository(
    #[server(default)] from: String,
    #[server(default)] repository: String,
    #[server(default)] credential: String,
) -> Answered {
    let sent = Sent::new("repository-test", &from).with("credential", &credential);
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = repository.parse().map_err(|_| ServiceError::NotFound)?;
        Ok(vec![asking.services.connections.test_repository(&actor, id).await?])
    };
    answer_with(sent, result.await, Tested::Stored(credential.parse().ok())).await
}

/// The form with the credential that matches its URL, where it leaves the choice to Hawser.
async fn matched(
    asking: &RequestContext,
    actor: &domain::Actor,
    mut test: TestConnection,
) -> Result<TestConnection, ServiceError> {
    if test.credential == "automatic" {
        let (url, project) = (test.url.clone(), test.project.clone());
        let query = ExplainQuery { url, purpose: "helm".to_owned(), project };
        let found = asking.services.matching.explain(actor, query).await?;
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
