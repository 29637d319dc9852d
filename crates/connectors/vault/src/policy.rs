//! What Hawser has to be allowed in Vault: the rights it uses, and no others.

use std::fmt::{self, Write as _};

/// Something that Hawser does in Vault, and needs to be allowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Store a secret, or a newer version of one.
    WriteSecrets,
    /// Read a version.
    ReadSecrets,
    /// See which versions there are.
    ReadMetadata,
    /// See which secrets there are.
    ListSecrets,
    /// Remove a secret with all its versions.
    DestroySecrets,
    /// Remove one version for good.
    DestroyVersions,
    /// See how many versions the store keeps, and that it is of version 2.
    ReadConfig,
}

impl Right {
    /// Every right, in the order in which they are tried.
    pub const ALL: [Self; 7] = [
        Self::WriteSecrets,
        Self::ReadSecrets,
        Self::ReadMetadata,
        Self::ListSecrets,
        Self::DestroyVersions,
        Self::DestroySecrets,
        Self::ReadConfig,
    ];

    /// The path below the mount. All secrets lie under `orgs/`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::WriteSecrets | Self::ReadSecrets => "data/orgs/*",
            Self::ReadMetadata | Self::ListSecrets | Self::DestroySecrets => "metadata/orgs/*",
            Self::DestroyVersions => "destroy/orgs/*",
            Self::ReadConfig => "config",
        }
    }

    /// What a policy has to allow there.
    /// <https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities>
    #[must_use]
    pub const fn capabilities(self) -> &'static [&'static str] {
        match self {
            Self::WriteSecrets => &["create", "update"],
            Self::ReadSecrets | Self::ReadMetadata | Self::ReadConfig => &["read"],
            Self::ListSecrets => &["list"],
            Self::DestroySecrets => &["delete"],
            Self::DestroyVersions => &["update"],
        }
    }

    pub(super) const fn purpose(self) -> &'static str {
        match self {
            Self::WriteSecrets => "store secrets",
            Self::ReadSecrets => "read secrets",
            Self::ReadMetadata => "see the versions of secrets",
            Self::ListSecrets => "list secrets",
            Self::DestroySecrets => "destroy secrets",
            Self::DestroyVersions => "destroy versions of secrets",
            Self::ReadConfig => "read the settings of the store",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capabilities = self.capabilities().join(" and ");
        write!(f, "{} ({capabilities} on MOUNT/{})", self.purpose(), self.path())
    }
}

/// The policy that the role needs at this mount, as `vault policy write` and `bao policy write` take it.
#[must_use]
pub fn policy(mount: &str) -> String {
    let mount = mount.trim_matches('/');
    let mut text = String::new();
    for (path, capabilities) in rules() {
        let capabilities: Vec<_> =
            capabilities.iter().map(|capability| format!("\"{capability}\"")).collect();
        let capabilities = capabilities.join(", ");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "path \"{mount}/{path}\" {{ capabilities = [{capabilities}] }}");
    }
    text
}

/// The paths below the mount, each with everything that is needed there.
pub(super) fn rules() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut rules: Vec<(&str, Vec<&str>)> = Vec::new();
    for right in Right::ALL {
        let known = rules.iter().position(|(path, _)| *path == right.path());
        let capabilities = right.capabilities().iter().copied();
        match known.and_then(|at| rules.get_mut(at)) {
            Some((_, all)) => all.extend(capabilities),
            None => rules.push((right.path(), capabilities.collect())),
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_holds_every_right_once() {
        assert_eq!(
            policy("/team/kv/"),
            r#"path "team/kv/data/orgs/*" { capabilities = ["create", "update", "read"] }
path "team/kv/metadata/orgs/*" { capabilities = ["read", "list", "delete"] }
path "team/kv/destroy/orgs/*" { capabilities = ["update"] }
path "team/kv/config" { capabilities = ["read"] }
"#
        );
    }
}
