//! Which Vault to use.

use std::path::{Path, PathBuf};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use url::{Host, Url};

use super::values::{Values, file};

/// Which Vault keeps the secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultChoice {
    /// An OpenBao that Hawser runs itself.
    Managed {
        /// The binary.
        binary: PathBuf,
        /// Where it keeps its data.
        folder: PathBuf,
    },
    /// The operator's own.
    External(ExternalVault),
}

/// How to reach the operator's Vault or OpenBao. Names files that hold secrets, never the secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table of settings says what each one means")]
pub struct ExternalVault {
    pub address: Url,
    pub role_id_file: PathBuf,
    pub secret_id_file: PathBuf,
    pub namespace: Option<String>,
    pub mount: String,
    pub approle_mount: String,
    pub ca_file: Option<PathBuf>,
}

const ADDRESS: &str = "HAWSER_VAULT_ADDR";

/// What only makes sense together with an address.
const EXTERNAL: [&str; 6] = [
    "HAWSER_VAULT_ROLE_ID_FILE",
    "HAWSER_VAULT_SECRET_ID_FILE",
    "HAWSER_VAULT_NAMESPACE",
    "HAWSER_VAULT_MOUNT",
    "HAWSER_VAULT_APPROLE_MOUNT",
    "HAWSER_VAULT_CA_FILE",
];

pub(super) fn understand(values: &mut Values, data_dir: &Path) -> Option<VaultChoice> {
    if values.text(ADDRESS).is_some() {
        return external(values).map(VaultChoice::External);
    }
    values.without_effect(&EXTERNAL, ADDRESS);
    let named = values.text("HAWSER_BAO_BINARY").map(PathBuf::from);
    let Some(binary) = named.or_else(on_path) else {
        values.problem(
            "HAWSER_BAO_BINARY",
            "no `bao` on PATH: name the OpenBao binary here, or set HAWSER_VAULT_ADDR to use a Vault of yours",
        );
        return None;
    };
    if !binary.is_file() {
        values.problem("HAWSER_BAO_BINARY", format!("{} is no file", binary.display()));
        return None;
    }
    Some(VaultChoice::Managed { binary, folder: data_dir.join("openbao") })
}

fn external(values: &mut Values) -> Option<ExternalVault> {
    let address = values.read(ADDRESS, "", address);
    let role_id_file = values.read("HAWSER_VAULT_ROLE_ID_FILE", "", file(ADDRESS));
    let secret_id_file = values.read("HAWSER_VAULT_SECRET_ID_FILE", "", file(ADDRESS));
    let mount = mount_of(values);
    let approle_mount = values.read("HAWSER_VAULT_APPROLE_MOUNT", "approle", mount_of_login);
    let ca_file = values.optional("HAWSER_VAULT_CA_FILE", authority);
    Some(ExternalVault {
        address: address?,
        role_id_file: role_id_file?,
        secret_id_file: secret_id_file?,
        namespace: values.text("HAWSER_VAULT_NAMESPACE").map(str::to_owned),
        mount: mount?,
        approle_mount: approle_mount?,
        ca_file: ca_file?,
    })
}

pub(super) fn mount_of(values: &mut Values) -> Option<String> {
    values.read("HAWSER_VAULT_MOUNT", "secret", mount)
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("is no URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
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
fn authority(text: &str) -> Result<PathBuf, String> {
    let path = file(ADDRESS)(text)?;
    let mut certificates =
        CertificateDer::pem_file_iter(&path).map_err(|error| format!("reading {text}: {error}"))?;
    match certificates.next() {
        Some(Ok(_)) => Ok(path),
        _ => Err(format!("{text} holds no certificate in PEM")),
    }
}

fn mount(text: &str) -> Result<String, String> {
    let clean = text.trim_matches('/');
    // Vault's client drops `..` silently, and the path would mean something else.
    if clean.is_empty() || clean.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(format!("{text:?} is no mount path"));
    }
    Ok(clean.to_owned())
}

fn mount_of_login(text: &str) -> Result<String, String> {
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
