//! What is accepted, what is refused, and with which words.

use std::ffi::OsString;

use super::*;

fn load(pairs: &[(&str, &str)]) -> Result<Config, Problems> {
    let binary = std::env::current_exe().unwrap();
    let mut environment = vec![(OsString::from("HAWSER_BAO_BINARY"), binary.into_os_string())];
    environment
        .extend(pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
    Config::understand(Values::gather(environment))
}

fn problems(pairs: &[(&str, &str)]) -> String {
    load(pairs).unwrap_err().to_string()
}

#[test]
fn nothing_set_is_a_working_configuration() {
    let config = load(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.metrics_listen.unwrap().to_string(), "127.0.0.1:3001");
    assert_eq!(config.database.expose(), "sqlite://./data/hawser.db");
    assert_eq!(config.public_url, None);
    assert!(
        matches!(config.vault, VaultChoice::Managed { folder, .. } if folder.ends_with("data/openbao"))
    );
    assert_eq!(config.log, "info");
}

#[test]
fn every_problem_is_named_at_once() {
    let text = problems(&[
        ("HAWSER_LISTEN", "nowhere"),
        ("HAWSER_PUBLIC_URL", "ftp://x"),
        ("HAWSER_DATABASE_URL", "mysql://root:hunter2@db"),
        ("HAWSER_LOG_FORMAT", "xml"),
        ("HAWSER_LISTN", "127.0.0.1:1"),
        ("HAWSER_VAULT_MOUNT", "kv"),
    ]);
    for part in [
        "HAWSER_LISTEN: \"nowhere\" is no address",
        "HAWSER_PUBLIC_URL: must begin with http",
        "HAWSER_DATABASE_URL: must begin with sqlite:// or postgres://",
        "HAWSER_LOG_FORMAT: \"xml\" is neither text nor json",
        "HAWSER_LISTN: there is no such setting; did you mean HAWSER_LISTEN?",
        "HAWSER_VAULT_MOUNT: has no effect without HAWSER_VAULT_ADDR",
        "6 problem(s)",
    ] {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
    assert!(!text.contains("hunter2"));
}

#[test]
fn names_of_others_are_left_alone() {
    load(&[
        ("HAWSER_TEST_POSTGRES", "postgres://x"),
        ("HAWSER_PORT_3000_TCP", "tcp://10.0.0.1:3000"),
        ("HAWSER_SERVICE_HOST", "10.0.0.1"),
        ("PATH", "/bin"),
    ])
    .unwrap();
}

#[test]
fn an_external_vault_needs_its_files() {
    let text = problems(&[("HAWSER_VAULT_ADDR", "https://vault.example.com")]);
    assert!(text.contains("HAWSER_VAULT_ROLE_ID_FILE: is needed"), "{text}");
    assert!(text.contains("HAWSER_VAULT_SECRET_ID_FILE: is needed"), "{text}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("id");
    std::fs::write(&file, "x").unwrap();
    let file = file.to_str().unwrap();
    let set = [
        ("HAWSER_VAULT_ADDR", "https://vault.example.com"),
        ("HAWSER_VAULT_ROLE_ID_FILE", file),
        ("HAWSER_VAULT_SECRET_ID_FILE", file),
        ("HAWSER_VAULT_APPROLE_MOUNT", "auth/hawser/"),
    ];
    let VaultChoice::External(vault) = load(&set).unwrap().vault else { panic!("managed") };
    assert_eq!((vault.mount.as_str(), vault.approle_mount.as_str()), ("secret", "hawser"));
    for bad in ["..", "a/../b", "a//b", "/"] {
        let mut set = set.to_vec();
        set.push(("HAWSER_VAULT_MOUNT", bad));
        assert!(problems(&set).contains("is no mount path"), "{bad}");
    }
}

#[test]
fn the_environment_overrules_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hawser.toml");
    std::fs::write(
        &file,
        "listen = \"127.0.0.1:4000\"\nlog = \"debug\"\nmetrics_listen = \"off\"\n",
    )
    .unwrap();
    let config =
        load(&[("HAWSER_CONFIG", file.to_str().unwrap()), ("HAWSER_LOG", "warn")]).unwrap();
    assert_eq!(config.listen.port(), 4000);
    assert_eq!(config.log, "warn");
    assert_eq!(config.metrics_listen, None);

    std::fs::write(&file, "lisen = \"127.0.0.1:4000\"\nlog = true\n").unwrap();
    let text = problems(&[("HAWSER_CONFIG", file.to_str().unwrap())]);
    assert!(
        text.contains("lisen: there is no such setting; did you mean HAWSER_LISTEN?"),
        "{text}"
    );
    assert!(text.contains("log: must be a text"), "{text}");

    std::fs::write(&file, "log = \"info\"\ndatabase_url = \"postgres://u:hunter2@h\n").unwrap();
    let text = problems(&[("HAWSER_CONFIG", file.to_str().unwrap())]);
    assert!(text.contains("is not valid TOML near line 2"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn debug_shows_no_password() {
    let config = load(&[("HAWSER_DATABASE_URL", "postgres://hawser:hunter2@db/hawser")]).unwrap();
    let text = format!("{config:?}");
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(config.database.kind(), DatabaseKind::Postgres);
}
