//! A person's own account: their password and their sessions.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Field, FieldProblem, NewPassword, Secret, ServiceError, Timestamp, error::all};

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Their name.
    pub name: String,
    /// Their e-mail address, with which they sign in.
    pub email: String,
}

/// The name of a session's row: the SHA-256 of its id, which opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// The session whose id has this hash.
    #[must_use]
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that names no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSessionKey;

impl FromStr for SessionKey {
    type Err = NoSessionKey;

    fn from_str(text: &str) -> Result<Self, NoSessionKey> {
        if text.len() != 64 || !text.is_ascii() {
            return Err(NoSessionKey);
        }
        let mut hash = [0; 32];
        for (at, byte) in hash.iter_mut().enumerate() {
            let digits = text.get(2 * at..2 * at + 2).ok_or(NoSessionKey)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoSessionKey)?;
        }
        Ok(Self(hash))
    }
}

/// One session of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// Which.
    pub key: SessionKey,
    /// The browser in words, such as `Firefox on Linux`; empty for one that began before this was kept.
    pub browser: String,
    /// The address it began at; `None` for one that began before this was kept.
    pub address: Option<IpAddr>,
    /// When the person signed in.
    pub began_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
}

/// The form that changes one's password, as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangePassword {
    /// The present password.
    pub current: Secret,
    /// The new one.
    pub password: Secret,
}

/// A change of one's password that passed the rules.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `ChangePassword`, checked")]
pub struct PasswordChange {
    pub current: Secret,
    pub password: NewPassword,
}

impl ChangePassword {
    /// Checks both fields.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<PasswordChange, ServiceError> {
        let current = if self.current.is_empty() {
            Err(Field::Current.problem("Type your present password."))
        } else {
            Ok(self.current.clone())
        };
        let (current, password) = all!(current, fresh(self.password, &self.current));
        Ok(PasswordChange { current, password })
    }
}

fn fresh(password: Secret, current: &Secret) -> Result<NewPassword, FieldProblem> {
    if !password.is_empty() && password == *current {
        return Err(Field::Password.problem("This is your present password. Type another one."));
    }
    NewPassword::parse(password)
}

/// What is said of a browser that names itself in no way that is known.
const UNKNOWN: &str = "Unknown browser";

/// A browser in words, from its `User-Agent`: the brand that it calls itself last is the true one, since
/// each claims to be those before it as well.
#[must_use]
pub fn browser_of(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let brand = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (brand, system) {
        (Some(brand), Some(system)) => format!("{brand} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => UNKNOWN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_in_words() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome on macOS",
            ),
            ("curl/8.5.0", "curl"),
            ("", UNKNOWN),
            ("<script>", UNKNOWN),
        ] {
            assert_eq!(browser_of(agent), words, "{agent}");
        }
    }

    #[test]
    fn a_session_key_is_64_digits() {
        let key = SessionKey::new([0xa5; 32]);
        assert_eq!(key.to_string().parse(), Ok(key));
        for bad in ["", "a5", &"é".repeat(32), &"g".repeat(64), &"a".repeat(66)] {
            assert_eq!(bad.parse::<SessionKey>(), Err(NoSessionKey), "{bad}");
        }
    }

    #[test]
    fn a_new_password_is_another_one() {
        let form = |current: &str, password: &str| {
            let form = ChangePassword {
                current: Secret::new(current.to_owned()),
                password: Secret::new(password.to_owned()),
            };
            form.parse().map(drop)
        };
        assert!(form("old password 1", "a new password").is_ok());
        let refused = |current, password, field| {
            let problem = form(current, password).unwrap_err();
            assert!(problem.problem_of(field).is_some(), "{problem:?}");
        };
        refused("", "a new password", Field::Current);
        refused("old password 1", "old password 1", Field::Password);
        refused("old password 1", "short", Field::Password);
        refused("old password 1", "", Field::Password);
    }
}
