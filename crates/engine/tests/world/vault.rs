//! One OpenBao for all tests of a program that run at the same time.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak, mpsc},
    thread::JoinHandle,
};

use connectors::vault::{
    VaultConfig,
    managed::{Managed, ManagedConfig},
};
use tokio::sync::oneshot;

static RUNNING: Mutex<Weak<Bao>> = Mutex::new(Weak::new());

/// It has a thread and runtime of its own, because the runtime of the test that started it may end
/// before another test is done.
pub struct Bao {
    config: VaultConfig,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bao {
    /// The one that runs, or a new one. It ends with the last test that holds it.
    pub fn shared() -> Arc<Self> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::start());
            *running = Arc::downgrade(&new);
            new
        })
    }

    fn start() -> Self {
        let binary = super::told("HAWSER_TEST_BAO").into();
        let (stop, stopped) = oneshot::channel();
        let (ready, config) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let folder = tempfile::tempdir().unwrap();
                let data = folder.path().join("vault");
                let managed = Managed::start(ManagedConfig { binary, folder: data }).await.unwrap();
                ready.send(managed.vault_config()).unwrap();
                drop(stopped.await);
                managed.stop().await;
            });
        });
        Self {
            config: config.recv().expect("OpenBao starts"),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn config(&self) -> VaultConfig {
        self.config.clone()
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
