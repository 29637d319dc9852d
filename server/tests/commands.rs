//! The commands of `hawser-server`, run as an operator runs them.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn hawser(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hawser-server"))
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A program that stands for `bao` where only its version is asked for.
fn bao(folder: &Path) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("bao");
    fs::write(&path, "#!/bin/sh\necho OpenBao of the test\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_policy_that_is_printed_is_the_one_in_the_manual() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/vault.md");
    let manual = fs::read_to_string(manual).unwrap();
    let block = manual.split("```hcl\n").nth(1).unwrap().split("```").next().unwrap();
    let printed = hawser(&["vault-policy"], &[]);
    assert!(printed.status.success());
    assert_eq!(text(&printed), block);
    // Whatever else is wrong with the configuration.
    let settings = [("HAWSER_VAULT_MOUNT", "/team/kv/"), ("HAWSER_LISTEN", "nowhere")];
    let printed = hawser(&["vault-policy"], &settings);
    assert_eq!(text(&printed), block.replace("secret/", "team/kv/"));
    assert!(!hawser(&["vault-policy"], &[("HAWSER_VAULT_MOUNT", "../x")]).status.success());
}

#[test]
fn check_config_says_what_it_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let (bao, data) = (bao(folder.path()), folder.path().join("data"));
    let data = data.to_str().unwrap();
    let settings = [("HAWSER_BAO_BINARY", bao.as_str()), ("HAWSER_DATA_DIR", data)];
    let checked = hawser(&["check-config"], &settings);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked));
    for part in ["VERDICT", "OpenBao of the test", "This configuration can be used."] {
        assert!(text(&checked).contains(part), "{}", text(&checked));
    }
    assert!(!Path::new(data).exists(), "looking makes nothing");

    // Data without its key: named, and nothing is written by a start either.
    let vault = Path::new(data).join("openbao");
    fs::create_dir_all(vault.join("data")).unwrap();
    fs::write(vault.join("data/vault.db"), "x").unwrap();
    for arguments in [&["check-config"][..], &[]] {
        let refused = hawser(arguments, &settings);
        let said = format!("{}{}", text(&refused), String::from_utf8_lossy(&refused.stderr));
        assert!(!refused.status.success() && said.contains("unseal.key is missing"), "{said}");
        let left: Vec<_> = fs::read_dir(data).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}

#[test]
fn check_config_names_each_problem_in_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (id, empty) = (file("id", "x"), file("ca.pem", "no certificate"));
    let data = folder.path().to_str().unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (address, database) =
        (format!("http://{closed}"), format!("postgres://u:canary@{closed}/x"));
    let check = |address: &str, ca: Option<&str>| {
        let mut settings = vec![
            ("HAWSER_DATA_DIR", data),
            ("HAWSER_DATABASE_URL", &database),
            ("HAWSER_VAULT_ADDR", address),
            ("HAWSER_VAULT_ROLE_ID_FILE", &id),
            ("HAWSER_VAULT_SECRET_ID_FILE", &id),
        ];
        settings.extend(ca.map(|ca| ("HAWSER_VAULT_CA_FILE", ca)));
        let checked = hawser(&["check-config", "--json"], &settings);
        assert_eq!(checked.status.code(), Some(2));
        assert!(!text(&checked).contains("canary"), "{}", text(&checked));
        let report: Value = serde_json::from_str(&text(&checked)).unwrap();
        assert_eq!(report["verdict"], "wrong");
        let wrong = report["checks"].as_array().unwrap().iter();
        wrong
            .filter(|one| one["verdict"] == "wrong")
            .map(|one| format!("{}: {}", one["check"].as_str().unwrap(), one["detail"]))
            .collect::<Vec<_>>()
    };
    let wrong = check(&address, None);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].starts_with("database: "), "{wrong:?}");
    assert!(
        wrong[1].contains("vault connection") && wrong[1].contains("no connection"),
        "{wrong:?}"
    );
    let wrong = check("http://vault.example.com:8200", None);
    assert!(wrong[0].contains("HAWSER_VAULT_ADDR") && wrong[0].contains("https://"), "{wrong:?}");
    let wrong = check("https://vault.example.com", Some(&empty));
    assert!(wrong[0].contains("holds no certificate"), "{wrong:?}");
}
