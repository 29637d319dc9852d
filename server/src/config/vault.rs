//! Which Vault to use.

use std::path::{Path, PathBuf};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use url::{Host, Url};
use vault::VaultConfig;

use super::{
    parse, settings,
    values::{Noted, Values, read},
};

/// Which Vault keeps the secrets.
#[derive(Debug, Clone)]
pub enum VaultChoice {
    /// An OpenBao that Hawser runs itself.
    Managed {
        /// The binary.
        binary: PathBuf,
        /// Where it keeps its data.
        folder: PathBuf,
    },
    /// The operator's own.
    External(VaultConfig),
}

impl VaultChoice {
    pub(super) fn read(values: &mut Values, data_dir: &Path) -> Result<Self, Noted> {
        if values.has(&settings::VAULT_ADDR) {
            return Ok(Self::External(read!(values; VaultConfig {
                address: settings::VAULT_ADDR,
                role_id: settings::VAULT_ROLE_ID_FILE,
                secret_id: settings::VAULT_SECRET_ID_FILE,
                namespace: settings::VAULT_NAMESPACE,
                mount: settings::VAULT_MOUNT,
                approle_mount: settings::VAULT_APPROLE_MOUNT,
                ca_pem: settings::VAULT_CA_FILE,
            })));
        }
        values.without(settings::VAULT_ADDR.name);
        match values.get(&settings::BAO_BINARY)?.or_else(on_path) {
            Some(binary) if binary.is_file() => {
                Ok(Self::Managed { binary, folder: data_dir.join("openbao") })
            }
            Some(binary) => {
                Err(values.problem(settings::BAO_BINARY.name, format!("{} is no file", binary.display())))
            }
            None => Err(values.problem(
                settings::BAO_BINARY.name,
                "no `bao` on PATH: name the OpenBao binary here, or set HAWSER_VAULT_ADDR to use a Vault of yours",
            )),
        }
    }
}

pub(super) fn address(text: &str) -> Result<Url, String> {
    let url = parse::url(text)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    if parse::has_login(&url) {
        return Err("must not hold a user name or password; Hawser signs in by AppRole".to_owned());
    }
    if url.scheme() == "http" && !is_here(&url) {
        return Err("http:// would show every secret on its way to another machine; use https://"
            .to_owned());
    }
    Ok(url)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A file that holds at least one certificate: without one nobody would be trusted.
pub(super) fn authority(text: &str) -> Result<Vec<u8>, String> {
    let pem = std::fs::read(text).map_err(|error| format!("opening {text}: {error}"))?;
    match CertificateDer::pem_slice_iter(&pem).next() {
        Some(Ok(_)) => Ok(pem),
        _ => Err(format!("{text} holds no certificate in PEM")),
    }
}

pub(super) fn mount(text: &str) -> Result<String, String> {
    let clean = text.trim_matches('/');
    // Vault's client drops `..` silently, and the path would mean something else.
    if clean.is_empty() || clean.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(format!("{text:?} is no mount path"));
    }
    Ok(clean.to_owned())
}

pub(super) fn login_mount(text: &str) -> Result<String, String> {
    mount(text.trim_start_matches('/').trim_start_matches("auth/"))
}

/// `bao` on PATH, or where `make setup` puts it.
fn on_path() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "this is server::config")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("bao"))
        .chain([PathBuf::from(".cache/bin/bao")])
        .find(|candidate| candidate.is_file())
}
