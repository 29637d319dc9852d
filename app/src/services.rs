//! What the server hands to every page and server function through the Leptos context.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use async_trait::async_trait;
use domain::{
    Principal, Secret, ServiceError, Timestamp, UserId, account::SessionKey,
    connection_tests::ConnectionTest, service,
};
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

/// The services of every feature. The engine implements them; tests bring a small fake.
#[derive(Clone)]
pub struct Services {
    /// Signing in, and the first start.
    pub sessions: Arc<dyn service::Sessions>,
    /// A person's own account.
    pub account: Arc<dyn service::OwnAccount>,
    /// The first page.
    pub overview: Arc<dyn service::Overview>,
    /// Search.
    pub search: Arc<dyn service::Search>,
    /// Credentials.
    pub credentials: Arc<dyn service::Credentials>,
    /// Chart repositories.
    pub repositories: Arc<dyn service::Repositories>,
    /// Bulk runs.
    pub bulk: Arc<dyn service::BulkRuns>,
    /// Import of files.
    pub imports: Arc<dyn service::Imports>,
    /// The catalog.
    pub charts: Arc<dyn service::Charts>,
    /// Propagations.
    pub propagations: Arc<dyn service::Propagations>,
    /// The audit log.
    pub audit: Arc<dyn service::Audit>,
    /// Connection tests.
    pub connections: Arc<dyn service::ConnectionTests>,
    /// Which credential belongs to a URL.
    pub matching: Arc<dyn service::Matching>,
    /// Projects.
    pub projects: Arc<dyn service::Projects>,
    /// Members of the organization.
    pub members: Arc<dyn service::Members>,
    /// Invitations, for whoever holds their link.
    pub invitations: Arc<dyn service::Invitations>,
    /// Notices.
    pub notices: Arc<dyn service::Notices>,
    /// Exports.
    pub exports: Arc<dyn service::Exports>,
    /// Connected Git accounts.
    pub git_connections: Arc<dyn service::GitAccounts>,
    /// Git targets.
    pub git_targets: Arc<dyn service::GitTargets>,
    /// Clusters.
    pub clusters: Arc<dyn service::Clusters>,
    /// The same services for one page that asks nobody but the database: it reads one state of it, in one
    /// transaction.
    pub of_one_page: Arc<dyn Fn() -> Self + Send + Sync>,
}

/// One visit: who asks, from where, and the session that outlives the request.
#[async_trait]
pub trait CurrentUser: Send + Sync {
    /// The account that is signed in.
    fn user(&self) -> Option<UserId>;
    /// The person in the organization they work in.
    fn principal(&self) -> Option<Principal>;
    /// The session of this visit, if there is one.
    fn session(&self) -> Option<SessionKey>;
    /// The visitor's address, for limits and the audit log.
    fn peer(&self) -> IpAddr;
    /// The time of this request; pages tell ages from it.
    fn now(&self) -> Timestamp;
    /// What this browser was given when it signed somebody in before.
    fn known_browser(&self) -> Option<Secret>;
    /// Gives this browser what it is known by from now on.
    fn keep_browser(&self, token: &Secret);
    /// What the link of an invitation left in this browser.
    fn invitation(&self) -> Option<Secret>;
    /// Has this browser forget it.
    fn forget_invitation(&self);
    /// Answers with this refusal and nothing else: no page, and nothing that is kept.
    fn turn_away(&self, problem: &ServiceError);
    /// What those who manage the organization are told on every page.
    fn warning(&self) -> Option<String>;
    /// Signs `user` in, with a fresh session id.
    async fn begin(&self, user: UserId) -> Result<(), ServiceError>;
    /// Signs out: the session is gone on the server.
    async fn end(&self) -> Result<(), ServiceError>;
    /// Keeps a message for the next page of this visitor.
    async fn set_flash(&self, flash: Flash) -> Result<(), ServiceError>;
    /// Takes the kept message; it is shown once.
    async fn take_flash(&self) -> Option<Flash>;
    /// Keeps the code that this visitor types at GitHub; `None` forgets it.
    async fn keep_typing(&self, typing: Option<Typing>) -> Result<(), ServiceError>;
    /// The code that this visitor types at GitHub, as long as it counts.
    async fn typing(&self) -> Option<Typing>;
}

/// A code that is being typed at GitHub. It stays in the session of the person who asked for it: an
/// address that names one could be anybody's link, and its code anybody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// What the person types.
    pub code: String,
    /// Where.
    pub url: String,
    /// Seconds until the page looks again.
    pub interval: u64,
    /// When the code ends.
    pub ends: Timestamp,
}

/// What a form leaves for the page that comes next. Never holds a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Flash {
    /// What was done.
    pub notice: Option<String>,
    /// What somebody has to look at, although it was done.
    pub doubt: Option<String>,
    /// What has begun; a page that waits for its end takes the words away then.
    pub begun: Option<String>,
    /// What undoes it, where nothing was destroyed.
    pub undo: Option<Undo>,
    /// Why it was refused.
    pub problems: Option<ServiceError>,
    /// Which form the problems belong to.
    pub form: Option<String>,
    /// What was typed, without secrets.
    pub values: BTreeMap<String, String>,
    /// What came of its connection tests.
    pub tests: Option<Vec<ConnectionTest>>,
}

/// A form that undoes what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Where it is sent.
    pub action: String,
    /// Its fields. Never holds a secret.
    pub fields: BTreeMap<String, String>,
}

/// The URLs of the browser bundle, with content hashes in their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The JavaScript module that loads the WebAssembly.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The script of every page, which loads the others where a page needs them.
    pub awake: String,
    /// The script of pages that follow what happens.
    pub follow: String,
    /// The script of searching from every page.
    pub palette: String,
    /// The script of forms: pending buttons, and changes that nobody saved.
    pub forms: String,
}

/// Everything a page needs to answer: taken from the context before the first `await`.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub services: Services,
    pub visit: Arc<dyn CurrentUser>,
}

impl RequestContext {
    /// The visitor, signed in or not.
    pub fn anyone() -> Result<Self, ServiceError> {
        let missing = || ServiceError::Internal { reference: "context".to_owned() };
        Ok(Self {
            services: use_context().ok_or_else(missing)?,
            visit: use_context().ok_or_else(missing)?,
        })
    }

    /// The signed-in person.
    pub fn member() -> Result<(Self, Principal), ServiceError> {
        let asking = Self::anyone()?;
        let principal = asking.visit.principal().ok_or(ServiceError::NotSignedIn)?;
        Ok((asking, principal))
    }
}

/// What the services answer to the signed-in person.
pub(crate) async fn as_member<T, Asking>(
    ask: impl FnOnce(Services, Principal) -> Asking,
) -> Result<T, ServiceError>
where
    Asking: Future<Output = Result<T, ServiceError>>,
{
    let (asking, principal) = RequestContext::member()?;
    ask(asking.services, principal).await
}

/// An id that a form sends; anything else does not exist.
pub(crate) fn known<T: std::str::FromStr>(id: &str) -> Result<T, ServiceError> {
    id.parse().map_err(|_| ServiceError::NotFound)
}
