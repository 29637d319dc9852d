//! The URL people open.

use std::net::SocketAddr;

use url::{Host, Url};

/// Whether browsers reach Hawser over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `https`: cookies are Secure, HSTS is sent.
    Encrypted,
    /// Plain `http`, as on one's own machine.
    Plain,
}

/// The URL people open: scheme, host and port, nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
}

impl PublicUrl {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is no URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must begin with http:// or https://".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user name or password".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "must end after host and port: Hawser lives at the root of its host".to_owned()
            );
        }
        Ok(Self { url })
    }

    /// The URL of a server that listens at `address`.
    ///
    /// # Errors
    /// Never for an address one can listen on.
    pub fn of_listener(address: SocketAddr) -> Result<Self, String> {
        if address.ip().is_unspecified() {
            return Self::parse(&format!("http://localhost:{}", address.port()));
        }
        Self::parse(&format!("http://{address}"))
    }

    /// Scheme, host and port as browsers send them in `Origin`, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The URL of a path of ours.
    ///
    /// # Errors
    /// When it is no path.
    pub fn at(&self, path: &str) -> Result<Url, String> {
        self.url.join(path).map_err(|error| format!("is no base of {path}: {error}"))
    }

    /// What browsers may send in `Host`: the host alone when the port is the scheme's own.
    #[must_use]
    pub fn authorities(&self) -> Vec<String> {
        let host = match self.url.host() {
            Some(Host::Ipv6(address)) => format!("[{address}]"),
            Some(host) => host.to_string(),
            None => return Vec::new(),
        };
        match (self.url.port(), self.url.port_or_known_default()) {
            (Some(port), _) => vec![format!("{host}:{port}")],
            (None, Some(port)) => vec![host.clone(), format!("{host}:{port}")],
            (None, None) => vec![host],
        }
    }

    /// Its host, without the port.
    #[must_use]
    pub fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }

    /// Whether it is https.
    #[must_use]
    pub fn transport(&self) -> Transport {
        if self.url.scheme() == "https" { Transport::Encrypted } else { Transport::Plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scheme_host_and_port() {
        let url = PublicUrl::parse("https://Hawser.Example.com/").unwrap();
        assert_eq!(url.origin(), "https://hawser.example.com");
        assert_eq!(url.authorities(), ["hawser.example.com", "hawser.example.com:443"]);
        assert_eq!(url.transport(), Transport::Encrypted);
        let url = PublicUrl::parse("http://[::1]:3000").unwrap();
        assert_eq!(url.authorities(), ["[::1]:3000"]);
        for bad in [
            "",
            "hawser",
            "ftp://x",
            "https://a:b@x",
            "https://x/path",
            "https://x/?a",
            "https://x/#a",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unspecified_address_is_opened_as_localhost() {
        let url = PublicUrl::of_listener("0.0.0.0:3000".parse().unwrap()).unwrap();
        assert_eq!(url.origin(), "http://localhost:3000");
    }
}
