//! Texts that people type, checked once where they come in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Secret,
    error::{Field, FieldProblem},
};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// The name of a credential, repository or organization: 1 to 255 bytes of visible text.
    Name
}
text! {
    /// A free remark of up to 1,000 bytes; may be empty.
    Description
}
text! {
    /// A user name at a registry or Git server: up to 255 bytes; may be empty.
    Username
}
text! {
    /// A person's e-mail address, which is how people sign in. Kept in lower case.
    Email
}

impl Name {
    /// The most bytes a name may have.
    pub const MAX_BYTES: usize = 255;

    /// Reads a name, without the white space around it.
    ///
    /// # Errors
    /// When it is empty, longer than 255 bytes, or holds control or direction-changing characters.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let name = text.trim();
        if name.is_empty() {
            return Err(Field::Name.problem("Type a name."));
        }
        bounded(Field::Name, name, Self::MAX_BYTES)?;
        single_line(Field::Name, name)?;
        Ok(Self(name.to_owned()))
    }

    /// What two names are compared by: composed (NFC) and in lower case, so that `GHCR` and `ghcr`
    /// are one name.
    #[cfg(feature = "host")]
    #[must_use]
    pub fn key(&self) -> String {
        use unicode_normalization::UnicodeNormalization;
        self.0.nfc().collect::<String>().to_lowercase().nfc().collect()
    }
}

impl Description {
    /// Reads a description, without the white space around it.
    ///
    /// # Errors
    /// When it is longer than 1,000 bytes or holds control characters other than line breaks.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        bounded(Field::Description, text, 1_000)?;
        if text.chars().any(|c| unsafe_to_show(c) && c != '\n' && c != '\r' && c != '\t') {
            return Err(Field::Description.problem("Remove the control characters."));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Username {
    /// Reads a user name as it is: registries differ in what they allow, so only what no
    /// `Authorization` header can carry is refused (RFC 7617: no control characters, no colon).
    ///
    /// # Errors
    /// When it is longer than 255 bytes, or holds a colon or control characters.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        bounded(Field::Username, text, 255)?;
        single_line(Field::Username, text)?;
        if text.contains(':') {
            return Err(Field::Username.problem("A user name cannot contain a colon."));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Email {
    /// Reads an e-mail address.
    ///
    /// # Errors
    /// When there is no text on both sides of exactly one `@`, or it is longer than 254 bytes.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim().to_lowercase();
        bounded(Field::Email, &text, 254)?;
        single_line(Field::Email, &text)?;
        match text.split_once('@') {
            Some((user, host))
                if !user.is_empty()
                    && !host.is_empty()
                    && !host.contains('@')
                    && !text.contains(char::is_whitespace) =>
            {
                Ok(Self(text))
            }
            _ => Err(Field::Email.problem("Type an e-mail address such as ada@example.com.")),
        }
    }

    /// The mailbox it leads to, as limits count it: without a tag (`ada+x@example.com`), and one for all
    /// Unicode forms of the same letters.
    #[cfg(feature = "host")]
    #[must_use]
    pub fn mailbox(&self) -> String {
        use unicode_normalization::UnicodeNormalization;
        let plain = self.0.nfkc().collect::<String>().to_lowercase();
        match plain.split_once('@') {
            Some((user, host)) => format!("{}@{host}", user.split('+').next().unwrap_or(user)),
            None => plain,
        }
    }
}

/// A password that a person chooses for Hawser itself: 12 to 1,024 bytes, any characters.
#[derive(Debug, Clone)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// The fewest bytes.
    pub const MIN_BYTES: usize = 12;

    /// Reads a new password as it is, without trimming.
    ///
    /// # Errors
    /// When it is shorter than 12 or longer than 1,024 bytes.
    pub fn parse(password: Secret) -> Result<Self, FieldProblem> {
        match password.len() {
            0 => Err(Field::Password.problem("Type a password.")),
            1..Self::MIN_BYTES => Err(Field::Password.problem("Use at least 12 characters.")),
            1_025.. => Err(Field::Password.problem("Use at most 1,024 bytes.")),
            _ => Ok(Self(password)),
        }
    }

    /// The password itself, to be hashed.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.0
    }
}

fn bounded(field: Field, text: &str, most: usize) -> Result<(), FieldProblem> {
    if text.len() > most {
        return Err(field.problem(format!("Too long: {} bytes, the limit is {most}.", text.len())));
    }
    Ok(())
}

fn single_line(field: Field, text: &str) -> Result<(), FieldProblem> {
    if text.chars().any(unsafe_to_show) {
        return Err(field.problem("Remove line breaks and control characters."));
    }
    Ok(())
}

/// Control characters, line separators and the marks that change the direction of text: shown
/// beside other text they could make it read as something else.
fn unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_kept_and_tricks_refused() {
        for good in ["ghcr-auth", "Köln", "証明書", "a", "robot$project+name"] {
            assert_eq!(Name::parse(good).unwrap().as_str(), good);
        }
        assert_eq!(Name::parse("  harbor-prod ").unwrap().as_str(), "harbor-prod");
        assert!(Name::parse(&"a".repeat(255)).is_ok());
        for bad in
            ["", "   ", "a\nb", "a\0b", "a\u{202E}b", "a\u{2028}b", "a\u{200B}b", &"a".repeat(256)]
        {
            assert_eq!(Name::parse(bad).unwrap_err().field, Field::Name, "{bad:?}");
        }
    }

    #[cfg(feature = "host")]
    #[test]
    fn names_are_compared_without_case_and_composed() {
        let key = |text: &str| Name::parse(text).unwrap().key();
        assert_eq!(key("GHCR"), key("ghcr"));
        assert_eq!(key("Ko\u{308}ln"), key("köln"));
        assert_ne!(key("admin"), key("аdmin"));
    }

    #[test]
    fn passwords_are_measured_and_not_changed() {
        assert!(NewPassword::parse(Secret::new("short".into())).is_err());
        assert!(NewPassword::parse(Secret::new("x".repeat(1_025))).is_err());
        let password = NewPassword::parse(Secret::new("  twelve letters  ".into())).unwrap();
        assert_eq!(*password.secret(), "  twelve letters  ");
    }

    #[test]
    fn emails_need_both_sides() {
        assert_eq!(Email::parse(" Ada@Example.com ").unwrap().as_str(), "ada@example.com");
        for bad in ["", "ada", "@x", "ada@", "a@b@c", "a b@c"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }
}
