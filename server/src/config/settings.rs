//! The one table of settings: names, defaults and meanings.

use std::fmt::Write as _;

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name of the environment variable. In the file it stands in lower case without `HAWSER_`.
    pub name: &'static str,
    /// What counts when it is not set, for people.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// What the names of all settings begin with.
pub const PREFIX: &str = "HAWSER_";

/// The name of the file that holds settings. The environment overrules the file.
pub const FILE: &str = "HAWSER_CONFIG";

macro_rules! settings {
    ($($name:tt, $default:literal: $meaning:literal;)+) => {
        /// Every setting.
        pub const SETTINGS: [Setting; [$($meaning),+].len()] =
            [$(Setting { name: $name, default: $default, meaning: $meaning }),+];
    };
}

settings! {
    FILE, "none":
        "A TOML file with the settings below, such as `listen = \"127.0.0.1:3000\"`; the environment overrules it";
    "HAWSER_DATA_DIR", "./data":
        "The folder of the SQLite database and the managed OpenBao; made with mode 0700";
    "HAWSER_LISTEN", "127.0.0.1:3000": "Address and port to listen on";
    "HAWSER_PUBLIC_URL", "http://LISTEN":
        "The URL people open; https makes cookies Secure and turns on HSTS";
    "HAWSER_DATABASE_URL", "sqlite://DATA_DIR/hawser.db":
        "sqlite://PATH, or postgres://USER:PASSWORD@HOST/NAME for several replicas";
    "HAWSER_VAULT_ADDR", "a managed OpenBao":
        "The URL of your Vault or OpenBao; without it Hawser runs one under DATA_DIR/openbao";
    "HAWSER_VAULT_ROLE_ID_FILE", "none":
        "The file with the AppRole's role id; needed with HAWSER_VAULT_ADDR";
    "HAWSER_VAULT_SECRET_ID_FILE", "none":
        "The file with the AppRole's secret id; needed with HAWSER_VAULT_ADDR";
    "HAWSER_VAULT_NAMESPACE", "none": "The namespace to work in";
    "HAWSER_VAULT_MOUNT", "secret": "The mount of the KV version 2 engine";
    "HAWSER_VAULT_APPROLE_MOUNT", "approle": "The mount of the AppRole login";
    "HAWSER_VAULT_CA_FILE", "the system's": "A PEM file with the certificate authority of Vault";
    "HAWSER_BAO_BINARY", "`bao` on PATH": "The OpenBao binary to run when no Vault is configured";
    "HAWSER_OUTBOUND_ALLOW", "none":
        "Private targets that may be reached, also over plain http: CIDRs or HOST:PORT, with commas between them";
    "HAWSER_PROXIES", "none":
        "Proxies that repositories may choose: NAME=http://HOST:PORT, with commas between them";
    "HAWSER_TLS_SKIP_VERIFY", "none":
        "HOST:PORT of registries whose certificate is not checked, with commas between them";
    "HAWSER_AMBIENT_IDENTITIES", "none":
        "This server's own cloud identities that credentials may use: one of aws, aws-metadata and aws-container, one of google and google-metadata";
    "HAWSER_AWS_ACCESS_KEY_ID_FILE", "none": "The file with the id of this server's AWS access key";
    "HAWSER_AWS_SECRET_ACCESS_KEY_FILE", "none":
        "The file with the secret of this server's AWS access key";
    "HAWSER_AWS_WEB_IDENTITY_TOKEN_FILE", "none":
        "The file with this server's web identity token (IRSA), in place of an access key";
    "HAWSER_AWS_ROLE_ARN", "none": "The role that the web identity stands for";
    "HAWSER_AWS_CONTAINER_URI", "none":
        "Where aws-container asks: what ECS or EKS says in AWS_CONTAINER_CREDENTIALS_FULL_URI";
    "HAWSER_AWS_CONTAINER_TOKEN_FILE", "none":
        "The file with the token for it, if there is one (EKS Pod Identity)";
    "HAWSER_GOOGLE_TOKEN_FILE", "none":
        "The file with the token that Google's workload identity federation takes";
    "HAWSER_GOOGLE_AUDIENCE", "none":
        "The workload identity provider: //iam.googleapis.com/projects/…/providers/…";
    "HAWSER_PROVIDER_ENDPOINTS", "the providers' own":
        "Other addresses for ecr, ecr_public, sts, google_token, google_sts, google_iam, entra, github, aws_metadata, aws_container, google_metadata: SERVICE=URL, with commas between them; private ones also need HAWSER_OUTBOUND_ALLOW";
    "HAWSER_GITHUB_URL", "https://github.com":
        "The GitHub that accounts are connected at; GitHub Enterprise has its API below it, unless HAWSER_PROVIDER_ENDPOINTS names another address";
    "HAWSER_GITHUB_CLIENT_ID", "none":
        "The client id of an OAuth app or GitHub App, with which people connect their accounts; its callback is PUBLIC_URL/oauth/github/callback";
    "HAWSER_GITHUB_CLIENT_SECRET_FILE", "none":
        "The file with the client's secret, read at each use; needed with HAWSER_GITHUB_CLIENT_ID";
    "HAWSER_GITHUB_SCOPES", "repo read:user":
        "The scopes to ask for; a GitHub App has none, what it may do is chosen with the app";
    "HAWSER_GITHUB_APP_ID", "none":
        "The id of a GitHub App that can be installed, with contents and pull requests to write; its setup URL is PUBLIC_URL/oauth/github/installed";
    "HAWSER_GITHUB_APP_PRIVATE_KEY_FILE", "none":
        "The file with the app's private key, read at each use; needed with HAWSER_GITHUB_APP_ID";
    "HAWSER_GITHUB_APP_SLUG", "none":
        "The name of the app in its address; needed with HAWSER_GITHUB_APP_ID";
    "HAWSER_CLUSTERS", "off":
        "`on` lets people apply exports to Kubernetes clusters, values of secrets included; private API servers also need HAWSER_OUTBOUND_ALLOW";
    "HAWSER_TRUSTED_PROXIES", "none":
        "The proxies in front of Hawser whose X-Forwarded-For says where visitors come from: addresses and CIDRs, with commas between them";
    "HAWSER_REQUEST_RATE", "20":
        "How many pages and forms a signed-in person may ask of each replica in a second; at once, three times as many";
    "HAWSER_LOG", "info":
        "What to log: error, warn, info, debug, trace, or directives such as `info,engine=debug`";
    "HAWSER_LOG_FORMAT", "text on a terminal, else json": "text or json";
    "HAWSER_METRICS_LISTEN", "127.0.0.1:3001":
        "Address and port of /metrics (Prometheus), or `off`";
    "HAWSER_ASSETS", "./dist": "The folder with the browser bundle";
}

