//! The wizard: every provider and auth method has its form and guide, and no secret comes back.

use axum::http::{StatusCode, header};
use domain::{
    Access, AuthMethod, CredentialKind, Field, Provider, Role, credentials::CandidateState,
};

use super::{
    fake::{self, Fake, SECRET},
    page, send, text,
};

fn every() -> impl Iterator<Item = (Provider, AuthMethod)> {
    Provider::ALL
        .into_iter()
        .flat_map(|provider| provider.facts().shapes.iter().map(move |shape| (provider, *shape)))
}

fn address(provider: Provider, shape: AuthMethod) -> String {
    format!("/credentials/new?provider={}&shape={}", provider.as_str(), shape.as_str())
}

/// As it stands in a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[tokio::test]
async fn every_shape_of_every_provider_has_its_form_and_guide() {
    let fake = Fake::signed_in();
    let mut forms = 0;
    for (provider, shape) in every() {
        for access in Access::ALL {
            let path = format!("{}&access={}", address(provider, shape), access.as_str());
            let (status, html) = page(&fake, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            for field in shape.facts().fields {
                let name = format!("name=\"{}\"", field.field.as_str());
                assert!(html.contains(&name), "{path} lacks {name}");
                assert!(html.contains(&format!(">{}</label>", field.label)), "{path}");
            }
            let guide = provider.guide(shape, access);
            assert!(html.contains(&escaped(guide.grants)), "{path} lacks {}", guide.grants);
            for link in guide.steps.iter().filter_map(|step| step.link) {
                let href = link.href.replace('&', "&amp;");
                assert!(html.contains(&format!("href=\"{href}\"")), "{path} lacks {href}");
            }
            for word in ["Test connection", "Create", "Matching and expiry", "Provider type"] {
                assert!(html.contains(word), "{path} lacks {word}");
            }
            assert!(!html.contains("{role}") && !html.contains("{external_id}"), "{path}");
            assert!(!html.contains("{service_account}"), "{path}");
            assert!(!html.contains("style="), "{path}");
            forms += 1;
        }
    }
    assert_eq!(forms, every().count() * 2);
}

#[tokio::test]
async fn the_way_to_authenticate_is_asked_where_it_matters() {
    let fake = Fake::signed_in();
    for provider in Provider::ALL {
        let path = format!("/credentials/new?provider={}", provider.as_str());
        let (_, html) = page(&fake, &path).await;
        let shapes = provider.facts().shapes;
        let asks = shapes.len() > 1 && shapes[0] != AuthMethod::Password;
        assert_eq!(html.contains("How do you want to authenticate?"), asks, "{provider:?}");
        let positions: Vec<_> = shapes
            .iter()
            .map(|shape| html.find(&format!("shape={}", shape.as_str())).unwrap_or(0))
            .collect();
        if asks {
            assert!(positions.is_sorted(), "the recommended way stands first: {provider:?}");
            assert!(html.contains("Recommended"), "{provider:?}");
        } else {
            assert!(html.contains("name=\"shape\""), "{provider:?}");
        }
    }
    // An auth method that the provider does not have is not taken from the address.
    let (_, html) = page(&fake, "/credentials/new?provider=ghcr&shape=acr_entra").await;
    assert!(html.contains("value=\"password\"") && !html.contains("name=\"tenant\""), "{html}");
}

#[tokio::test]
async fn fixed_names_stand_in_the_guides_of_keyless_shapes() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &address(Provider::AmazonEcr, AuthMethod::EcrRole)).await;
    assert!(html.contains("--role-name hawser-acme-default"), "{html}");
    assert!(html.contains(fake::ID), "the external id is the organization's: {html}");
    let (_, html) =
        page(&fake, &address(Provider::GoogleArtifactRegistry, AuthMethod::GoogleWorkload)).await;
    assert!(html.contains("hawser-00000001-default@PROJECT.iam"), "{html}");
}

