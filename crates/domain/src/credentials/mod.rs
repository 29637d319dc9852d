//! Credentials: the commands people give and the views they see. No view can hold a secret.

mod allowed_addresses;
mod deletion;
mod doubts;
mod expiry;
mod form;
mod health;
#[cfg(feature = "host")]
mod material;
mod parameters;
mod placement;
mod query;
mod remarks;
mod rotation;

pub use allowed_addresses::{
    AddressRequest, AddressSource, AllowAddress, AllowedAddress, AllowedAddresses, Route,
    TokenService, readable_origin,
};
pub use deletion::{DeleteCredential, Unlinking};
pub use doubts::advice;
pub use expiry::{Expiry, ExpirySource, Urgency};
pub use form::{
    CreateCredential, CredentialChange, DescribeCredential, Described, PlaceCredential, SaveMode,
    UpdateCredential,
};
#[cfg(feature = "host")]
pub use form::{NewCredential, material};
pub use health::CredentialHealth;
#[cfg(feature = "host")]
pub use material::{ClusterLogin, Kubeconfig, OauthTokens, SecretMaterial, ServiceAccountKey};
pub use parameters::Parameters;
pub use placement::{CredentialScope, Environment, PatternKind, Placed, Placement};
pub use query::{CredentialOrder, CredentialQuery, CredentialSelection, Direction};
pub use remarks::Remarks;
pub use rotation::{
    Candidate, CandidateLine, CandidateState, PausedHost, SecretVersion, VersionOrigin, VersionRef,
};

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    Access, AuthMethod, CredentialId, PropagationId, Provider, Purpose, RepositoryId, Status,
    Timestamp, Total, cause::Cause,
};

/// How a credential is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum CredentialState {
    /// The first version is being written to Vault.
    Creating,
    /// Usable.
    Active,
    /// A new version is being written; the committed one is still in use.
    Updating,
    /// A candidate lies beside the committed version and is being tested; the committed one is
    /// still in use.
    Rotating,
    /// Deleted; the secret is being destroyed.
    Deleting,
    /// Gone from Vault.
    Destroyed,
    /// Vault does not hold the committed version any more: enter the secret again.
    Lost,
}

spelled!(CredentialState);

/// A row of the Credentials page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialSummary {
    /// Its id.
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// How many repositories use it.
    pub linked: u32,
    /// Of those, how many are failing.
    pub failing: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last opened a registry.
    pub last_used_at: Option<Timestamp>,
    /// How it is doing.
    pub state: CredentialState,
    /// When it expires, if anybody knows.
    pub expiry: Option<Expiry>,
    /// The environment it is made for.
    pub environment: Environment,
    /// The name of its project; `None` for a shared one.
    pub project: Option<String>,
    /// At how many hosts it is paused after refusals.
    pub paused: u32,
    /// Why GitHub does not take it any more, where it is a connected account that has to be connected
    /// again.
    pub broken: Option<Cause>,
    /// How the new secret of a staged rotation fares.
    pub candidate: Option<CandidateState>,
    /// Whether any repository, Git target, cluster or export uses it.
    pub is_used: bool,
    /// A URL or a regular expression; empty for none.
    pub pattern: String,
    /// How it is compared.
    pub pattern_kind: PatternKind,
    /// What it may do there; `None` while nobody said.
    pub access: Option<Access>,
}

/// A page of credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialPage {
    /// The rows.
    pub rows: Vec<CredentialSummary>,
    /// How many there are with this search and filter.
    pub total: Total,
    /// Whether the organization has none at all; its page then says how to begin.
    pub is_empty: bool,
    /// What is deleted and still lies in Vault, for those who manage credentials.
    pub undestroyed: Vec<Undestroyed>,
}

/// Something that is not used any more, and that Vault did not destroy when it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undestroyed {
    /// The name of the credential.
    pub name: String,
    /// What still lies there.
    pub remains: Remains,
    /// Why.
    pub cause: Cause,
}

/// What is left of a credential in Vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remains {
    /// The secret of a deleted credential.
    Secret,
    /// A version that was never used.
    Version,
}

