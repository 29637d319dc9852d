//! The login: one token for everybody, renewed before it ends.

#![expect(clippy::disallowed_methods, reason = "hands Vault's token to its client")]

use std::{sync::Arc, time::Duration};

use domain::Secret;
use serde::Serialize;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};
use vaultrs::api::EndpointMiddleware;

use super::{
    Distrust, Unavailable, VaultConfig, VaultError,
    call::{Effect, Reply, VaultCall},
    client::TokenClient,
};
use egress::wire::Exposed;

/// After a refused login nobody tries again for so long: Vault may lock the role out.
const AFTER_REFUSAL: Duration = Duration::from_secs(10);
/// After a login that did not reach Vault.
const AFTER_OUTAGE: Duration = Duration::from_secs(1);
const NO_APP_ROLE: VaultError =
    VaultError::Configuration("no AppRole login answers at this mount, or in this namespace");
/// The shortest time a token is used, whatever its lease says.
const SHORTEST: Duration = Duration::from_secs(5);

pub(super) struct Session {
    config: VaultConfig,
    http: reqwest::Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    failed: Option<(Instant, VaultError)>,
}

#[derive(Clone)]
struct Token {
    client: Arc<TokenClient>,
    since: Instant,
    renew_at: Instant,
}

/// Every state is an answer, and none a failure.
const HEALTH: &str = "standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200&drsecondarycode=200&performancestandbycode=200";

/// Whether a failed login a moment ago counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    Wait,
    TryNow,
}

impl Session {
    pub(super) fn new(config: VaultConfig) -> Result<Self, VaultError> {
        config.check()?;
        let http = config.http()?;
        Ok(Self { config, http, state: Mutex::default() })
    }

    /// Makes a call; a token that is refused is replaced once.
    pub(super) async fn call(&self, call: &VaultCall) -> Result<Reply, VaultError> {
        self.with_token(call, Patience::Wait).await
    }

    /// The same without waiting after a failed login, for the check whether Vault is ready.
    pub(super) async fn probe(&self, call: &VaultCall) -> Result<Reply, VaultError> {
        self.with_token(call, Patience::TryNow).await
    }

    /// What Vault says of itself, without a login. It is asked outside of namespaces, which do not know.
    /// <https://developer.hashicorp.com/vault/api-docs/system/health>
    pub(super) async fn health(&self) -> Result<Reply, VaultError> {
        let call = VaultCall::get("sys/health".to_owned()).query(HEALTH.to_owned());
        call.send(&self.client_in(None, String::new())).await
    }

    /// Logs in, whatever token there is.
    pub(super) async fn log_in_anew(&self) -> Result<(), VaultError> {
        let token = self.login().await?;
        *self.state.lock().await = State { token: Some(token), failed: None };
        Ok(())
    }

    /// Where Vault is.
    pub(super) fn address(&self) -> &str {
        self.config.address.as_str().trim_end_matches('/')
    }

    /// An error of the connection or the login, with what of the configuration it is about.
    pub(super) fn explain(&self, error: VaultError) -> String {
        let address = self.address();
        match error {
            VaultError::Unavailable(Unavailable::Certificate(Distrust::Authority)) => {
                if self.config.ca_pem.is_some() {
                    format!("{address}: {error}: the configured CA file holds another authority")
                } else {
                    format!("{address}: {error}: no CA file is configured, so the system's count")
                }
            }
            VaultError::Unavailable(_) => format!("{address}: {error}"),
            VaultError::Configuration(_) => {
                let mount = self.config.approle_mount.trim_matches('/');
                let namespace = self.config.namespace.as_deref().unwrap_or("none");
                format!("{address}, login at auth/{mount}, namespace {namespace}: {error}")
            }
            error => error.to_string(),
        }
    }

    async fn with_token(&self, call: &VaultCall, patience: Patience) -> Result<Reply, VaultError> {
        let client = self.token(None, patience).await?;
        match call.send(&client).await {
            // Refused before anything happened, so even a write may be sent again.
            Err(refusal @ (VaultError::Forbidden(_) | VaultError::LoginRefused)) => {
                let client = self.token(Some((&client, refusal)), patience).await?;
                call.send(&client).await
            }
            result => result,
        }
    }

