//! The services: everything a person or a machine can ask Hawser for, one trait per feature.
//!
//! The engine implements them. Pages, the server's routes and tests call them through `Arc<dyn …>`.

mod gitops;
mod members;

use async_trait::async_trait;
pub use gitops::{Clusters, GitAccounts, GitTargets};
pub use members::{Invitations, Members};

use crate::{
    AddressRequestId, AllowedAddressId, BulkRunId, ChartId, CredentialId, CredentialKind, ExportId,
    Principal, ProjectId, PropagationId, RepositoryId, ServiceError, UserId,
    account::{ChangePassword, OwnSession, Profile, SessionKey},
    audit::{AuditEvent, AuditPage, AuditQuery, AuditTarget},
    bulk::{BulkAction, BulkRun, IntervalSet, SelectedRows},
    charts::{ChartDetail, ChartPage, ChartQuery},
    connection_tests::{ConnectionTest, TestConnection},
    credentials::{
        AllowAddress, CreateCredential, CredentialChoice, CredentialDetail, CredentialPage,
        CredentialPart, CredentialQuery, CredentialSummary, DeleteCredential, DescribeCredential,
        PlaceCredential, Saved, UpdateCredential, VersionRef,
    },
    exports::{
        Consumer, EncryptedForm, ExportChoices, ExportDetail, ExportFile, ExportForm,
        ExportPreview, ExportSought, ExportSummary, RevealForm, Revealed, carvel::ExportSource,
    },
    gitops::CredentialUse,
    import::ImportPreview,
    matching::{ExplainQuery, Explanation},
    notices::{AttentionCounts, Notice, WebhookForm},
    organizations::Membership,
    overview::OverviewPage,
    projects::{Project, ProjectForm},
    propagation::{Heard, Progress},
    repositories::{
        AddRepository, EditRepository, RepositoryDetail, RepositoryPage, RepositoryQuery,
        RepositorySelection,
    },
    search,
    sessions::{SetUp, SignIn, SignInFrom, SignedIn},
};

/// The answer of every service.
pub type Answer<T> = Result<T, ServiceError>;

/// Where a request comes from: the visitor's address, for limits and the audit log.
pub type Peer = std::net::IpAddr;

/// Signing in, and the first start.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Whether anybody has an account. Until then there is nothing to sign in to.
    async fn is_set_up(&self) -> Answer<bool>;
    /// Whether a set-up token is still valid; the set-up page shows a form only then.
    async fn set_up_is_open(&self, token: &crate::Secret) -> bool;
    /// Uses the set-up token once: makes the first account and organization.
    async fn set_up(&self, form: SetUp, peer: Peer) -> Answer<SignedIn>;
    /// Checks e-mail address and password. Unknown address and wrong password answer alike; after
    /// failures the answer waits before the password is looked at.
    async fn sign_in(&self, form: SignIn, from: SignInFrom) -> Answer<SignedIn>;
    /// Writes the sign-out to the audit log.
    async fn signed_out(&self, principal: &Principal);
    /// The person as they are now: their name, organization and role.
    async fn principal(&self, user: UserId) -> Answer<Principal>;
    /// The organizations of a person.
    async fn memberships(&self, user: UserId) -> Answer<Vec<Membership>>;
}

/// A person's own account.
#[async_trait]
pub trait OwnAccount: Send + Sync {
    /// Who they are.
    async fn profile(&self, principal: &Principal) -> Answer<Profile>;
    /// Where they are signed in, the session used last first, at most 100.
    async fn sessions(&self, principal: &Principal) -> Answer<Vec<OwnSession>>;
    /// Ends one of their sessions.
    async fn end_session(&self, principal: &Principal, session: SessionKey) -> Answer<()>;
    /// Ends all their sessions but one; answers how many there were.
    async fn end_other_sessions(&self, principal: &Principal, kept: SessionKey) -> Answer<u64>;
    /// Changes their password, and ends all their sessions but one.
    async fn change_password(
        &self,
        principal: &Principal,
        form: ChangePassword,
        kept: SessionKey,
    ) -> Answer<()>;
}

/// The first page.
#[async_trait]
pub trait Overview: Send + Sync {
    /// What needs attention, how everything is doing, and what happened, as it is now.
    async fn overview(&self, principal: &Principal) -> Answer<OverviewPage>;
}

