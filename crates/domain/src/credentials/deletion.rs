//! Deleting a credential, and what becomes of the repositories that use it.

use serde::{Deserialize, Serialize};

use crate::{CredentialId, Field, ServiceError, access::parse_id};

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

#[cfg(test)]
mod tests {
    use super::*;

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
