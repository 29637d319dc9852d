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
    assert_eq!((config.log.as_str(), config.clusters), ("info", Clusters::Off));
}

#[test]
fn every_problem_is_named_at_once() {
    let text = problems(&[
        ("HAWSER_LISTEN", "nowhere"),
        ("HAWSER_PUBLIC_URL", "ftp://x"),
        ("HAWSER_DATABASE_URL", "mysql://root:hunter2@db"),
        ("HAWSER_LOG_FORMAT", "xml"),
        ("HAWSER_CLUSTERS", "yes"),
        ("HAWSER_LISTN", "127.0.0.1:1"),
        ("HAWSER_VAULT_MOUNT", "kv"),
    ]);
    for part in [
        "HAWSER_LISTEN: \"nowhere\" is no address",
        "HAWSER_PUBLIC_URL: must begin with http",
        "HAWSER_DATABASE_URL: must begin with sqlite:// or postgres://",
        "HAWSER_LOG_FORMAT: \"xml\" is neither text nor json",
        "HAWSER_CLUSTERS: \"yes\" is neither on nor off",
        "HAWSER_LISTN: there is no such setting; did you mean HAWSER_LISTEN?",
        "HAWSER_VAULT_MOUNT: has no effect without HAWSER_VAULT_ADDR",
        "7 problem(s)",
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

#[test]
fn the_way_out_is_told_without_passwords() {
    let config = load(&[
        (
            "HAWSER_PROXIES",
            "office=http://hawser:hunter2@proxy.local:3128, lab=https://lab.example",
        ),
        ("HAWSER_TLS_SKIP_VERIFY", "Registry.local:443,[::1]:8443"),
        ("HAWSER_OUTBOUND_ALLOW", "10.0.0.0/8"),
    ])
    .unwrap();
    let settings = &config.outbound;
    assert_eq!(settings.proxies["office"].port(), Some(3128));
    assert_eq!(settings.proxies.len(), 2);
    assert!(settings.skip_verify.contains(&("registry.local".to_owned(), 443)));
    assert!(!format!("{config:?}").contains("hunter2"));
    for (name, bad, what) in [
        ("HAWSER_PROXIES", "http://u:hunter2@proxy", "entry 1 has to be like name="),
        ("HAWSER_PROXIES", "a=ftp://u:hunter2@proxy", "the address of a has to be like"),
        ("HAWSER_PROXIES", "a=http://proxy/x", "the address of a has to be like"),
        ("HAWSER_PROXIES", "a=http://b,a=http://c", "a is named twice"),
        ("HAWSER_TLS_SKIP_VERIFY", "registry.local", "has to be a host with its port"),
        ("HAWSER_OUTBOUND_ALLOW", "10.0.0.0", "write a network such as"),
    ] {
        let text = problems(&[(name, bad)]);
        assert!(text.contains(what) && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn identities_are_off_until_they_are_turned_on() {
    use token_exchange::{Ambient, AwsIdentity};

    let config = load(&[]).unwrap();
    assert_eq!(config.exchange.ambient, Ambient::default());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "x").unwrap();
    let file = file.to_str().unwrap();
    let role = "arn:aws:iam::123456789012:role/hawser";
    let web = [("HAWSER_AWS_WEB_IDENTITY_TOKEN_FILE", file), ("HAWSER_AWS_ROLE_ARN", role)];
    let text = problems(&web);
    assert!(text.contains("has no effect without aws in HAWSER_AMBIENT_IDENTITIES"), "{text}");

    let on = |more: &[(&'static str, &'static str)]| {
        [&[("HAWSER_AMBIENT_IDENTITIES", "aws")][..], more].concat()
    };
    let all = [on(&[]).as_slice(), &web].concat();
    let aws = load(&all).unwrap().exchange.ambient.aws.unwrap();
    assert!(matches!(aws, AwsIdentity::WebIdentity { role: arn, .. } if arn == role));

    for (set, what) in [
        (on(&[]), "aws needs an identity"),
        (on(&[("HAWSER_AWS_ROLE_ARN", "arn:aws:iam::1:user/x")]), "has to be like arn:aws:iam"),
        (on(&[("HAWSER_AWS_ROLE_ARN", "x")]), "HAWSER_AWS_WEB_IDENTITY_TOKEN_FILE: is needed"),
        (on(&[("HAWSER_AWS_ROLE_ARN", "x"), ("HAWSER_AWS_ACCESS_KEY_ID_FILE", "x")]), "names two"),
        (on(&[("HAWSER_AWS_ACCESS_KEY_ID_FILE", "/no/such")]), "opening /no/such"),
        (vec![("HAWSER_AMBIENT_IDENTITIES", "azure")], "\"azure\" is none of aws, aws-metadata"),
        (vec![("HAWSER_AMBIENT_IDENTITIES", "google")], "HAWSER_GOOGLE_TOKEN_FILE: is needed"),
        (vec![("HAWSER_AMBIENT_IDENTITIES", "aws,aws-metadata")], "names two of one cloud"),
        (
            vec![("HAWSER_AMBIENT_IDENTITIES", "aws-container")],
            "has to be at http://169.254.170.2/",
        ),
        (
            vec![("HAWSER_AWS_CONTAINER_URI", "http://169.254.170.2/x")],
            "has no effect without aws-container",
        ),
        (vec![("HAWSER_PROVIDER_ENDPOINTS", "s3=https://x")], "there is no service `s3`"),
    ] {
        let text = problems(&set);
        assert!(text.contains(what), "{what:?} is missing in {text}");
    }
}

#[test]
fn metadata_services_are_asked_only_where_they_are_named() {
    use token_exchange::{AwsIdentity, GoogleIdentity};

    let both = load(&[("HAWSER_AMBIENT_IDENTITIES", "aws-metadata, google-metadata")]).unwrap();
    let ambient = both.exchange.ambient;
    assert_eq!(ambient.aws, Some(AwsIdentity::Instance));
    assert_eq!(ambient.google, Some(GoogleIdentity::Instance));
    let container = load(&[
        ("HAWSER_AMBIENT_IDENTITIES", "aws-container"),
        ("HAWSER_AWS_CONTAINER_URI", "http://169.254.170.23/v1/credentials"),
    ]);
    let ambient = container.unwrap().exchange.ambient;
    assert!(matches!(ambient.aws, Some(AwsIdentity::Container(_))) && ambient.google.is_none());
}

#[test]
fn providers_can_be_elsewhere() {
    let config =
        load(&[("HAWSER_PROVIDER_ENDPOINTS", "github=https://ghe.example/api/v3")]).unwrap();
    assert_eq!(config.exchange.endpoints.github.unwrap().path(), "/api/v3");
}

#[test]
fn github_is_one_place_for_everything() {
    let config = load(&[]).unwrap();
    assert_eq!(config.github, None);
    assert_eq!(config.exchange.endpoints.github, None);
    let file = std::env::current_exe().unwrap();
    let file = file.to_str().unwrap();
    let config = load(&[
        ("HAWSER_GITHUB_URL", "https://ghe.example"),
        ("HAWSER_GITHUB_CLIENT_ID", "Ov23liABC"),
        ("HAWSER_GITHUB_CLIENT_SECRET_FILE", file),
        ("HAWSER_GITHUB_APP_ID", "42"),
        ("HAWSER_GITHUB_APP_PRIVATE_KEY_FILE", file),
        ("HAWSER_GITHUB_APP_SLUG", "hawser"),
    ])
    .unwrap();
    let github = config.github.unwrap();
    assert_eq!(github.api.as_str(), "https://ghe.example/api/v3");
    assert_eq!(config.exchange.endpoints.github, Some(github.api.clone()));
    assert_eq!(config.exchange.github.web, Some(github.web.clone()));
    assert_eq!(github.oauth.unwrap().scopes(), ["repo", "read:user"]);
    assert_eq!(config.exchange.github.app.unwrap().app_id, "42");
    // An address of the API that the operator names counts for accounts too.
    let config = load(&[
        ("HAWSER_PROVIDER_ENDPOINTS", "github=https://api.internal/"),
        ("HAWSER_GITHUB_CLIENT_ID", "Ov23liABC"),
        ("HAWSER_GITHUB_CLIENT_SECRET_FILE", file),
        ("HAWSER_GITHUB_SCOPES", "public_repo,workflow"),
    ])
    .unwrap();
    let github = config.github.unwrap();
    assert_eq!(
        (github.web.as_str(), github.api.as_str()),
        ("https://github.com/", "https://api.internal/")
    );
    assert_eq!(github.oauth.unwrap().scopes(), ["public_repo", "workflow"]);
}

#[test]
fn half_of_github_is_told() {
    let text = problems(&[
        ("HAWSER_GITHUB_URL", "https://u:hunter2@ghe.example/x"),
        ("HAWSER_GITHUB_SCOPES", "repo"),
        ("HAWSER_GITHUB_APP_ID", "42"),
    ]);
    for part in [
        "HAWSER_GITHUB_URL: has to be like https://github.example.com",
        "HAWSER_GITHUB_SCOPES: has no effect without HAWSER_GITHUB_CLIENT_ID",
        "HAWSER_GITHUB_APP_PRIVATE_KEY_FILE: is needed",
        "HAWSER_GITHUB_APP_SLUG: is needed",
    ] {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
    assert!(!text.contains("hunter2"));
}
