//! A real OpenBao, started and kept by Hawser.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{
    AuthMethod, CredentialId, OperationId, OrganizationId, Secret, credentials::Parameters,
};
use vault::{
    Newest, SecretEnvelope, SecretPath, Unavailable, Vault, VaultConfig, VaultError,
    managed::{LOG_BYTES, Managed, ManagedConfig, ManagedError},
};

#[expect(
    clippy::disallowed_methods,
    reason = "the program is not part of the repository, so the test is told where it is"
)]
pub fn binary() -> PathBuf {
    std::env::var_os("HAWSER_TEST_BAO")
        .expect("set HAWSER_TEST_BAO to the path of OpenBao's program `bao`")
        .into()
}

async fn start(folder: &Path) -> Result<Managed, ManagedError> {
    let (binary, folder) = (binary(), folder.to_owned());
    Managed::start(ManagedConfig { binary, folder, log_bytes: LOG_BYTES }).await
}

pub fn place() -> SecretPath {
    SecretPath { organization: OrganizationId::new(), credential: CredentialId::new() }
}

pub fn sealed(path: &SecretPath, password: &str) -> SecretEnvelope {
    SecretEnvelope {
        organization: path.organization,
        credential: path.credential,
        operation: OperationId::new(),
        shape: AuthMethod::Password,
        username: "ann".into(),
        parameters: Parameters::default(),
        password: Secret::new(password.into()),
    }
}

#[tokio::test]
async fn secrets_are_written_once_pinned_listed_and_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let managed = start(folder.path()).await.unwrap();
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    vault.ready().await.unwrap();
    let path = place();
    assert_eq!(vault.newest(&path).await, Ok(None));
    assert_eq!(vault.list_credentials(path.organization).await, Ok(vec![]));

    let (first, second) = (sealed(&path, "canary-1"), sealed(&path, "canary-2"));
    assert_eq!(vault.write(&path, 0, &first).await, Ok(1));
    assert_eq!(vault.write(&path, 0, &second).await, Err(VaultError::CheckAndSet));
    assert_eq!(vault.write(&path, 1, &second).await, Ok(2));
    assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "canary-1");
    let read = vault.read(&path, 2).await.unwrap();
    assert_eq!(
        (read.password.expose(), read.username.as_str(), read.operation),
        ("canary-2", "ann", second.operation)
    );
    assert_eq!(
        vault.newest(&path).await,
        Ok(Some(Newest { version: 2, operation: Some(second.operation), destroyed: false }))
    );
    assert_eq!(vault.list_credentials(path.organization).await, Ok(vec![path.credential]));
    assert_eq!(vault.read(&path, 3).await.unwrap_err(), VaultError::NotFound);

    assert_eq!(vault.versions(&path).await, Ok(vec![1, 2]));
    vault.destroy_version(&path, 2).await.unwrap();
    assert_eq!(vault.versions(&path).await, Ok(vec![1]));
    assert_eq!(vault.read(&path, 2).await.unwrap_err(), VaultError::NotFound);
    assert_eq!(
        vault.newest(&path).await,
        Ok(Some(Newest { version: 2, operation: None, destroyed: true }))
    );
    assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "canary-1");
    vault.destroy_all(&path).await.unwrap();
    vault.destroy_all(&path).await.unwrap();
    assert_eq!(vault.versions(&path).await, Ok(Vec::new()));
    assert_eq!(vault.newest(&path).await, Ok(None));
    assert_eq!(vault.read(&path, 1).await.unwrap_err(), VaultError::NotFound);

    // Large secrets and strange characters come back as they went.
    let large = sealed(&path, &"ü\"\\\n{}".repeat(8_000));
    assert_eq!(vault.write(&path, 0, &large).await, Ok(1));
    assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), large.password.expose());

    i_08_a_secret_of_something_else_is_refused(&vault).await;
    let log = std::fs::read_to_string(folder.path().join("audit.log")).unwrap();
    assert!(!log.is_empty() && !log.contains("canary"));
    managed.stop().await;
}

