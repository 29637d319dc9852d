//! The configuration: environment and file, understood once, every problem named at once.
//!
//! The only place that reads the environment.

mod database_url;
mod exchange;
mod github;
mod outbound;
mod public_url;
mod settings;
mod values;
mod vault;
mod visitors;

use std::{fmt, io::IsTerminal, net::SocketAddr, path::PathBuf};

use tracing_subscriber::EnvFilter;

pub use database_url::{DatabaseKind, DatabaseUrl};
pub use outbound::WayOut;
pub use public_url::{PublicUrl, Transport};
pub use settings::{SETTINGS, Setting, table};
pub use vault::{ExternalVault, VaultChoice};
pub use visitors::{RequestRate, TrustedProxies};

use connectors::{github::GithubSettings, token_exchange::ExchangeSettings};
use values::Values;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Whether exports may be applied to clusters directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clusters {
    /// They may.
    On,
    /// They may not, and the pages about it are hidden.
    Off,
}

/// Everything Hawser is told from outside. Holds no secret but the passwords of the
/// database and of proxies, and `Debug` does not show them.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of everything Hawser keeps on this machine.
    pub data_dir: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The URL people open; `None` is the address it listens at.
    pub public_url: Option<PublicUrl>,
    /// The database.
    pub database: DatabaseUrl,
    /// The Vault.
    pub vault: VaultChoice,
    /// What may be reached, and through which proxies.
    pub outbound: WayOut,
    /// Where tokens are exchanged, and with which identities of this server.
    pub exchange: ExchangeSettings,
    /// The GitHub that accounts are connected at; `None` when nothing of it is configured.
    pub github: Option<GithubSettings>,
    /// Whether exports may be applied to clusters directly.
    pub clusters: Clusters,
    /// The proxies in front whose word on the visitor's address counts.
    pub trusted_proxies: TrustedProxies,
    /// How often a signed-in person may ask.
    pub request_rate: RequestRate,
    /// Which events are logged.
    pub log: String,
    /// How they look.
    pub log_format: LogFormat,
    /// Where `/metrics` is served; `None` is nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// The folder with the browser bundle.
    pub assets: PathBuf,
}

/// Something wrong with one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting, as it was written.
    pub name: String,
    /// What is wrong, without the value.
    pub what: String,
}

/// Everything that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} problem(s):", self.0.len())?;
        for problem in &self.0 {
            write!(f, "\n  {}: {}", problem.name, problem.what)?;
        }
        Ok(())
    }
}

impl Config {
    /// Reads the environment of this process and the file it names.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn load() -> Result<Self, Problems> {
        Self::understand(Values::gather(std::env::vars_os()))
    }

    fn understand(mut values: Values) -> Result<Self, Problems> {
        let config = Self::read(&mut values);
        match (config, values.into_problems()) {
            (Some(config), problems) if problems.is_empty() => Ok(config),
            (_, problems) => Err(Problems(problems)),
        }
    }

    /// Everything is read before the first `?`, so that every problem is noted.
    fn read(values: &mut Values) -> Option<Self> {
        let data_dir = PathBuf::from(values.text("HAWSER_DATA_DIR").unwrap_or("./data"));
        let listen = values.read("HAWSER_LISTEN", "127.0.0.1:3000", address);
        let public_url = values.optional("HAWSER_PUBLIC_URL", PublicUrl::parse);
        let database = values.optional("HAWSER_DATABASE_URL", DatabaseUrl::parse);
        let vault = vault::understand(values, &data_dir);
        let outbound = outbound::understand(values);
        let exchange = exchange::understand(values).unwrap_or_default();
        let github = github::understand(values, exchange);
        let clusters = [("on", Clusters::On), ("off", Clusters::Off)];
        let clusters = values.choice("HAWSER_CLUSTERS", "off", clusters);
        let visitors = visitors::understand(values);
        let log = values.read("HAWSER_LOG", "info", log_filter);
        let format = if std::io::stderr().is_terminal() { "text" } else { "json" };
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let log_format = values.choice("HAWSER_LOG_FORMAT", format, formats);
        let metrics_listen = values.read("HAWSER_METRICS_LISTEN", "127.0.0.1:3001", |text| {
            if text == "off" { Ok(None) } else { address(text).map(Some) }
        });
        let assets = PathBuf::from(values.text("HAWSER_ASSETS").unwrap_or("./dist"));
        let (exchange, github) = github?;
        let (trusted_proxies, request_rate) = visitors?;
        Some(Self {
            listen: listen?,
            public_url: public_url?,
            database: database?.unwrap_or_else(|| DatabaseUrl::in_folder(&data_dir)),
            vault: vault?,
            outbound: outbound?,
            exchange,
            github,
            clusters: clusters?,
            trusted_proxies,
            request_rate,
            log: log?,
            log_format: log_format?,
            metrics_listen: metrics_listen?,
            assets,
            data_dir,
        })
    }
}

/// The mount of Vault's KV store, whatever else is configured.
///
/// # Errors
/// When it is no mount.
pub fn vault_mount() -> Result<String, Problems> {
    let mut values = Values::gather(std::env::vars_os());
    vault::mount_of(&mut values).ok_or_else(|| Problems(values.into_problems()))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} is no address and port such as 127.0.0.1:3000"))
}

fn log_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|_| {
        format!("{text:?} is neither a level nor a list of directives such as info,engine=debug")
    })
}

#[cfg(test)]
mod tests;
