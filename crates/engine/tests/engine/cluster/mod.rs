//! A stub of a Kubernetes API server. No real one exists where these tests run, so it keeps the rules
//! that matter here: TLS with an authority of its own, tokens and client certificates, discovery,
//! server-side apply with field managers, dry runs, preconditions, and refusals as `Status` objects.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod answers;
mod fields;
pub mod fleet;
mod gate;
pub mod log;
mod objects;
mod tls;

use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::{Method, header::AUTHORIZATION, header::CONTENT_TYPE},
    response::Response,
};
use serde_json::{Value, json};

use answers::{broken_off, echo, endless, json_answer, status};
use gate::Gate;
pub use objects::Key;
use objects::{Objects, Refused};
use tls::{Authority, Peer};

/// How the server behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    #[default]
    Well,
    /// It takes requests and breaks its answers off.
    Away,
    /// It is well for so many requests, and then away.
    WellFor(usize),
    /// Its answers do not end.
    Endless,
    /// It sends everybody elsewhere.
    Redirects,
    /// It answers what nobody asked for.
    Senseless,
    /// It answers with a web page.
    WebPage,
    /// It refuses every change with the words of the request.
    Echoes,
    /// It tells how an object is when the test lets it.
    Slow,
}

/// The namespaces that there are.
pub const NAMESPACES: [&str; 2] = ["team-a", "team-b"];
const TOKEN: &str = "token-canary-7f3a";

#[derive(Clone)]
pub struct ApiStub {
    port: u16,
    authority: Arc<Authority>,
    state: Arc<Mutex<State>>,
    asked: Arc<AtomicUsize>,
    gate: Gate,
}

/// What somebody else does to the objects while Hawser works.
pub type Meanwhile = Box<dyn FnOnce(&mut Objects) + Send>;
#[derive(Default)]
pub struct State {
    pub objects: Objects,
    pub mood: Mood,
    /// Kinds that nobody may write.
    pub forbidden: Vec<&'static str>,
    /// Whether the External Secrets Operator is installed.
    pub has_operator: bool,
    /// What somebody does right before the next change.
    pub meanwhile: Option<Meanwhile>,
    /// Methods and paths of requests that were let in, in order.
    pub seen: Vec<String>,
}

