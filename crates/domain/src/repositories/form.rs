//! The forms of a repository.

use crate::{TypedUrl, address_form};

/// The intervals people may choose: seconds and label.
pub const INTERVALS: [(u32, &str); 6] = [
    (300, "5 minutes"),
    (900, "15 minutes"),
    (3_600, "1 hour"),
    (21_600, "6 hours"),
    (86_400, "1 day"),
    (0, "Manual"),
];

address_form! {
    /// The form that adds a repository, as typed.
    pub struct AddRepository {
        /// `https://…` or `oci://…`, in any usual shape.
        pub url: TypedUrl,
        /// Its name; empty takes one from the URL.
        pub name: String,
        /// `helm`, `oci`, or empty to find out by asking the host.
        pub kind: String,
        /// The id of a credential, `automatic` for the one that matches the URL, or empty for none.
        pub credential: String,
        /// Seconds between syncs; empty for 1 hour.
        pub interval: String,
        /// Chart names, one per line or comma, for registries that cannot list them.
        pub charts: String,
        /// The id of a project; empty for the default one.
        pub project: String,
        /// `dev`, `staging`, `production`, or empty.
        pub environment: String,
        /// Certificate authorities to trust for this host, in PEM; empty for those of the system.
        pub ca: String,
        /// The name of a proxy that the operator allows; empty for none.
        pub proxy: TypedUrl,
        /// The host, with its port if that is not the usual one, that the person agreed to allow for the
        /// credential; empty when they were not asked.
        pub allow: String,
    }
}

address_form! {
    /// The form that changes a repository, as typed.
    pub struct EditRepository {
        /// The repository.
        pub repository: String,
        /// The row version the person saw.
        pub row_version: String,
    }
    flatten {
        /// What it shall be.
        pub fields: AddRepository,
    }
}