    /// The token, or a new one when it is due or `refused`. One login at a time; who waits for it
    /// gets its outcome.
    async fn token(
        &self,
        refused: Option<(&Arc<TokenClient>, VaultError)>,
        patience: Patience,
    ) -> Result<Arc<TokenClient>, VaultError> {
        let mut state = self.state.lock().await;
        let is_refused = |token: &&Token| {
            refused.is_some_and(|(refused, _)| Arc::ptr_eq(refused, &token.client))
        };
        // A token that is new and refused is one that may not: another would not either.
        if let Some((_, refusal)) = refused
            && let Some(token) = state.token.as_ref().filter(is_refused)
            && token.since.elapsed() < AFTER_REFUSAL
        {
            return Err(refusal);
        }
        let usable = state.token.as_ref().filter(|token| !is_refused(token));
        if let Some(token) = usable.filter(|token| Instant::now() < token.renew_at) {
            return Ok(Arc::clone(&token.client));
        }
        let due = usable.cloned();
        let recent = state.failed.filter(|(at, error)| {
            let pause = if error.may_pass() { AFTER_OUTAGE } else { AFTER_REFUSAL };
            patience == Patience::Wait && at.elapsed() < pause
        });
        let outcome = match recent {
            Some((_, VaultError::Unavailable(_))) => {
                Err(VaultError::Unavailable(Unavailable::LoginFailed))
            }
            Some((_, error)) => Err(error),
            None => self.login().await,
        };
        match (outcome, due) {
            (Ok(token), _) => {
                let client = Arc::clone(&token.client);
                *state = State { token: Some(token), failed: None };
                Ok(client)
            }
            // The old token is due and not over: it serves on while logins fail.
            (Err(error), due) => {
                if recent.is_none() {
                    // Before the first login Vault may still be starting; readiness tells of it.
                    if state.token.is_none() && error.may_pass() {
                        tracing::debug!(%error, "failed to log in to Vault; will retry");
                    } else {
                        tracing::warn!(%error, "failed to log in to Vault");
                    }
                    state.failed = Some((Instant::now(), error));
                }
                due.map(|token| token.client).ok_or(error)
            }
        }
    }

    async fn login(&self) -> Result<Token, VaultError> {
        let (role, secret) = self.config.app_role().await?;
        let path = format!("auth/{}/login", self.config.approle_mount.trim_matches('/'));
        let body = AppRole { role_id: Exposed(&role), secret_id: Exposed(&secret) };
        // A login changes nothing that a lost answer could leave open.
        let mut reply = VaultCall::post(path, &body, Effect::Reads)
            .send(&self.client(String::new()))
            .await
            .map_err(|error| match error {
                // Vault says 400 to a wrong role or secret id, and 403 or 404 where nobody takes logins.
                VaultError::Malformed => VaultError::LoginRefused,
                VaultError::LoginRefused | VaultError::NotFound => NO_APP_ROLE,
                VaultError::Configuration(_) if self.config.namespace.is_none() => NO_APP_ROLE,
                error => error,
            })?;
        let lease = Duration::from_secs(reply.number("/auth/lease_duration").unwrap_or(0));
        let Value::String(token) = reply.take_value("/auth/client_token") else {
            return Err(VaultError::Malformed);
        };
        let token = Secret::new(token);
        // The middleware would panic on a token that is no header value.
        if token.is_empty() || !token.is_made_of(|byte| byte.is_ascii_graphic()) {
            return Err(VaultError::Malformed);
        }
        let since = Instant::now();
        Ok(Token {
            client: Arc::new(self.client(token.expose().to_owned())),
            since,
            renew_at: since + (lease * 2 / 3).max(SHORTEST),
        })
    }

    fn client(&self, token: String) -> TokenClient {
        self.client_in(self.config.namespace.clone(), token)
    }

    fn client_in(&self, namespace: Option<String>, token: String) -> TokenClient {
        TokenClient {
            http: self.http.clone(),
            address: self.config.address.to_string(),
            middleware: EndpointMiddleware {
                token,
                version: "v1".to_owned(),
                wrap: None,
                namespace,
            },
        }
    }
}

/// The body of a login.
#[derive(Serialize)]
struct AppRole<'a> {
    role_id: Exposed<'a>,
    secret_id: Exposed<'a>,
}
