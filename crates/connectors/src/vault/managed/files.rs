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
use crate::vault::VaultConfig;

/// A prepared folder, and the lock on it.
pub(super) struct Folder {
    pub(super) places: Places,
    pub(super) lock: File,
    ports: Ports,
}

/// Where the parts lie.
#[derive(Debug, Clone)]
pub(super) struct Places {
    folder: PathBuf,
}

/// The loopback ports, chosen once: raft remembers its own address.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Ports {
    pub(super) api: u16,
    pub(super) cluster: u16,
}

impl Places {
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

impl Folder {
    pub(super) fn prepare(folder: &Path) -> Result<Self, ManagedError> {
        let wrong = |what| move |source| ManagedError::Folder { what, source };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(wrong("the folder"))?;
        let places = Places { folder: folder.canonicalize().map_err(wrong("the folder"))? };
        fs::set_permissions(places.folder(), Permissions::from_mode(0o700))
            .map_err(wrong("the folder"))?;
        let lock = lock(&places.file("lock"))?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(places.file("data"))
            .map_err(wrong("the data folder"))?;
        once(&places.file("unseal.key"), || random::<32>().map(|key| key.to_vec()))
            .map_err(wrong("the unseal key"))?;
        for (name, what) in [("role_id", "the role id"), ("secret_id", "the secret id")] {
            once(&places.file(name), || {
                random::<32>().map(|id| hex::encode(id.as_slice()).into_bytes())
            })
            .map_err(wrong(what))?;
        }
        let ports = places.file("ports.json");
        once(&ports, || Ok(serde_json::to_vec(&free_ports()?)?)).map_err(wrong("the ports"))?;
        let ports: Ports = fs::read(&ports)
            .and_then(|text| Ok(serde_json::from_slice(&text)?))
            .map_err(wrong("the ports"))?;
        private(&places.settings())
            .and_then(|mut file| {
                file.set_len(0)?;
                file.write_all(settings::text(&places, ports)?.as_bytes())
            })
            .map_err(wrong("the configuration"))?;
        Ok(Self { places, lock, ports })
    }

    pub(super) fn vault_config(&self) -> VaultConfig {
        let mut address = settings::loopback();
        // Both cannot fail: the address has a host, and every port is one.
        let set: Result<(), ()> = Url::set_port(&mut address, Some(self.ports.api));
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