async fn i_08_a_secret_of_something_else_is_refused(vault: &Vault) {
    let (path, other) = (place(), place());
    assert_eq!(vault.write(&path, 0, &sealed(&other, "x")).await, Err(VaultError::Binding));
    assert_eq!(vault.newest(&path).await, Ok(None));
    let foreign = SecretPath { organization: other.organization, ..path };
    assert_eq!(vault.read(&foreign, 1).await.unwrap_err(), VaultError::NotFound);
}

#[tokio::test]
async fn data_outlives_a_kill_and_a_restart_and_a_lost_process_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = place();
    let managed = start(folder.path()).await.unwrap();
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    assert_eq!(vault.write(&path, 0, &sealed(&path, "one")).await, Ok(1));
    assert!(matches!(start(folder.path()).await, Err(ManagedError::InUse)));

    // The process is killed: the keeper starts it again, and the same client goes on.
    let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap();
    let killed = std::process::Command::new("kill").args(["-9", &pid]).status().unwrap();
    assert!(killed.success());
    let mut outcome = Err(VaultError::NotFound);
    let mut down = false;
    for _ in 0..150 {
        outcome = vault.read(&path, 1).await.map(|sealed| sealed.password.expose().to_owned());
        down |= matches!(outcome, Err(VaultError::Unavailable(_)));
        if outcome.is_ok() && down {
            break;
        }
        assert!(matches!(outcome, Ok(_) | Err(VaultError::Unavailable(_))), "{outcome:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(outcome, Ok("one".to_owned()));
    assert!(down);

    managed.stop().await;
    assert!(!folder.path().join("pid").exists());
    assert!(matches!(
        vault.read(&path, 1).await,
        Err(VaultError::Unavailable(Unavailable::NoConnection))
    ));
    let managed = start(folder.path()).await.unwrap();
    assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "one");
    managed.stop().await;
}

#[tokio::test]
async fn a_process_that_a_killed_server_left_behind_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = place();
    let managed = start(folder.path()).await.unwrap();
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    assert_eq!(vault.write(&path, 0, &sealed(&path, "one")).await, Ok(1));
    managed.stop().await;
    let settings = folder.path().canonicalize().unwrap().join("config.hcl");
    let mut left_over = std::process::Command::new(binary());
    left_over
        .arg("server")
        .arg("-config")
        .arg(settings)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut left_over = left_over.spawn().unwrap();
    std::fs::write(folder.path().join("pid"), left_over.id().to_string()).unwrap();
    // Waiting for it plays the part of init, which would reap an orphan.
    let pid = left_over.id();
    let reaper = std::thread::spawn(move || left_over.wait());
    let managed = start(folder.path()).await.unwrap();
    assert_ne!(std::fs::read_to_string(folder.path().join("pid")).unwrap(), pid.to_string());
    reaper.join().unwrap().unwrap();
    assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "one");
    managed.stop().await;
}

#[tokio::test]
async fn a_vault_that_is_down_fails_calls_and_not_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for name in ["role_id", "secret_id"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let config = VaultConfig {
        address: url::Url::parse(&format!("http://{closed}")).unwrap(),
        mount: "secret".into(),
        namespace: None,
        ca_pem: None,
        role_id: folder.path().join("role_id"),
        secret_id: folder.path().join("secret_id"),
        approle_mount: "approle".into(),
    };
    let vault = Vault::connect(config.clone()).await.unwrap();
    let (path, down) = (place(), VaultError::Unavailable);
    assert_eq!(vault.ready().await, Err(down(Unavailable::NoConnection)));
    assert_eq!(
        vault.write(&path, 0, &sealed(&path, "x")).await,
        Err(down(Unavailable::LoginFailed))
    );
    for _ in 0..4 {
        assert!(vault.newest(&path).await.is_err());
    }
    assert_eq!(vault.newest(&path).await, Err(down(Unavailable::LeftAlone)));
    for (mount, namespace) in [("../sys", None), ("", None), ("secret", Some("a\nb"))] {
        let config = VaultConfig {
            mount: mount.into(),
            namespace: namespace.map(str::to_owned),
            ..config.clone()
        };
        assert!(matches!(Vault::connect(config).await, Err(VaultError::Configuration(_))));
    }
}
