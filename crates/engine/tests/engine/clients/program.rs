//! Real programs, each with a home of its own.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A shell in which helm, kubectl, sops and skopeo are found, and whose home is its own.
pub struct Shell(tempfile::TempDir);

impl Shell {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Runs a command as a person types it, with this on its standard input; answers what it prints, or
    /// what it complains of.
    pub fn run(&self, command: &str, input: &str) -> Result<String, String> {
        let home = self.folder().display().to_string();
        let mut path = told_folders();
        path.push(PathBuf::from("/usr/bin"));
        path.push(PathBuf::from("/bin"));
        let mut child = Command::new("/bin/sh")
            .args(["-c", command])
            .env_clear()
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", &home)
            .env("HELM_CACHE_HOME", format!("{home}/cache"))
            .env("HELM_CONFIG_HOME", format!("{home}/config"))
            .env("HELM_DATA_HOME", format!("{home}/data"))
            .env("KUBECONFIG", format!("{home}/kubeconfig"))
            .env("SOPS_AGE_KEY", crate::clients::sealed::IDENTITY)
            .current_dir(&home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that reads nothing may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The same, for what has to succeed.
    pub fn does(&self, command: &str, input: &str) -> String {
        self.run(command, input).unwrap_or_else(|said| panic!("{command}\n{said}"))
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder().join(name), text).unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told here where the real components are")]
fn told_folders() -> Vec<PathBuf> {
    ["HAWSER_TEST_HELM", "HAWSER_TEST_KUBECTL", "HAWSER_TEST_SOPS"]
        .map(|name| {
            let program = std::env::var(name)
                .unwrap_or_else(|_| panic!("{name} is not set; run the tests with `make test`"));
            assert!(Path::new(&program).exists(), "no {program}; make setup-tests installs it");
            PathBuf::from(program).parent().unwrap().to_owned()
        })
        .into()
}
