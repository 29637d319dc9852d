//! Services that answer with one of everything.

mod account;
mod bulk;
mod clusters;
mod connections;
pub(super) mod credentials;
pub(super) mod exports;
mod gitops;
mod members;
mod overview;
mod repositories;
mod search;
mod visit;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    AuthMethod, Cause, ChartId, Principal, PropagationId, Provider, Role, Secret, ServiceError,
    Timestamp, UserId, audit, charts,
    credentials::{CandidateState, CreateCredential, UpdateCredential, VersionOrigin},
    exports::{Consumer, DeliveryMethod, ExportForm},
    gitops::{ClusterForm, DestinationState, GitAccountOffers, GitTargetForm},
    organizations::Membership,
    propagation, service,
    service::Answer,
    sessions,
};

use crate::services::{Flash, Services, Typing};

pub(super) const ID: &str = "0190b0a0-0000-7000-8000-000000000001";
pub(super) const SECRET: &str = "correct-horse-battery-staple";
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a test sets by name")]
pub(super) struct Fake {
    pub principal: Option<Principal>,
    pub flash: Mutex<Option<Flash>>,
    /// The code that is being typed at GitHub.
    pub typing: Mutex<Option<Typing>>,
    /// Whether anybody has an account.
    pub is_set_up: bool,
    /// Whether there is nothing yet.
    pub is_empty: bool,
    /// What the credential is made of.
    pub made_of: (Provider, AuthMethod),
    /// How its candidate fares, if it has one.
    pub candidate: Option<CandidateState>,
    /// How its secret came to be.
    pub origin: VersionOrigin,
    /// Whether the update on its way has arrived everywhere.
    pub has_arrived: bool,
    /// The form that was last sent to be created.
    pub created: Mutex<Option<CreateCredential>>,
    /// The form that was last sent to be updated.
    pub updated: Mutex<Option<UpdateCredential>>,
    /// Why every service of GitOps refuses, if they do.
    pub refusal: Option<ServiceError>,
    /// Who reads the export, and how its values get there.
    pub exported: (Consumer, DeliveryMethod),
    /// The ways of connecting that the operator configured.
    pub offers: GitAccountOffers,
    /// Whether the operator turned clusters on.
    pub has_clusters: bool,
    /// Whether a Git target pushes with the first account.
    pub has_targets: bool,
    /// Whether GitHub does not answer.
    pub github_away: Mutex<bool>,
    /// Whether the cluster is being deleted.
    pub is_deleting: bool,
    /// How the Git target and the cluster are doing.
    pub target_state: DestinationState,
    /// Why they fail, if they do.
    pub cause: Option<Cause>,
    /// The pull request of the Git target; empty where its host is not known.
    pub pull_request: &'static str,
    /// Whether somebody else changed everything after its first version.
    pub is_overtaken: bool,
    /// Whether somebody else connected the account of the Git target.
    pub is_theirs: bool,
    /// The forms that were last sent to be saved.
    pub export_saved: Mutex<Option<ExportForm>>,
    pub target_saved: Mutex<Option<GitTargetForm>>,
    pub cluster_saved: Mutex<Option<ClusterForm>>,
}

fn id<T: From<uuid::Uuid>>() -> T {
    uuid::Uuid::parse_str(ID).unwrap().into()
}

impl Fake {
    pub fn signed_in() -> Arc<Self> {
        Arc::new(Self::of(Role::Owner))
    }

    pub fn stranger() -> Arc<Self> {
        Arc::new(Self { principal: None, ..Self::of(Role::Viewer) })
    }

    /// A person with this role, to be changed before it is shared.
    pub fn of(role: Role) -> Self {
        let principal = Principal {
            user: id(),
            name: "Ada".into(),
            organization: id(),
            organization_name: "Acme".into(),
            role,
            address: None,
            epochs: domain::Epochs::default(),
        };
        Self {
            principal: Some(principal),
            flash: Mutex::default(),
            typing: Mutex::default(),
            is_set_up: true,
            is_empty: false,
            made_of: credentials::MADE_OF,
            candidate: None,
            origin: VersionOrigin::Updated,
            has_arrived: false,
            created: Mutex::default(),
            updated: Mutex::default(),
            refusal: None,
            exported: exports::EXPORTED,
            offers: GitAccountOffers {
                host: "github.com".into(),
                web: true,
                device: true,
                installation_url: "https://github.com/apps/hawser/installations/new".into(),
            },
            has_clusters: true,
            has_targets: true,
            github_away: Mutex::default(),
            is_deleting: false,
            target_state: DestinationState::InStep,
            cause: None,
            pull_request: "https://github.com/acme/gitops/pull/7",
            is_overtaken: false,
            is_theirs: false,
            export_saved: Mutex::default(),
            target_saved: Mutex::default(),
            cluster_saved: Mutex::default(),
        }
    }

