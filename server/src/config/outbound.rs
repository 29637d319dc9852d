//! The way out: proxies, and certificates that are not checked.

use std::collections::BTreeMap;

use url::{Host, Url};

use super::parse::{ends_after_host, entries};

/// `name=http://host:port`. What is wrong is told without the address.
pub(super) fn proxies(text: &str) -> Result<BTreeMap<String, Url>, String> {
    let mut proxies = BTreeMap::new();
    for (entry, number) in entries(text).zip(1..) {
        let (name, address) = entry.split_once('=').unwrap_or(("", entry));
        let name = name.trim();
        let fine = (1..=40).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !fine {
            return Err(format!(
                "entry {number} has to be like name=http://proxy.local:3128, with a name of letters, digits, - and _"
            ));
        }
        let url = Url::parse(address.trim()).ok().filter(ends_after_host).ok_or_else(|| {
            format!("the address of {name} has to be like http://proxy.local:3128")
        })?;
        if proxies.insert(name.to_owned(), url).is_some() {
            return Err(format!("{name} is named twice"));
        }
    }
    Ok(proxies)
}

pub(super) fn host_and_port(entry: &str) -> Result<(String, u16), String> {
    let read = || {
        let (host, port) = entry.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        Some((Host::parse(host.trim_end_matches('.')).ok()?.to_string(), port))
    };
    read().ok_or_else(|| {
        format!("{entry:?} has to be a host with its port, such as registry.local:443")
    })
}
