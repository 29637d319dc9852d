//! What the look of every hour makes of a pull request, and what people see while one waits.

use domain::{
    Cause, CredentialId,
    gitops::{DestinationState, GitTargetDetail, GitTargetForm, Unmerged},
    service::{Exports, GitTargets, Notices},
};

use crate::{
    env::git::{REPOSITORY, export},
    env::{TestEnv, on_both},
    git_requests::{
        hosts::{Mood, Standing},
        kinds::Kind,
        stories::{FILE, Setting, told},
    },
};

on_both!(
    github_says_that_a_request_was_closed,
    gitlab_says_that_a_request_was_closed,
    an_amended_request_is_followed_by_another,
    what_was_changed_after_the_merge_is_asked_for_again,
    what_is_known_stays_while_the_host_is_away,
    a_wish_of_a_person_outlives_the_look_of_every_hour,
    only_what_the_open_request_brings_waits,
    a_preview_shows_nothing_that_waits_already,
    what_was_never_merged_may_stay,
    a_preview_says_what_the_push_is_refused_for,
);

impl Setting {
    /// Has the clock ask for a look, and waits for its end.
    async fn look(&self) -> GitTargetDetail {
        self.env.sql("update git_targets set check_at = 1").await;
        let mut tries = 0;
        while self.env.count("select count(*) from git_targets where check_at > 1").await == 0 {
            tries += 1;
            assert!(tries < 1_200, "nobody looked in time");
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        self.env.target(self.target).await
    }

    fn standings(&self) -> Vec<Standing> {
        self.host.opened().into_iter().map(|opened| opened.standing).collect()
    }
}

fn assert_waits(detail: &GitTargetDetail) {
    assert!(detail.summary.is_waiting && !detail.is_merged, "{detail:?}");
    assert_eq!((detail.summary.state, detail.summary.cause), (DestinationState::InStep, None));
}

fn assert_closed(detail: &GitTargetDetail) {
    assert!(!detail.summary.is_waiting && !detail.is_merged, "{detail:?}");
    assert_eq!(detail.summary.cause, Some(Cause::RequestClosed), "{detail:?}");
    assert!(!detail.summary.is_pending, "nothing comes by itself");
}

async fn github_says_that_a_request_was_closed(env: TestEnv) {
    a_closed_request_is_told(env, Kind::Github).await;
}

async fn gitlab_says_that_a_request_was_closed(env: TestEnv) {
    a_closed_request_is_told(env, Kind::Gitlab).await;
}

async fn a_closed_request_is_told(env: TestEnv, kind: Kind) {
    let setting = Setting::new(env, kind).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    let branch = env.pushed(target).await.work_branch;
    let commit = host.server.head(REPOSITORY, &branch);
    host.asked();
    assert_waits(&setting.look().await);
    assert_eq!(host.asked(), 1, "one request for each look");

    host.close();
    for _ in 0..2 {
        let closed = setting.look().await;
        assert_closed(&closed);
        assert_eq!(closed.pull_request_url, setting.page(1), "its page says who closed it");
        assert_eq!((host.asked(), setting.standings()), (1, vec![Standing::Closed]));
    }
    env.engine.make_notices().await.unwrap();
    let notices = Notices::list(&env.engine, &env.principal).await.unwrap();
    assert_eq!(notices.len(), 1, "it is told once: {notices:?}");

    host.reopen();
    assert_waits(&setting.look().await);
    let preview = async || {
        let preview = GitTargets::preview(&env.engine, &env.principal, target).await.unwrap();
        (preview.branch, preview.changes.len())
    };
    assert_eq!(preview().await, (branch.clone(), 0));
    host.close();
    assert_eq!(
        preview().await,
        ("main".to_owned(), 1),
        "nobody looked since, so the host is asked"
    );
    assert_closed(&setting.look().await);
    let again = env.pushed(target).await;
    assert_waits(&again);
    assert_eq!((again.work_branch, again.pull_request_url), (branch.clone(), setting.page(2)));
    assert_eq!(host.server.head(REPOSITORY, &branch), commit, "nothing is pushed twice");
    assert_eq!(setting.standings(), [Standing::Closed, Standing::Open]);
    host.merge();
    let merged = setting.look().await;
    assert!(merged.is_merged && !merged.summary.is_waiting, "{merged:?}");
    workers.stop().await;
}

async fn an_amended_request_is_followed_by_another(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    let first = env.pushed(target).await.work_branch;
    let ours = setting.show(&first);
    host.server.commit(REPOSITORY, &first, &[(FILE, "amended: true\n")]);
    host.merge();
    let amended = host.server.head(REPOSITORY, "main");

    let next = setting.look().await;
    assert_waits(&next);
    let second = format!("{first}-2");
    assert_eq!((&next.work_branch, &next.pull_request_url), (&second, &setting.page(2)));
    assert_eq!(setting.show(&second), ours, "it brings back what Hawser wrote");
    assert_eq!(host.server.head(REPOSITORY, "main"), amended);
    assert_eq!(host.server.head(REPOSITORY, &first), amended, "what was merged is not pushed to");
    assert_waits(&setting.look().await);
    assert_eq!(setting.standings(), [Standing::Merged, Standing::Open]);
    host.merge();
    let merged = setting.look().await;
    assert!(merged.is_merged && !merged.summary.is_waiting, "{merged:?}");
    assert_eq!(setting.show("main"), ours);
    host.server.assert_sound(REPOSITORY);
    workers.stop().await;
}

async fn what_was_changed_after_the_merge_is_asked_for_again(env: TestEnv) {
    let setting = Setting::new(env, Kind::Gitlab).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    let first = env.pushed(target).await.work_branch;
    let ours = setting.show(&first);
    host.merge();
    host.server.commit(REPOSITORY, "main", &[(FILE, "edited: true\n")]);
    let next = setting.look().await;
    assert_waits(&next);
    assert_eq!(next.work_branch, format!("{first}-2"));
    assert_eq!((setting.show(&next.work_branch), host.opened().len()), (ours, 2));
    workers.stop().await;
}

async fn what_is_known_stays_while_the_host_is_away(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let (env, host) = (&setting.env, &setting.host);
    let workers = env.workers();
    env.pushed(setting.target).await;
    host.close();
    host.mood(Mood::Away);
    assert_waits(&setting.look().await);
    host.mood(Mood::Honest);
    assert_closed(&setting.look().await);
    host.reopen();
    host.mood(Mood::Away);
    assert_closed(&setting.look().await);
    host.mood(Mood::Honest);
    assert_waits(&setting.look().await);
    workers.stop().await;
}

async fn a_wish_of_a_person_outlives_the_look_of_every_hour(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    env.pushed(target).await;
    host.close();
    assert_closed(&setting.look().await);
    workers.stop().await;
    // Nobody works while a person asks, and the clock after them.
    env.push(target).await;
    env.sql("update jobs set reason = 'check' where kind = 'push'").await;
    let workers = env.workers();
    let asked = env.settled(target).await;
    assert_waits(&asked);
    assert_eq!(asked.pull_request_url, setting.page(2));
    workers.stop().await;
}

/// A target takes two credentials: what was merged of one does not wait with the other.
async fn only_what_the_open_request_brings_waits(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    let other = with_another(&setting, "other").await;
    env.pushed(target).await;
    host.merge();
    let first = env.update(setting.credential, "second").await;
    assert_eq!(told(&env.end_of(first).await), Some("Waits to be merged"));
    let uses = async |credential: CredentialId| {
        let uses = Exports::uses(&env.engine, &env.principal, credential).await.unwrap();
        uses.into_iter().map(|one| (one.vault_version, one.unmerged)).collect::<Vec<_>>()
    };
    assert_eq!(uses(setting.credential).await, [(Some(2), Some(Unmerged::Waits))]);
    host.merge();
    setting.look().await;
    assert_eq!(told(&env.progress(first).await), None, "it was merged");
    assert_eq!(uses(setting.credential).await, [(Some(2), None)]);

    let second = env.update(other, "second").await;
    assert_eq!(told(&env.end_of(second).await), Some("Waits to be merged"));
    assert_eq!(told(&env.progress(first).await), None, "that one was merged before");
    let third = env.update(setting.credential, "third").await;
    env.end_of(third).await;
    for waiting in [second, third] {
        assert_eq!(told(&env.progress(waiting).await), Some("Waits to be merged"));
    }
    host.close();
    setting.look().await;
    assert_eq!(told(&env.progress(third).await), Some("Pull request was closed"));
    assert_eq!(uses(setting.credential).await, [(Some(3), Some(Unmerged::Closed))]);
    workers.stop().await;
}

/// Another credential, which the same target takes by another export.
async fn with_another(setting: &Setting, name: &str) -> CredentialId {
    let env = &setting.env;
    let credential = env.registry_credential(name, "first").await;
    let other = env.save_export(export(name, &[credential])).await;
    let mut form = crate::env::git::edited(&env.target(setting.target).await);
    form.exports.push(other.to_string());
    env.save_target(form).await;
    credential
}

async fn a_preview_shows_nothing_that_waits_already(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let form = crate::env::git::edited(&env.target(setting.target).await);
    env.save_target(GitTargetForm { mode: "pull_request".into(), ..form }).await;
    let preview = async |env: &TestEnv, target| {
        GitTargets::preview(&env.engine, &env.principal, target).await.unwrap()
    };
    assert_eq!(preview(&env, setting.target).await.changes.len(), 1);
    // The host is none that is known, so nobody opened a request.
    let pushed = env.pushed(setting.target).await;
    assert_waits(&pushed);
    assert_eq!(pushed.pull_request_url, "");
    let waiting = preview(&env, setting.target).await;
    assert_eq!((waiting.changes.len(), waiting.head), (0, pushed.summary.last_commit));
    workers.stop().await;
}

async fn a_preview_says_what_the_push_is_refused_for(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let form = GitTargetForm {
        mode: "pull_request".into(),
        branch: "hawser".into(),
        ..crate::env::git::edited(&env.target(setting.target).await)
    };
    env.save_target(form.clone()).await;
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    let (cause, told) = env.not_pushed(setting.target).await;
    assert_eq!(cause, Cause::BranchMissing);
    assert!(
        preview.is_refused() && preview.notes.first().is_some_and(|note| note.text == told),
        "{preview:?} and {told}"
    );
    // A commit on the branch itself makes it, and both agree on that too.
    let row_version = env.target(setting.target).await.row_version.to_string();
    env.save_target(GitTargetForm { mode: "direct".into(), row_version, ..form }).await;
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    assert!(preview.is_new_branch && preview.changes.len() == 1, "{preview:?}");
    env.pushed(setting.target).await;
    workers.stop().await;
}

async fn what_was_never_merged_may_stay(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let (env, target) = (&setting.env, setting.target);
    let workers = env.workers();
    let pushed = env.pushed(target).await;
    let form = GitTargetForm { branch: "next".into(), ..crate::env::git::edited(&pushed) };
    let saved = GitTargets::save(&env.engine, &env.principal, form).await.unwrap();
    let left = saved.left.unwrap();
    assert_eq!((left.count, left.branch.as_str()), (1, "main"));
    assert_eq!(left.work_branch, pushed.work_branch, "main may have none of it");
    let moved = env.target(target).await;
    assert!(moved.is_merged && !moved.summary.is_waiting, "{moved:?}");
    workers.stop().await;
}
