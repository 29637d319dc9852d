//! Signing in and out, and the set-up of a new Hawser.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::{Email, Field, Name, NewPassword, Secret, ServiceError, UserId, error::all};

/// The sign-in form, as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignIn {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// Where to go afterwards; only a path of this server counts.
    pub next: String,
}

/// Where a sign-in comes from.
#[derive(Debug, Clone)]
pub struct SignInFrom {
    /// The visitor's address.
    pub address: IpAddr,
    /// What the browser was given when it signed somebody in before.
    pub browser: Option<Secret>,
}

/// A person who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// What the browser is known by from now on; `None` when it keeps what it has.
    pub browser: Option<Secret>,
}

/// The set-up form, as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SetUp {
    /// The one-time token of the link.
    pub token: Secret,
    /// The name of the first organization.
    pub organization: String,
    /// The name of the first person.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: Secret,
}

/// A set-up that passed the rules.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `SetUp`, checked")]
pub struct FirstAccount {
    pub token: Secret,
    pub organization: Name,
    pub name: Name,
    pub email: Email,
    pub password: NewPassword,
}

impl SetUp {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<FirstAccount, ServiceError> {
        let organization = Name::parse(&self.organization)
            .map_err(|problem| Field::Organization.problem(problem.message));
        let (organization, name, email, password) = all!(
            organization,
            Name::parse(&self.name),
            Email::parse(&self.email),
            NewPassword::parse(self.password)
        );
        Ok(FirstAccount { token: self.token, organization, name, email, password })
    }
}

/// What limits count an address as: itself, or of IPv6 its /64, all addresses of which one customer
/// usually has.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Where to go after signing in: a path of this server, or the start page (R-REDIR-01).
#[must_use]
pub fn safe_next(next: &str) -> &str {
    let mut bytes = next.bytes();
    let local = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let clean =
        next.len() <= 1_024 && next.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if local && clean { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_brute_01_a_64_network_counts_as_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:0:0:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.2"), of("192.0.2.1"));
    }

    #[test]
    fn r_redir_01_only_a_path_of_ours_is_followed() {
        for good in ["/", "/credentials?page=2", "/charts/repositories/x"] {
            assert_eq!(safe_next(good), good);
        }
        let long = format!("/{}", "a".repeat(1_024));
        for bad in [
            "",
            "//evil.example",
            "/\\evil",
            "https://evil",
            "evil",
            "/\u{7}",
            "/a b",
            "/a\\b",
            "/a\r\nSet-Cookie:x",
            &long,
        ] {
            assert_eq!(safe_next(bad), "/", "{bad:?}");
        }
    }
}
