//! The one table of settings: each has its name, default, meaning and parser here. What is read, which
//! names are known, `--help` and the README come from it.

#![expect(clippy::doc_markdown, reason = "`--help` shows the comments as plain text")]

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    net::SocketAddr,
    path::PathBuf,
};

use egress::AllowList;
use token_exchange::{ContainerUri, Endpoints};
use url::Url;

use super::{
    Clusters, DatabaseUrl, LogFormat,
    exchange::{self, Identity},
    github, outbound,
    parse::{address, either, file, list, log_filter, maybe, path},
    vault,
};
use crate::web::{PublicUrl, RequestRate, TrustedProxies};

/// One setting, for people.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name of the environment variable. In the file it stands in lower case without `HAWSER_`.
    pub name: &'static str,
    /// What counts when it is not set.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// What it has no effect without; empty where it stands alone.
    pub(super) needs: &'static str,
}

/// One setting, as it is read.
pub(super) struct Key<T> {
    pub(super) name: &'static str,
    /// The text that is parsed when it is not set.
    pub(super) unset: &'static str,
    pub(super) parse: fn(&str) -> Result<T, String>,
}

/// `NAME: type = "default", needs "another" => parser;`. Where the default is no text that could be parsed,
/// `, "what counts"` stands in its place. The comment above a setting is its meaning.
macro_rules! settings {
    ($($(#[doc = $meaning:literal])+ $key:ident: $value:ty $(= $default:literal)? $(, $shown:literal)? $(, needs $needs:literal)? => $parse:expr;)+) => {
        $($(#[doc = $meaning])+
        pub(super) const $key: Key<$value> = Key {
            name: concat!("HAWSER_", stringify!($key)),
            unset: concat!($($default)?),
            parse: $parse,
        };)+

        /// Every setting.
        pub const SETTINGS: [Setting; [$(stringify!($key)),+].len()] = [$(Setting {
            name: $key.name,
            default: concat!($($default)? $($shown)?),
            meaning: concat!($($meaning),+).trim_ascii_start(),
            needs: concat!($($needs)?),
        }),+];
    };
}

settings! {
    /// A TOML file with the settings below, such as `listen = "127.0.0.1:3000"`; the environment overrules it
    CONFIG: PathBuf, "none" => path;
    /// The folder of the SQLite database and the managed OpenBao; made with mode 0700
    DATA_DIR: PathBuf = "./data" => path;
    /// Address and port to listen on
    LISTEN: SocketAddr = "127.0.0.1:3000" => address;
    /// The URL people open; https makes cookies Secure and turns on HSTS
    PUBLIC_URL: Option<PublicUrl>, "http://LISTEN" => |text| maybe(text, PublicUrl::parse);
    /// sqlite://PATH, or postgres://USER:PASSWORD@HOST/NAME for several replicas
    DATABASE_URL: Option<DatabaseUrl>, "sqlite://DATA_DIR/hawser.db" => |text| maybe(text, DatabaseUrl::parse);
    /// The URL of your Vault or OpenBao; without it Hawser runs one under DATA_DIR/openbao
    VAULT_ADDR: Url, "a managed OpenBao" => vault::address;
    /// The file with the AppRole's role id; needed with HAWSER_VAULT_ADDR
    VAULT_ROLE_ID_FILE: PathBuf, "none", needs "HAWSER_VAULT_ADDR" => |text| file(text, VAULT_ADDR.name);
    /// The file with the AppRole's secret id; needed with HAWSER_VAULT_ADDR
    VAULT_SECRET_ID_FILE: PathBuf, "none", needs "HAWSER_VAULT_ADDR" => |text| file(text, VAULT_ADDR.name);
    /// The namespace to work in
    VAULT_NAMESPACE: Option<String>, "none", needs "HAWSER_VAULT_ADDR" => |text| maybe(text, |text| Ok(text.to_owned()));
    /// The mount of the KV version 2 engine
    VAULT_MOUNT: String = "secret", needs "HAWSER_VAULT_ADDR" => vault::mount;
    /// The mount of the AppRole login
    VAULT_APPROLE_MOUNT: String = "approle", needs "HAWSER_VAULT_ADDR" => vault::login_mount;
    /// A PEM file with the certificate authority of Vault
    VAULT_CA_FILE: Option<Vec<u8>>, "the system's", needs "HAWSER_VAULT_ADDR" => |text| maybe(text, vault::authority);
    /// The OpenBao binary to run when no Vault is configured
    BAO_BINARY: Option<PathBuf>, "`bao` on PATH" => |text| maybe(text, path);
    /// Private targets that may be reached, also over plain http: CIDRs or HOST:PORT, with commas between
    /// them
    OUTBOUND_ALLOW: AllowList, "none" => |text| AllowList::parse(text).map_err(|error| error.to_string());
    /// Proxies that repositories may choose: NAME=http://HOST:PORT, with commas between them
    PROXIES: BTreeMap<String, Url>, "none" => outbound::proxies;
    /// HOST:PORT of registries whose certificate is not checked, with commas between them
    TLS_SKIP_VERIFY: HashSet<(String, u16)>, "none" => |text| list(text, outbound::host_and_port);
    /// This server's own cloud identities that credentials may use: one of aws, aws-metadata and
    /// aws-container, one of google and google-metadata
    AMBIENT_IDENTITIES: Vec<Identity>, "none" => |text| list(text, Identity::parse);
    /// The file with the id of this server's AWS access key
    AWS_ACCESS_KEY_ID_FILE: PathBuf, "none", needs "aws in HAWSER_AMBIENT_IDENTITIES" => identity_file;
    /// The file with the secret of this server's AWS access key
    AWS_SECRET_ACCESS_KEY_FILE: PathBuf, "none", needs "aws in HAWSER_AMBIENT_IDENTITIES" => identity_file;
    /// The file with this server's web identity token (IRSA), in place of an access key
    AWS_WEB_IDENTITY_TOKEN_FILE: PathBuf, "none", needs "aws in HAWSER_AMBIENT_IDENTITIES" => identity_file;
    /// The role that the web identity stands for
    AWS_ROLE_ARN: String, "none", needs "aws in HAWSER_AMBIENT_IDENTITIES" => exchange::role;
    /// Where aws-container asks: what ECS or EKS says in AWS_CONTAINER_CREDENTIALS_FULL_URI
    AWS_CONTAINER_URI: ContainerUri, "none", needs "aws-container in HAWSER_AMBIENT_IDENTITIES" => |text| ContainerUri::parse(text).map_err(|error| error.to_string());
    /// The file with the token for it, if there is one (EKS Pod Identity)
    AWS_CONTAINER_TOKEN_FILE: Option<PathBuf>, "none", needs "aws-container in HAWSER_AMBIENT_IDENTITIES" => |text| maybe(text, identity_file);
    /// The file with the token that Google's workload identity federation takes
    GOOGLE_TOKEN_FILE: PathBuf, "none", needs "google in HAWSER_AMBIENT_IDENTITIES" => identity_file;
    /// The workload identity provider: //iam.googleapis.com/projects/…/providers/…
    GOOGLE_AUDIENCE: String, "none", needs "google in HAWSER_AMBIENT_IDENTITIES" => exchange::audience;
    /// Other addresses for ecr, ecr_public, sts, google_token, google_sts, google_iam, entra, github,
    /// aws_metadata, aws_container, google_metadata: SERVICE=URL, with commas between them; private ones also
    /// need HAWSER_OUTBOUND_ALLOW
    PROVIDER_ENDPOINTS: Endpoints, "the providers' own" => |text| Endpoints::parse(text).map_err(|error| error.to_string());
    /// The GitHub that accounts are connected at; GitHub Enterprise has its API below it, unless
    /// HAWSER_PROVIDER_ENDPOINTS names another address
    GITHUB_URL: Url = "https://github.com" => github::address;
    /// The client id of an OAuth app or GitHub App, with which people connect their accounts; its callback is
    /// PUBLIC_URL/oauth/github/callback
    GITHUB_CLIENT_ID: String, "none" => github::name;
    /// The file with the client's secret, read at each use; needed with HAWSER_GITHUB_CLIENT_ID
    GITHUB_CLIENT_SECRET_FILE: PathBuf, "none" => github_file;
    /// The scopes to ask for; a GitHub App has none, what it may do is chosen with the app
    GITHUB_SCOPES: Vec<String> = "repo read:user", needs "HAWSER_GITHUB_CLIENT_ID and HAWSER_GITHUB_CLIENT_SECRET_FILE" => github::scopes;
    /// The id of a GitHub App that can be installed, with contents and pull requests to write; its setup URL
    /// is PUBLIC_URL/oauth/github/installed
    GITHUB_APP_ID: String, "none" => github::name;
    /// The file with the app's private key, read at each use; needed with HAWSER_GITHUB_APP_ID
    GITHUB_APP_PRIVATE_KEY_FILE: PathBuf, "none" => github_file;
    /// The name of the app in its address; needed with HAWSER_GITHUB_APP_ID
    GITHUB_APP_SLUG: String, "none" => github::name;
    /// `on` lets people apply exports to Kubernetes clusters, values of secrets included; private API servers
    /// also need HAWSER_OUTBOUND_ALLOW
    CLUSTERS: Clusters = "off" => |text| either(text, [("on", Clusters::On), ("off", Clusters::Off)]);
    /// The proxies in front of Hawser whose X-Forwarded-For says where visitors come from: addresses and
    /// CIDRs, with commas between them
    TRUSTED_PROXIES: TrustedProxies, "none" => TrustedProxies::parse;
    /// How many pages and forms a signed-in person may ask of each replica in a second; at once, three times
    /// as many
    REQUEST_RATE: RequestRate = "20" => RequestRate::parse;
    /// What to log: error, warn, info, debug, trace, or directives such as `info,engine=debug`
    LOG: String = "info" => log_filter;
    /// text or json
    LOG_FORMAT: LogFormat, "text on a terminal, else json" => LogFormat::parse;
    /// Address and port of /metrics (Prometheus), or `off`
    METRICS_LISTEN: Option<SocketAddr> = "127.0.0.1:3001" => |text| match text {
        "off" => Ok(None),
        text => address(text).map(Some),
    };
    /// The folder with the browser bundle
    ASSETS: PathBuf = "./dist" => path;
}

fn identity_file(text: &str) -> Result<PathBuf, String> {
    file(text, "the others of this identity")
}

fn github_file(text: &str) -> Result<PathBuf, String> {
    file(text, "the others of its kind")
}

/// The table as `--help` prints it.
#[must_use]
pub fn table() -> String {
    let mut text = String::new();
    for Setting { name, default, meaning, .. } in SETTINGS {
        let _ = writeln!(text, "  {name:<36}{meaning}\n{:38}default: {default}", "");
    }
    text
}

/// The setting of that name, or the one that may be meant.
pub(super) fn find(name: &str) -> Result<&'static str, Option<&'static str>> {
    let known = SETTINGS.map(|setting| (strsim::levenshtein(name, setting.name), setting.name));
    match known.into_iter().min() {
        Some((0, known)) => Ok(known),
        Some((1..=5, known)) => Err(Some(known)),
        _ => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_table() {
        let mut table = "| Name | Default | What it is |\n|---|---|---|\n".to_owned();
        for Setting { name, default, meaning, .. } in SETTINGS {
            writeln!(table, "| `{name}` | {default} | {meaning} |").unwrap();
        }
        let readme = include_str!("../../../README.md");
        assert!(readme.contains(&table), "the table of README.md is to read:\n\n{table}");
    }

    #[test]
    fn a_wrong_name_leads_to_the_right_one() {
        assert_eq!(find("HAWSER_LISTEN"), Ok("HAWSER_LISTEN"));
        assert_eq!(find("HAWSER_LISTN"), Err(Some("HAWSER_LISTEN")));
        assert_eq!(find("HAWSER_DATADIR"), Err(Some("HAWSER_DATA_DIR")));
        assert_eq!(find("HAWSER_SOMETHING_ELSE_ENTIRELY"), Err(None));
    }

    #[test]
    fn the_table_names_every_setting_once() {
        let table = table();
        for Setting { name, .. } in SETTINGS {
            assert_eq!(table.matches(&format!("  {name} ")).count(), 1, "{name}");
        }
    }
}
