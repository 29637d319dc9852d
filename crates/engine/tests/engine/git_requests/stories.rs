//! What becomes of a change that is asked for by pull request.

use domain::{
    Cause, CredentialId, GitTargetId, Secret,
    credentials::CreateCredential,
    gitops::{DestinationState, GitTargetForm},
    propagation::Progress,
    service::{Credentials, Notices},
};
use egress::{AllowList, Outbound};
use github::{Github, GithubSettings};

use testkit::git_server::CANARY;

use crate::{
    env::git::{REPOSITORY, export},
    env::{TestEnv, on_both},
    git_requests::{
        hosts::{Host, Mood, Opened, Standing},
        kinds::Kind,
    },
};

on_both!(
    github_is_asked_once_and_again_when_it_was_closed,
    gitlab_is_asked_once_and_again_when_it_was_closed,
    a_github_elsewhere_is_asked_at_its_own_api,
    a_merged_request_brings_the_target_in_step,
    one_that_somebody_else_opened_is_found,
    what_a_request_takes_away_is_known_until_it_is_merged,
    a_push_whose_request_was_refused_is_asked_for_again,
);

pub const FILE: &str = "clusters/prod/regcred.yaml";

/// A target that opens pull requests at a host, and the credential that it writes about.
pub struct Setting {
    pub env: TestEnv,
    pub host: Host,
    pub credential: CredentialId,
    pub target: GitTargetId,
}

impl Setting {
    pub async fn new(mut env: TestEnv, kind: Kind) -> Self {
        let host = Host::start(kind).await;
        if kind == Kind::GithubElsewhere {
            let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
            let settings = GithubSettings {
                web: host.origin.parse().unwrap(),
                api: format!("{}/its-api", host.origin).parse().unwrap(),
                oauth: None,
                app: None,
            };
            let callback = "http://localhost/oauth/github/callback".parse().unwrap();
            let github = Github::new(outbound, settings, callback);
            env.engine = env.engine.clone().connecting_to_github(github);
        }
        let credential = env.registry_credential("registry", "first").await;
        let form = CreateCredential {
            provider: kind.provider().into(),
            shape: "password".into(),
            name: "git".into(),
            username: "ann".into(),
            password: Secret::new(CANARY.into()),
            ..CreateCredential::default()
        };
        let login = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
        let export = env.save_export(export("regcred", &[credential])).await;
        let form = GitTargetForm {
            url: format!("{}/{REPOSITORY}.git", host.origin).into(),
            mode: "pull_request".into(),
            ..crate::env::git::target(&host.server, "prod", login, &[export])
        };
        let target = env.save_target(form).await;
        Self { env, host, credential, target }
    }

    pub fn page(&self, number: usize) -> String {
        format!("{}/{}", self.host.origin, self.host.kind.page(number))
    }

    pub fn show(&self, branch: &str) -> String {
        self.host.server.git(REPOSITORY, &["show", &format!("{branch}:{FILE}")])
    }

    /// Commits of a branch that `main` does not have.
    fn ahead(&self, branch: &str) -> String {
        self.host.server.git(REPOSITORY, &["rev-list", "--count", &format!("main..{branch}")])
    }

    async fn change(&self, password: &str) {
        let propagation = self.env.update(self.credential, password).await;
        let progress = self.env.end_of(propagation).await;
        assert_eq!((progress.counts.healthy, progress.counts.total()), (1, 1), "{progress:?}");
        assert_eq!(told(&progress), Some("Waits to be merged"), "{progress:?}");
    }
}

/// What the only line of an update says besides its state.
pub fn told(progress: &Progress) -> Option<&str> {
    let told = progress.lines.first().and_then(|line| line.told.as_ref());
    told.map(|told| told.title.as_str())
}

async fn github_is_asked_once_and_again_when_it_was_closed(env: TestEnv) {
    is_asked_once_and_again_when_it_was_closed(env, Kind::Github).await;
}

async fn gitlab_is_asked_once_and_again_when_it_was_closed(env: TestEnv) {
    is_asked_once_and_again_when_it_was_closed(env, Kind::Gitlab).await;
}

async fn a_github_elsewhere_is_asked_at_its_own_api(env: TestEnv) {
    is_asked_once_and_again_when_it_was_closed(env, Kind::GithubElsewhere).await;
}

async fn is_asked_once_and_again_when_it_was_closed(env: TestEnv, kind: Kind) {
    let setting = Setting::new(env, kind).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let main = host.server.head(REPOSITORY, "main");
    let workers = env.workers();
    let first = env.pushed(target).await;
    let branch = first.work_branch.clone();
    assert!(branch.starts_with("hawser/"), "{branch}");
    assert_eq!(first.pull_request_url, setting.page(1));
    assert!(first.summary.is_waiting);
    assert_eq!(host.server.head(REPOSITORY, &branch), first.summary.last_commit);
    assert!(setting.show(&branch).contains("version: \"1\""));
    let opened = Opened {
        head: branch.clone(),
        base: "main".into(),
        title: "hawser: update prod".into(),
        standing: Standing::Open,
    };
    assert_eq!(host.opened(), std::slice::from_ref(&opened));

    setting.change("second").await;
    let second = env.settled(target).await;
    assert_eq!((&second.work_branch, second.pull_request_url), (&branch, setting.page(1)));
    assert!(setting.show(&branch).contains("version: \"2\""));
    assert_eq!((host.opened(), setting.ahead(&branch)), (vec![opened.clone()], "2".to_owned()));

    host.close();
    let third = env.pushed(target).await;
    assert_eq!((&third.work_branch, third.pull_request_url), (&branch, setting.page(2)));
    let closed = Opened { standing: Standing::Closed, ..opened.clone() };
    assert_eq!((host.opened(), setting.ahead(&branch)), (vec![closed, opened], "2".to_owned()));
    assert_eq!(host.server.head(REPOSITORY, "main"), main, "nothing is pushed past the request");
    host.server.assert_sound(REPOSITORY);
    workers.stop().await;
}

