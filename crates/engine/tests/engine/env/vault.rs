//! One OpenBao for all tests of a program that run at the same time.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak, mpsc},
    thread::JoinHandle,
};

use tokio::sync::oneshot;
use vault::{
    VaultConfig,
    managed::{LOG_BYTES, Managed, ManagedConfig},
};

static RUNNING: Mutex<Weak<Bao>> = Mutex::new(Weak::new());

/// It has a thread and runtime of its own, because the runtime of the test that started it may end
/// before another test is done.
pub struct Bao {
    config: VaultConfig,
    /// What the server itself writes down of every request.
    log: PathBuf,
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
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let folder = tempfile::tempdir().unwrap();
                let data = folder.path().join("vault");
                let managed =
                    Managed::start(ManagedConfig { binary, folder: data, log_bytes: LOG_BYTES })
                        .await
                        .unwrap();
                let log = folder.path().join("vault/audit.log");
                ready.send((managed.vault_config(), log)).unwrap();
                drop(stopped.await);
                managed.stop().await;
            });
        });
        let (config, log) = started.recv().expect("OpenBao starts");
        Self { config, log, stop: Some(stop), thread: Some(thread) }
    }

    /// How often a value below this path was read.
    pub fn reads(&self, path: &str) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap();
        let entries = log.lines().filter_map(|line| serde_json::from_str(line).ok());
        let is_read = |entry: &serde_json::Value| {
            entry["type"] == "response"
                && entry.pointer("/request/operation").is_some_and(|operation| operation == "read")
                && entry
                    .pointer("/request/path")
                    .is_some_and(|at| *at == format!("secret/data/{path}"))
                && entry.get("error").is_none()
        };
        entries.filter(is_read).count()
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