impl ApiStub {
    pub async fn start() -> Self {
        let authority = Arc::new(Authority::new());
        let (listener, port) = authority.listen().await;
        let (state, asked) = (Arc::default(), Arc::default());
        let stub = Self { port, authority, state, asked, gate: Gate::shut() };
        stub.state().has_operator = true;
        let own = stub.clone();
        let router = Router::new().fallback(move |peer: ConnectInfo<Peer>, request: Request| {
            let own = own.clone();
            async move { own.answer(peer.0, request).await }
        });
        let service = router.into_make_service_with_connect_info::<Peer>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        stub
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn set(&self, mood: Mood) {
        self.state().mood = mood;
        self.asked.store(0, Ordering::SeqCst);
    }

    /// How often an object was changed.
    pub fn changes_of(&self, name: &str) -> usize {
        let path = format!("/{name}?");
        let seen = &self.state().seen;
        seen.iter().filter(|seen| seen.starts_with("PATCH") && seen.contains(&path)).count()
    }

    /// The address that kubeconfigs name.
    pub fn server(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// A kubeconfig with this token.
    pub fn kubeconfig_with(&self, token: &str) -> String {
        self.kubeconfig_of(&json!({"token": token}))
    }

    /// A kubeconfig that works.
    pub fn kubeconfig(&self) -> String {
        self.kubeconfig_with(TOKEN)
    }

    /// One with a client certificate.
    pub fn kubeconfig_with_certificate(&self) -> String {
        let (certificate, key) = self.authority.client();
        self.kubeconfig_of(&json!({"client-certificate-data": tls::packed(&certificate),
            "client-key-data": tls::packed(&key)}))
    }

    fn kubeconfig_of(&self, user: &Value) -> String {
        json!({"apiVersion": "v1", "kind": "Config", "current-context": "stub",
            "clusters": [{"name": "stub", "cluster": {"server": self.server(),
                "certificate-authority-data": tls::packed(&self.authority.pem())}}],
            "contexts": [{"name": "stub", "context": {"cluster": "stub", "user": "hawser", "namespace": "team-a"}}],
            "users": [{"name": "hawser", "user": user}]})
        .to_string()
    }

    /// How often a change was let in since the start.
    pub fn writes(&self) -> usize {
        self.state().seen.iter().filter(|seen| !seen.starts_with("GET")).count()
    }

    async fn answer(&self, peer: Peer, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        let count = self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = self.state().mood;
        match mood {
            Mood::Away => return broken_off(),
            Mood::Endless => return endless(),
            Mood::Redirects => {
                let to = "https://elsewhere.example.com/";
                return Response::builder()
                    .status(307)
                    .header("location", to)
                    .body(Body::empty())
                    .unwrap();
            }
            Mood::Senseless => return json_answer(200, &json!({"kind": "Pod", "resources": 7})),
            Mood::WebPage => return Response::new(Body::from("<!doctype html><p>Log in</p>")),
            Mood::Echoes if parts.method == Method::PATCH => {
                return json_answer(422, &status(&Refused::new(422, "Invalid", &echo(&bytes))));
            }
            Mood::WellFor(requests) if count >= requests => return broken_off(),
            Mood::Slow
                if parts.method == Method::GET && parts.uri.path().contains("/namespaces/") =>
            {
                self.gate.pass().await;
            }
            Mood::Well | Mood::WellFor(_) | Mood::Echoes | Mood::Slow => {}
        }
        let token =
            parts.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
        let is_known = token.as_deref() == Some(&format!("Bearer {TOKEN}"))
            || (token.is_none() && peer.showed_certificate);
        if !is_known {
            return json_answer(401, &status(&Refused::new(401, "Unauthorized", "Unauthorized")));
        }
        let media = parts.headers.get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
        let mut state = self.state();
        state.seen.push(format!("{} {}", parts.method, parts.uri));
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        match state.route(
            &parts.method,
            parts.uri.path(),
            parts.uri.query().unwrap_or(""),
            media,
            &body,
        ) {
            Ok(value) => json_answer(200, &value),
            Err(refused) => json_answer(refused.code, &status(&refused)),
        }
    }
}

impl State {
    fn route(
        &mut self,
        method: &Method,
        path: &str,
        query: &str,
        media: &str,
        body: &Value,
    ) -> Result<Value, Refused> {
        let segments: Vec<_> = path.trim_matches('/').split('/').collect();
        let missing =
            || Refused::new(404, "NotFound", "the server could not find the requested resource");
        let (api_version, rest) = match segments.as_slice() {
            ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"] => {
                return Ok(self.review(&body["spec"]["resourceAttributes"]));
            }
            ["api", version, rest @ ..] => ((*version).to_owned(), rest),
            ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
            _ => return Err(missing()),
        };
        let resources = self.resources(&api_version).ok_or_else(missing)?;
        let [.., plural, name] = rest else {
            return Ok(json!({"kind": "APIResourceList", "groupVersion": api_version,
                "resources": resources.iter().map(|(plural, kind)| json!({"name": plural, "kind": kind,
                    "namespaced": true, "verbs": ["get"]})).chain([json!({"name": "x/status",
                    "kind": resources[0].1, "namespaced": true})]).collect::<Vec<_>>()}));
        };
        let ["namespaces", namespace, _, _] = rest else { return Err(missing()) };
        let (_, kind) = resources.iter().find(|(known, _)| known == plural).ok_or_else(missing)?;
        if self.forbidden.contains(kind) && method != Method::GET {
            let words = format!(
                "{plural} \"{name}\" is forbidden: User \"system:serviceaccount:ci:hawser\" cannot patch resource \"{plural}\" in API group \"\" in the namespace \"{namespace}\""
            );
            return Err(Refused::new(403, "Forbidden", &words));
        }
        let key = Key::new(&api_version, kind, namespace, name);
        if method != Method::GET
            && let Some(meanwhile) = self.meanwhile.take()
        {
            meanwhile(&mut self.objects);
        }
        let asks = |pair: &str| query.split('&').any(|asked| asked == pair);
        match *method {
            Method::GET => self.objects.get(&key),
            Method::DELETE => self.objects.delete(&key, body),
            Method::PATCH => {
                if media != "application/apply-patch+yaml" || !asks("force=false") {
                    return Err(Refused::new(415, "UnsupportedMediaType", "not an apply of ours"));
                }
                if !NAMESPACES.contains(namespace) {
                    let words = format!("namespaces \"{namespace}\" not found");
                    let missing = Refused::new(404, "NotFound", &words);
                    return Err(Refused { about: "namespaces", ..missing });
                }
                let manager = query.split('&').find_map(|pair| pair.strip_prefix("fieldManager="));
                let manager = manager.ok_or_else(|| {
                    Refused::new(400, "BadRequest", "fieldManager is required for apply patch")
                })?;
                self.objects.apply(&key, manager, body, asks("dryRun=All"))
            }
            _ => Err(Refused::new(405, "MethodNotAllowed", "method not allowed")),
        }
    }

    /// The login may write in `team-a` and nowhere else.
    fn review(&self, asked: &Value) -> Value {
        let is_allowed = asked["namespace"] == "team-a"
            && (asked["verb"].as_str(), asked["resource"].as_str())
                == (Some("patch"), Some("secrets"))
            && self.forbidden.is_empty();
        json!({"kind": "SelfSubjectAccessReview", "status": {"allowed": is_allowed}})
    }

    fn resources(&self, api_version: &str) -> Option<Vec<(&'static str, &'static str)>> {
        match api_version {
            "v1" => Some(vec![("secrets", "Secret"), ("serviceaccounts", "ServiceAccount")]),
            "external-secrets.io/v1" if self.has_operator => {
                Some(vec![("externalsecrets", "ExternalSecret")])
            }
            _ => None,
        }
    }
}
