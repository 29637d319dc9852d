//! A real registry with a password: push by hand, then everything Hawser reads.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use connectors::repository::{Known, Synced, Target, Validators};
use domain::{
    Cause,
    repositories::{RepositoryKind, RepositoryUrl},
};
use reqwest::{Method, StatusCode, header::LOCATION};
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{oci, registries, sync, versions, with_login};

struct Registry {
    authority: String,
    http: reqwest::Client,
    process: Child,
    _folder: TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Registry {
    #[expect(clippy::disallowed_methods, reason = "this client plays the person who pushes charts")]
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let users = Command::new("htpasswd").args(["-Bbn", "ann", "right"]).output().unwrap();
        std::fs::write(folder.path().join("users"), users.stdout).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let authority = format!("127.0.0.1:{port}");
        let at = folder.path().display();
        let config = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {at}/data}}, delete: {{enabled: true}}}}\n\
             http: {{addr: '{authority}', secret: x}}\nauth: {{htpasswd: {{realm: test, path: {at}/users}}}}\n"
        );
        std::fs::write(folder.path().join("config.yml"), config).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(folder.path().join("config.yml"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's docker-registry");
        let registry = Self { authority, http: reqwest::Client::new(), process, _folder: folder };
        for _ in 0..200 {
            if registry.http.get(registry.url("/v2/")).send().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        registry
    }

    fn url(&self, path: &str) -> String {
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
    async fn push(&self, repository: &str, tag: &str, kind: &str, description: &str) {
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

    async fn push_chart(&self, repository: &str, tag: &str, description: &str) {
        self.push(repository, tag, "application/vnd.cncf.helm.config.v1+json", description).await;
    }

    fn target(&self, path: &str) -> Target {
        // `oci://` means TLS, which this registry does not speak; the allow-list permits to go without.
        with_login(oci(&format!("oci://{}{path}", self.authority)), "right")
    }
}

fn known(synced: &Synced) -> (Known, Validators) {
    let Synced::Charts { versions, validators } = synced else { panic!("unchanged") };
    let known = versions
        .iter()
        .map(|found| ((found.chart.clone(), found.version.version.clone()), found.clone()))
        .collect();
    (known, validators.clone())
}

#[tokio::test]
async fn a_namespace_is_listed_read_and_kept_up_to_date() {
    let registry = Registry::start().await;
    for (repository, tag) in [
        ("team/web", "1.0.0"),
        ("team/web", "1.1.0_build.5"),
        ("team/api", "0.1.0"),
        ("teams/other", "1.0.0"),
    ] {
        registry.push_chart(repository, tag, "A chart").await;
    }
    registry.push_chart("team/web", "latest", "no version").await;
    registry
        .push("team/image", "1.0.0", "application/vnd.oci.image.config.v1+json", "an image")
        .await;
    let registries = registries(&registry.authority);
    let target = registry.target("/team");
    registries.prove(&target).await.unwrap();

    let first = sync(&registries, &target).await.unwrap();
    assert_eq!(versions(&first), ["api 0.1.0", "web 1.1.0+build.5", "web 1.0.0"]);
    let (stored, validators) = known(&first);
    let web = &stored[&("web".to_owned(), "1.1.0+build.5".to_owned())];
    assert_eq!(
        (web.version.app_version.as_str(), web.metadata.description.as_str()),
        ("7", "A chart")
    );
    assert_eq!(web.version.url, format!("oci://{}/team/web:1.1.0_build.5", registry.authority));
    assert!(web.version.digest.starts_with("sha256:"));
    assert_eq!(web.version.created_at.unwrap().rfc3339(), "2026-01-02T03:04:05Z");

    let again = registries.sync(&target, &validators, &stored).await.unwrap();
    assert_eq!(again, Synced::Unchanged { validators: validators.clone() });

    // A tag that moved is read again, a new one is found.
    registry.push_chart("team/web", "1.0.0", "Changed").await;
    registry.push_chart("team/web", "2.0.0", "New").await;
    let third = registries.sync(&target, &validators, &stored).await.unwrap();
    assert_eq!(versions(&third), ["api 0.1.0", "web 2.0.0", "web 1.1.0+build.5", "web 1.0.0"]);
    let (stored, _) = known(&third);
    assert_eq!(stored[&("web".to_owned(), "1.0.0".to_owned())].metadata.description, "Changed");
}

#[tokio::test]
async fn one_chart_and_typed_names_are_read() {
    let registry = Registry::start().await;
    registry.push_chart("team/web", "1.0.0", "A chart").await;
    registry.push_chart("team/api", "1.0.0", "A chart").await;
    let registries = registries(&registry.authority);
    let one = sync(&registries, &registry.target("/team/web")).await.unwrap();
    assert_eq!(versions(&one), ["web 1.0.0"]);
    let named = Target { chart_names: vec!["api".into()], ..registry.target("/team") };
    assert_eq!(versions(&sync(&registries, &named).await.unwrap()), ["api 1.0.0"]);
    registries.prove(&named).await.unwrap();
    let missing = Target { chart_names: vec!["nope".into()], ..registry.target("/team") };
    assert_eq!(sync(&registries, &missing).await.unwrap_err().cause, Cause::NotFound);
    let strange = Target { chart_names: vec!["../x".into()], ..registry.target("/team") };
    assert_eq!(sync(&registries, &strange).await.unwrap_err().cause, Cause::NotFound);
    assert_eq!(
        sync(&registries, &registry.target("/nobody")).await.unwrap_err().cause,
        Cause::NotFound
    );
    let everything = sync(&registries, &registry.target("")).await.unwrap();
    assert_eq!(versions(&everything), ["team/api 1.0.0", "team/web 1.0.0"]);
}

#[tokio::test]
async fn passwords_are_told_apart_and_the_kind_is_detected() {
    let registry = Registry::start().await;
    registry.push_chart("team/web", "1.0.0", "A chart").await;
    let registries = registries(&registry.authority);
    for path in ["/team", "/team/web"] {
        let wrong = with_login(oci(&format!("oci://{}{path}", registry.authority)), "wrong");
        let failure = sync(&registries, &wrong).await.unwrap_err();
        assert_eq!((failure.cause, failure.status), (Cause::InvalidCredentials, Some(401)));
        assert_eq!(registries.prove(&wrong).await.unwrap_err().cause, Cause::InvalidCredentials);
        let without = oci(&format!("oci://{}{path}", registry.authority));
        assert_eq!(sync(&registries, &without).await.unwrap_err().cause, Cause::NoCredential);
        assert_eq!(registries.prove(&without).await.unwrap_err().cause, Cause::NoCredential);
    }
    for url in [format!("oci://{}/team", registry.authority), registry.url("/team")] {
        let url = RepositoryUrl::parse(&url).unwrap();
        assert_eq!(registries.detect(&url, None).await.unwrap(), RepositoryKind::Oci);
    }
}