/// The table as `--help` prints it.
#[must_use]
pub fn table() -> String {
    let mut text = String::new();
    for Setting { name, default, meaning } in SETTINGS {
        let _ = writeln!(text, "  {name:<36}{meaning}\n{:38}default: {default}", "");
    }
    text
}

/// The settings' name for `key` of the file: `listen` stands for `HAWSER_LISTEN`.
pub(super) fn of_file_key(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase())
}

/// The setting of that name.
pub(super) fn find(name: &str) -> Option<&'static str> {
    SETTINGS.iter().find(|setting| setting.name == name).map(|setting| setting.name)
}

/// Names that begin like a setting but are somebody else's: what the tests and the build read, and
/// what Kubernetes sets for a Service called `hawser`.
pub(super) fn is_foreign(name: &str) -> bool {
    name.starts_with("HAWSER_TEST_")
        || name.starts_with("HAWSER_WASM_")
        || name.starts_with("HAWSER_PORT")
        || name.starts_with("HAWSER_SERVICE_")
}

/// The setting whose name is closest to `name`, when one is close enough to be meant.
pub(super) fn closest(name: &str) -> Option<&'static str> {
    SETTINGS
        .iter()
        .map(|setting| (distance(name, setting.name), setting.name))
        .min()
        .filter(|(distance, _)| *distance <= 5)
        .map(|(_, name)| name)
}

/// The edit distance of two short texts.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.bytes().enumerate() {
        let mut next = vec![line + 1];
        for ((b, above_left), above) in right.bytes().zip(&row).zip(row.iter().skip(1)) {
            let before = next.last().copied().unwrap_or_default();
            next.push((above_left + usize::from(a != b)).min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as the README has it.
    fn markdown() -> String {
        let mut text = "| Name | Default | What it is |\n|---|---|---|\n".to_owned();
        for Setting { name, default, meaning } in SETTINGS {
            writeln!(text, "| `{name}` | {default} | {meaning} |").unwrap();
        }
        text
    }

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../../README.md");
        let table = markdown();
        assert!(readme.contains(&table), "the table of README.md is to read:\n\n{table}");
    }

    #[test]
    fn a_wrong_name_leads_to_the_right_one() {
        assert_eq!(closest("HAWSER_LISTN"), Some("HAWSER_LISTEN"));
        assert_eq!(closest("HAWSER_DATADIR"), Some("HAWSER_DATA_DIR"));
        assert_eq!(closest("HAWSER_SOMETHING_ELSE_ENTIRELY"), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn the_table_names_every_setting_once() {
        let table = table();
        for setting in SETTINGS {
            assert_eq!(
                table.matches(&format!("  {} ", setting.name)).count(),
                1,
                "{}",
                setting.name
            );
        }
    }
}
