//! A registry that takes tokens: Debian's `docker-registry`, which checks their signature, and in
//! front of it a service that grants what the account may have of what was asked. Both are one
//! origin, as at GHCR and Quay.

use std::sync::Arc;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::header::AUTHORIZATION,
    response::Response,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rcgen::{CertificateParams, KeyPair};
use serde_json::json;
use tokio::net::TcpListener;
use url::form_urlencoded;

use crate::{
    host::answer,
    registry::{Process, Registry},
};

pub struct TokenRegistry {
    pub authority: String,
    _process: Process,
    _registry: Registry,
}

struct Service {
    upstream: String,
    http: reqwest::Client,
    key: EcdsaKeyPair,
    certificate: Vec<u8>,
    rights: &'static [&'static str],
}

impl TokenRegistry {
    /// A registry with the chart `team/web`, where `ann` with the password `canary-right` has these
    /// rights.
    #[expect(clippy::disallowed_methods, reason = "this client stands in front of the registry")]
    pub async fn start(rights: &'static [&'static str]) -> Self {
        let registry = Registry::start().await;
        registry.push_chart("team/web", "1.0.0", "A chart").await;
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["tokens".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let realm = format!("http://{authority}/token");
        let (port, process) = registry.with_tokens(&realm, &certificate.pem()).await;
        let signing =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.serialized_der());
        let service = Service {
            upstream: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::new(),
            key: signing.unwrap(),
            certificate: certificate.der().to_vec(),
            rights,
        };
        let router = Router::new().fallback(serve).with_state(Arc::new(service));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { authority, _process: process, _registry: registry }
    }
}

async fn serve(State(service): State<Arc<Service>>, request: Request) -> Response {
    if request.uri().path() == "/token" {
        return service.grant(&request);
    }
    let path = request.uri().path_and_query().unwrap().to_string();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let mut ask = service.http.request(parts.method, format!("{}{path}", service.upstream));
    ask = ask.headers(parts.headers).body(body);
    let answered = ask.send().await.unwrap();
    let mut response = Response::builder().status(answered.status());
    *response.headers_mut().unwrap() = answered.headers().clone();
    response.body(Body::from(answered.bytes().await.unwrap())).unwrap()
}

impl Service {
    fn grant(&self, request: &Request) -> Response {
        let right = format!("Basic {}", STANDARD.encode("ann:canary-right"));
        match request.headers().get(AUTHORIZATION) {
            Some(login) if *login == *right => {}
            _ => return answer(401, &[], "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}"),
        }
        let query = request.uri().query().unwrap_or_default();
        let scopes = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "scope");
        let access: Vec<_> = scopes
            .filter_map(|(_, scope)| {
                let mut parts = scope.split(':');
                let (kind, name, actions) = (parts.next()?, parts.next()?, parts.next()?);
                let granted: Vec<_> =
                    actions.split(',').filter(|action| self.rights.contains(action)).collect();
                Some(json!({ "type": kind, "name": name, "actions": granted }))
            })
            .collect();
        let token = self.sign(&json!({
            "iss": "test", "aud": "registry.test", "sub": "ann", "jti": "1",
            "iat": 1_600_000_000, "nbf": 1_600_000_000, "exp": 7_000_000_000_u64,
            "access": access,
        }));
        answer(200, &[], json!({ "token": token, "expires_in": 300 }).to_string())
    }

    fn sign(&self, claims: &serde_json::Value) -> String {
        let header =
            json!({ "typ": "JWT", "alg": "ES256", "x5c": [STANDARD.encode(&self.certificate)] });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}
