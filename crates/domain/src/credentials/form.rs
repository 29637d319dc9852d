//! What people send, and the rules it must pass.

use serde::{Deserialize, Serialize};

use crate::{
    CredentialId, Description, Field, FieldProblem, Name, Provider, Secret, ServiceError, Username,
    access::parse_id, error::all,
};

/// The form that adds a credential, as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateCredential {
    /// The code of a provider.
    pub provider: String,
    /// Its name.
    pub name: String,
    /// The user name at the registry.
    pub username: String,
    /// The password, token or key.
    pub password: Secret,
    /// A remark.
    pub description: String,
}

/// A credential that passed the rules.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `CreateCredential`, checked")]
pub struct NewCredential {
    pub provider: Provider,
    pub name: Name,
    pub username: Username,
    pub password: Secret,
    pub description: Description,
}

impl CreateCredential {
    /// Checks every field; a provider that fixes the user name fills it in.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<NewCredential, ServiceError> {
        let provider = Provider::parse(&self.provider)
            .ok_or_else(|| Field::Provider.problem("Choose a provider type."));
        let fixed = provider.as_ref().map_or("", |provider| provider.facts().fixed_username);
        let username = if self.username.trim().is_empty() { fixed } else { &self.username };
        let (provider, name, username, password, description) = all!(
            provider,
            Name::parse(&self.name),
            Username::parse(username),
            checked_password(self.password),
            Description::parse(&self.description),
        );
        Ok(NewCredential { provider, name, username, password, description })
    }
}

/// The form that changes a credential, as typed. An empty password keeps the old one (F11).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateCredential {
    /// The credential.
    pub credential: String,
    /// The row version the person saw.
    pub row_version: String,
    /// Its name.
    pub name: String,
    /// The user name at the registry.
    pub username: String,
    /// The new password; empty keeps the old one.
    pub password: Secret,
    /// A remark.
    pub description: String,
}

/// A change that passed the rules.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `UpdateCredential`, checked")]
pub struct CredentialChange {
    pub credential: CredentialId,
    pub row_version: i64,
    pub name: Name,
    pub username: Username,
    /// `None` keeps the stored one.
    pub password: Option<Secret>,
    pub description: Description,
}

impl UpdateCredential {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<CredentialChange, ServiceError> {
        let password = if self.password.is_empty() {
            Ok(None)
        } else {
            checked_password(self.password).map(Some)
        };
        let (credential, name, username, password, description) = all!(
            parse_id(Field::Credential, &self.credential),
            Name::parse(&self.name),
            Username::parse(&self.username),
            password,
            Description::parse(&self.description),
        );
        let row_version = self.row_version.parse().map_err(|_| ServiceError::NotFound)?;
        Ok(CredentialChange { credential, row_version, name, username, password, description })
    }
}

/// The form that deletes a credential.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteCredential {
    /// The credential.
    pub credential: String,
    /// What becomes of linked repositories: `refuse`, `unlink` or `replace`.
    pub links: String,
    /// With `replace`: the credential that takes over.
    pub replacement: String,
}

/// What becomes of the repositories that use a deleted credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlinking {
    /// Refuse the deletion while there are any.
    Refuse,
    /// They go on without a credential.
    Unlink,
    /// They use another credential from now on.
    Replace(CredentialId),
}

impl DeleteCredential {
    /// Checks the form.
    ///
    /// # Errors
    /// When an id is malformed, or no replacement was picked.
    pub fn parse(&self) -> Result<(CredentialId, Unlinking), ServiceError> {
        let credential = parse_id(Field::Credential, &self.credential)?;
        let unlinking = match self.links.as_str() {
            "unlink" => Unlinking::Unlink,
            "replace" => {
                let replacement: CredentialId = parse_id(Field::Replacement, &self.replacement)?;
                if replacement == credential {
                    return Err(Field::Replacement.problem("Choose another credential.").into());
                }
                Unlinking::Replace(replacement)
            }
            _ => Unlinking::Refuse,
        };
        Ok((credential, unlinking))
    }
}

fn checked_password(password: Secret) -> Result<Secret, FieldProblem> {
    let bytes = password.expose().len();
    if bytes == 0 {
        return Err(Field::Password.problem("Type a password or paste a token."));
    }
    if bytes > Secret::MAX_BYTES {
        return Err(
            Field::Password.problem(format!("Too long: {bytes} bytes, the limit is 65,536."))
        );
    }
    if password.expose().contains('\0') {
        return Err(Field::Password
            .problem("The password holds a NUL character, which no registry accepts."));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(provider: &str, name: &str, password: &str) -> CreateCredential {
        CreateCredential {
            provider: provider.into(),
            name: name.into(),
            password: Secret::new(password.into()),
            ..CreateCredential::default()
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let ServiceError::Invalid(problems) = form("nope", "", "").parse().unwrap_err() else {
            panic!("not invalid")
        };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, [Field::Provider, Field::Name, Field::Password]);
    }

    #[test]
    fn a_provider_fixes_the_user_name() {
        let key = "{\n  \"type\": \"service_account\"\n}\n";
        let credential = form("google_artifact_registry", "gar", key).parse().unwrap();
        assert_eq!(credential.username.as_str(), "_json_key");
        assert_eq!(credential.password.expose(), key);
    }

    #[test]
    fn passwords_up_to_64_kib_are_kept_as_they_are() {
        assert!(form("harbor", "a", &"x".repeat(65_536)).parse().is_ok());
        assert!(form("harbor", "a", &"x".repeat(65_537)).parse().is_err());
    }

    #[test]
    fn an_empty_password_keeps_the_old_one() {
        let id = "0190b0a0-0000-7000-8000-000000000001";
        let change = UpdateCredential {
            credential: id.into(),
            row_version: "3".into(),
            name: "a".into(),
            ..UpdateCredential::default()
        };
        assert!(change.parse().unwrap().password.is_none());
    }

    #[test]
    fn a_deleted_credential_cannot_replace_itself() {
        let id = "0190b0a0-0000-7000-8000-000000000001";
        let form = DeleteCredential {
            credential: id.into(),
            links: "replace".into(),
            replacement: id.into(),
        };
        assert_eq!(
            form.parse().unwrap_err().problem_of(Field::Replacement),
            Some("Choose another credential.")
        );
    }
}
