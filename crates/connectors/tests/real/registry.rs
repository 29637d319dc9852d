//! Debian's `docker-registry`, with the charts that a test pushes by hand.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use registries::Target;
use reqwest::{Method, StatusCode, header::LOCATION};
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{authority::Identity, oci, with_login};

/// A registry with the user `ann` and the password `right`, without TLS.
pub struct Registry {
    pub authority: String,
    http: reqwest::Client,
    _process: Process,
    folder: TempDir,
}

/// A running `docker-registry`; it ends with the test.
pub struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Registry {
    #[expect(clippy::disallowed_methods, reason = "this client plays the person who pushes charts")]
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let users = Command::new("htpasswd").args(["-Bbn", "ann", "right"]).output().unwrap();
        std::fs::write(folder.path().join("users"), users.stdout).unwrap();
        let (authority, process) = serve(folder.path(), "plain", "", &password(folder.path()));
        let registry = Self { authority, http: reqwest::Client::new(), _process: process, folder };
        for _ in 0..200 {
            if registry.http.get(registry.url("/v2/")).send().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        registry
    }

    /// A second registry with the same charts that speaks TLS; `clients` is the authority of the
    /// client certificates it demands, in PEM.
    pub async fn with_tls(&self, identity: &Identity, clients: Option<&str>) -> (u16, Process) {
        let at = self.folder.path();
        std::fs::write(at.join("cert.pem"), &identity.certificate).unwrap();
        std::fs::write(at.join("key.pem"), &identity.key).unwrap();
        let folder = at.display();
        let clients = clients.map_or(String::new(), |authority| {
            std::fs::write(at.join("clients.pem"), authority).unwrap();
            format!(", clientcas: [{folder}/clients.pem]")
        });
        let tls = format!("certificate: {folder}/cert.pem, key: {folder}/key.pem{clients}");
        self.beside("tls", &format!(", tls: {{{tls}}}"), &password(at)).await
    }

    /// A second registry with the same charts that takes tokens of this service, which are signed
    /// with the key of the certificate.
    pub async fn with_tokens(&self, realm: &str, certificate: &str) -> (u16, Process) {
        let at = self.folder.path();
        std::fs::write(at.join("tokens.pem"), certificate).unwrap();
        let auth = format!(
            "token: {{realm: '{realm}', service: registry.test, issuer: test, rootcertbundle: {}/tokens.pem}}",
            at.display()
        );
        self.beside("tokens", "", &auth).await
    }

    async fn beside(&self, name: &str, http: &str, auth: &str) -> (u16, Process) {
        let (authority, process) = serve(self.folder.path(), name, http, auth);
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(&authority).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        (authority.rsplit_once(':').unwrap().1.parse().unwrap(), process)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> reqwest::Response {
        let request = self
            .http
            .request(method, url)
            .basic_auth("ann", Some("right"))
            .header("content-type", kind);
        request.body(body).send().await.unwrap()
    }

    async fn blob(&self, repository: &str, body: &[u8]) -> String {
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(body)));
        let begun = self
            .send(
                Method::POST,
                &self.url(&format!("/v2/{repository}/blobs/uploads/")),
                "application/json",
                vec![],
            )
            .await;
        let location = begun.headers()[LOCATION].to_str().unwrap().to_owned();
        let done = self
            .send(
                Method::PUT,
                &format!("{location}&digest={digest}"),
                "application/octet-stream",
                body.to_vec(),
            )
            .await;
        assert_eq!(done.status(), StatusCode::CREATED);
        digest
    }

    /// Pushes a version with a config of this media type.
    pub async fn push(&self, repository: &str, tag: &str, kind: &str, description: &str) {
        let config = json!({ "name": "web", "version": tag.replace('_', "+"), "appVersion": "7", "description": description }).to_string();
        let (digest, layer) =
            (self.blob(repository, config.as_bytes()).await, self.blob(repository, b"layer").await);
        let media = "application/vnd.oci.image.manifest.v1+json";
        let manifest = json!({
            "schemaVersion": 2, "mediaType": media,
            "config": { "mediaType": kind, "digest": digest, "size": config.len() },
            "layers": [{ "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": layer, "size": 5 }],
            "annotations": { "org.opencontainers.image.created": "2026-01-02T03:04:05Z" },
        });
        let url = self.url(&format!("/v2/{repository}/manifests/{tag}"));
        let done = self.send(Method::PUT, &url, media, manifest.to_string().into_bytes()).await;
        assert_eq!(done.status(), StatusCode::CREATED);
    }

    pub async fn push_chart(&self, repository: &str, tag: &str, description: &str) {
        self.push(repository, tag, "application/vnd.cncf.helm.config.v1+json", description).await;
    }

    pub fn target(&self, path: &str) -> Target {
        // `oci://` means TLS, which this registry does not speak; the allow-list permits to go without.
        with_login(oci(&format!("oci://{}{path}", self.authority)), "right")
    }
}

fn password(folder: &Path) -> String {
    format!("htpasswd: {{realm: test, path: {}/users}}", folder.display())
}

fn serve(folder: &Path, name: &str, http: &str, auth: &str) -> (String, Process) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let authority = format!("127.0.0.1:{port}");
    let at = folder.display();
    let config = format!(
        "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {at}/data}}, delete: {{enabled: true}}}}\n\
         http: {{addr: '{authority}', secret: x{http}}}\nauth: {{{auth}}}\n"
    );
    let file = folder.join(format!("{name}.yml"));
    std::fs::write(&file, config).unwrap();
    let process = Command::new("docker-registry")
        .arg("serve")
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("Debian's docker-registry");
    (authority, Process(process))
}
