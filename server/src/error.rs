//! Why Hawser could not start.

use std::{fmt::Write as _, io, net::SocketAddr, path::PathBuf};

/// Why Hawser could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder cannot be used.
    #[error("using {}", .path.display())]
    DataFolder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A second process was started on one folder.
    #[error("another hawser-server uses {}; stop it first, or give this one another HAWSER_DATA_DIR", .0.display())]
    InUse(PathBuf),
    /// The database cannot be opened.
    #[error("opening the database (HAWSER_DATABASE_URL)")]
    Database(#[source] storage::Error),
    /// The embedded Vault did not start.
    #[error("starting the managed OpenBao (HAWSER_BAO_BINARY)")]
    Managed(#[source] vault::managed::ManagedError),
    /// The configuration of the external Vault cannot work.
    #[error("preparing the connection to Vault (HAWSER_VAULT_ADDR)")]
    Vault(#[source] vault::VaultError),
    /// The outbound client cannot be built.
    #[error("preparing the outbound client")]
    Outbound(#[source] egress::OutboundError),
    /// The engine does not start.
    #[error("starting the engine")]
    Engine(#[source] engine::Error),
    /// The browser bundle is missing.
    #[error("loading the browser bundle (HAWSER_ASSETS)")]
    Assets(#[source] crate::web::AssetsError),
    /// The address is taken, or not ours.
    #[error("listening at {address} ({setting})")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The setting that names it.
        setting: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The public URL cannot be made from the address.
    #[error("making the public URL: {0}")]
    PublicUrl(String),
    /// The figures cannot be recorded.
    #[error("preparing the figures")]
    Figures(#[source] crate::telemetry::CountingError),
    /// A part ended while it was starting.
    #[error("starting Hawser: {0}")]
    Lost(String),
    /// The signals cannot be listened to.
    #[error("listening for signals")]
    Signals(#[source] io::Error),
}

impl Error {
    /// The error with everything that caused it, on one line.
    #[must_use]
    pub fn chain(&self) -> String {
        chain(self)
    }
}

/// An error with everything that caused it, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}
