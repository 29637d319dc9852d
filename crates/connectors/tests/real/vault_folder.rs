//! The folder of the managed OpenBao: moved, copied, restored without a key, and written for long.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use vault::{
    Vault,
    managed::{LOG_BYTES, Managed, ManagedConfig, ManagedError},
};

use crate::vault::{binary, place, sealed};

async fn start(folder: &Path) -> Managed {
    try_start(folder, LOG_BYTES).await.unwrap()
}

async fn try_start(folder: &Path, log_bytes: u64) -> Result<Managed, ManagedError> {
    let (binary, folder) = (binary(), folder.to_owned());
    Managed::start(ManagedConfig { binary, folder, log_bytes }).await
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("--archive").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

/// What lies in a folder, with sizes and times.
fn listing(folder: &Path) -> Vec<(PathBuf, u64, std::time::SystemTime)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let facts = entry.metadata().unwrap();
            (entry.path(), facts.len(), facts.modified().unwrap())
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_folder_may_move_and_be_copied() {
    let root = tempfile::tempdir().unwrap();
    let [first, second, third] =
        ["first", "second dir/\"deep\"", "third"].map(|n| root.path().join(n));
    let managed = start(&first).await;
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    let path = place();
    assert_eq!(vault.write(&path, 0, &sealed(&path, "one")).await, Ok(1));
    managed.stop().await;

    fs::create_dir_all(second.parent().unwrap()).unwrap();
    fs::rename(&first, &second).unwrap();
    let managed = start(&second).await;
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "one");
    managed.stop().await;
    assert!(!first.exists());

    // A copy that is started while the original runs finds its ports taken.
    copy(&second, &third);
    let (original, copied) = (start(&second).await, start(&third).await);
    assert_ne!(original.vault_config().address, copied.vault_config().address);
    for (managed, password) in [(&original, "two"), (&copied, "three")] {
        let vault = Vault::connect(managed.vault_config()).await.unwrap();
        assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "one");
        assert_eq!(vault.write(&path, 1, &sealed(&path, password)).await, Ok(2));
        assert_eq!(vault.read(&path, 2).await.unwrap().password.expose(), password);
    }
    for folder in [&second, &third] {
        let log = fs::read_to_string(folder.join("audit.log")).unwrap();
        assert!(log.contains(&format!("secret/data/{path}")), "{}", folder.display());
    }
    original.stop().await;
    copied.stop().await;
}

#[tokio::test]
async fn a_folder_of_an_earlier_version_may_move() {
    let root = tempfile::tempdir().unwrap();
    let (before, after) = (root.path().join("a/before"), root.path().join("after"));
    let path = place();
    let managed = start(&before).await;
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    assert_eq!(vault.write(&path, 0, &sealed(&path, "one")).await, Ok(1));
    managed.stop().await;
    // What earlier versions configured: another device, with the whole path.
    let settings = before.join("config.hcl");
    let log = before.canonicalize().unwrap().join("audit.log");
    let text = fs::read_to_string(&settings).unwrap();
    let text = text
        .replace("audit \"file\" \"file\"", "audit \"file\" \"local\"")
        .replace("file_path = \"audit.log\"", &format!("file_path = {:?}", log.to_str().unwrap()));
    fs::write(&settings, text).unwrap();
    let mut server = Command::new(binary())
        .args(["server", "-config"])
        .arg(&settings)
        .current_dir(&before)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut ready = vault.ready().await;
    for _ in 0..200 {
        if ready.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        ready = vault.ready().await;
    }
    assert_eq!(ready, Ok(()));
    let pid = server.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    server.wait().unwrap();

    fs::rename(&before, &after).unwrap();
    fs::remove_dir(root.path().join("a")).unwrap();
    let managed = start(&after).await;
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "one");
    managed.stop().await;
    assert!(!root.path().join("a").exists(), "nothing stays at the old place");

    // Where the old place cannot be, that is said.
    let text = fs::read_to_string(after.join("config.hcl")).unwrap();
    let text = text.replace("\"audit.log\"", "\"/proc/none/audit.log\"");
    fs::write(after.join("config.hcl"), text).unwrap();
    let refused = try_start(&after, LOG_BYTES).await.err().unwrap().to_string();
    assert!(refused.contains("/proc/none/audit.log"), "{refused}");
}

#[tokio::test]
async fn data_without_its_keys_is_left_alone_and_the_missing_file_is_named() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("openbao");
    start(&folder).await.stop().await;
    for name in ["unseal.key", "role_id", "secret_id"] {
        let (key, away) = (folder.join(name), root.path().join(name));
        fs::rename(&key, &away).unwrap();
        let before = listing(&folder);
        let refused = try_start(&folder, LOG_BYTES).await.err().unwrap();
        assert!(matches!(&refused, ManagedError::KeyMissing(path) if *path == key), "{refused}");
        assert!(refused.to_string().contains(name), "{refused}");
        assert_eq!(listing(&folder), before);
        fs::rename(&away, &key).unwrap();
    }
    start(&folder).await.stop().await;
}

#[tokio::test]
async fn the_audit_log_is_put_aside_while_it_is_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("openbao");
    let managed = try_start(&folder, 4_096).await.unwrap();
    let vault = Vault::connect(managed.vault_config()).await.unwrap();
    let aside = |number: u32| folder.join(format!("audit.log.{number}"));
    let mut written = Vec::new();
    for _ in 0..600 {
        let path = place();
        assert_eq!(vault.write(&path, 0, &sealed(&path, "canary")).await, Ok(1));
        written.push(path);
        if aside(2).exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(aside(2).exists(), "it was put aside twice");
    // No request is missing, whichever file it was written to.
    let path = place();
    assert_eq!(vault.write(&path, 0, &sealed(&path, "canary")).await, Ok(1));
    written.push(path);
    let mut all = String::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("audit.log") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    for path in written {
        let lines = all.lines().filter(|line| line.contains(&path.to_string())).count();
        assert!(lines >= 2, "a request and its answer: {lines}");
    }
    assert!(!all.contains("canary"));
    managed.stop().await;
}
