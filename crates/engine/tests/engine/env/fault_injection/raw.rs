//! Vault's plain HTTP, as an operator uses it.

use std::path::PathBuf;

use vault::VaultConfig;

/// A login to it.
pub struct Raw {
    authority: String,
    mount: String,
    token: String,
}

impl Raw {
    pub async fn login(config: &VaultConfig) -> Self {
        let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap().trim().to_owned();
        let body = format!(
            "{{\"role_id\":\"{}\",\"secret_id\":\"{}\"}}",
            read(&config.role_id),
            read(&config.secret_id)
        );
        let authority = config.address.authority().to_owned();
        let path = format!("auth/{}/login", config.approle_mount.trim_matches('/'));
        let answer = send(&authority, "POST", &path, "", &body).await;
        let token = answer
            .pointer("/auth/client_token")
            .and_then(|token| token.as_str())
            .unwrap()
            .to_owned();
        Self { authority, mount: config.mount.trim_matches('/').to_owned(), token }
    }

    pub async fn call(&self, method: &str, path: &str, body: &str) -> serde_json::Value {
        let path = format!("{}/{path}", self.mount);
        send(&self.authority, method, &path, &self.token, body).await
    }
}

async fn send(
    authority: &str,
    method: &str,
    path: &str,
    token: &str,
    body: &str,
) -> serde_json::Value {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} /v1/{path} HTTP/1.0\r\nHost: {authority}\r\nX-Vault-Token: {token}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 20"), "{method} {path}: {head}");
    serde_json::from_str(body).unwrap_or_default()
}
