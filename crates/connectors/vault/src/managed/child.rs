//! The process itself: started in its own group, so that Ctrl-C does not end it before the server
//! has finished; started again when it ends by itself; ended in order.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    sync::oneshot,
    time::{sleep, timeout},
};

use super::{
    files::{Folder, VaultFiles},
    logs::{self, Then},
};

/// How long a process may take to end in order.
const PATIENCE: Duration = Duration::from_secs(10);
/// The wait before a process that ended by itself is started again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often the sizes of the logs are looked at.
const LOOK: Duration = Duration::from_secs(5);

pub(super) struct Keeper {
    binary: PathBuf,
    places: VaultFiles,
    log_bytes: u64,
    child: Option<Child>,
}

impl Keeper {
    pub(super) const fn new(binary: PathBuf, places: VaultFiles, log_bytes: u64) -> Self {
        Self { binary, places, log_bytes, child: None }
    }

    pub(super) fn spawn(&mut self) -> io::Result<()> {
        // A process that is about to start opens what is there.
        self.rotate();
        let log =
            OpenOptions::new().create(true).append(true).mode(0o600).open(self.places.log())?;
        let child = Command::new(&self.binary)
            .arg("server")
            .arg("-config")
            .arg(self.places.settings())
            .current_dir(self.places.folder())
            // Nothing of our environment: it may hold secrets and settings for another Vault.
            .env_clear()
            .env("HOME", self.places.folder())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        if let Some(pid) = child.id() {
            fs::write(self.places.pid(), pid.to_string())?;
        }
        self.child = Some(child);
        Ok(())
    }

    pub(super) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// Keeps the process alive until `stop`.
    pub(super) async fn supervise(mut self, mut stop: oneshot::Receiver<()>) {
        loop {
            let ended = async {
                if let Some(child) = &mut self.child {
                    drop(child.wait().await);
                }
            };
            tokio::select! {
                _ = &mut stop => return self.end().await,
                () = ended => {}
                () = sleep(LOOK) => {
                    if self.rotate() == Then::Reopen {
                        self.tell(Signal::SIGHUP);
                    }
                    continue;
                }
            }
            tracing::warn!("managed OpenBao exited; restarting it");
            tokio::select! {
                _ = &mut stop => return self.end().await,
                () = sleep(AGAIN) => {}
            }
            if let Err(error) = self.spawn() {
                self.child = None;
                tracing::error!(%error, "failed to restart the managed OpenBao");
            }
        }
    }

    fn rotate(&self) -> Then {
        logs::rotate(&self.places, self.log_bytes).unwrap_or_else(|error| {
            tracing::warn!(%error, "failed to rotate a log of the managed OpenBao");
            Then::Nothing
        })
    }

    fn tell(&self, kind: Signal) {
        let pid = self.child.as_ref().and_then(Child::id).and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid {
            signal(pid, kind);
        }
    }

    async fn end(mut self) {
        self.tell(Signal::SIGTERM);
        if let Some(mut child) = self.child.take()
            && timeout(PATIENCE, child.wait()).await.is_err()
            && let Err(error) = child.kill().await
        {
            tracing::warn!(%error, "failed to kill the managed OpenBao");
        }
        drop(fs::remove_file(self.places.pid()));
    }
}

/// Ends the process that a killed server left behind. The lock on the folder says that no other
/// server lives, and the command line that it is this folder's process.
pub(super) async fn end_left_over(folder: &Folder) {
    let places = &folder.places;
    let Some(pid) = fs::read_to_string(places.pid())
        .ok()
        .and_then(|text| text.trim().parse::<i32>().ok())
        .filter(|pid| *pid > 1)
    else {
        return;
    };
    let is_ours = || {
        let settings = places.settings();
        let wanted = settings.as_os_str().as_encoded_bytes();
        fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == wanted))
    };
    for (kind, patience) in [(Signal::SIGTERM, PATIENCE), (Signal::SIGKILL, Duration::from_secs(5))]
    {
        if !is_ours() {
            break;
        }
        signal(pid, kind);
        let gone = async {
            while is_ours() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        if timeout(patience, gone).await.is_ok() {
            break;
        }
    }
    drop(fs::remove_file(places.pid()));
}

fn signal(pid: i32, kind: Signal) {
    if let Err(error) = kill(Pid::from_raw(pid), kind) {
        tracing::debug!(%error, %kind, "failed to signal the managed OpenBao");
    }
}
