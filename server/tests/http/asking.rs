//! A Hawser in a temporary folder, and requests to it.

use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
};
use domain::{Timestamp, UserId};
use egress::{AllowList, Outbound};
use engine::{Engine, ManualClock};
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use metrics_exporter_prometheus::PrometheusBuilder;
use registries::Registries;
use server::{
    Parts, Site,
    web::{
        Assets, Probes, PublicUrl, RequestRate, SessionRows, TrustedProxies, for_operators,
        routes::{Listener, ROUTES},
    },
};
use sqlx::{AssertSqlSafe, Connection as _};
use storage::Db;
use tokio::sync::watch;
use tower::ServiceExt as _;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};
use vault::{Vault, VaultConfig};

pub const HOST: &str = "127.0.0.1:3000";
pub const PASSWORD: &str = "correct horse battery staple";

/// Whether the public URL is https.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

/// A running router with what it stands on.
pub struct Hawser {
    pub router: Router,
    /// What answers at the listener of whoever runs Hawser.
    pub operators: Router,
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    pub site: Site,
    pub sessions: SessionRows,
    pub db: Db,
    pub public: String,
    pub host: String,
    pub stop: watch::Sender<bool>,
    scheme: Scheme,
    database: String,
    _folder: Option<tempfile::TempDir>,
}

/// What a Hawser stands on.
pub struct Ground {
    pub database: String,
    pub vault: VaultConfig,
    pub allow: AllowList,
}

impl Ground {
    /// SQLite in this folder, and a Vault that is not there.
    pub fn of_folder(folder: &Path) -> Self {
        let vault = VaultConfig {
            address: "http://127.0.0.1:9".parse().unwrap(),
            mount: "secret".to_owned(),
            namespace: None,
            ca_pem: None,
            role_id: folder.join("role_id"),
            secret_id: folder.join("secret_id"),
            approle_mount: "approle".to_owned(),
        };
        let database = format!("sqlite://{}/hawser.db", folder.display());
        Self { database, vault, allow: AllowList::default() }
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The cookie of the session that the answer sets, as a request sends it.
    pub fn cookie(&self) -> Option<String> {
        let cookie = self.header("set-cookie").split(';').next().unwrap();
        (!cookie.is_empty()).then(|| cookie.to_owned())
    }
}

impl Hawser {
    pub async fn start() -> Self {
        Self::start_with(Scheme::Http).await
    }

    pub async fn start_with(scheme: Scheme) -> Self {
        Self::start_as(scheme, |engine| engine).await
    }

    /// With what else the engine is to have.
    pub async fn start_as(scheme: Scheme, with: impl FnOnce(Engine) -> Engine) -> Self {
        let unlimited = RequestRate::parse("1000000").unwrap();
        Self::start_for(scheme, TrustedProxies::default(), unlimited, with).await
    }

    /// Behind proxies, and with a limit on requests.
    pub async fn start_for(
        scheme: Scheme,
        trusted_proxies: TrustedProxies,
        request_rate: RequestRate,
        with: impl FnOnce(Engine) -> Engine,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::of_folder(folder.path());
        let asked = (trusted_proxies, request_rate);
        Self { _folder: Some(folder), ..Self::assemble(scheme, asked, ground, with).await }
    }

    /// With its data in this folder, which outlives it.
    pub async fn start_in(folder: &Path) -> Self {
        Self::start_on(Ground::of_folder(folder), |engine| engine).await
    }

    /// On this database and Vault.
    pub async fn start_on(ground: Ground, with: impl FnOnce(Engine) -> Engine) -> Self {
        let asked = (TrustedProxies::default(), RequestRate::parse("1000000").unwrap());
        Self::assemble(Scheme::Http, asked, ground, with).await
    }