    /// Refuses where the test says so.
    fn answers(&self) -> Answer<()> {
        self.refusal.clone().map_or(Ok(()), Err)
    }

    /// Refuses a change of the first version where the test says that it is not the newest.
    fn current(&self, row_version: &str) -> Answer<()> {
        if self.is_overtaken && row_version == "1" {
            return Err(ServiceError::Stale { changed_by: "Grace".into() });
        }
        Ok(())
    }

    pub fn services(fake: &Arc<Self>) -> Services {
        let of_one_page = Arc::clone(fake);
        Services {
            of_one_page: Arc::new(move || Self::services(&of_one_page)),
            sessions: Arc::<Self>::clone(fake),
            overview: Arc::<Self>::clone(fake),
            search: Arc::<Self>::clone(fake),
            credentials: Arc::<Self>::clone(fake),
            repositories: Arc::<Self>::clone(fake),
            charts: Arc::<Self>::clone(fake),
            propagations: Arc::<Self>::clone(fake),
            audit: Arc::<Self>::clone(fake),
            connections: Arc::<Self>::clone(fake),
            matching: Arc::<Self>::clone(fake),
            bulk: Arc::<Self>::clone(fake),
            imports: Arc::<Self>::clone(fake),
            projects: Arc::<Self>::clone(fake),
            members: Arc::<Self>::clone(fake),
            invitations: Arc::<Self>::clone(fake),
            notices: Arc::<Self>::clone(fake),
            exports: Arc::<Self>::clone(fake),
            account: Arc::<Self>::clone(fake),
            git_connections: Arc::<Self>::clone(fake),
            git_targets: Arc::<Self>::clone(fake),
            clusters: Arc::<Self>::clone(fake),
        }
    }
}

#[async_trait]
impl service::Sessions for Fake {
    async fn set_up_is_open(&self, _: &Secret) -> bool {
        true
    }
    async fn is_set_up(&self) -> Answer<bool> {
        Ok(self.is_set_up)
    }
    async fn set_up(&self, form: sessions::SetUp, _: service::Peer) -> Answer<sessions::SignedIn> {
        form.parse().map(|_| sessions::SignedIn { user: id(), browser: None })
    }
    async fn sign_in(
        &self,
        _: sessions::SignIn,
        _: sessions::SignInFrom,
    ) -> Answer<sessions::SignedIn> {
        self.answers()?;
        Ok(sessions::SignedIn { user: id(), browser: None })
    }
    async fn signed_out(&self, _: &Principal) {}
    async fn principal(&self, _: UserId) -> Answer<Principal> {
        self.principal.clone().ok_or(ServiceError::NotSignedIn)
    }
    async fn memberships(&self, _: UserId) -> Answer<Vec<Membership>> {
        Ok(Vec::new())
    }
}

fn ago(seconds: u64) -> Timestamp {
    NOW.minus(Duration::from_secs(seconds))
}

fn chart() -> charts::ChartSummary {
    charts::ChartSummary {
        id: id(),
        name: "nginx".into(),
        repository: id(),
        repository_name: "acme charts".into(),
        version: "1.2.3".into(),
        app_version: "1.27".into(),
        description: "A <script>alert(1)</script> server".into(),
        versions: 1,
        deprecated: true,
        stale_since: None,
    }
}

