//! The audit log: who did what, when, to what, and how it ended. Typed; no free text of a request.

mod purpose;
mod target;

use std::net::IpAddr;

pub use purpose::{ReadPurpose, SecretUse, SecretUses};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
pub use target::AuditTarget;

use crate::{AuditEventId, Timestamp, UserId};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "`label` says what each one means")]
pub enum AuditAction {
    OrganizationCreated,
    SignedIn,
    SignInRefused,
    SignedOut,
    PasswordChanged,
    SessionEnded,
    CredentialCreateRequested,
    CredentialCreated,
    CredentialUpdateRequested,
    CredentialUpdated,
    CredentialUpdateAborted,
    CredentialDescribed,
    CredentialDeleted,
    CredentialDestroyed,
    SecretRead,
    RepositoryAdded,
    RepositoryChanged,
    RepositoryDeleted,
    RepositorySyncRequested,
    LinkSet,
    LinkRemoved,
    LinkSuspended,
    AddressAllowed,
    AddressConfirmed,
    AddressWithdrawn,
    AddressRequested,
    AddressRequestDismissed,
    TokenServiceAllowed,
    TokenServiceWithdrawn,
    PropagationFinished,
    CredentialPlaced,
    CredentialRolledBack,
    CandidateStored,
    CandidatePromoted,
    CandidateDiscarded,
    CredentialPaused,
    CredentialResumed,
    ConnectionTested,
    ProjectSaved,
    ProjectDeleted,
    NoticeMade,
    WebhookSet,
    ExportSaved,
    ExportDeleted,
    ExportEncrypted,
    SecretsRevealed,
    GitConnected,
    GitConnectionRenewed,
    GitDisconnected,
    GitTargetSaved,
    GitTargetDeleted,
    GitPushRequested,
    GitPushed,
    ClusterSaved,
    ClusterDeleted,
    ClusterApplyRequested,
    ClusterApplied,
    MemberInvited,
    InvitationRenewed,
    InvitationRevoked,
    InvitationAccepted,
    InvitationDeclined,
    InvitationRefused,
    InvitationVoid,
    MemberJoined,
    MemberRoleChanged,
    MemberSuspended,
    MemberResumed,
    MemberRemoved,
    MemberLeft,
    Refused,
}

spelled!(AuditAction);

