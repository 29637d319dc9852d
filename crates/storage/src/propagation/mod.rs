//! SQL of propagation.
