//! A env with a GitHub, a clock that can be moved, and two people.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    CredentialId, Principal, Role, Secret, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::CredentialDetail,
    gitops::{GitAccount, WebStart},
    service::{Answer, Audit, Credentials, GitAccounts},
};
use egress::{AllowList, Outbound};
use engine::{Clock, Engine, ManualClock, SystemClock};
use github::{Github, GithubApp, GithubSettings, OauthClient};
use token_exchange::{ExchangeSettings, Exchanges, GithubHome, GithubIdentity};
use vault::VaultConfig;

use testkit::github_stub::{APP, CALLBACK, CLIENT, GithubStub as Stub, SECRET};

use crate::env::TestEnv;

pub struct Replica {
    pub env: TestEnv,
    pub engine: Engine,
    pub stub: Stub,
    pub clock: Arc<ManualClock>,
    pub ada: Principal,
    pub bob: Principal,
}

impl Replica {
    pub async fn new(env: TestEnv) -> Self {
        let vault = env.vault_config();
        Self::with(env, vault).await
    }

    /// A replica whose engine reaches Vault in this way.
    pub async fn with(env: TestEnv, vault: VaultConfig) -> Self {
        let stub = Stub::start().await;
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let ada = env.principal.clone();
        let bob = env.member("Bob", Role::Owner).await;
        let engine = env.engine_with(Arc::clone(&clock) as Arc<dyn Clock>, vault).await;
        let engine = connecting(&env, engine, &stub);
        Self { env, engine, stub, clock, ada, bob }
    }

    /// Another replica.
    pub async fn replica(&self) -> Engine {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let engine = self.env.engine_with(clock, self.env.vault_config()).await;
        connecting(&self.env, engine, &self.stub)
    }

    pub async fn begin(&self, principal: &Principal) -> WebStart {
        GitAccounts::begin_web(&self.engine, principal).await.unwrap()
    }

    pub async fn finish(
        &self,
        principal: &Principal,
        browser: &Secret,
        (state, code): &(String, String),
    ) -> Answer<CredentialId> {
        let (state, code) = (Secret::new(state.clone()), Secret::new(code.clone()));
        GitAccounts::finish_web(&self.engine, principal, browser.clone(), state, code).await
    }

    /// Connects whoever agrees at GitHub now.
    pub async fn connect(&self, principal: &Principal) -> Answer<CredentialId> {
        let start = self.begin(principal).await;
        let back = self.stub.agree(&start.url);
        self.finish(principal, &start.browser, &back).await
    }

    pub async fn list(&self, principal: &Principal) -> Vec<GitAccount> {
        GitAccounts::list(&self.engine, principal).await.unwrap()
    }

    /// Uses an account, as everything does that shows its token.
    pub async fn look(&self, principal: &Principal, id: CredentialId) -> Answer<usize> {
        let found = GitAccounts::repositories(&self.engine, principal, id, "").await;
        found.map(|found| found.len())
    }

    pub async fn get(&self, id: CredentialId) -> CredentialDetail {
        Credentials::get(&self.engine, &self.ada, id).await.unwrap()
    }

    pub async fn logged(&self, action: AuditAction) -> usize {
        let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
        Audit::list(&self.engine, &self.ada, query).await.unwrap().rows.len()
    }

    pub fn settings(&self) -> GithubSettings {
        settings(&self.env, &self.stub)
    }

    /// To where the tokens of GitHub have almost ended.
    pub fn tokens_end(&self) {
        self.clock.advance(Duration::from_hours(8).saturating_sub(Duration::from_mins(4)));
    }
}

/// How Hawser is known to the stub.
fn settings(env: &TestEnv, stub: &Stub) -> GithubSettings {
    let file = |name: &str, text: &str| {
        let path = env.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let identity = GithubIdentity { app_id: APP.into(), key_file: file("key.pem", key()) };
    GithubSettings {
        web: stub.url(),
        api: stub.api(),
        oauth: Some(OauthClient {
            id: CLIENT.into(),
            secret_file: file("secret", SECRET),
            scopes: vec!["repo".into()],
        }),
        app: Some(GithubApp { identity, slug: "hawser".into() }),
    }
}

fn connecting(env: &TestEnv, engine: Engine, stub: &Stub) -> Engine {
    let settings = settings(env, stub);
    let mut exchange = ExchangeSettings::default();
    exchange.endpoints.github = Some(stub.api());
    let app = settings.app.clone().map(|app| app.identity);
    exchange.github = GithubHome { web: Some(stub.url()), app };
    let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
    let github = Github::new(outbound.clone(), settings, CALLBACK.parse().unwrap());
    engine.exchanging_with(Exchanges::with(outbound, exchange)).connecting_to_github(github)
}

/// The sentence of a refusal, which is never GitHub's.
pub fn sentence<T: std::fmt::Debug>(answer: Answer<T>) -> String {
    let problem = answer.unwrap_err();
    assert!(!format!("{problem:?}").contains("canary"), "{problem:?}");
    match problem {
        ServiceError::Invalid(problems) => problems[0].message.clone(),
        other => other.to_string(),
    }
}

/// The app's key. That it signs rightly is tested with the exchange of app keys.
fn key() -> &'static str {
    static KEY: LazyLock<String> = LazyLock::new(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = pair.as_der().unwrap();
        let packed = STANDARD.encode(der.as_ref());
        format!("-----BEGIN PRIVATE KEY-----\n{packed}\n-----END PRIVATE KEY-----\n")
    });
    &KEY
}
