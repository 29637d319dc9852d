//! SQL of credentials.