/// Search.
#[async_trait]
pub trait Search: Send + Sync {
    /// What begins with all the words that were typed, of every kind that the person may see.
    async fn search(&self, principal: &Principal, typed: search::Typed)
    -> Answer<search::Findings>;
}

/// Credentials.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// A page of the table.
    async fn list(&self, principal: &Principal, query: CredentialQuery) -> Answer<CredentialPage>;
    /// One credential with its links and history.
    async fn get(&self, principal: &Principal, id: CredentialId) -> Answer<CredentialDetail> {
        self.part(principal, id, CredentialPart::Whole).await
    }
    /// A part of one credential.
    async fn part(
        &self,
        principal: &Principal,
        id: CredentialId,
        part: CredentialPart,
    ) -> Answer<CredentialDetail>;
    /// The drop-down of a repository: those that fit the host of `url` first, and the chosen one. With a
    /// `search`, only those with it in their names besides.
    async fn choices(
        &self,
        principal: &Principal,
        url: &str,
        chosen: Option<CredentialId>,
        search: &str,
    ) -> Answer<Vec<CredentialChoice>>;
    /// The drop-down of a Git target or cluster: the usable ones of a kind, by name.
    async fn of_kind(
        &self,
        principal: &Principal,
        kind: CredentialKind,
    ) -> Answer<Vec<CredentialChoice>>;
    /// Whether there is a usable one of a kind.
    async fn any_of_kind(&self, principal: &Principal, kind: CredentialKind) -> Answer<bool>;
    /// Stores a new one.
    async fn create(&self, principal: &Principal, form: CreateCredential) -> Answer<Saved>;
    /// Changes one; a changed secret or user name is delivered to every link.
    async fn update(&self, principal: &Principal, form: UpdateCredential) -> Answer<Saved>;
    /// Changes its name and what people note about it; no registry hears of that.
    async fn describe(&self, principal: &Principal, form: DescribeCredential) -> Answer<Saved>;
    /// Says where one applies: project or shared, purposes, pattern, environment, expiry. Sharing and
    /// its end are an owner's.
    async fn place(&self, principal: &Principal, form: PlaceCredential) -> Answer<Saved>;
    /// Stores the secret of an earlier version as the newest one, and delivers it.
    async fn roll_back(&self, principal: &Principal, form: VersionRef) -> Answer<Saved>;
    /// Makes the candidate the version that counts, tested or not.
    async fn promote(&self, principal: &Principal, form: VersionRef) -> Answer<Saved>;
    /// Tests the candidate once more at every repository that refused it.
    async fn test_again(&self, principal: &Principal, form: VersionRef) -> Answer<Saved>;
    /// Destroys the candidate; the version that counts stays.
    async fn discard(&self, principal: &Principal, form: VersionRef) -> Answer<Saved>;
    /// Uses a paused credential again at this origin, or at all of them when it is empty.
    async fn resume(&self, principal: &Principal, id: CredentialId, origin: &str) -> Answer<()>;
    /// Allows an origin for the login of a credential, and resumes its links there.
    async fn allow_address(&self, principal: &Principal, form: AllowAddress) -> Answer<()>;
    /// Confirms an origin that was taken over from the links of before.
    async fn confirm_address(
        &self,
        principal: &Principal,
        credential: CredentialId,
        id: AllowedAddressId,
    ) -> Answer<()>;
    /// Withdraws an allowed origin and suspends the links there; answers the names of their repositories.
    async fn withdraw_address(
        &self,
        principal: &Principal,
        credential: CredentialId,
        id: AllowedAddressId,
    ) -> Answer<Vec<String>>;
    /// Withdraws a token service from a registry.
    async fn withdraw_token_service(
        &self,
        principal: &Principal,
        credential: CredentialId,
        registry: &str,
        service: &str,
    ) -> Answer<()>;
    /// Forgets a request for an origin.
    async fn dismiss_address_request(
        &self,
        principal: &Principal,
        credential: CredentialId,
        id: AddressRequestId,
    ) -> Answer<()>;
    /// The credentials that expire, soonest first, at most [`CredentialQuery::EXPIRING`], for the timeline.
    async fn expiring(&self, principal: &Principal) -> Answer<Vec<CredentialSummary>>;
    /// Deletes one; refused with [`ServiceError::InUse`] while linked, unless the form says what
    /// becomes of the links.
    async fn delete(&self, principal: &Principal, form: DeleteCredential) -> Answer<()>;
}