async fn a_merged_request_brings_the_target_in_step(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    let branch = env.pushed(target).await.work_branch;
    host.merge();
    let merged = env.pushed(target).await;
    assert_eq!(merged.pull_request_url, "", "nothing waits any more");
    assert!(!merged.summary.is_waiting && merged.work_branch == branch);
    assert_eq!(merged.summary.last_commit, host.server.head(REPOSITORY, "main"));
    assert_eq!((merged.files, host.opened().len()), (vec![FILE.to_owned()], 1));

    // The branch that was merged is still there, and is not pushed to again.
    let before = host.server.head(REPOSITORY, &branch);
    setting.change("second").await;
    let next = env.settled(target).await;
    assert_eq!(
        (&next.work_branch, next.pull_request_url),
        (&format!("{branch}-2"), setting.page(2))
    );
    assert_eq!(host.server.head(REPOSITORY, &branch), before);
    assert_eq!(setting.ahead(&next.work_branch), "1");
    assert!(setting.show("main").contains("version: \"1\""));
    host.merge();
    assert!(setting.show("main").contains("version: \"2\""));
    assert_eq!(env.pushed(target).await.pull_request_url, "");
    workers.stop().await;
}

async fn one_that_somebody_else_opened_is_found(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let workers = setting.env.workers();
    setting.host.mood(Mood::Races);
    let detail = setting.env.pushed(setting.target).await;
    assert_eq!(detail.pull_request_url, setting.page(1));
    assert_eq!(setting.host.opened().len(), 1);
    workers.stop().await;
}

async fn a_push_whose_request_was_refused_is_asked_for_again(env: TestEnv) {
    let setting = Setting::new(env, Kind::Gitlab).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    host.mood(Mood::Forbids);
    let (cause, detail) = env.not_pushed(target).await;
    assert_eq!(cause, Cause::InsufficientScope);
    assert!(!detail.contains(CANARY), "{detail}");
    let failing = env.target(target).await;
    let branch = failing.work_branch;
    assert_eq!((setting.ahead(&branch).as_str(), failing.pull_request_url.as_str()), ("1", ""));
    let notices = async || {
        env.engine.make_notices().await.unwrap();
        Notices::list(&env.engine, &env.principal).await.unwrap()
    };
    let told = notices().await;
    assert_eq!(told.len(), 1, "{told:?}");
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    assert_eq!(setting.ahead(&branch), "2", "it is pushed all the same");
    assert_eq!(notices().await, told, "the same trouble is told once");

    host.mood(Mood::Honest);
    let mended = env.pushed(target).await;
    assert_eq!(mended.summary.state, DestinationState::InStep);
    assert_eq!((&mended.work_branch, mended.pull_request_url), (&branch, setting.page(1)));
    assert_eq!((setting.ahead(&branch).as_str(), host.opened().len()), ("2", 1));
    workers.stop().await;
}

async fn what_a_request_takes_away_is_known_until_it_is_merged(env: TestEnv) {
    let setting = Setting::new(env, Kind::Github).await;
    let (env, host, target) = (&setting.env, &setting.host, setting.target);
    let workers = env.workers();
    let other = env.save_export(export("other", &[setting.credential])).await;
    let mut form = crate::env::git::edited(&env.target(target).await);
    form.exports.push(other.to_string());
    env.save_target(form).await;
    env.pushed(target).await;
    host.merge();
    let both = env.pushed(target).await;
    assert_eq!((both.files.len(), both.pull_request_url.as_str()), (2, ""));

    let mut form = crate::env::git::edited(&both);
    form.exports.retain(|export| *export != other.to_string());
    env.save_target(form).await;
    let holds = |branch: &str| {
        let files = host.server.git(REPOSITORY, &["ls-tree", "-r", "--name-only", branch]);
        files.contains("clusters/prod/other.yaml")
    };
    for asked in [env.settled(target).await, env.pushed(target).await] {
        assert_eq!(asked.pull_request_url, setting.page(2));
        assert!(holds("main") && !holds(&asked.work_branch));
        assert_eq!(asked.files, [FILE.to_owned()]);
        assert_eq!(asked.leaving, ["clusters/prod/other.yaml"], "it is on the branch yet");
    }
    host.close();
    assert_eq!(env.pushed(target).await.pull_request_url, setting.page(3));
    host.merge();
    let merged = env.pushed(target).await;
    assert!(!holds("main"));
    assert_eq!((merged.pull_request_url.as_str(), merged.files), ("", vec![FILE.to_owned()]));
    workers.stop().await;
}
