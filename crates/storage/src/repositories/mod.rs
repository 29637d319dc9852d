//! SQL of repositories.
