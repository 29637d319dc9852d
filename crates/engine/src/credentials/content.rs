//! What is written to Vault, and in what it differs from what is there.

use domain::{
    AuthMethod, Field, Name, Provider, Secret, Timestamp,
    credentials::{Parameters, Remarks, SecretMaterial},
};
use storage::credentials::{CredentialDraft, Existing};

use super::{expiry, fingerprint};
use crate::{Engine, Error};

/// The content of a new version, with what SQL keeps of it.
pub(super) struct Content {
    pub(super) shape: AuthMethod,
    pub(super) username: String,
    pub(super) parameters: Parameters,
    /// Empty for an auth method that has none.
    pub(super) secret: Secret,
    pub(super) fingerprint: String,
    /// When the secret expires, as it tells itself or as its provider fixes it.
    pub(super) expires_at: Option<Timestamp>,
}

impl Content {
    pub(super) fn new(
        engine: &Engine,
        provider: Provider,
        material: &SecretMaterial,
        parameters: Parameters,
    ) -> Result<Self, Error> {
        let secret = material.secret().cloned().unwrap_or_default();
        Ok(Self {
            shape: material.shape(),
            username: material.username().to_owned(),
            parameters,
            fingerprint: fingerprint(engine, &secret)?,
            secret,
            expires_at: expiry::expiry_of(provider, material, engine.clock.now()),
        })
    }

    /// The content under a name; the secret goes to Vault alone.
    pub(super) fn named(self, name: &Name, remarks: Remarks) -> (CredentialDraft, Secret) {
        let draft = CredentialDraft {
            name: name.to_string(),
            name_key: name.key(),
            remarks,
            username: self.username,
            shape: self.shape,
            parameters: self.parameters,
            fingerprint: self.fingerprint,
            expires_at: self.expires_at,
        };
        (draft, self.secret)
    }

    /// The content in place of that of a stored credential.
    pub(super) fn of_existing(self, existing: &Existing) -> (CredentialDraft, Secret) {
        let draft = CredentialDraft {
            username: self.username,
            shape: self.shape,
            parameters: self.parameters,
            fingerprint: self.fingerprint,
            expires_at: self.expires_at,
            ..existing.draft.clone()
        };
        (draft, self.secret)
    }

    /// What differs from the stored credential, for people: `new secret and new region`.
    pub(super) fn changed(&self, existing: &Existing) -> String {
        let mut changes = Vec::new();
        if self.shape != existing.draft.shape {
            changes.push("new way to authenticate");
        }
        if self.username != existing.draft.username {
            changes.push("new user name");
        }
        for (field, change) in PARAMETERS {
            if self.parameters.get(field) != existing.draft.parameters.get(field) {
                changes.push(change);
            }
        }
        if self.is_new_secret(existing) {
            changes.push("new secret");
        }
        if changes.is_empty() { "the same secret again".to_owned() } else { changes.join(" and ") }
    }

    /// Whether what was known of the old secret, such as a typed expiry, says nothing of this one.
    pub(super) fn is_new_secret(&self, existing: &Existing) -> bool {
        self.fingerprint != existing.draft.fingerprint
    }
}

const PARAMETERS: [(Field, &str); 7] = [
    (Field::Region, "new region"),
    (Field::Account, "new account"),
    (Field::Tenant, "new tenant"),
    (Field::Installation, "new installation"),
    (Field::Repositories, "new repositories"),
    (Field::GcpProject, "new Google Cloud project"),
    (Field::Certificate, "new certificate"),
];
