//! SQL of organizations.
