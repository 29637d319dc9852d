//! Carvel: what secretgen-controller makes of several exported secrets (F73, F74).
//!
//! Source: carvel-dev/secretgen-controller `pkg/sharing/secret_exports.go` (order) and
//! `pkg/sharing/dockerconfigjson.go` (merge).

use std::{cmp::Ordering, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::ExportId;

#[cfg(feature = "host")]
pub use super::render::sources;

/// An exported secret, without its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportSource {
    /// The export that makes it.
    pub export: ExportId,
    /// The namespace of the secret.
    pub namespace: String,
    /// The name of the secret.
    pub name: String,
    /// The annotation `secretgen.carvel.dev/weight` of the `SecretExport`, as written; empty for
    /// none. What is no number counts as 0.
    pub weight: String,
    /// Where it may go: names of namespaces, or `*`.
    pub to_namespaces: Vec<String>,
    /// The keys of its Docker configuration.
    pub servers: Vec<String>,
}

/// An entry of a combined secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CombinedEntry {
    /// The key.
    pub server: String,
    /// The secret that wins.
    pub from: Origin,
    /// Those that have the key too and lose, the best of them last.
    pub instead_of: Vec<Origin>,
}

/// Where an entry of a combined secret comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The export that makes the secret.
    pub export: ExportId,
    /// `namespace/name` of the secret.
    pub place: String,
}

/// What a placeholder in the namespace `to` is filled with: of several secrets with one key, the one
/// that is most specific wins. `wildcards` says whether the namespace takes what goes to `*`; one
/// with the annotation `secretgen.carvel.dev/excluded-from-wildcard-matching` does not.
#[must_use]
pub fn merge(exports: &[ExportSource], to: &str, wildcards: Wildcards) -> Vec<CombinedEntry> {
    let mut matching: Vec<&ExportSource> =
        exports.iter().filter(|export| export.goes(to, wildcards)).collect();
    matching.sort_by(|a, b| a.specificity(b, to));
    let mut combined: BTreeMap<&str, Vec<Origin>> = BTreeMap::new();
    for export in matching {
        for server in &export.servers {
            combined.entry(server).or_default().push(export.origin());
        }
    }
    let entry = |(server, mut places): (&str, Vec<Origin>)| {
        let from = places.pop()?;
        Some(CombinedEntry { server: server.to_owned(), from, instead_of: places })
    };
    combined.into_iter().filter_map(entry).collect()
}

/// Whether a namespace takes what is exported to all namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wildcards {
    /// It does.
    Taken,
    /// It is excluded.
    Excluded,
}

impl ExportSource {
    /// Where its entries come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { export: self.export, place: self.place() }
    }

    fn place(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    fn names(&self, to: &str) -> bool {
        self.to_namespaces.iter().any(|namespace| namespace == to)
    }

    fn goes(&self, to: &str, wildcards: Wildcards) -> bool {
        self.names(to) || (wildcards == Wildcards::Taken && self.names("*"))
    }

    fn weight(&self) -> f64 {
        self.weight.trim().parse().ok().filter(|weight: &f64| !weight.is_nan()).unwrap_or_default()
    }

    /// The more specific one is greater: by weight, by being in the namespace already, by naming the
    /// namespace, by a name that is larger in lexical order. Kargo's order is the opposite.
    fn specificity(&self, other: &Self, to: &str) -> Ordering {
        let weight = self.weight().total_cmp(&other.weight());
        let within = (self.namespace == to).cmp(&(other.namespace == to));
        let named = self.names(to).cmp(&other.names(to));
        weight.then(within).then(named).then_with(|| self.place().cmp(&other.place()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(namespace: &str, name: &str, weight: &str, to: &[&str]) -> ExportSource {
        ExportSource {
            export: uuid::Uuid::nil().into(),
            namespace: namespace.into(),
            name: name.into(),
            weight: weight.into(),
            to_namespaces: to.iter().map(|to| (*to).to_owned()).collect(),
            servers: vec!["ghcr.io".into()],
        }
    }

    fn places(origins: &[Origin]) -> Vec<&str> {
        origins.iter().map(|origin| origin.place.as_str()).collect()
    }

    /// The case "returns secrets in specific order" of `secret_exports_test.go`.
    #[test]
    fn the_order_is_that_of_secretgen_controller() {
        let exports = [
            source("ns1", "secret1-highest-weight", "10.0", &["*"]),
            source("ns1", "secret1a-highest-weight", "10.0", &["*"]),
            source("ns1", "secret2-low-weight", "1.0", &["*"]),
            source("ns1", "secret3-diff-ns-wildcard-ns", "", &["*"]),
            source("ns1", "secret4-diff-ns-specific-ns", "invalid", &["dst-ns", "*"]),
            source("dst-ns", "secret5-same-ns-wildcard-ns", "", &["*"]),
            source("dst-ns", "secret6-same-ns-specific-ns", "", &["dst-ns", "*"]),
            source("ns1", "elsewhere", "99", &["other"]),
        ];
        let combined = merge(&exports, "dst-ns", Wildcards::Taken);
        let [entry] = combined.as_slice() else { panic!("{combined:?}") };
        assert_eq!(entry.from.place, "ns1/secret1a-highest-weight");
        assert_eq!(
            places(&entry.instead_of),
            [
                "ns1/secret3-diff-ns-wildcard-ns",
                "ns1/secret4-diff-ns-specific-ns",
                "dst-ns/secret5-same-ns-wildcard-ns",
                "dst-ns/secret6-same-ns-specific-ns",
                "ns1/secret2-low-weight",
                "ns1/secret1-highest-weight",
            ]
        );
        let combined = merge(&exports, "dst-ns", Wildcards::Excluded);
        assert_eq!(combined[0].from.place, "dst-ns/secret6-same-ns-specific-ns");
        assert_eq!(merge(&[], "dst-ns", Wildcards::Taken), []);
    }

    /// The case "matching" of `secret_exports_test.go`.
    #[test]
    fn only_what_goes_there_is_combined() {
        let exports = [
            source("ns1", "secret1", "", &["wrong-ns"]),
            source("ns1", "secret3", "", &["dst-ns"]),
            source("ns2", "secret4", "", &["dst-ns"]),
            source("ns2", "secret5", "", &["*"]),
            source("ns2", "secret6", "", &["other-ns", "dst-ns", "another-ns"]),
        ];
        let combined = merge(&exports, "dst-ns", Wildcards::Taken);
        assert_eq!(combined[0].from.place, "ns2/secret6");
        assert_eq!(places(&combined[0].instead_of), ["ns2/secret5", "ns1/secret3", "ns2/secret4"]);
    }
}
