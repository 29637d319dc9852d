//! What a browser keeps for a while: between the steps of connecting an account, or of taking an invitation.

use axum::response::Response;
use domain::Secret;
use http::{HeaderMap, HeaderValue, header};

use super::{
    Transport,
    cookie::{self, SameSite},
};

/// One of these cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptCookie {
    /// The key of the browser that went to GitHub.
    Browser,
    /// The code that is being typed at GitHub.
    Device,
    /// What the link of an invitation carried.
    Invitation,
}

impl KeptCookie {
    /// With `__Host-` browsers take it over TLS alone, and from this host alone.
    const fn name(self, transport: Transport) -> &'static str {
        match (self, transport) {
            (Self::Browser, Transport::Encrypted) => "__Host-hawser-github",
            (Self::Browser, Transport::Plain) => "hawser-github",
            (Self::Device, Transport::Encrypted) => "__Host-hawser-device",
            (Self::Device, Transport::Plain) => "hawser-device",
            (Self::Invitation, Transport::Encrypted) => "__Host-hawser-invitation",
            (Self::Invitation, Transport::Plain) => "hawser-invitation",
        }
    }

    /// What a request brings; nothing when it brings more than one.
    pub(crate) fn read(self, transport: Transport, headers: &HeaderMap) -> Option<Secret> {
        cookie::read(headers, self.name(transport))
    }

    /// Has the browser keep it for so many seconds.
    pub(crate) fn set(
        self,
        transport: Transport,
        value: &Secret,
        seconds: u64,
        response: &mut Response,
    ) {
        if let Some(cookie) = self.header(transport, value, seconds) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// The header that has the browser keep it for so many seconds; with none of them it forgets it.
    pub(crate) fn header(
        self,
        transport: Transport,
        value: &Secret,
        seconds: u64,
    ) -> Option<HeaderValue> {
        cookie::header(transport, self.name(transport), value, SameSite::Lax, seconds)
    }

    /// Has the browser forget it.
    pub(crate) fn clear(self, transport: Transport, response: &mut Response) {
        self.set(transport, &Secret::default(), 0, response);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_of_the_whole_name_counts() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(text));
            KeptCookie::Browser.read(Transport::Encrypted, &headers).unwrap_or_default()
        };
        assert_eq!(read("a=b; __Host-hawser-github=k1; c=d"), "k1");
        for none in [
            "hawser-github=k1",
            "__Host-hawser-github2=k1",
            "__Host-hawser-github=k1; __Host-hawser-github=k2",
            "__Host-hawser-device=k1",
        ] {
            assert_eq!(read(none), "", "{none}");
        }
    }
}