#[tokio::test]
async fn only_owners_are_offered_to_share() {
    let path = address(Provider::Ghcr, AuthMethod::Password);
    let (_, html) = page(&Fake::signed_in(), &path).await;
    assert!(html.contains("value=\"shared\"") && html.contains("every project"), "{html}");
    let (_, html) = page(&std::sync::Arc::new(Fake::of(Role::Admin)), &path).await;
    assert!(!html.contains("value=\"shared\""), "{html}");
    let (status, _) = page(&std::sync::Arc::new(Fake::of(Role::Editor)), &path).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn r_cred_05_no_form_gives_a_secret_back() {
    for (provider, shape) in every().filter(|(_, shape)| !shape.is_ambient()) {
        let fake = Fake::signed_in();
        let from = address(provider, shape);
        let encoded = from.replace('?', "%3F").replace('&', "%26").replace('=', "%3D");
        // The name is missing, and the secret is pasted into the certificate as well.
        let body = format!(
            "from={encoded}&provider={}&shape={}&username=me&password={SECRET}&certificate=-----BEGIN+PRIVATE+KEY-----{SECRET}&url=https%3A%2F%2Fada%3A{SECRET}%40ghcr.io%2Fa&environment=staging",
            provider.as_str(),
            shape.as_str(),
        );
        let answer = send(&fake, "/actions/credentials/create", "text/html", &body).await;
        assert_eq!(answer.headers()[header::LOCATION], from.as_str());
        let (_, html) = page(&fake, &from).await;
        assert!(!html.contains(SECRET), "{from}: {html}");
        assert!(html.contains("Type a name."), "{from}: {html}");
        assert!(html.contains("<option value=\"staging\" selected>"), "{from}");
        if shape.facts().fields.iter().any(|field| field.field == Field::Username) {
            assert!(html.contains("value=\"me\""), "{from}");
        }
        let answer = send(&fake, "/actions/credentials/create", "application/json", &body).await;
        assert!(!text(answer).await.contains(SECRET), "{from}");
    }
}

#[tokio::test]
async fn advice_is_given_without_a_script_too() {
    let fake = Fake::signed_in();
    let from = "/credentials/new?provider=ghcr";
    let body = format!(
        "from=%2Fcredentials%2Fnew%3Fprovider%3Dghcr&provider=ghcr&username=me&password=github_pat_{SECRET}"
    );
    send(&fake, "/actions/credentials/create", "text/html", &body).await;
    let (_, html) = page(&fake, from).await;
    assert!(html.contains("GHCR refuses fine-grained tokens"), "{html}");
    assert!(html.contains("Cannot work") && !html.contains(SECRET), "{html}");
    // A test says it as well.
    let body = format!("{body}&form=credential-create&url=oci%3A%2F%2Fghcr.io%2Facme");
    send(&fake, "/actions/connections/test-form", "text/html", &body).await;
    let (_, html) = page(&fake, from).await;
    assert!(html.contains("GHCR refuses fine-grained tokens"), "{html}");
    assert!(html.contains("Failed at Login") && !html.contains(SECRET), "{html}");
    // It is stored when the person says so.
    let body = format!("{body}&name=ghcr&anyway=yes");
    send(&fake, "/actions/credentials/create", "text/html", &body).await;
    let (_, html) = page(&fake, "/credentials").await;
    assert!(
        html.contains("ghcr is added.") && html.contains("overlaps with harbor-prod."),
        "{html}"
    );
}

#[tokio::test]
async fn the_end_of_a_pasted_token_is_said_before_anybody_types() {
    let fake = Fake::signed_in();
    for provider in [Provider::AmazonEcr, Provider::AmazonEcrPublic] {
        let path = address(provider, AuthMethod::Password);
        let (_, html) = page(&fake, &path).await;
        assert!(html.contains("<strong>Pasted token</strong>"), "{html}");
        assert!(html.contains("convert to access keys"), "{html}");
        // A form that came back says it once.
        let from = path.replace('?', "%3F").replace('&', "%26").replace('=', "%3D");
        let body = format!(
            "from={from}&provider={}&shape=password&username=AWS&password={SECRET}",
            provider.as_str()
        );
        send(&fake, "/actions/credentials/create", "text/html", &body).await;
        let (_, html) = page(&fake, &path).await;
        assert!(html.contains("Type a name."), "{html}");
        assert_eq!(html.matches("convert to access keys").count(), 1, "{html}");
    }
}

#[tokio::test]
async fn an_example_is_not_followed_by_a_full_stop() {
    let fake = Fake::signed_in();
    for (provider, example) in
        [(Provider::Harbor, "robot$PROJECT+NAME"), (Provider::Quay, "ORGANIZATION+ROBOT")]
    {
        let (_, html) = page(&fake, &address(provider, AuthMethod::Password)).await;
        assert!(html.contains(&format!("such as {example}</p>")), "{html}");
    }
    let (_, html) = page(&fake, &address(Provider::GenericRegistry, AuthMethod::Password)).await;
    assert!(!html.contains("id=\"credential-create-username-hint\""), "{html}");
}

#[tokio::test]
async fn every_field_reaches_the_service() {
    let fake = Fake::signed_in();
    let body = "provider=amazon_ecr&shape=ecr_role&name=ecr&account=123456789012&region=eu-west-1&project=shared&purposes=helm&pattern=%5Eoci%3A%2F%2Fa&pattern_kind=regex&environment=production&expires=2030-01-31&description=d";
    let answer = send(&fake, "/actions/credentials/create", "text/html", body).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let form = fake.created.lock().unwrap().take().unwrap();
    assert_eq!(
        (form.shape.as_str(), form.parameters.account.as_str()),
        ("ecr_role", "123456789012")
    );
    let placed = form.placement.parse(CredentialKind::Registry).unwrap();
    assert_eq!(placed.pattern, "^oci://a");
    assert_eq!(placed.expires_at.unwrap().day(), "2030-01-31");
    assert_eq!(placed.reach, Some(domain::credentials::CredentialScope::Shared));
}

#[tokio::test]
async fn the_host_of_the_repository_fills_in_account_and_region() {
    let fake = Fake::signed_in();
    let back = "%2Fcharts%2Frepositories%2Fnew%3Furl%3Doci%253A%252F%252F123456789012.dkr.ecr.eu-west-1.amazonaws.com%252Fcharts";
    let path = format!("{}&next={back}", address(Provider::AmazonEcr, AuthMethod::EcrRole));
    let (_, html) = page(&fake, &path).await;
    for value in
        ["123456789012", "eu-west-1", "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts"]
    {
        assert!(html.contains(&format!("value=\"{value}\"")), "{value}: {html}");
    }
}

#[tokio::test]
async fn a_candidate_can_be_promoted_or_discarded() {
    for (state, title, words, status) in [
        (CandidateState::Testing, "New secret in test", "this one takes over", "Syncing"),
        (CandidateState::Refused, "New secret refused", "1 of 1 repository refused it.", "Failing"),
    ] {
        let fake = std::sync::Arc::new(Fake { candidate: Some(state), ..Fake::of(Role::Owner) });
        let (_, html) = page(&fake, &format!("/credentials/{}?tab=versions", fake::ID)).await;
        for word in [words, title, status, "Promote anyway", "Discard", "by Grace"] {
            assert!(html.contains(word), "{word}: {html}");
        }
        assert_eq!(html.matches(title).count(), 2, "head and card agree: {html}");
        let again =
            html.contains(">Test again<") || html.contains("/actions/credentials/test-again");
        assert_eq!(again, state == CandidateState::Refused, "{html}");
        let live = html.contains("data-under-way");
        assert_eq!(live, state == CandidateState::Testing, "it is followed while it is tested");
        // Nothing is rolled back under a candidate.
        assert!(!html.contains("Roll back to version"), "{html}");
    }
}

#[tokio::test]
async fn what_a_test_needs_besides_goes_on_to_the_form_of_the_repository() {
    let fake = Fake::signed_in();
    let path = address(Provider::Harbor, AuthMethod::Password);
    let (_, html) = page(&fake, &path).await;
    assert!(
        html.contains("Advanced (CA, proxy, chart names)") && html.contains("id=\"field-ca\""),
        "{html}"
    );
    let (_, html) = page(&fake, &address(Provider::Gitlab, AuthMethod::Password)).await;
    assert!(!html.contains("id=\"field-ca\""), "a Git host has no charts: {html}");
    let body = format!(
        "provider=harbor&shape=password&name=h&username=ada&password={SECRET}&ca=PEM&proxy=egress&charts=web&next=%2Fcharts%2Frepositories%2Fnew%3Furl%3Da"
    );
    let answer = send(&fake, "/actions/credentials/create", "text/html", &body).await;
    let next = answer.headers()[axum::http::header::LOCATION].to_str().unwrap().to_owned();
    assert!(next.starts_with("/charts/repositories/new?url=a&credential="), "{next}");
    assert!(next.ends_with("&ca=PEM&proxy=egress&charts=web"), "{next}");
}

/// Of the choice between reading and pushing nothing is loaded anew, so nothing typed is lost.
#[tokio::test]
async fn both_guides_stand_in_the_page_and_the_choice_is_sent_along() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &address(Provider::Ghcr, AuthMethod::Password)).await;
    for access in Access::ALL {
        let guide = Provider::Ghcr.guide(AuthMethod::Password, access);
        assert!(html.contains(&escaped(guide.grants)), "{}", guide.grants);
        let radio =
            format!("name=\"access\" value=\"{}\" form=\"credential-create\"", access.as_str());
        assert!(html.contains(&radio), "{radio}: {html}");
    }
    assert!(!html.contains("access=push\""), "no link leaves the form: {html}");
}

