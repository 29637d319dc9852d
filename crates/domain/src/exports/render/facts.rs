//! What an export is rendered from.

use crate::{
    AuthMethod, CredentialId, Provider, Purpose, RepositoryId,
    credentials::{AllowedAddresses, Parameters, PatternKind, SecretMaterial},
    repositories::{ChartPlace, RepositoryKind, Transport, namespace_url},
};

/// What an export is rendered from: all facts of one moment.
#[derive(Debug, Clone, Default)]
pub struct ExportFacts {
    /// The chosen credentials, or those that the chosen repositories are linked to.
    pub credentials: Vec<CredentialFacts>,
    /// The chosen repositories.
    pub repositories: Vec<RepositoryFacts>,
    /// Where the secrets lie.
    pub vault: VaultFacts,
}

impl RepositoryFacts {
    /// Whether a client that is given `oci://host/path` has to be told that there is no TLS.
    pub(super) fn is_plain_oci(&self) -> bool {
        self.kind == RepositoryKind::Oci && self.transport == Transport::Plain
    }

    /// Where a chart of this name lies.
    pub(super) fn place_of(&self, name: &str) -> ChartPlace {
        let mut known = self.charts.iter().chain(&self.only);
        match known.find(|chart| chart.name == name) {
            Some(chart) => chart.place.clone(),
            None => ChartPlace::of(self.kind, &self.url, name, None),
        }
    }

    /// The URL for clients that add the name of a chart by themselves.
    pub(super) fn namespace_url(&self) -> String {
        namespace_url(self.kind, &self.url, self.only.as_ref().map(|chart| &chart.place))
    }

    /// The chart that the URL itself is, where it is one.
    pub(super) fn itself(&self) -> Option<&KnownChart> {
        let plain = namespace_url(self.kind, &self.url, None);
        self.only.as_ref().filter(|_| self.namespace_url() != plain)
    }
}

impl ExportFacts {
    pub(super) fn credential(&self, id: CredentialId) -> Option<&CredentialFacts> {
        self.credentials.iter().find(|credential| credential.id == id)
    }
}

/// Where the secrets lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VaultFacts {
    /// The KV v2 mount.
    pub mount: String,
    /// The Vault namespace; empty for none.
    pub namespace: String,
}

/// One credential.
#[derive(Debug, Clone)]
pub struct CredentialFacts {
    /// Its id.
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// How it authenticates.
    pub shape: AuthMethod,
    /// The user name at the registry, or the id that the auth method has.
    pub username: String,
    /// What the auth method needs besides.
    pub parameters: Parameters,
    /// What it may be looked up for.
    pub purposes: Vec<Purpose>,
    /// A URL or a regular expression; empty for none.
    pub pattern: String,
    /// How it is compared.
    pub pattern_kind: PatternKind,
    /// Where its secret lies in the mount: `orgs/<organization>/credentials/<id>`.
    pub path: String,
    /// The version in Vault that counts.
    pub vault_version: i64,
    /// The URLs of the repositories linked to it: `https://host/path` or `oci://host/path`.
    pub addresses: Vec<String>,
    /// Whether every project may use it: by itself, or because its project is shared.
    pub is_shared: bool,
    /// Where its login may go; nothing else is written of it (R-CRED-03).
    pub allowed: AllowedAddresses,
    /// Its content. Only for SOPS, the direct way to a cluster, and a person who may see it.
    pub material: Option<SecretMaterial>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryFacts {
    /// Its id.
    pub id: RepositoryId,
    /// Its name.
    pub name: String,
    /// How it speaks.
    pub kind: RepositoryKind,
    /// Its URL: `https://host/path` or `oci://host/path`.
    pub url: String,
    /// What an OCI registry spoke at the last sync.
    pub transport: Transport,
    /// Certificate authorities to trust, in PEM; empty for those of the system.
    pub ca: String,
    /// The credential it is linked to.
    pub credential: Option<CredentialId>,
    /// Seconds between syncs; 0 for only by hand.
    pub interval_seconds: u32,
    /// Which of the charts that the export asks for the catalog knows in it.
    pub charts: Vec<KnownChart>,
    /// The one chart in it, where the last sync found just one.
    pub only: Option<KnownChart>,
    /// The origins at which the last sync found archives, where they are others than that of the URL;
    /// some of them.
    pub archives: Vec<String>,
}

/// A chart that the catalog knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownChart {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub place: ChartPlace,
}

/// Who will see the values of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Whoever reads the file: the delivery method writes references, or a secret to be encrypted.
    Carried,
    /// A cluster, or a person who may see them: they stand in the clear.
    Plain,
}
