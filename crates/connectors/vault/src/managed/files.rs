//! The folder of the embedded Vault. Keys are made once and are never written again.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write as _},
    net::TcpListener,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use super::{ManagedError, settings};
use crate::VaultConfig;

/// A prepared folder, and the lock on it.
pub(super) struct Folder {
    pub(super) places: VaultFiles,
    pub(super) lock: File,
}

/// A folder that a process can be started in.
pub(super) struct Configured {
    pub(super) config: VaultConfig,
    pub(super) left: Left,
}

/// The place of an audit log that an earlier version wrote down with its whole path. OpenBao opens it
/// once more before it takes the new device, even where the folder has moved away from.
pub(super) struct Left(Vec<PathBuf>);

impl Left {
    /// Makes sure that it can be opened.
    fn at(log: Option<PathBuf>, places: &VaultFiles) -> Result<Self, ManagedError> {
        let Some(log) = log.filter(|log| log.parent() != Some(places.folder())) else {
            return Ok(Self(Vec::new()));
        };
        let mut made: Vec<PathBuf> =
            log.ancestors().take_while(|path| !path.exists()).map(Path::to_owned).collect();
        let folder = log.parent().unwrap_or(&log);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .and_then(|()| private(&log))
            .map_err(|source| ManagedError::Moved { log: log.clone(), source })?;
        made.retain(|path| path.exists());
        Ok(Self(made))
    }

    /// Removes what was made for it.
    pub(super) fn clear(self) {
        for path in self.0 {
            let gone = if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
            if let Err(error) = gone {
                tracing::debug!(%error, path = %path.display(), "failed to remove what a moved folder left");
            }
        }
    }
}

/// Where the parts lie.
#[derive(Debug, Clone)]
pub(super) struct VaultFiles {
    folder: PathBuf,
}

/// The loopback ports.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Ports {
    pub(super) api: u16,
    pub(super) cluster: u16,
}

impl Ports {
    fn are_free(self) -> bool {
        [self.api, self.cluster]
            .into_iter()
            .all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
    }
}

impl VaultFiles {
    #[cfg(test)]
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn settings(&self) -> PathBuf {
        self.file("config.hcl")
    }

    pub(super) fn pid(&self) -> PathBuf {
        self.file("pid")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.file("server.log")
    }
}

/// Refuses a folder that holds data without what opens it: a new key would open nothing, and hide that
/// the right one is missing. Writes nothing.
pub(super) fn inspect(folder: &Path) -> Result<(), ManagedError> {
    let has_data = fs::read_dir(folder.join("data")).is_ok_and(|mut data| data.next().is_some());
    let missing =
        KEYS.into_iter().map(|(name, _)| folder.join(name)).find(|path| has_data && !path.exists());
    missing.map_or(Ok(()), |path| Err(ManagedError::KeyMissing(path)))
}

/// What is made with the data, and belongs to it.
const KEYS: [(&str, &str); 3] =
    [("unseal.key", "the unseal key"), ("role_id", "the role id"), ("secret_id", "the secret id")];

impl Folder {
    pub(super) fn prepare(folder: &Path) -> Result<Self, ManagedError> {
        inspect(folder)?;
        let wrong = |what| move |source| ManagedError::Folder { what, source };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(wrong("the folder"))?;
        let places = VaultFiles { folder: folder.canonicalize().map_err(wrong("the folder"))? };
        fs::set_permissions(places.folder(), Permissions::from_mode(0o700))
            .map_err(wrong("the folder"))?;
        let lock = lock(&places.file("lock"))?;
        for (name, what) in KEYS {
            once(&places.file(name), || {
                let bytes = random::<32>()?;
                Ok(match name {
                    "unseal.key" => bytes.to_vec(),
                    _ => hex::encode(bytes.as_slice()).into_bytes(),
                })
            })
            .map_err(wrong(what))?;
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(places.file("data"))
            .map_err(wrong("the data folder"))?;
        Ok(Self { places, lock })
    }

    /// Chooses the ports and writes the configuration, when no process of this folder runs any more.
    /// The ports stay the same unless somebody else has one: the folder came from another machine, or
    /// is a copy.
    pub(super) fn configure(&self) -> Result<Configured, ManagedError> {
        let wrong = |what| move |source| ManagedError::Folder { what, source };
        let (path, settings) = (self.places.file("ports.json"), self.places.settings());
        let kept = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let ports = if let Some(ports) = kept.filter(|ports: &Ports| ports.are_free()) {
            ports
        } else {
            let ports = free_ports().map_err(wrong("the ports"))?;
            let text = serde_json::to_vec(&ports).map_err(io::Error::from);
            text.and_then(|text| replace(&path, &text)).map_err(wrong("the ports"))?;
            ports
        };
        let before = fs::read_to_string(&settings).unwrap_or_default();
        let left = Left::at(settings::audit_elsewhere(&before), &self.places)?;
        let text = settings::text(&self.places, ports);
        text.and_then(|text| replace(&settings, text.as_bytes()))
            .map_err(wrong("the configuration"))?;
        Ok(Configured { config: self.vault_config(ports), left })
    }

    fn vault_config(&self, ports: Ports) -> VaultConfig {
        let mut address = settings::loopback();
        // Both cannot fail: the address has a host, and every port is one.
        let set: Result<(), ()> = Url::set_port(&mut address, Some(ports.api));
        debug_assert!(set.is_ok(), "an http address takes a port");
        VaultConfig {
            address,
            mount: settings::MOUNT.to_owned(),
            namespace: None,
            ca_pem: None,
            role_id: self.places.file("role_id"),
            secret_id: self.places.file("secret_id"),
            approle_mount: settings::APPROLE.to_owned(),
        }
    }
}

fn lock(path: &Path) -> Result<File, ManagedError> {
    let wrong = |source| ManagedError::Folder { what: "the lock", source };
    let file = private(path).map_err(wrong)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ManagedError::InUse),
        Err(TryLockError::Error(source)) => Err(wrong(source)),
    }
}

/// Opens a file that only this user may read.
pub(super) fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)
}

/// Makes a file with `content` unless it is there. It appears whole and on the disk, or not at all:
/// half an unseal key would lose everything.
fn once(path: &Path, content: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let content = Zeroizing::new(content()?);
    let draft = path.with_extension("new");
    let mut file = private(&draft)?;
    file.set_len(0)?;
    file.write_all(&content)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Writes a file anew. It holds the old content or the new one, even on a disk that is full.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = private(&draft)?;
    file.set_len(0)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

fn random<const N: usize>() -> io::Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    aws_lc_rs::rand::fill(bytes.as_mut_slice())
        .map_err(|_| io::Error::other("no random numbers"))?;
    Ok(bytes)
}

fn free_ports() -> io::Result<Ports> {
    // Both are held at once, so that they differ.
    let (api, cluster) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    Ok(Ports { api: api.local_addr()?.port(), cluster: cluster.local_addr()?.port() })
}