impl AuditAction {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::OrganizationCreated => "Created the organization",
            Self::SignedIn => "Signed in",
            Self::SignInRefused => "Sign-in refused",
            Self::SignedOut => "Signed out",
            Self::PasswordChanged => "Changed their password",
            Self::SessionEnded => "Ended a session",
            Self::CredentialCreateRequested => "Requested a new credential",
            Self::CredentialCreated => "Created a credential",
            Self::CredentialUpdateRequested => "Requested an update of a credential",
            Self::CredentialUpdated => "Updated a credential",
            Self::CredentialUpdateAborted => "Abandoned an update of a credential",
            Self::CredentialDescribed => "Changed the name or description of a credential",
            Self::CredentialDeleted => "Deleted a credential",
            Self::CredentialDestroyed => "Destroyed a credential's secret in Vault",
            Self::SecretRead => "Used a secret",
            Self::RepositoryAdded => "Added a repository",
            Self::RepositoryChanged => "Changed a repository",
            Self::RepositoryDeleted => "Deleted a repository",
            Self::RepositorySyncRequested => "Requested a sync",
            Self::LinkSet => "Linked a credential",
            Self::LinkRemoved => "Unlinked a credential",
            Self::LinkSuspended => "Suspended a link: its address is not allowed",
            Self::AddressAllowed => "Allowed an address for a credential",
            Self::AddressConfirmed => "Confirmed an address of a credential",
            Self::AddressWithdrawn => "Withdrew an address of a credential",
            Self::AddressRequested => "Requested an address for a credential",
            Self::AddressRequestDismissed => "Dismissed a request for an address",
            Self::TokenServiceAllowed => "Allowed a token service for a registry",
            Self::TokenServiceWithdrawn => "Withdrew a token service of a registry",
            Self::PropagationFinished => "Finished an update",
            Self::CredentialPlaced => "Changed where a credential applies",
            Self::CredentialRolledBack => "Rolled back a secret",
            Self::CandidateStored => "Stored a candidate secret",
            Self::CandidatePromoted => "Promoted a candidate secret",
            Self::CandidateDiscarded => "Discarded a candidate secret",
            Self::CredentialPaused => "Paused a credential at a host",
            Self::CredentialResumed => "Resumed a credential",
            Self::ConnectionTested => "Tested a connection",
            Self::ProjectSaved => "Saved a project",
            Self::ProjectDeleted => "Deleted a project",
            Self::NoticeMade => "Sent a notice",
            Self::WebhookSet => "Changed the webhook",
            Self::ExportSaved => "Saved an export",
            Self::ExportDeleted => "Deleted an export",
            Self::ExportEncrypted => "Downloaded or copied an encrypted file of an export",
            Self::SecretsRevealed => "Downloaded an export with its values",
            Self::GitConnected => "Connected a Git account",
            Self::GitConnectionRenewed => "Renewed the token of a Git account",
            Self::GitDisconnected => "Disconnected a Git account",
            Self::GitTargetSaved => "Saved a Git target",
            Self::GitTargetDeleted => "Deleted a Git target",
            Self::GitPushRequested => "Requested a sync of a Git target",
            Self::GitPushed => "Committed to a Git target",
            Self::ClusterSaved => "Saved a cluster",
            Self::ClusterDeleted => "Deleted a cluster",
            Self::ClusterApplyRequested => "Requested a sync of a cluster",
            Self::ClusterApplied => "Applied exports to a cluster",
            Self::MemberInvited => "Invited somebody",
            Self::InvitationRenewed => "Renewed an invitation",
            Self::InvitationRevoked => "Revoked an invitation",
            Self::InvitationAccepted => "Accepted an invitation",
            Self::InvitationDeclined => "Declined an invitation",
            Self::InvitationRefused => "Refused somebody who accepted an invitation",
            Self::InvitationVoid => "Ended an invitation: whoever sent it may not invite any more",
            Self::MemberJoined => "Confirmed a member",
            Self::MemberRoleChanged => "Changed a member's role",
            Self::MemberSuspended => "Suspended a member",
            Self::MemberResumed => "Resumed a member",
            Self::MemberRemoved => "Removed a member",
            Self::MemberLeft => "Left the organization",
            Self::Refused => "Denied",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditActor {
    /// A person, by name.
    Person(String),
    /// Hawser itself: a worker, the recovery loop, the interval.
    Hawser,
    /// Nobody who is known, such as a refused sign-in.
    Nobody,
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// Counts without gaps inside the organization.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActor,
    /// The id of the person; `None` for others, and in events of before ids were written down.
    pub actor_id: Option<UserId>,
    /// What.
    pub action: AuditAction,
    /// The name of the credential or repository it was done to; empty for the organization.
    pub target: String,
    /// Its id; `None` for the organization, and in events of before ids were written down.
    pub target_id: Option<AuditTarget>,
    /// What a secret was read for.
    pub purpose: Option<ReadPurpose>,
    /// Who was shown it; empty where nobody was.
    pub host: String,
    /// A typed detail for people, such as `version 3` or `10 repositories`.
    pub detail: String,
    /// The address of the visit it was done in; `None` for Hawser itself.
    pub address: Option<IpAddr>,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The rows.
    pub rows: Vec<AuditEvent>,
    /// The sequence to ask for the next, older page; `None` on the last.
    pub older: Option<i64>,
    /// When folded: what Hawser did by itself in the same time, the newest of it.
    pub own: Vec<AuditEvent>,
    /// When folded: how secrets were read in the same time.
    pub uses: Vec<SecretUses>,
}

/// How the log is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditView {
    /// Every event that fits.
    #[default]
    Everything,
    /// What people did, with what Hawser did and the folded uses of secrets beside it.
    Folded,
    /// What Hawser did by itself, uses of secrets aside.
    Hawser,
}

/// The query of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// Part of a target's or actor's name.
    pub search: String,
    /// Only this action.
    pub action: Option<AuditAction>,
    /// Only what is about this.
    pub target: Option<AuditTarget>,
    /// Which of it.
    pub view: AuditView,
    /// Only rows older than this sequence.
    pub before: Option<i64>,
}

impl AuditQuery {
    /// Rows on a page.
    pub const PAGE_ROWS: u32 = 100;
    /// Changes on the page of the thing that they are about.
    pub const ABOUT_CHANGES: usize = 25;
    /// Uses of its secret there.
    pub const ABOUT_USES: usize = 10;
    /// So many of its last events are looked through for them.
    pub const ABOUT_LOOKED_AT: u32 = 400;
}