/// Chart repositories.
#[async_trait]
pub trait Repositories: Send + Sync {
    /// A page of the table.
    async fn list(&self, principal: &Principal, query: RepositoryQuery) -> Answer<RepositoryPage>;
    /// The names of a filter by repository, in their order; the first hundred.
    async fn choices(&self, principal: &Principal) -> Answer<Vec<(RepositoryId, String)>>;
    /// One repository with its last runs.
    async fn get(&self, principal: &Principal, id: RepositoryId) -> Answer<RepositoryDetail>;
    /// Adds one; finds out the kind by asking the host when the form does not say it.
    async fn add(&self, principal: &Principal, form: AddRepository) -> Answer<RepositoryId>;
    /// Changes one. A new origin suspends the link unless the form names the credential again.
    async fn edit(&self, principal: &Principal, form: EditRepository) -> Answer<RepositoryId>;
    /// Allows the login of a repository's credential at the token service that its registry named last and
    /// that was refused; `service` is the origin that the person saw.
    async fn allow_token_service(
        &self,
        principal: &Principal,
        id: RepositoryId,
        service: &str,
    ) -> Answer<()>;
    /// Deletes one with its charts.
    async fn delete(&self, principal: &Principal, id: RepositoryId) -> Answer<()>;
    /// Queues a sync; answers of how many.
    async fn sync(&self, principal: &Principal, which: RepositorySelection) -> Answer<u32>;
}

/// Bulk runs: one action on many rows of a list.
#[async_trait]
pub trait BulkRuns: Send + Sync {
    /// Begins one. What destroys something waits until somebody said yes to what it found.
    async fn begin(
        &self,
        principal: &Principal,
        action: BulkAction,
        rows: SelectedRows,
    ) -> Answer<BulkRunId>;
    /// Says yes to one that waits for it.
    async fn confirm(&self, principal: &Principal, id: BulkRunId) -> Answer<()>;
    /// Sets the seconds between the syncs of repositories, at once.
    async fn set_interval(
        &self,
        principal: &Principal,
        rows: RepositorySelection,
        interval: &str,
    ) -> Answer<IntervalSet>;
    /// Gives repositories the interval of before, where nobody set another one meanwhile; answers how many.
    async fn undo_interval(&self, principal: &Principal, id: BulkRunId) -> Answer<u32>;
    /// How one stands.
    async fn get(&self, principal: &Principal, id: BulkRunId) -> Answer<BulkRun>;
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// What would become of it; nothing was added.
    Preview(ImportPreview),
    /// Its rows are being added; the bulk run tells what becomes of each.
    Begun(BulkRunId),
}

/// Import of files of other programs.
#[async_trait]
pub trait Imports: Send + Sync {
    /// Reads a file. It is previewed, unless `previewed` is the fingerprint of its preview; then its rows are added.
    /// Nothing of the file is kept in between.
    async fn import(
        &self,
        principal: &Principal,
        content: &[u8],
        previewed: &str,
    ) -> Answer<Imported>;
}

/// The catalog.
#[async_trait]
pub trait Charts: Send + Sync {
    /// A page of charts.
    async fn list(&self, principal: &Principal, query: ChartQuery) -> Answer<ChartPage>;
    /// One chart with its versions.
    async fn get(&self, principal: &Principal, id: ChartId) -> Answer<ChartDetail>;
}

/// Propagations.
#[async_trait]
pub trait Propagations: Send + Sync {
    /// How one stands.
    async fn progress(&self, principal: &Principal, id: PropagationId) -> Answer<Progress>;
    /// Returns when something of this organization changed since the call, or after about a second,
    /// which is how changes made by other replicas are noticed; the event stream asks `progress`
    /// after it.
    async fn changed(&self, principal: &Principal) -> Heard;
}

/// The audit log.
#[async_trait]
pub trait Audit: Send + Sync {
    /// A page, newest first.
    async fn list(&self, principal: &Principal, query: AuditQuery) -> Answer<AuditPage>;
    /// The last changes of one thing and the last uses of its secret, newest first: at most
    /// [`AuditQuery::ABOUT_CHANGES`] and [`AuditQuery::ABOUT_USES`].
    async fn about(&self, principal: &Principal, target: AuditTarget) -> Answer<Vec<AuditEvent>>;
}

