//! How a registry speaks.

/// What a registry speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transport {
    /// HTTPS.
    #[default]
    Tls,
    /// HTTP without TLS, which an operator allows for single places.
    Plain,
}