#[tokio::test]
async fn a_token_that_cannot_work_or_is_over_is_asked_about_once() {
    let fake = Fake::signed_in();
    let path = "/actions/credentials/create";
    let of = |password: &str, more: &str| {
        format!(
            "from=%2Fcredentials%2Fnew&provider=ghcr&shape=password&name=a&username=o&password={password}{more}"
        )
    };
    let dead = format!("github_pat_{}", "a".repeat(82));
    for (body, words) in [
        (of(&dead, ""), "fine-grained"),
        (of("ghp_x", "&expires=2001-02-03"), "2001-02-03 has passed"),
    ] {
        let asked = send(&fake, path, "application/json", &body).await;
        assert_eq!(asked.status(), StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        let said = text(asked).await;
        assert!(said.contains("anyway") && said.contains(words), "{said}");
        send(&fake, path, "text/html", &body).await;
        let (_, html) = page(&fake, "/credentials/new?provider=ghcr&shape=password").await;
        assert!(html.contains("Create anyway") && html.contains(words), "{html}");
        let done = send(&fake, path, "application/json", &format!("{body}&anyway=yes")).await;
        assert_eq!(done.status(), StatusCode::OK, "{words}");
    }
    let fine = send(&fake, path, "application/json", &of("ghp_x", "&expires=2999-02-03")).await;
    assert_eq!(fine.status(), StatusCode::OK);
    let place = format!("from=%2F&credential={}&row_version=7&expires=2001-02-03", fake::ID);
    for (more, status) in [("", StatusCode::UNPROCESSABLE_ENTITY), ("&anyway=yes", StatusCode::OK)]
    {
        let path = "/actions/credentials/place";
        let answer = send(&fake, path, "application/json", &format!("{place}{more}")).await;
        assert_eq!(answer.status(), status, "{more}");
    }
}

#[tokio::test]
async fn f46_the_guides_of_all_providers_stand_on_one_page() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, "/credentials/guides?provider=ghcr").await;
    for (provider, shape) in every() {
        for access in Access::ALL {
            let grants = escaped(provider.guide(shape, access).grants);
            assert!(html.contains(&grants), "{provider:?} {shape:?}: {grants}");
        }
    }
    assert_eq!(html.matches("class=\"card guide-of\"").count(), Provider::ALL.len());
    assert_eq!(html.matches("id=\"ghcr\" open").count(), 1, "{html}");
    assert!(!html.contains("{role}") && !html.contains("style="), "{html}");
}

#[tokio::test]
async fn f13_a_credential_is_shown_as_a_document_without_its_secret() {
    let fake = Fake::signed_in();
    let own = format!("/credentials/{}/document", fake::ID);
    let (_, html) = page(&fake, &own).await;
    for line in [
        "name: ghcr-prod",
        "username: octocat",
        "password: &quot;*** REDACTED ***&quot;",
        "repoURLIsRegex: true",
        "access: push",
    ] {
        assert!(
            html.contains(line) || html.contains(&line.replace("&quot;", "\"")),
            "{line}: {html}"
        );
    }
    let (_, html) = page(&fake, &format!("{own}?as=json")).await;
    assert!(html.contains("*** REDACTED ***") && html.contains("repoURL"), "{html}");
    assert!(!html.contains(SECRET), "{html}");
}
