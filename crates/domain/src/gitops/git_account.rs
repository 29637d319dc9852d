//! Connected Git accounts. A connection is a credential of the kind git whose secret GitHub gave.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{CredentialId, Secret, Status, Timestamp};

/// How an account was connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum GitAccountMethod {
    /// OAuth in the browser, with PKCE.
    Web,
    /// OAuth by a code that is typed at GitHub, for servers without a public address.
    Device,
    /// An installation of the GitHub App that the operator configured.
    Installation,
}

spelled!(GitAccountMethod);

/// A connected account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitAccount {
    /// The credential that holds its token.
    pub credential: CredentialId,
    /// The name of the credential.
    pub name: String,
    /// How it was connected.
    pub way: GitAccountMethod,
    /// The host, such as `github.com`.
    pub host: String,
    /// The account's name at GitHub, as it was when it was last asked.
    pub account: String,
    /// The scopes that were granted; empty for an installation.
    pub scopes: Vec<String>,
    /// Wanted scopes that were not granted.
    pub missing_scopes: Vec<String>,
    /// Who connected it.
    pub connected_by: String,
    /// Whether the person who asks connected it; only they may write with it (R-GIT-06).
    pub is_own: bool,
    /// When.
    pub connected_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// How many Git targets use it.
    pub targets: u32,
    /// Why GitHub does not take it any more: it was revoked there, or could not be renewed.
    pub broken: Option<crate::Cause>,
}

impl GitAccount {
    /// How it is doing, for people: in the words of its credential.
    #[must_use]
    pub const fn status(&self) -> Status {
        match (self.broken, self.targets) {
            (Some(_), _) => Status::Failing,
            (None, 0) => Status::Unused,
            (None, _) => Status::Healthy,
        }
    }
}

/// Which ways of connecting the operator configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitAccountOffers {
    /// The host, such as `github.com`; empty when nothing is configured.
    pub host: String,
    /// In the browser.
    pub web: bool,
    /// By a typed code.
    pub device: bool,
    /// Where the operator's GitHub App is installed; empty when there is none.
    pub installation_url: String,
}

/// The begin of a web flow: where the browser goes, and what it keeps.
#[derive(Debug, Clone)]
pub struct WebStart {
    /// GitHub's page.
    pub url: String,
    /// What the browser keeps in a cookie that only this site reads; the flow ends only there
    /// (R-OAUTH-01).
    pub browser: Secret,
}

/// The begin of a device flow.
#[derive(Debug, Clone)]
pub struct DeviceCode {
    /// What the person types at GitHub.
    pub user_code: String,
    /// Where.
    pub verification_url: String,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// Seconds between two looks.
    pub interval: u64,
    /// What the browser keeps in a cookie that only this site reads.
    pub device: Secret,
}

/// The form that looks whether the code was typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceForm {
    /// What the browser kept.
    pub device: Secret,
}

/// How a device flow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceProgress {
    /// The code was not typed yet; look again after so many seconds.
    Pending {
        /// Seconds.
        interval: u64,
    },
    /// It is connected.
    Connected(CredentialId),
    /// The code ended before it was typed.
    Expired,
    /// The person refused at GitHub.
    Refused,
}

/// A repository of a connected account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedRepository {
    /// `owner/name`.
    pub full_name: String,
    /// Where Git finds it.
    pub url: String,
    /// Its default branch.
    pub default_branch: String,
    /// Whether the account may push to it.
    pub may_push: bool,
    /// Whether strangers can read it.
    pub is_public: bool,
}

/// The branches of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branches {
    /// The default branch; empty for an empty repository.
    pub default: String,
    /// All, by name, at most 1,000.
    pub names: Vec<String>,
}
