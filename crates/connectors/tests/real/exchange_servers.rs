//! What plays AWS: moto, and a stub that checks every signature with botocore's own signer.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use token_exchange::{Ambient, AwsIdentity, Endpoints, ExchangeSettings, Exchanges};

use crate::exchange_stub::{configured, exchanges, hours, owner};

/// A process that ends with the test.
pub struct Aws {
    process: Child,
    pub authority: String,
}

impl Drop for Aws {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// A program of moto's environment; `scripts/setup-tests.sh` makes it.
#[expect(clippy::disallowed_methods, reason = "this is where the tests are configured")]
fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("HAWSER_TEST_MOTO").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../.cache/moto").into(),
        PathBuf::from,
    );
    let program = folder.join("bin").join(name);
    assert!(program.is_file(), "run scripts/setup-tests.sh, or set HAWSER_TEST_MOTO");
    program
}

const ROLE: &str = "arn:aws:iam::123456789012:role/hawser-acme-inc-web-shop";

impl Aws {
    pub fn verifier() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/aws_verifier.py");
        let expires = hours(12).millis() / 1_000;
        let mut process = Command::new(program("python"))
            .args([script, ROLE, &owner().organization.to_string(), &expires.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { process, authority: format!("127.0.0.1:{}", port.trim()) }
    }

    pub async fn moto() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let authority = format!("127.0.0.1:{port}");
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(&authority).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { process, authority }
    }

    pub fn endpoints(&self) -> String {
        let at = &self.authority;
        format!("ecr=http://{at},ecr_public=http://{at}/,sts=http://{at}/sts/")
    }

    pub fn exchanges(&self) -> Exchanges {
        exchanges(&self.authority, &self.endpoints())
    }

    pub fn with_identity(&self, identity: AwsIdentity) -> Exchanges {
        let endpoints = Endpoints::parse(&self.endpoints()).unwrap();
        let ambient = Ambient { aws: Some(identity), google: None };
        configured(
            &self.authority,
            ExchangeSettings { endpoints, ambient, ..ExchangeSettings::default() },
        )
    }
}
