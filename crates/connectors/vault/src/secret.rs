//! Where a credential's secret lies, and what lies there.

use std::fmt;

use domain::{
    AuthMethod, CredentialId, OperationId, OrganizationId, Secret, credentials::Parameters,
};
use serde::Serialize;
use serde_json::Value;

use super::VaultError;
use egress::wire::Exposed;

/// The path of a secret, derived from ids and from nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretPath {
    /// The organization that owns the credential.
    pub organization: OrganizationId,
    /// The credential.
    pub credential: CredentialId,
}

impl SecretPath {
    pub(super) fn folder(organization: OrganizationId) -> String {
        format!("orgs/{organization}/credentials")
    }
}

impl fmt::Display for SecretPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Self::folder(self.organization), self.credential)
    }
}

/// A secret as it lies in Vault, bound to what it belongs to (INV-4).
#[derive(Debug, Clone)]
pub struct SecretEnvelope {
    /// The organization it belongs to.
    pub organization: OrganizationId,
    /// The credential it belongs to.
    pub credential: CredentialId,
    /// The operation that wrote it.
    pub operation: OperationId,
    /// How it authenticates.
    pub shape: AuthMethod,
    /// The user name at the registry, or the id that the auth method has.
    pub username: String,
    /// What the auth method needs besides; not secret, but of one piece with the secret.
    pub parameters: Parameters,
    /// The password, token or key; empty for an auth method that has none.
    pub password: Secret,
}

impl SecretEnvelope {
    /// The body of a write with check-and-set.
    pub(super) fn write(&self, cas: u64) -> Write<'_> {
        let data = Data {
            org_id: self.organization,
            credential_id: self.credential,
            op_id: self.operation,
            shape: self.shape,
            username: &self.username,
            parameters: &self.parameters,
            password: Exposed(&self.password),
        };
        Write { options: Options { cas }, data }
    }

    /// Reads what lay at `path` and checks that it belongs there.
    pub(super) fn open(path: &SecretPath, data: Value) -> Result<Self, VaultError> {
        let Value::Object(mut fields) = data else { return Err(VaultError::Malformed) };
        let mut text = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(VaultError::Malformed),
        };
        // Taken first, so that it is wiped whatever is wrong with the rest.
        let password = Secret::new(text("password")?);
        let shape = AuthMethod::parse(&text("shape")?).ok_or(VaultError::Malformed)?;
        let sealed = Self {
            organization: id(&text("org_id")?)?,
            credential: id(&text("credential_id")?)?,
            operation: id(&text("op_id")?)?,
            shape,
            username: text("username")?,
            password,
            parameters: match fields.remove("parameters") {
                Some(parameters) => {
                    serde_json::from_value(parameters).map_err(|_| VaultError::Malformed)?
                }
                None => Parameters::default(),
            },
        };
        let belongs =
            sealed.organization == path.organization && sealed.credential == path.credential;
        if belongs { Ok(sealed) } else { Err(VaultError::Binding) }
    }
}

#[derive(Serialize)]
pub(super) struct Write<'a> {
    options: Options,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Options {
    cas: u64,
}

#[derive(Serialize)]
struct Data<'a> {
    org_id: OrganizationId,
    credential_id: CredentialId,
    op_id: OperationId,
    shape: AuthMethod,
    username: &'a str,
    parameters: &'a Parameters,
    password: Exposed<'a>,
}

/// The newest version of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// Its number.
    pub version: u64,
    /// The operation that wrote it; `None` when it is destroyed or was not written by Hawser.
    pub operation: Option<OperationId>,
    /// Whether its content is gone.
    pub destroyed: bool,
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, VaultError> {
    text.parse().map_err(|_| VaultError::Malformed)
}
