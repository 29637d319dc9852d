//! What is said of a Git target that cannot be pushed to.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use crate::env::git::{REPOSITORY, edited};
use crate::env::{TestEnv, on_both};
use domain::{
    Cause, ServiceError,
    cause::RemoteKind,
    gitops::GitTargetForm,
    notices::{News, Notice, Subject},
    service::{GitAccounts, GitTargets, Notices},
};

on_both!(
    a_missing_base_branch_is_no_missing_repository,
    a_missing_repository_is_no_registry,
    a_trouble_says_its_present_cause,
    branches_are_not_offered_where_the_look_would_be_refused,
);

async fn a_missing_base_branch_is_no_missing_repository(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let detail = env.target(setting.target).await;
    let form =
        GitTargetForm { branch: "release".into(), base: "nowhere".into(), ..edited(&detail) };
    env.save_target(form).await;
    let (cause, told) = env.not_pushed(setting.target).await;
    assert_eq!(cause, Cause::BaseMissing);
    assert_eq!(told, "There is no branch nowhere at the server.");
    let refused = GitTargets::preview(&env.engine, &env.principal, setting.target).await;
    let asked = RemoteKind::GitServer;
    assert_eq!(refused.unwrap_err(), ServiceError::Unreachable { asked, cause });

    env.engine.make_notices().await.unwrap();
    let notices = async || Notices::list(&env.engine, &env.principal).await.unwrap();
    let first = notices().await;
    let News::Trouble { subject, cause, ended_at, .. } = first[0].news else {
        panic!("{:?} is no trouble", first[0]);
    };
    assert_eq!((first.len(), first[0].name.as_str()), (1, "prod"));
    assert_eq!((subject, cause), (Subject::GitTarget(setting.target), Cause::BaseMissing));
    assert_eq!(ended_at, None);
    let detail = env.target(setting.target).await;
    let form = GitTargetForm { base: "main".into(), ..edited(&detail) };
    env.save_target(form).await;
    env.pushed(setting.target).await;
    env.engine.make_notices().await.unwrap();
    let over = notices().await;
    let News::Trouble { ended_at, .. } = over[0].news else {
        panic!("{:?} is no trouble", over[0])
    };
    assert!(over.len() == 1 && ended_at.is_some(), "{over:?}");
    workers.stop().await;
}

async fn a_missing_repository_is_no_registry(env: TestEnv) {
    let setting = env.setting().await;
    let detail = env.target(setting.target).await;
    let url = detail.summary.url.replace("acme/gitops", "acme/gone");
    let form = GitTargetForm { url: url.into(), ..edited(&detail) };
    let refused = GitAccounts::branches(&env.engine, &env.principal, form).await.unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("The Git server") && !said.contains("registry"), "{said}");
}

async fn a_trouble_says_its_present_cause(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let (server, target) = (&setting.server, setting.target);
    server.hook(REPOSITORY, "pre-receive", "exit 1");
    let (first, _) = env.not_pushed(target).await;
    assert_eq!(env.engine.make_notices().await.unwrap(), 1);
    let notice = async || {
        let mut found = Notices::list(&env.engine, &env.principal).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    };
    let told = notice().await;
    let News::Trouble { subject, cause, began_at, ended_at: None } = told.news else {
        panic!("{told:?} is no open trouble");
    };
    assert_eq!((subject, cause), (Subject::GitTarget(target), first));

    let (there, away) = (server.path(REPOSITORY), server.path("away"));
    std::fs::rename(&there, &away).unwrap();
    let (cause, _) = env.not_pushed(target).await;
    assert_ne!(cause, first);
    assert_eq!(env.engine.make_notices().await.unwrap(), 0, "it is the same trouble");
    let trouble = |ended_at| News::Trouble { subject, cause, began_at, ended_at };
    assert_eq!(notice().await, Notice { news: trouble(None), ..told });

    std::fs::rename(&away, &there).unwrap();
    server.hook(REPOSITORY, "pre-receive", "exit 0");
    env.pushed(target).await;
    env.engine.make_notices().await.unwrap();
    let News::Trouble { ended_at, .. } = notice().await.news else { panic!("it is no trouble") };
    assert!(ended_at.is_some());
    assert_eq!(notice().await.news, trouble(ended_at), "it says what it was last");
    workers.stop().await;
}

async fn branches_are_not_offered_where_the_look_would_be_refused(env: TestEnv) {
    let setting = env.setting().await;
    let detail = env.target(setting.target).await;
    let at = |url: &str| GitTargetForm { url: url.to_owned().into(), ..edited(&detail) };
    let hindrance = async |form: GitTargetForm| {
        GitAccounts::branches_hindrance(&env.engine, &env.principal, form).await.unwrap()
    };
    let known = detail.summary.url.as_str();
    for form in [
        at(known),
        at(""),
        at("no address"),
        GitTargetForm { credential: String::new(), ..at(known) },
    ] {
        assert_eq!(hindrance(form.clone()).await, None, "{form:?}");
    }
    for (host, url) in [
        ("git.example.com", "https://git.example.com/acme/gitops"),
        ("github.com", "https://github.com/acme/gitops"),
    ] {
        let said = hindrance(at(url)).await.unwrap();
        assert!(said.contains(host) && said.contains(&detail.credential_name), "{said}");
        let refused = GitAccounts::branches(&env.engine, &env.principal, at(url)).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.problem_of(domain::Field::Branch), Some(said.as_str()));
    }
}
