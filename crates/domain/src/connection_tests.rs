//! Connection tests: the way to a registry, stage by stage.

use serde::{Deserialize, Serialize};

use crate::{
    Cause, RepositoryId, Secret, Timestamp, TypedUrl, cause::RemoteKind, credentials::Parameters,
};

/// A stage of a test, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The URL and the address policy.
    Url,
    /// The host name.
    Dns,
    /// A connection to the port.
    Tcp,
    /// The certificate.
    Tls,
    /// What the registry asks for.
    Challenge,
    /// The token exchange and the login.
    Token,
    /// The list of charts or tags.
    List,
    /// One manifest, or the start of the index.
    Pull,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Self; 8] = [
        Self::Url,
        Self::Dns,
        Self::Tcp,
        Self::Tls,
        Self::Challenge,
        Self::Token,
        Self::List,
        Self::Pull,
    ];

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Url => "URL",
            Self::Dns => "Host name",
            Self::Tcp => "Connection",
            Self::Tls => "Certificate",
            Self::Challenge => "Challenge",
            Self::Token => "Login",
            Self::List => "List",
            Self::Pull => "Pull",
        }
    }
}

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// It went well.
    Passed,
    /// The test ended here.
    Failed,
    /// It was not needed, or not reached.
    Skipped,
}

/// One stage with its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageResult {
    /// The stage.
    pub stage: Stage,
    /// How it ended.
    pub state: StageState,
    /// Milliseconds it took; `None` when it was skipped.
    pub millis: Option<u32>,
    /// The HTTP status that decided it.
    pub status: Option<u16>,
    /// What was found, in our own words; never what the host answered.
    pub detail: String,
    /// The row of the catalogue, when it failed.
    pub cause: Option<Cause>,
}

/// The certificate a host showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Who signed it, such as `CN=Acme CA`.
    pub issuer: String,
    /// Whom it names.
    pub subject: String,
    /// SHA-256 of it, in hex with colons.
    pub fingerprint: String,
    /// When it ends.
    pub not_after: Option<Timestamp>,
}

/// A registry's limit of requests, as its headers tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Requests in a window.
    pub limit: u32,
    /// Requests left.
    pub remaining: u32,
    /// When the window ends, if it was told.
    pub resets_at: Option<Timestamp>,
}

/// A whole test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionTest {
    /// The repository, unless an unsaved form was tested.
    pub repository: Option<RepositoryId>,
    /// Who was asked.
    #[serde(default)]
    pub asked: RemoteKind,
    /// Its name, or the URL of the form.
    pub name: String,
    /// What was asked.
    pub url: String,
    /// All stages in order.
    pub stages: Vec<StageResult>,
    /// The certificate, when TLS was spoken.
    pub certificate: Option<Certificate>,
    /// The limit of requests, when the registry tells it.
    pub quota: Option<Quota>,
    /// When the credential expires, when provider or token tell it.
    pub expires_at: Option<Timestamp>,
    /// Rights beyond reading that the token has, such as `write:packages`; empty when none is known.
    pub excess: Vec<String>,
}

impl ConnectionTest {
    /// A test that found out nothing besides its stages.
    #[must_use]
    pub const fn of(
        asked: RemoteKind,
        name: String,
        url: String,
        stages: Vec<StageResult>,
    ) -> Self {
        Self {
            repository: None,
            asked,
            name,
            url,
            stages,
            certificate: None,
            quota: None,
            expires_at: None,
            excess: Vec::new(),
        }
    }

    /// Why it failed; `None` when every needed stage passed.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.stages.iter().find_map(|stage| stage.cause)
    }

    /// Whether every needed stage passed.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.stages.iter().all(|stage| stage.state != StageState::Failed)
    }
}

/// The form of a test before anything is saved. Nothing of it is stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TestConnection {
    /// The URL of a repository.
    pub url: TypedUrl,
    /// The id of a stored credential. With an empty password its secret is used; never for an
    /// address that it is not linked to or made for.
    pub credential: String,
    /// The code of a provider.
    pub provider: String,
    /// The code of one of its auth methods.
    pub shape: String,
    /// The user name.
    pub username: String,
    /// The password, token or key.
    pub password: Secret,
    /// What the auth method needs besides.
    #[serde(flatten)]
    pub parameters: Parameters,
    /// The id of the project whose identity is used, `shared`, or empty for the default project.
    pub project: String,
    /// Certificate authorities to trust for this host, in PEM.
    pub ca: String,
    /// The name of a proxy that the operator allows.
    pub proxy: TypedUrl,
    /// Names of charts, for a registry that cannot list them; one per line or comma.
    pub charts: String,
}
