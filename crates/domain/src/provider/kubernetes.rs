//! Kubernetes: what opens a cluster that exports are applied to.

use super::{AuthMethod, CredentialKind, ProviderFacts};

pub(super) const KUBERNETES: ProviderFacts = ProviderFacts {
    label: "Kubernetes",
    kind: CredentialKind::Cluster,
    hosts: &[],
    own_hosts: &[],
    url_example: "https://api.cluster.example.com:6443",
    fixed_username: "",
    username_hint: "",
    password_hint: "A kubeconfig with one context",
    shapes: &[AuthMethod::Kubeconfig],
};
