//! An OpenBao of the operator's own: real, set up by its command line, with whatever policy a test gives.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use serde_json::Value;
use vault::VaultConfig;

pub struct OwnVault {
    binary: PathBuf,
    process: Child,
    folder: tempfile::TempDir,
    pub port: u16,
    token: String,
    key: String,
    namespace: Option<String>,
}

impl OwnVault {
    /// Unsealed, with `AppRole`, and without any store or policy yet.
    pub fn start(binary: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "ui = false\nstorage \"inmem\" {{}}\nlistener \"tcp\" {{\n  address = \"127.0.0.1:{port}\"\n  tls_disable = true\n}}\n"
        );
        let path = folder.path().join("config.hcl");
        fs::write(&path, settings).unwrap();
        let process = Command::new(binary)
            .args(["server", "-config"])
            .arg(path)
            .env("HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (token, key) = (String::new(), String::new());
        let binary = binary.to_owned();
        let mut vault = Self { binary, process, folder, port, token, key, namespace: None };
        let made = (0..100).find_map(|_| {
            sleep(Duration::from_millis(100));
            let init = ["operator", "init", "-format=json", "-key-shares=1", "-key-threshold=1"];
            vault.run(&init, "").ok()
        });
        let made: Value = serde_json::from_str(&made.unwrap()).unwrap();
        made.pointer("/root_token").and_then(Value::as_str).unwrap().clone_into(&mut vault.token);
        made.pointer("/unseal_keys_b64/0")
            .and_then(Value::as_str)
            .unwrap()
            .clone_into(&mut vault.key);
        vault.unseal();
        vault.bao(&["auth", "enable", "approle"]);
        vault
    }

    /// The same server, in a new namespace of it, with `AppRole` there.
    #[must_use]
    pub fn in_namespace(mut self, name: &str) -> Self {
        self.bao(&["namespace", "create", name]);
        self.namespace = Some(name.to_owned());
        self.bao(&["auth", "enable", "approle"]);
        self
    }

    pub fn seal(&self) {
        self.bao(&["operator", "seal"]);
    }

    pub fn unseal(&self) {
        self.bao(&["operator", "unseal", &self.key]);
    }

    /// A KV store of this version.
    pub fn store(&self, mount: &str, version: u8) {
        let (path, version) = (format!("-path={mount}"), format!("-version={version}"));
        self.bao(&["secrets", "enable", &path, &version, "kv"]);
    }

    /// Gives the role `hawser` this policy and no other.
    pub fn policy(&self, text: &str) {
        self.run(&["policy", "write", "hawser", "-"], text).unwrap();
        self.bao(&["write", "auth/approle/role/hawser", "token_policies=hawser"]);
    }

    /// How a Hawser with the role `hawser` reaches it.
    pub fn config(&self, mount: &str) -> VaultConfig {
        let file = |name: &str, text: String| {
            let path = self.folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let role = self.bao(&["read", "-field=role_id", "auth/approle/role/hawser/role-id"]);
        let secret =
            self.bao(&["write", "-f", "-field=secret_id", "auth/approle/role/hawser/secret-id"]);
        VaultConfig {
            address: format!("http://127.0.0.1:{}", self.port).parse().unwrap(),
            mount: mount.to_owned(),
            namespace: self.namespace.clone(),
            ca_pem: None,
            role_id: file("role_id", role),
            secret_id: file("secret_id", secret),
            approle_mount: "approle".to_owned(),
        }
    }

    /// What lies below a path of a store, as its command line lists it; empty when nothing does.
    pub fn listed(&self, mount: &str, path: &str) -> String {
        let mount = format!("-mount={mount}");
        self.run(&["kv", "list", &mount, path], "").unwrap_or_else(|why| {
            assert!(why.contains("No value found"), "{why}");
            String::new()
        })
    }

    pub fn bao(&self, arguments: &[&str]) -> String {
        self.run(arguments, "").unwrap()
    }

    fn run(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("BAO_ADDR", format!("http://127.0.0.1:{}", self.port))
            .env("BAO_TOKEN", &self.token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(namespace) = &self.namespace {
            command.env("BAO_NAMESPACE", namespace);
        }
        let mut process = command.spawn().unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let done = process.wait_with_output().unwrap();
        if done.status.success() {
            Ok(String::from_utf8(done.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned())
        }
    }
}

impl Drop for OwnVault {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