    async fn assemble(
        scheme: Scheme,
        (trusted_proxies, request_rate): (TrustedProxies, RequestRate),
        Ground { database, vault, allow }: Ground,
        with: impl FnOnce(Engine) -> Engine,
    ) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let db = Db::open(&database).await.unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_800_000_000_000)));
        let vault = Vault::connect(vault).await.unwrap();
        let registries = Registries::new(Outbound::new(allow).unwrap());
        let engine = with(Engine::new(db.clone(), vault, registries, clock.clone()).await.unwrap());
        let (public, host) = match scheme {
            Scheme::Http => (format!("http://{HOST}"), HOST),
            Scheme::Https => ("https://hawser.example.com".to_owned(), "hawser.example.com"),
        };
        let (stop, stopped) = watch::channel(false);
        let probes = Probes::new(PrometheusBuilder::new().build_recorder().handle());
        let site = Site::new(Parts {
            engine: engine.clone(),
            probes: probes.clone(),
            db: db.clone(),
            clock: clock.clone(),
            public: PublicUrl::parse(&public).unwrap(),
            listen: HOST.parse().unwrap(),
            assets: bundle(),
            trusted_proxies,
            request_rate,
            stop: stopped,
        });
        let (router, sessions) = (server::router(&site), site.sessions().clone());
        Self {
            router,
            operators: for_operators(&probes),
            site,
            engine,
            clock,
            sessions,
            db,
            public,
            host: host.to_owned(),
            stop,
            scheme,
            database,
            _folder: None,
        }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        Self::read(response).await
    }

    /// Sends a request; answers headers and body as they are sent.
    pub async fn bytes(&self, request: Request<Body>) -> (HeaderMap, Vec<u8>) {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.headers, body.to_vec())
    }

    /// The address of the set-up page.
    pub async fn set_up_page(&self) -> String {
        let link = self.engine.set_up_link().await.unwrap().unwrap();
        format!("/setup/{}", link.token.expose())
    }

    /// Sends a request, and hangs up where the answer is a stream.
    pub async fn begin(&self, at: Listener, request: Request<Body>) -> Answer {
        let router = match at {
            Listener::Public => &self.router,
            Listener::Operators => &self.operators,
        };
        let mut response = router.clone().oneshot(request).await.unwrap();
        if response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "text/event-stream")
        {
            *response.body_mut() = Body::empty();
        }
        Self::read(response).await
    }

    pub async fn read(response: Response<Body>) -> Answer {
        let (parts, body) = response.into_parts();
        let bytes = tokio::time::timeout(Duration::from_secs(20), to_bytes(body, 16 << 20))
            .await
            .unwrap()
            .unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder().method(method).uri(path).header(header::HOST, &self.host)
    }

    /// Opens a page as a browser does.
    pub async fn page(&self, path: &str, cookie: &str) -> Answer {
        let request = self
            .request(Method::GET, path)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", "none")
            .header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a browser without JavaScript does, from a page of ours.
    pub async fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, &self.public)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie);
        self.send(request.body(Body::from(encoded(fields))).unwrap()).await
    }

    /// Makes the first account through the set-up link; answers the session's cookie.
    pub async fn set_up(&self) -> String {
        let link = self.engine.set_up_link().await.unwrap().unwrap();
        let answer = self
            .form(
                "/actions/set-up",
                "",
                &[
                    ("token", link.token.expose()),
                    ("organization", "Harbour"),
                    ("name", "Ada"),
                    ("email", "ada@example.com"),
                    ("password", PASSWORD),
                ],
            )
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.cookie().unwrap()
    }

    /// Runs a statement behind the server's back.
    pub async fn sql(&self, text: &str) {
        let mut connection = sqlx::SqliteConnection::connect(&self.database).await.unwrap();
        sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
    }

    /// The person behind a cookie.
    pub async fn user_of(&self, cookie: &str) -> UserId {
        let id: Id = cookie.split_once('=').unwrap().1.parse().unwrap();
        let record = self.sessions.load(&id).await.unwrap().unwrap();
        record.data["user"].as_str().unwrap().parse().unwrap()
    }

    /// A new session of a person, made without a password.
    pub async fn session_of(&self, user: UserId) -> String {
        let mut record = Record {
            id: Id::default(),
            data: [("user".to_owned(), user.to_string().into())].into(),
            expiry_date: time::OffsetDateTime::UNIX_EPOCH,
        };
        self.sessions.create(&mut record).await.unwrap();
        let name = if self.scheme == Scheme::Https { "__Host-hawser" } else { "hawser" };
        format!("{name}={}", record.id)
    }

    /// Asks `/readyz` until it says this.
    pub async fn readiness_is(&self, wanted: &str) {
        let mut said = String::new();
        for _ in 0..100 {
            let request = self.request(Method::GET, "/readyz");
            said = self.send(request.body(Body::empty()).unwrap()).await.text;
            if said.contains(wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(said, wanted);
    }

    /// Whether a cookie still signs somebody in.
    pub async fn knows(&self, cookie: &str) -> bool {
        self.page("/credentials", cookie).await.status == StatusCode::OK
    }
}

/// Every route that takes a form.
pub fn forms() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().filter(|route| route.kind.method() == Method::POST).map(|route| route.path)
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub fn bundle() -> Assets {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "manifest.json",
            r#"{"js":"/pkg/hawser.1.js","wasm":"/pkg/hawser_bg.1.wasm","css":"/pkg/main.1.css","awake":"/pkg/awake.1.js","follow":"/pkg/follow.1.js","palette":"/pkg/palette.1.js","forms":"/pkg/forms.1.js"}"#,
        ),
        ("pkg/hawser.1.js", "export default 1"),
        ("pkg/hawser_bg.1.wasm", "\0asm"),
        ("pkg/hawser_bg.1.wasm.br", "compressed"),
        ("pkg/main.1.css", "body{}"),
        ("public/favicon.svg", "<svg/>"),
        ("public/favicon-failing.svg", "<svg/>"),
        ("public/icons.svg", "<svg/>"),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Assets::read(folder.path()).unwrap()
}

/// A form with a file, and the fingerprint of its preview; answers its type and its body.
pub fn multipart(file: &str, previewed: &str) -> (&'static str, String) {
    const TYPE: &str = "multipart/form-data; boundary=parts";
    let body = format!(
        "--parts\r\ncontent-disposition: form-data; name=\"previewed\"\r\n\r\n{previewed}\r\n\
         --parts\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
         content-type: text/csv\r\n\r\n{file}\r\n--parts--\r\n"
    );
    (TYPE, body)
}
