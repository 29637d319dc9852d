//! The services of GitOps: connected accounts, Git targets and clusters.

use async_trait::async_trait;

use super::Answer;
use crate::{
    ClusterId, CredentialId, GitTargetId, Principal, Secret,
    gitops::{
        Branches, ClusterDetail, ClusterForm, ClusterPreview, ClusterSummary, DeviceCode,
        DeviceForm, DeviceProgress, GitAccount, GitAccountOffers, GitTargetDetail, GitTargetForm,
        GitTargetSaved, GitTargetSummary, HostedRepository, TargetPreview, WebStart,
    },
};

/// Connected Git accounts.
#[async_trait]
pub trait GitAccounts: Send + Sync {
    /// Which ways of connecting the operator configured.
    async fn offers(&self, principal: &Principal) -> Answer<GitAccountOffers>;
    /// All, by name.
    async fn list(&self, principal: &Principal) -> Answer<Vec<GitAccount>>;
    /// Begins to connect in the browser.
    async fn begin_web(&self, principal: &Principal) -> Answer<WebStart>;
    /// Ends it: `browser` is what the cookie kept, `state` and `code` are what GitHub sent.
    async fn finish_web(
        &self,
        principal: &Principal,
        browser: Secret,
        state: Secret,
        code: Secret,
    ) -> Answer<CredentialId>;
    /// Begins to connect by a code that is typed at GitHub.
    async fn begin_device(&self, principal: &Principal) -> Answer<DeviceCode>;
    /// Looks whether the code was typed.
    async fn poll_device(&self, principal: &Principal, form: DeviceForm) -> Answer<DeviceProgress>;
    /// Connects an installation of the operator's GitHub App, if an account that the person
    /// connected may see it (R-OAUTH-06).
    async fn connect_installation(
        &self,
        principal: &Principal,
        installation: &str,
    ) -> Answer<CredentialId>;
    /// Revokes the token at GitHub and forgets it; refused with [`ServiceError::InUse`] while a Git
    /// target pushes with it.
    async fn disconnect(&self, principal: &Principal, credential: CredentialId) -> Answer<()>;
    /// Forgets it and destroys its tokens in Vault without asking GitHub, where the authorization
    /// stays; refused as [`Self::disconnect`] is.
    async fn forget(&self, principal: &Principal, credential: CredentialId) -> Answer<()>;
    /// The repositories of a connected account whose name holds `search`, at most 100.
    async fn repositories(
        &self,
        principal: &Principal,
        credential: CredentialId,
        search: &str,
    ) -> Answer<Vec<HostedRepository>>;
    /// The branches of the repository that a form names, asked with the credential and by the egress profile
    /// that it names.
    async fn branches(&self, principal: &Principal, form: GitTargetForm) -> Answer<Branches>;
    /// Why [`Self::branches`] would be refused before anybody is asked; `None` where it would not, or where
    /// credential or URL are not there yet.
    async fn branches_hindrance(
        &self,
        principal: &Principal,
        form: GitTargetForm,
    ) -> Answer<Option<String>>;
}

/// Git targets.
#[async_trait]
pub trait GitTargets: Send + Sync {
    /// All, by name.
    async fn list(&self, principal: &Principal) -> Answer<Vec<GitTargetSummary>>;
    /// One.
    async fn get(&self, principal: &Principal, id: GitTargetId) -> Answer<GitTargetDetail>;
    /// Adds one, or changes the one that the form names. Nothing is pushed before somebody asks for
    /// the first push.
    async fn save(&self, principal: &Principal, form: GitTargetForm) -> Answer<GitTargetSaved>;
    /// Forgets one; what it wrote stays in the repository.
    async fn delete(&self, principal: &Principal, id: GitTargetId) -> Answer<()>;
    /// What a push would change now; asks the Git server.
    async fn preview(&self, principal: &Principal, id: GitTargetId) -> Answer<TargetPreview>;
    /// Queues a push.
    async fn push(&self, principal: &Principal, id: GitTargetId) -> Answer<()>;
}

/// Clusters that exports are applied to directly, where the operator turned that on.
#[async_trait]
pub trait Clusters: Send + Sync {
    /// Whether the operator turned it on.
    fn are_on(&self) -> bool;
    /// All, by name.
    async fn list(&self, principal: &Principal) -> Answer<Vec<ClusterSummary>>;
    /// One, with its objects.
    async fn get(&self, principal: &Principal, id: ClusterId) -> Answer<ClusterDetail>;
    /// Adds one, or changes the one that the form names.
    async fn save(&self, principal: &Principal, form: ClusterForm) -> Answer<ClusterId>;
    /// Deletes what Hawser made there, and then forgets the cluster. Asked once more after that failed,
    /// it forgets the cluster at once and leaves the objects there.
    async fn delete(&self, principal: &Principal, id: ClusterId) -> Answer<()>;
    /// What applying would change now; asks the API server.
    async fn preview(&self, principal: &Principal, id: ClusterId) -> Answer<ClusterPreview>;
    /// Queues an apply.
    async fn apply(&self, principal: &Principal, id: ClusterId) -> Answer<()>;
}