/// Connection tests. They need the right to manage what they test, and are rate-limited.
#[async_trait]
pub trait ConnectionTests: Send + Sync {
    /// Tests what a form says; stores nothing.
    async fn test_form(
        &self,
        principal: &Principal,
        form: TestConnection,
    ) -> Answer<ConnectionTest>;
    /// Tests a stored credential at each linked repository, at most 50.
    async fn test_credential(
        &self,
        principal: &Principal,
        id: CredentialId,
    ) -> Answer<Vec<ConnectionTest>>;
    /// Tests a repository with the credential it is linked to.
    async fn test_repository(
        &self,
        principal: &Principal,
        id: RepositoryId,
    ) -> Answer<ConnectionTest>;
}

/// Which credential belongs to a URL.
#[async_trait]
pub trait Matching: Send + Sync {
    /// The winner for a URL, and why every other candidate lost.
    async fn explain(&self, principal: &Principal, query: ExplainQuery) -> Answer<Explanation>;
}

/// Projects.
#[async_trait]
pub trait Projects: Send + Sync {
    /// All, the default one first, then by name.
    async fn list(&self, principal: &Principal) -> Answer<Vec<Project>>;
    /// Adds one, or renames the one that the form names.
    async fn save(&self, principal: &Principal, form: ProjectForm) -> Answer<ProjectId>;
    /// Deletes an empty one; refused with [`ServiceError::InUse`] while anything is in it.
    async fn delete(&self, principal: &Principal, id: ProjectId) -> Answer<()>;
}

/// Notices, and the webhook they are sent to.
#[async_trait]
pub trait Notices: Send + Sync {
    /// The newest, at most 100.
    async fn list(&self, principal: &Principal) -> Answer<Vec<Notice>>;
    /// How many things need somebody; every page asks it for its side bar.
    async fn attention(&self, principal: &Principal) -> Answer<AttentionCounts>;
    /// How many notices are not over.
    async fn open(&self, principal: &Principal) -> Answer<u32> {
        Ok(self.attention(principal).await?.notices)
    }
    /// The address of the webhook; empty for none.
    async fn webhook(&self, principal: &Principal) -> Answer<String>;
    /// Changes the webhook.
    async fn set_webhook(&self, principal: &Principal, form: WebhookForm) -> Answer<()>;
}

/// Exports.
#[async_trait]
pub trait Exports: Send + Sync {
    /// All, by name.
    async fn list(&self, principal: &Principal) -> Answer<Vec<ExportSummary>>;
    /// One, with what it writes now.
    async fn get(&self, principal: &Principal, id: ExportId) -> Answer<ExportDetail>;
    /// Whether clusters cannot reach the Vault, because it is the managed one of this machine.
    fn vault_is_local(&self) -> bool;
    /// What an export for this consumer may be made of.
    async fn choices(
        &self,
        principal: &Principal,
        consumer: Consumer,
        sought: ExportSought,
    ) -> Answer<ExportChoices>;
    /// What a form would write; stores nothing.
    async fn preview(&self, principal: &Principal, form: ExportForm) -> Answer<ExportPreview>;
    /// Adds one, or changes the one that the form names; every place that takes it follows.
    async fn save(&self, principal: &Principal, form: ExportForm) -> Answer<ExportId>;
    /// Deletes one; refused with [`ServiceError::InUse`] while a Git target or cluster takes it.
    async fn delete(&self, principal: &Principal, id: ExportId) -> Answer<()>;
    /// One of its files as Git targets write it: encrypted to the recipients of the export, anew each
    /// time.
    async fn encrypted(&self, principal: &Principal, form: EncryptedForm) -> Answer<ExportFile>;
    /// The export with the values of its secrets, for a person who typed their password again.
    async fn reveal(&self, principal: &Principal, form: RevealForm) -> Answer<Revealed>;
    /// The secrets that the exports for Carvel make, without their values: what
    /// secretgen-controller combines (F73).
    async fn carvel(&self, principal: &Principal) -> Answer<Vec<ExportSource>>;
    /// The exports a credential is in, and where each of them is delivered.
    async fn uses(
        &self,
        principal: &Principal,
        credential: CredentialId,
    ) -> Answer<Vec<CredentialUse>>;
    /// By which of its repositories a credential is in which export, for the map of its page.
    async fn through(
        &self,
        principal: &Principal,
        credential: CredentialId,
    ) -> Answer<Vec<(RepositoryId, ExportId)>>;
}
