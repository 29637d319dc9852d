use super::Right;

/// Why Vault did not do what it was asked. Never holds what Vault answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// A newer version is there than the write expected.
    #[error("Vault holds a newer version than expected")]
    CheckAndSet,
    /// Nothing is there. It does not prove that nothing ever was.
    #[error("Vault holds no such secret or version")]
    NotFound,
    /// The policy of Hawser's role does not allow it, and a new login changed nothing.
    #[error("Vault does not allow Hawser's role to {0}; its policy has to")]
    Forbidden(Right),
    /// The login was refused.
    #[error(
        "Vault refuses the AppRole login: the role id or the secret id is wrong, has expired or is used up"
    )]
    LoginRefused,
    /// Vault is sealed, on standby, overloaded or unreachable. Nothing was changed.
    #[error("Vault is not available: {0}")]
    Unavailable(Unavailable),
    /// The answer to a write got lost: it may have been done, or be done later.
    #[error("Vault did not confirm the change")]
    Unknown,
    /// The secret belongs to another organization or credential.
    #[error("the secret in Vault belongs to another credential")]
    Binding,
    /// The answer is not what a KV store of version 2 answers.
    #[error("Vault's answer is not that of a KV store of version 2")]
    Malformed,
    /// The configuration cannot work.
    #[error("the configuration of Vault cannot be used: {0}")]
    Configuration(&'static str),
}

/// What keeps Vault from answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// It could not be connected to.
    #[error("no connection")]
    NoConnection,
    /// Its name has no address.
    #[error("the name of its host is not known")]
    NoSuchHost,
    /// It was connected to, and does not prove who it is.
    #[error("its certificate {0}")]
    Certificate(Distrust),
    /// It was connected to by TLS, and speaks something else.
    #[error("it does not speak TLS at this address; the address may have to begin with http://")]
    NoTls,
    /// It has to be unsealed.
    #[error("it is sealed; somebody has to unseal it")]
    Sealed,
    /// It was never set up.
    #[error("it is not initialized")]
    NotInitialized,
    /// It did not answer a read in time.
    #[error("no answer in time")]
    Timeout,
    /// It answered with this status.
    #[error("status {0}")]
    Status(u16),
    /// It failed several times in a row and is left alone for a moment.
    #[error("it failed repeatedly a moment ago")]
    LeftAlone,
    /// The last login failed a moment ago.
    #[error("the login failed a moment ago")]
    LoginFailed,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Nobody who is trusted signed it.
    #[error("is not signed by an authority that is trusted here")]
    Authority,
    /// It is of another time.
    #[error("has expired, or is not valid yet")]
    Expired,
    /// It is of another host.
    #[error("is of another host name")]
    Name,
    /// Anything else.
    #[error("cannot be used")]
    Other,
}

impl VaultError {
    /// Whether the same call may work later without anybody changing anything.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unknown)
    }
}