#[async_trait]
impl service::Charts for Fake {
    async fn list(&self, _: &Principal, _: charts::ChartQuery) -> Answer<charts::ChartPage> {
        Ok(charts::ChartPage { rows: vec![chart()], total: domain::Total::of(1), is_empty: false })
    }
    async fn get(&self, _: &Principal, asked: ChartId) -> Answer<charts::ChartDetail> {
        if asked != id() {
            return Err(ServiceError::NotFound);
        }
        let version = charts::ChartVersion {
            version: "1.2.3".into(),
            app_version: "1.27".into(),
            created_at: None,
            digest: "sha256:0123456789abcdef".into(),
            url: String::new(),
            deprecated: false,
        };
        let metadata = charts::ChartMetadata {
            home: "https://nginx.org".into(),
            sources: vec!["not a link".into()],
            keywords: vec!["web".into()],
            ..Default::default()
        };
        Ok(charts::ChartDetail {
            summary: chart(),
            install: charts::Install {
                commands: vec!["helm install nginx".into()],
                notes: Vec::new(),
            },
            metadata,
            versions: vec![version],
        })
    }
}

#[async_trait]
impl service::Propagations for Fake {
    async fn progress(&self, _: &Principal, _: PropagationId) -> Answer<propagation::Progress> {
        let line = |state, cause: Option<Cause>| propagation::DeliveryLine {
            id: id(),
            place: propagation::DeliveryTarget::Repository(id()),
            name: "acme charts".into(),
            state,
            attempts: 2,
            told: cause.map(|cause| {
                propagation::DeliveryMessage::of(
                    cause,
                    propagation::DeliveryTarget::Repository(id()),
                )
            }),
            cause,
            next_at: None,
        };
        Ok(propagation::Progress {
            id: id(),
            credential: id(),
            started_at: ago(5),
            finished_at: self.has_arrived.then(|| ago(1)),
            counts: propagation::Counts { healthy: 1, retrying: 1, ..Default::default() },
            lines: vec![
                line(propagation::DeliveryState::Retrying, Some(Cause::Timeout)),
                line(propagation::DeliveryState::Healthy, None),
                propagation::DeliveryLine {
                    place: propagation::DeliveryTarget::GitTarget(id()),
                    name: "prod-cluster".into(),
                    ..line(propagation::DeliveryState::Waiting, None)
                },
            ],
        })
    }
    async fn changed(&self, _: &Principal) -> propagation::Heard {
        propagation::Heard::Nothing
    }
}

#[async_trait]
impl service::Audit for Fake {
    async fn list(&self, _: &Principal, _: audit::AuditQuery) -> Answer<audit::AuditPage> {
        let event = audit::AuditEvent {
            id: id(),
            sequence: 1,
            at: ago(5),
            actor: audit::AuditActor::Person("Ada".into()),
            actor_id: Some(id()),
            action: audit::AuditAction::CredentialCreated,
            target: "ghcr-prod".into(),
            target_id: Some(audit::AuditTarget::Credential(id())),
            purpose: None,
            host: String::new(),
            detail: "version 1".into(),
            address: Some([203, 0, 113, 7].into()),
        };
        let uses = audit::SecretUses {
            at: ago(6),
            credential: event.target_id,
            name: "ghcr-prod".into(),
            purpose: Some(audit::ReadPurpose::Sync),
            uses: vec![audit::SecretUse {
                at: ago(6),
                actor: audit::AuditActor::Hawser,
                actor_id: None,
                host: "ghcr.io".into(),
                detail: "version 1".into(),
                lines: 3,
            }],
        };
        let own = audit::AuditEvent {
            actor: audit::AuditActor::Hawser,
            actor_id: None,
            action: audit::AuditAction::NoticeMade,
            ..event.clone()
        };
        Ok(audit::AuditPage { rows: vec![event], older: Some(1), own: vec![own], uses: vec![uses] })
    }
    async fn about(
        &self,
        principal: &Principal,
        _: audit::AuditTarget,
    ) -> Answer<Vec<audit::AuditEvent>> {
        let change = self.list(principal, audit::AuditQuery::default()).await?.rows.remove(0);
        let used = audit::AuditEvent {
            actor: audit::AuditActor::Hawser,
            actor_id: None,
            action: audit::AuditAction::SecretRead,
            purpose: Some(audit::ReadPurpose::Sync),
            host: "ghcr.io".into(),
            ..change.clone()
        };
        Ok(vec![used, change])
    }
}
