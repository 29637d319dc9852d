//! Real charts: made and pushed by helm into Debian's `docker-registry`, and into indexes over HTTP.

use std::process::{Child, Command, Stdio};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::clients::program::Shell;

pub const USER: &str = "robot";
pub const PASSWORD: &str = "pass word $1 'x'";

/// A chart archive in the folder of a shell; answers its file name.
pub fn package(shell: &Shell, name: &str, version: &str) -> String {
    let folder = shell.folder().join("charts").join(name);
    std::fs::create_dir_all(folder.join("templates")).unwrap();
    let chart = format!("apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: '9'\n");
    std::fs::write(folder.join("Chart.yaml"), chart).unwrap();
    let template = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: made-by-{name}\n");
    std::fs::write(folder.join("templates/map.yaml"), template).unwrap();
    shell.does(&format!("helm package charts/{name}"), "");
    format!("{name}-{version}.tgz")
}

/// A registry without TLS that asks for a login.
pub struct Registry {
    pub host: String,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Registry {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let users = Command::new("htpasswd").args(["-Bbn", USER, PASSWORD]).output().unwrap();
        std::fs::write(folder.path().join("users"), users.stdout).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (host, at) = (format!("127.0.0.1:{port}"), folder.path().display());
        let config = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: {at}/data}}}}\nhttp: {{addr: '{host}', secret: x}}\n\
             auth: {{htpasswd: {{realm: test, path: {at}/users}}}}\n"
        );
        let file = folder.path().join("registry.yml");
        std::fs::write(&file, config).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's docker-registry");
        for _ in 0..400 {
            if tokio::net::TcpStream::connect(&host).await.is_ok() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        Self { host, process, _folder: folder }
    }

    /// Pushes charts, each to a namespace.
    pub fn push(&self, charts: &[(&str, &str, &str)]) {
        let shell = Shell::new();
        let host = &self.host;
        let login =
            format!("helm registry login {host} --username {USER} --password-stdin --plain-http");
        shell.does(&login, PASSWORD);
        for (namespace, name, version) in charts {
            let file = package(&shell, name, version);
            shell.does(&format!("helm push {file} oci://{host}/{namespace} --plain-http"), "");
        }
    }
}

/// What an HTTP server of chart repositories knows.
#[derive(Clone)]
struct Files {
    folder: std::sync::Arc<Shell>,
    login: Option<String>,
}

/// Serves a folder on loopback, with a login or without; answers its host.
async fn serve(folder: Shell, password: Option<&str>) -> String {
    let login =
        password.map(|password| format!("Basic {}", STANDARD.encode(format!("{USER}:{password}"))));
    let files = Files { folder: folder.into(), login };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let router = Router::new().fallback(answer).with_state(files);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    host
}

async fn answer(State(files): State<Files>, request: Request) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|login| login.to_str().ok());
    if files.login.is_some() && files.login.as_deref() != shown {
        let asks = [(header::WWW_AUTHENTICATE, "Basic realm=\"charts\"")];
        return (StatusCode::UNAUTHORIZED, asks).into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    match std::fs::read(files.folder.folder().join(path)) {
        Ok(bytes) => bytes.into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A chart repository over HTTP with these charts; answers its URL.
pub async fn index(password: Option<&str>, charts: &[(&str, &str)]) -> String {
    let shell = Shell::new();
    for (name, version) in charts {
        package(&shell, name, version);
    }
    shell.does("mkdir stable && mv *.tgz stable && helm repo index stable", "");
    format!("http://{}/stable", serve(shell, password).await)
}

/// One whose archives lie at another host, which asks for the same login.
pub async fn scattered(password: &str, charts: &[(&str, &str)]) -> String {
    let archives = Shell::new();
    let mut index = String::new();
    for (name, version) in charts {
        package(&archives, name, version);
    }
    archives.does("helm repo index . --url http://ARCHIVES", "");
    index.push_str(&std::fs::read_to_string(archives.folder().join("index.yaml")).unwrap());
    let host = serve(archives, Some(password)).await;
    let front = Shell::new();
    front.write("index.yaml", &index.replace("http://ARCHIVES", &format!("http://{host}")));
    format!("http://{}", serve(front, Some(password)).await)
}
