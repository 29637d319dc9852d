//! The Vault that comes with Hawser: an OpenBao server as a child process on a loopback port, with
//! its data in a folder. Who needs more runs a Vault of their own.

mod child;
mod files;
mod settings;

pub use settings::MOUNT;

use std::{io, path::PathBuf, time::Duration};

use tokio::{sync::oneshot, task::JoinHandle, time::Instant};

use self::{child::Keeper, files::Folder};
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
        let ManagedConfig { binary, folder } = config;
        let prepared = tokio::task::spawn_blocking(move || Folder::prepare(&folder)).await;
        let folder = prepared.map_err(|panic| ManagedError::Folder {
            what: "the folder",
            source: io::Error::other(panic),
        })??;
        child::end_left_over(&folder).await;
        let (config, lock) = (folder.vault_config(), folder.lock);
        let (stop, stopped) = oneshot::channel();
        let mut keeper = Keeper::new(binary, folder.places);
        keeper.spawn().map_err(ManagedError::Spawn)?;
        wait_until_ready(&config, &mut keeper).await?;
        let keeper = tokio::spawn(keeper.keep(stopped));
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
            tracing::warn!(%error, "could not wait for the embedded Vault to end");
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
