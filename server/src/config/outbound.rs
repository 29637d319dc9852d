//! The way out: private targets, proxies, certificates that are not checked.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use connectors::http::{AllowList, OutboundSettings};
use url::Url;

use super::values::Values;

/// The way out. `Debug` shows the names of proxies alone, because their addresses may hold a
/// password.
#[derive(Clone, Default)]
pub struct WayOut(OutboundSettings);

impl WayOut {
    /// What the outbound client is built with.
    #[must_use]
    pub fn settings(&self) -> OutboundSettings {
        self.0.clone()
    }
}

impl fmt::Debug for WayOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WayOut")
            .field("allow", &self.0.allow)
            .field("proxies", &self.0.proxies.keys())
            .field("skip_verify", &self.0.skip_verify)
            .finish()
    }
}

pub(super) fn understand(values: &mut Values) -> Option<WayOut> {
    let allow = values.read("HAWSER_OUTBOUND_ALLOW", "", |text| {
        AllowList::parse(text).map_err(|error| error.to_string())
    });
    let proxies = values.read("HAWSER_PROXIES", "", proxies);
    let skip_verify = values.read("HAWSER_TLS_SKIP_VERIFY", "", skip_verify);
    Some(WayOut(OutboundSettings { allow: allow?, proxies: proxies?, skip_verify: skip_verify? }))
}

pub(super) fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// `name=http://host:port`. What is wrong is told without the address.
fn proxies(text: &str) -> Result<BTreeMap<String, Url>, String> {
    let mut proxies = BTreeMap::new();
    for (number, entry) in entries(text).enumerate() {
        let (name, address) = entry.split_once('=').unwrap_or(("", entry));
        let name = name.trim();
        let fine = (1..=40).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !fine {
            let number = number + 1;
            return Err(format!(
                "entry {number} has to be like name=http://proxy.local:3128, with a name of letters, digits, - and _"
            ));
        }
        let url = Url::parse(address.trim()).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
        });
        let url = url.ok_or_else(|| {
            format!("the address of {name} has to be like http://proxy.local:3128")
        })?;
        if proxies.insert(name.to_owned(), url).is_some() {
            return Err(format!("{name} is named twice"));
        }
    }
    Ok(proxies)
}

fn skip_verify(text: &str) -> Result<HashSet<(String, u16)>, String> {
    let read = |entry: &str| {
        let (host, port) = entry.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let host = url::Host::parse(host.trim_end_matches('.')).ok()?;
        Some((host.to_string(), port))
    };
    entries(text)
        .map(|entry| {
            read(entry).ok_or_else(|| {
                format!("{entry:?} has to be a host with its port, such as registry.local:443")
            })
        })
        .collect()
}
