//! The configuration: environment and file, understood once, every problem named at once.
//!
//! The only place that reads the environment.

mod database_url;
mod exchange;
mod github;
mod outbound;
mod parse;
mod settings;
mod values;
mod vault;

use std::{
    fmt,
    io::{self, IsTerminal as _},
    net::SocketAddr,
    path::PathBuf,
};

pub use self::vault::VaultChoice;
pub use database_url::{DatabaseKind, DatabaseUrl};
pub use settings::{SETTINGS, Setting, table};

use ::github::GithubSettings;
use egress::OutboundSettings;
use token_exchange::ExchangeSettings;
use values::{Noted, Values, read};

use crate::web::{PublicUrl, RequestRate, TrustedProxies};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// What nobody chose is what suits where standard error leads to.
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" if io::stderr().is_terminal() => Ok(Self::Text),
            "" => Ok(Self::Json),
            text => parse::either(text, [("text", Self::Text), ("json", Self::Json)]),
        }
    }
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
    pub outbound: OutboundSettings,
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
        let problems = values.into_problems();
        config.ok().filter(|_| problems.is_empty()).ok_or(Problems(problems))
    }

    fn read(values: &mut Values) -> Result<Self, Noted> {
        let data_dir = values.get(&settings::DATA_DIR)?;
        let database = values.get(&settings::DATABASE_URL);
        let vault = VaultChoice::read(values, &data_dir);
        let mut exchange = exchange::exchange(values).unwrap_or_default();
        let github = github::github(values, &mut exchange);
        let outbound = outbound(values);
        Ok(read!(values; Self {
            listen: settings::LISTEN,
            public_url: settings::PUBLIC_URL,
            clusters: settings::CLUSTERS,
            trusted_proxies: settings::TRUSTED_PROXIES,
            request_rate: settings::REQUEST_RATE,
            log: settings::LOG,
            log_format: settings::LOG_FORMAT,
            metrics_listen: settings::METRICS_LISTEN,
            assets: settings::ASSETS;
            database: database?.unwrap_or_else(|| DatabaseUrl::in_folder(&data_dir)),
            vault: vault?,
            outbound: outbound?,
            exchange: exchange,
            github: github?,
            data_dir: data_dir,
        }))
    }
}

fn outbound(values: &mut Values) -> Result<OutboundSettings, Noted> {
    Ok(read!(values; OutboundSettings {
        allow: settings::OUTBOUND_ALLOW,
        proxies: settings::PROXIES,
        skip_verify: settings::TLS_SKIP_VERIFY,
    }))
}

/// The mount of Vault's KV store, whatever else is configured.
///
/// # Errors
/// When it is no mount.
pub fn vault_mount() -> Result<String, Problems> {
    let mut values = Values::gather(std::env::vars_os());
    values.get(&settings::VAULT_MOUNT).map_err(|Noted| Problems(values.into_problems()))
}

#[cfg(test)]
mod tests;
