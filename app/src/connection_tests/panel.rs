//! What came of connection tests: every stage, the reason of a failure and where to mend it.

use domain::{
    Cause, CredentialId, Timestamp,
    cause::Remedy,
    connection_tests::{ConnectionTest, Stage, StageResult, StageState},
    counted,
};
use leptos::prelude::*;

use super::facts::{excess, facts};
use crate::ui::{
    badge::{Badge, Tone},
    cause::{Unsaved, remedy, remedy_in_form, remedy_of_credential},
    icon::Icon,
};

/// What was tested, which decides where the links to the fix lead.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tested {
    /// A form of which nothing is stored.
    Form(Unsaved),
    /// Repositories with this credential.
    Stored(Option<CredentialId>),
}

/// The result of each test in `tests`, with a line that sums them up.
pub(crate) fn test_panel(tests: &[ConnectionTest], of: Tested, now: Timestamp) -> AnyView {
    let several = tests.len() > 1;
    let rows = tests
        .iter()
        .map(|test| {
            let open = !several || !test.has_passed();
            view! {
                <details class="test" open=open>
                    <summary>{head(test)}</summary>
                    {body(test, of, now)}
                </details>
            }
        })
        .collect_view();
    view! {
        <p class="test-summary" tabindex="-1" data-test-summary>{summary(tests, of)}</p>
        {rows}
    }
    .into_any()
}

fn summary(tests: &[ConnectionTest], of: Tested) -> String {
    let total = u32::try_from(tests.len()).unwrap_or(u32::MAX);
    let failed = tests.iter().filter(|test| !test.has_passed()).count();
    let mut text = match tests {
        [] => {
            "No repository uses this credential yet, so there is nothing to test it at.".to_owned()
        }
        [test] => match failed_stage(test) {
            None => "The connection works.".to_owned(),
            Some(stage) => format!("Test failed at {}.", stage.stage.label()),
        },
        _ if failed == 0 => {
            format!("The connection works at {}.", counted(total, "repository", "repositories"))
        }
        _ => format!("{failed} of {total} repositories failed."),
    };
    if matches!(of, Tested::Form(_)) {
        text.push_str(" Nothing was stored.");
    }
    text
}

fn failed_stage(test: &ConnectionTest) -> Option<&StageResult> {
    test.stages.iter().find(|stage| stage.state == StageState::Failed)
}

fn head(test: &ConnectionTest) -> AnyView {
    let (tone, label) = match failed_stage(test) {
        None => (Tone::Good, "Passed".to_owned()),
        Some(stage) => (Tone::Bad, format!("Failed at {}", stage.stage.label())),
    };
    // The URL of a form is its name too.
    let url = (test.url != test.name)
        .then(|| view! { <span class="muted url">{test.url.clone()}</span> });
    view! {
        <span class="test-name">
            <strong>{test.name.clone()}</strong>
            {url}
        </span>
        <Badge tone label/>
        <Icon name="chevron-down"/>
    }
    .into_any()
}

fn body(test: &ConnectionTest, of: Tested, now: Timestamp) -> AnyView {
    let failed = failed_stage(test).map(|failed| failed.stage);
    let (reached, unreached): (Vec<_>, Vec<_>) =
        Stage::ALL.into_iter().partition(|stage| failed.is_none_or(|failed| *stage <= failed));
    let stages = (!test.stages.is_empty()).then(|| {
        let reached = reached.into_iter().map(|stage| {
            let result = test.stages.iter().find(|result| result.stage == stage);
            stage_of(stage, result, test, of)
        });
        view! {
            <ol class="stages">
                {reached.collect_view()}
                {not_reached(&unreached)}
            </ol>
        }
    });
    view! {
        {stages}
        {excess(test, of)}
        {facts(test, now)}
    }
    .into_any()
}

/// What came after the failure, in one line.
fn not_reached(stages: &[Stage]) -> Option<AnyView> {
    if stages.is_empty() {
        return None;
    }
    let names = stages.iter().enumerate().map(|(at, stage)| {
        view! {
            {(at > 0).then_some(", ")}
            <span data-stage=stage.label() data-state="Skipped">{stage.label()}</span>
        }
    });
    Some(
        view! {
            <li class="stage">
                <Icon name="circle-minus"/>
                <p class="stage-detail">"Not reached: " {names.collect_view()}</p>
            </li>
        }
        .into_any(),
    )
}

