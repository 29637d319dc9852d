//! The Vault that comes with Hawser: an OpenBao server as a child process on a loopback port, with
//! its data in a folder. Who needs more runs a Vault of their own.

mod child;
mod files;
mod logs;
mod settings;

pub use settings::MOUNT;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{sync::oneshot, task::JoinHandle, time::Instant};

use self::{
    child::Keeper,
    files::{Configured, Folder},
};
use super::{Vault, VaultConfig, VaultError};

/// The longest a start may take.
const READY: Duration = Duration::from_secs(30);

/// Where the server program and its data are.
#[derive(Debug, Clone)]
pub struct ManagedConfig {
    /// The program `bao`.
    pub binary: PathBuf,
    /// Where everything is kept: data, keys, log. Made when missing.
    pub folder: PathBuf,
    /// From how many bytes on a log is put aside, while it is written; ten audit logs are kept.
    pub log_bytes: u64,
}

/// What [`ManagedConfig::log_bytes`] is for people: what was put aside takes 640 MiB at most.
pub const LOG_BYTES: u64 = 64 * 1024 * 1024;

/// Whether a folder can be used, without writing anything.
///
/// # Errors
/// When it holds data and not the keys to it.
pub fn inspect(folder: &Path) -> Result<(), ManagedError> {
    files::inspect(folder)
}

/// Why the embedded Vault could not be started.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each text says what it is")]
pub enum ManagedError {
    #[error("could not prepare {what} of the embedded Vault")]
    Folder {
        what: &'static str,
        #[source]
        source: io::Error,
    },
    #[error(
        "{} is missing, and without it the data beside it cannot be used; put it back from the backup. Nothing was written",
        .0.display()
    )]
    KeyMissing(PathBuf),
    #[error(
        "could not open {}, where the audit log was before the data folder moved; make its folder for one start, or start once at the old place",
        log.display()
    )]
    Moved {
        log: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another Hawser uses this data folder")]
    InUse,
    #[error("could not start the embedded Vault's program")]
    Spawn(#[source] io::Error),
    #[error("the embedded Vault stopped while starting; its log is server.log in its folder")]
    Stopped,
    #[error("the embedded Vault was not ready in time; its log is server.log in its folder")]
    NotReady(#[source] VaultError),
}

/// A running OpenBao server. It is started again when it ends by itself, and killed when this is
/// dropped; [`Managed::stop`] ends it in order.
pub struct Managed {
    config: VaultConfig,
    stop: Option<oneshot::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
    // Held until the end: two servers on one folder would destroy each other's data.
    _lock: std::fs::File,
}

impl Managed {
    /// Prepares the folder, starts the server, and returns when it is ready.
    ///
    /// # Errors
    /// When the folder or program cannot be used, or it is not ready after 30 seconds.
    pub async fn start(config: ManagedConfig) -> Result<Self, ManagedError> {
        let ManagedConfig { binary, folder, log_bytes } = config;
        let prepared = tokio::task::spawn_blocking(move || Folder::prepare(&folder)).await;
        let folder = prepared.map_err(|panic| ManagedError::Folder {
            what: "the folder",
            source: io::Error::other(panic),
        })??;
        child::end_left_over(&folder).await;
        let Configured { config, left } = folder.configure()?;
        let lock = folder.lock;
        let (stop, stopped) = oneshot::channel();
        let mut keeper = Keeper::new(binary, folder.places, log_bytes);
        keeper.spawn().map_err(ManagedError::Spawn)?;
        wait_until_ready(&config, &mut keeper).await?;
        left.clear();
        let keeper = tokio::spawn(keeper.supervise(stopped));
        Ok(Self { config, stop: Some(stop), keeper: Some(keeper), _lock: lock })
    }

    /// How to reach it.
    #[must_use]
    pub fn vault_config(&self) -> VaultConfig {
        self.config.clone()
    }

    /// Ends the server in order, so that the next start is quick.
    pub async fn stop(mut self) {
        // It fails only when the keeper is gone, and the server with it.
        let told = self.stop.take().map(|stop| stop.send(()));
        debug_assert!(told.is_some(), "it is stopped once");
        if let Some(keeper) = self.keeper.take()
            && let Err(error) = keeper.await
        {
            tracing::warn!(%error, "failed to wait for the managed OpenBao to exit");
        }
    }
}

impl Drop for Managed {
    fn drop(&mut self) {
        if let Some(keeper) = &self.keeper {
            keeper.abort();
        }
    }
}

async fn wait_until_ready(config: &VaultConfig, keeper: &mut Keeper) -> Result<(), ManagedError> {
    let vault = Vault::connect(config.clone()).await.map_err(ManagedError::NotReady)?;
    let deadline = Instant::now() + READY;
    loop {
        match vault.ready().await {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() >= deadline => return Err(ManagedError::NotReady(error)),
            Err(_) if keeper.has_ended() => return Err(ManagedError::Stopped),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
