//! What the tests of token exchange share: a stub that reads bodies, an owner, a clock by hand.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::to_bytes, extract::Request, response::Response};
use domain::{
    AuthMethod, CredentialId, OrganizationId, Secret, Timestamp,
    credentials::{Parameters, SecretMaterial},
    repositories::RepositoryUrl,
};
use egress::{AllowList, Failure, Login, LoginKey, Outbound};
use token_exchange::{Endpoints, ExchangeSettings, Exchanges, LoginReach, Owner};
use tokio::net::TcpListener;

use crate::authority::Identity;

/// The time of every test: nothing reads a clock.
pub const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// A stub in this process.
#[derive(Clone)]
pub struct Stub {
    pub authority: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// One request that arrived, with its body.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Asked {
    /// The fields of a form.
    pub fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Stub {
    pub async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Asked) -> Response + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stub =
            Self { authority: listener.local_addr().unwrap().to_string(), asked: Arc::default() };
        let (answer, own) = (Arc::new(answer), stub.clone());
        let router = Router::new().fallback(move |request: Request| {
            let (answer, own) = (Arc::clone(&answer), own.clone());
            async move {
                let asked = read(request).await;
                own.asked.lock().unwrap().push(asked.clone());
                answer(&asked)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    /// Speaks TLS in front of the stub, as `localhost`; answers with the authority.
    pub async fn with_tls(&self, identity: &Identity) -> String {
        identity.in_front_of(&self.authority).await
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let headers = parts.headers.iter();
    Asked {
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().unwrap().to_string(),
        headers: headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// Exchanges that may reach this host alone, with these endpoints (`service=URL,…`).
pub fn exchanges(allow: &str, endpoints: &str) -> Exchanges {
    let endpoints = Endpoints::parse(endpoints).unwrap();
    configured(allow, ExchangeSettings { endpoints, ..ExchangeSettings::default() })
}

pub fn configured(allow: &str, settings: ExchangeSettings) -> Exchanges {
    let outbound = Outbound::new(AllowList::parse(allow).unwrap()).unwrap();
    Exchanges::with(outbound, settings)
}

pub fn owner() -> Owner {
    let organization: OrganizationId = "0192f0c1-2345-7abc-8def-0123456789ab".parse().unwrap();
    let key = LoginKey { organization, credential: CredentialId::new(), vault_version: 1 };
    Owner {
        key: Some(key),
        organization,
        organization_name: "Acme, Inc.".into(),
        project_name: "Web Shop".into(),
        reach: LoginReach::Typed,
    }
}

/// The same credential after an update.
pub fn updated(owner: &Owner) -> Owner {
    let key = owner.key.unwrap();
    let vault_version = key.vault_version + 1;
    Owner { key: Some(LoginKey { vault_version, ..key }), ..owner.clone() }
}

/// A form that is not saved.
pub fn unsaved(owner: &Owner) -> Owner {
    Owner { key: None, ..owner.clone() }
}

pub fn material(
    shape: AuthMethod,
    username: &str,
    secret: &str,
    parameters: &Parameters,
) -> SecretMaterial {
    SecretMaterial::parse(shape, username, Secret::new(secret.into()), parameters).unwrap()
}

pub fn url(text: &str) -> RepositoryUrl {
    RepositoryUrl::parse(text).unwrap()
}

pub fn hours(hours: u64) -> Timestamp {
    NOW.plus(Duration::from_hours(hours))
}

/// Checks that neither the failure nor its whole chain holds any of these.
pub fn assert_tells_nothing(failure: &Failure, secrets: &[&str]) {
    let mut text = format!("{failure} {failure:?}");
    let mut source = std::error::Error::source(failure);
    while let Some(error) = source {
        write!(text, " {error} {error:?}").unwrap();
        source = error.source();
    }
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

pub fn pair(login: &Login) -> (&str, &str) {
    (&login.username, login.password.expose())
}
