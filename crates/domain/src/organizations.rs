//! Organizations: the wall between tenants.

use serde::{Deserialize, Serialize};

use crate::{OrganizationId, Role};

/// An organization a person belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// The person's role in it.
    pub role: Role,
}
