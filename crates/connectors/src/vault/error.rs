/// Why Vault did not do what it was asked. Never holds what Vault answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// A newer version is there than the write expected.
    #[error("Vault holds a newer version than expected")]
    CheckAndSet,
    /// Nothing is there. It does not prove that nothing ever was.
    #[error("Vault holds no such secret or version")]
    NotFound,
    /// The token or its policy does not allow it, after a new login.
    #[error("Vault does not allow this to Hawser's role")]
    Forbidden,
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

impl VaultError {
    /// Whether the same call may work later without anybody changing anything.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unknown)
    }
}