fn stage_of(
    stage: Stage,
    result: Option<&StageResult>,
    test: &ConnectionTest,
    of: Tested,
) -> AnyView {
    let ended = result.map_or(StageState::Skipped, |result| result.state);
    let (icon, word, class) = match ended {
        StageState::Passed => ("circle-check", "Passed", "stage good"),
        StageState::Failed => ("circle-alert", "Failed", "stage bad"),
        StageState::Skipped => ("circle-minus", "Skipped", "stage"),
    };
    let measured: Vec<_> = [
        result.and_then(|result| result.millis).map(|millis| format!("{millis} ms")),
        result.and_then(|result| result.status).map(|status| format!("HTTP {status}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let measured = (!measured.is_empty())
        .then(|| view! { <span class="stage-measured">{measured.join(" · ")}</span> });
    let detail = result
        .filter(|result| !result.detail.is_empty())
        .map(|result| view! { <p class="stage-detail">{result.detail.clone()}</p> });
    let cause = result.and_then(|result| result.cause).map(|cause| reason(cause, test, of));
    view! {
        <li class=class data-stage=stage.label() data-state=word>
            <Icon name=icon/>
            <div>
                <p class="stage-line">
                    <strong>{stage.label()}</strong>
                    " "
                    <span class="stage-word">{word}</span>
                    " "
                    {measured}
                </p>
                {detail}
                {cause}
            </div>
        </li>
    }
    .into_any()
}

/// The row of the error catalogue, and the link to the fix.
fn reason(cause: Cause, test: &ConnectionTest, of: Tested) -> AnyView {
    let link = match (of, test.repository) {
        (Tested::Stored(credential), Some(repository)) => remedy(cause, repository, credential),
        (Tested::Form(form), _) => remedy_in_form(cause, form),
        // The token of a Git host was tested, and no repository with it.
        (Tested::Stored(Some(credential)), None) if cause.remedy() == Remedy::Credential => {
            Some(remedy_of_credential(cause, credential))
        }
        (Tested::Stored(_), None) => None,
    };
    let link = link.map(|(href, label)| view! { <p><a href=href>{label}</a></p> });
    let first = (cause == Cause::ForeignRealm && matches!(of, Tested::Form(_))).then(|| {
        view! {
            <p>
                "Save the repository first: its page lets somebody with the right allow this token service."
            </p>
        }
    });
    let words = cause.words(test.asked);
    view! {
        <div class="stage-cause">
            <p><strong>{words.title}</strong></p>
            <p>{words.message}</p>
            {first}
            {link}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::{
        cause::RemoteKind,
        connection_tests::{Certificate, Quota},
    };

    use super::*;

    fn result(stage: Stage, ended: StageState, cause: Option<Cause>) -> StageResult {
        let status = cause.map(|_| 401);
        StageResult {
            stage,
            state: ended,
            millis: Some(12),
            status,
            detail: "Found.".into(),
            cause,
        }
    }

    fn refused() -> ConnectionTest {
        ConnectionTest {
            repository: None,
            asked: RemoteKind::Registry,
            name: "charts".into(),
            url: "https://charts.example.com".into(),
            stages: vec![
                result(Stage::Dns, StageState::Passed, None),
                result(Stage::Token, StageState::Failed, Some(Cause::InvalidCredentials)),
            ],
            certificate: Some(Certificate {
                issuer: "CN=<script>alert(1)</script>".into(),
                subject: "CN=charts.example.com".into(),
                fingerprint: "AA:BB".into(),
                not_after: None,
            }),
            quota: Some(Quota { limit: 100, remaining: 78, resets_at: None }),
            expires_at: None,
            excess: vec!["write:packages".into()],
        }
    }

    fn html(tests: &[ConnectionTest], of: Tested) -> String {
        Owner::new().with(|| test_panel(tests, of, Timestamp::from_millis(0)).to_html())
    }

    #[test]
    fn every_stage_is_shown_and_foreign_text_stays_text() {
        let html = html(&[refused()], Tested::Form(Unsaved::Credential));
        for stage in Stage::ALL {
            assert!(html.contains(stage.label()), "{stage:?}: {html}");
        }
        for words in [
            "12 ms · HTTP 401",
            "401 Unauthorized: invalid credentials",
            "href=\"#field-password\"",
            "Nothing was stored.",
            "78 of 100 requests left",
            "This token can also: write:packages.",
            "&lt;script&gt;",
            "AA:BB",
            "data-state=\"Skipped\"",
            "Not reached: ",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("<script>") && !html.contains("style="), "{html}");
    }

    #[test]
    fn the_way_to_the_fix_depends_on_what_was_tested() {
        let form = html(&[refused()], Tested::Form(Unsaved::Repository));
        assert!(form.contains("href=\"#field-credential\""), "{form}");
        let id = "0190b0a0-0000-7000-8000-000000000001";
        let test = ConnectionTest { repository: id.parse().ok(), ..refused() };
        let stored = html(std::slice::from_ref(&test), Tested::Stored(id.parse().ok()));
        assert!(
            stored.contains(&format!("href=\"/credentials/{id}?tab=versions#field-password\"")),
            "{stored}"
        );
        assert!(!stored.contains("Nothing was stored."), "{stored}");
        let passed = ConnectionTest { stages: Vec::new(), ..test.clone() };
        let both = html(&[test, passed], Tested::Stored(None));
        assert!(both.contains("1 of 2 repositories failed."), "{both}");
        assert!(
            both.contains(&format!("/charts/repositories/{id}?tab=settings#field-credential")),
            "{both}"
        );
    }

    #[test]
    fn a_form_says_where_a_token_service_is_allowed() {
        let mut test = refused();
        test.stages = vec![result(Stage::Token, StageState::Failed, Some(Cause::ForeignRealm))];
        let tests = [test];
        for form in [Unsaved::Credential, Unsaved::Repository] {
            let html = html(&tests, Tested::Form(form));
            assert!(html.contains("Save the repository first"), "{html}");
        }
        let html = html(&tests, Tested::Stored(None));
        assert!(!html.contains("Save the repository first"), "{html}");
    }
}