/// One credential with what depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDetail {
    /// Its id.
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// The user name at the registry; not a secret.
    pub username: String,
    /// What people note about it.
    pub remarks: Remarks,
    /// How it is doing.
    pub state: CredentialState,
    /// Counts every change; a form sends it back so that nobody overwrites what they did not see.
    pub row_version: i64,
    /// The version in Vault that counts.
    pub vault_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it last opened a registry.
    pub last_used_at: Option<Timestamp>,
    /// The repositories that use it, by name.
    pub links: Vec<LinkedRepository>,
    /// The updates and their results, newest first, at most 20.
    pub history: Vec<Propagation>,
    /// How it authenticates.
    pub shape: AuthMethod,
    /// What the auth method needs besides; nothing of it is secret.
    pub parameters: Parameters,
    /// In which projects it may be used.
    pub reach: CredentialScope,
    /// The name of its project; empty for a shared one.
    pub project: String,
    /// What it may be looked up for.
    pub purposes: Vec<Purpose>,
    /// A URL or a regular expression; empty for none.
    pub pattern: String,
    /// How it is compared.
    pub pattern_kind: PatternKind,
    /// The environment it is made for.
    pub environment: Environment,
    /// What it may do there; `None` while nobody said.
    pub access: Option<Access>,
    /// When it expires, if anybody knows.
    pub expiry: Option<Expiry>,
    /// What is stored in Vault, newest first.
    pub versions: Vec<SecretVersion>,
    /// The candidate that is being tested, if any.
    pub candidate: Option<Candidate>,
    /// The hosts where it is paused after refusals.
    pub paused: Vec<PausedHost>,
    /// The origins that people allowed for its login, in order.
    pub allowed: Vec<AllowedAddress>,
    /// The token services at other hosts that people allowed for its registries, in order.
    pub token_services: Vec<TokenService>,
    /// The origins that somebody asked for, the latest first.
    pub requested: Vec<AddressRequest>,
}

/// The part of a credential that a page shows: what it does not show is not read, and is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialPart {
    /// All of it.
    Whole,
    /// What it is, what it opens, and its versions, whether Vault keeps them or not.
    Overview,
    /// What it is and what it opens.
    Links,
    /// The same with its versions and updates.
    Versions,
    /// The same as the links, with the addresses where its login may go.
    Access,
    /// The same as the links, with its updates.
    Updates,
}

/// A repository that uses a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedRepository {
    /// Its id.
    pub id: RepositoryId,
    /// Its name.
    pub name: String,
    /// Its URL.
    pub url: String,
    /// Why it fails; `None` while it is well or was not synced yet.
    pub cause: Option<Cause>,
    /// How it is doing.
    pub status: Status,
}

/// One update in the history of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Propagation {
    /// Its id.
    pub id: PropagationId,
    /// The Vault version it carries.
    pub vault_version: i64,
    /// When it was saved.
    pub started_at: Timestamp,
    /// Who saved it.
    pub started_by: String,
    /// When the last delivery ended.
    pub finished_at: Option<Timestamp>,
    /// How its deliveries stand.
    pub counts: crate::propagation::Counts,
}

/// A credential in the drop-down of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialChoice {
    /// Its id.
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// Whether the provider serves the host, or another repository of this host uses it.
    pub fits_host: bool,
    /// Whether its login may go to the origin that was asked about.
    pub is_allowed: bool,
    /// The environment it is made for.
    pub environment: Environment,
    /// The name of its project; `None` for a shared one.
    pub project: Option<String>,
}

impl CredentialChoice {
    /// The most that a drop-down offers.
    pub const MOST: usize = 100;
}

/// What a save answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The credential.
    pub id: CredentialId,
    /// The propagation it started, when it has links and the secret or user name changed.
    pub propagation: Option<PropagationId>,
    /// Something to look at, although it was saved: a pattern that overlaps with another
    /// credential's, or rights that are wider than needed.
    pub warning: Option<String>,
}
