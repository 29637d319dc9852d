//! Looks at a Vault the way an operator would, step by step, and says what is wrong with it.

use domain::{
    AuthMethod, CredentialId, OperationId, OrganizationId, Secret, credentials::Parameters,
};
use serde_json::json;

use super::{
    Right, SecretEnvelope, SecretPath, Unavailable, Vault, VaultError,
    call::{Effect, Reply, VaultCall},
    policy::rules,
};

/// What a look was at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStep {
    /// Whether Vault is reached and trusted.
    Connection,
    /// Whether it is set up and unsealed.
    Seal,
    /// Whether it takes the login.
    Login,
    /// Whether the mount is a KV store of version 2.
    Store,
    /// Whether it allows what Hawser does.
    Right(Right),
    /// Whether it allows more.
    Excess,
}

impl CheckStep {
    /// What it is called in a table.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Connection => "vault connection".to_owned(),
            Self::Seal => "vault seal".to_owned(),
            Self::Login => "vault login".to_owned(),
            Self::Store => "vault store".to_owned(),
            Self::Right(right) => format!("vault {}", right.purpose()),
            Self::Excess => "vault other rights".to_owned(),
        }
    }
}

/// What a look found, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CheckResult {
    /// It could not be looked at.
    Skipped,
    /// As it has to be.
    Fine,
    /// It works, and somebody should look at it.
    Doubtful,
    /// It does not work.
    Wrong,
}

impl CheckResult {
    /// As reports spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One look and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// At what.
    pub look: CheckStep,
    /// How it is.
    pub verdict: CheckResult,
    /// For people. Holds nothing of a secret.
    pub detail: String,
}

/// Everything that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// In the order in which it was looked at.
    pub findings: Vec<Finding>,
    /// Vault's clock, in seconds since 1970.
    pub seconds: Option<u64>,
}

impl Examination {
    /// What does not work.
    pub fn wrong(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.verdict == CheckResult::Wrong)
    }

    fn record(&mut self, look: CheckStep, verdict: CheckResult, detail: impl Into<String>) {
        self.findings.push(Finding { look, verdict, detail: detail.into() });
    }
}

impl Vault {
    /// Looks at everything Hawser needs of Vault. It stores and destroys a probe that holds no secret,
    /// below an organization that does not exist.
    pub async fn examine(&self) -> Examination {
        let mut found = Examination::default();
        if self.look_at_server(&mut found).await && self.look_at_store(&mut found).await {
            self.try_rights(&mut found).await;
            self.look_for_excess(&mut found).await;
        }
        found
    }

    /// Whether there is something to log in to.
    async fn look_at_server(&self, found: &mut Examination) -> bool {
        let health = match self.0.session.health().await {
            Ok(health) => health,
            Err(error) => {
                found.record(
                    CheckStep::Connection,
                    CheckResult::Wrong,
                    self.0.session.explain(error),
                );
                return false;
            }
        };
        let version = health.text("/version").unwrap_or("of unknown version");
        found.record(
            CheckStep::Connection,
            CheckResult::Fine,
            format!("{}, {version}", self.0.session.address()),
        );
        found.seconds = health.number("/server_time_utc");
        let seal = if health.is_true("/initialized") == Some(false) {
            Err(Unavailable::NotInitialized)
        } else if health.is_true("/sealed") == Some(true) {
            Err(Unavailable::Sealed)
        } else {
            Ok(())
        };
        match seal {
            Ok(()) => found.record(CheckStep::Seal, CheckResult::Fine, "unsealed"),
            Err(why) => found.record(CheckStep::Seal, CheckResult::Wrong, why.to_string()),
        }
        seal.is_ok()
    }

    /// Whether the login and the mount are right.
    async fn look_at_store(&self, found: &mut Examination) -> bool {
        if let Err(error) = self.0.session.log_in_anew().await {
            found.record(CheckStep::Login, CheckResult::Wrong, self.0.session.explain(error));
            return false;
        }
        found.record(CheckStep::Login, CheckResult::Fine, "accepted");
        let mount = &self.0.mount;
        match self.ready().await {
            Ok(()) => {
                found.record(
                    CheckStep::Store,
                    CheckResult::Fine,
                    format!("{mount} is a KV store of version 2"),
                );
                true
            }
            // A store of version 1 takes the path for that of a secret.
            Err(VaultError::Forbidden(_) | VaultError::NotFound | VaultError::Malformed) => {
                self.look_at_mount(found).await
            }
            Err(error) => {
                found.record(CheckStep::Store, CheckResult::Wrong, format!("{mount}: {error}"));
                false
            }
        }
    }

    /// What kind of mount it is, where its settings may not be read. Whoever has any right in it may
    /// ask that. <https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts>
    async fn look_at_mount(&self, found: &mut Examination) -> bool {
        let mount = &self.0.mount;
        let call = VaultCall::get(format!("sys/internal/ui/mounts/{mount}"));
        let (verdict, detail) = match self.0.session.probe(&call).await {
            Ok(reply) if reply.text("/data/options/version") == Some("2") => {
                (CheckResult::Fine, format!("{mount} is a KV store of version 2"))
            }
            Ok(_) => (CheckResult::Wrong, format!("{mount} is no KV store of version 2")),
            Err(error @ VaultError::Unavailable(_)) => (CheckResult::Wrong, error.to_string()),
            Err(_) => {
                let why = format!("{mount} does not exist, or Hawser's role has no right on it");
                (CheckResult::Wrong, why)
            }
        };
        found.record(CheckStep::Store, verdict, detail);
        verdict == CheckResult::Fine
    }

    /// Does once what Hawser does all day.
    async fn try_rights(&self, found: &mut Examination) {
        let path =
            SecretPath { organization: OrganizationId::new(), credential: CredentialId::new() };
        let probe = SecretEnvelope {
            organization: path.organization,
            credential: path.credential,
            operation: OperationId::new(),
            shape: AuthMethod::Password,
            username: "probe".to_owned(),
            parameters: Parameters::default(),
            password: Secret::default(),
        };
        for right in Right::ALL {
            let tried = match right {
                Right::WriteSecrets => self.try_writing(&path, &probe).await,
                Right::ReadSecrets => self.read(&path, 1).await.map(drop),
                Right::ReadMetadata => self.versions(&path).await.map(drop),
                Right::ListSecrets => self.list_credentials(path.organization).await.map(drop),
                Right::DestroyVersions => self.destroy_version(&path, 1).await,
                Right::DestroySecrets => self.destroy_all(&path).await,
                Right::ReadConfig => self.ready().await,
            };
            let (verdict, detail) = match tried {
                Ok(()) | Err(VaultError::NotFound) => (CheckResult::Fine, "allowed".to_owned()),
                Err(VaultError::Forbidden(_)) => (CheckResult::Wrong, self.lacking(right)),
                Err(error) => (CheckResult::Wrong, error.to_string()),
            };
            found.record(CheckStep::Right(right), verdict, detail);
        }
    }

    /// A first version, a second one, and one that has to be refused for coming too late.
    async fn try_writing(
        &self,
        path: &SecretPath,
        probe: &SecretEnvelope,
    ) -> Result<(), VaultError> {
        self.write(path, 0, probe).await?;
        self.write(path, 1, probe).await?;
        match self.write(path, 1, probe).await {
            Err(VaultError::CheckAndSet) => Ok(()),
            Ok(_) => Err(VaultError::Configuration("the store does not check and set")),
            Err(error) => Err(error),
        }
    }

    fn lacking(&self, right: Right) -> String {
        let capabilities: Vec<_> =
            right.capabilities().iter().map(|one| format!("\"{one}\"")).collect();
        format!(
            "not allowed; the policy lacks: path \"{}/{}\" {{ capabilities = [{}] }}",
            self.0.mount,
            right.path(),
            capabilities.join(", ")
        )
    }

    /// Asks Vault what the role may do besides.
    /// <https://developer.hashicorp.com/vault/api-docs/system/capabilities-self>
    async fn look_for_excess(&self, found: &mut Examination) {
        let mount = &self.0.mount;
        let needed: Vec<(String, Vec<&str>)> = rules()
            .into_iter()
            .map(|(path, needed)| (format!("{mount}/{}", path.replace('*', "probe")), needed))
            .collect();
        let foreign = FOREIGN.iter().map(|path| (path.replace("MOUNT", mount), Vec::new()));
        let asked: Vec<_> = needed.into_iter().chain(foreign).collect();
        let paths: Vec<_> = asked.iter().map(|(path, _)| path.as_str()).collect();
        let body = json!({ "paths": paths });
        let call = VaultCall::post("sys/capabilities-self".to_owned(), &body, Effect::Reads);
        let Ok(reply) = self.0.session.probe(&call).await else {
            let why = "Vault does not tell what else the role may do (sys/capabilities-self)";
            return found.record(CheckStep::Excess, CheckResult::Skipped, why);
        };
        let excess: Vec<_> =
            asked.iter().filter_map(|(path, needed)| excess(&reply, path, needed)).collect();
        if excess.is_empty() {
            found.record(CheckStep::Excess, CheckResult::Fine, "none");
        } else {
            let detail = format!("the role may do more than Hawser needs: {}", excess.join("; "));
            found.record(CheckStep::Excess, CheckResult::Doubtful, detail);
        }
    }
}

/// Paths on which Hawser needs nothing, whose rights would make a stolen login worth more.
const FOREIGN: [&str; 12] = [
    "MOUNT/data/probe",
    "MOUNT/metadata/probe",
    "MOUNT/delete/orgs/probe",
    "MOUNT/undelete/orgs/probe",
    "auth/token/create",
    "auth/approle/role/probe",
    "identity/entity",
    "sys/audit/probe",
    "sys/auth/probe",
    "sys/mounts/probe",
    "sys/policies/acl/probe",
    "sys/raw/probe",
];

fn excess(reply: &Reply, path: &str, needed: &[&str]) -> Option<String> {
    let pointer = format!("/data/{}", path.replace('~', "~0").replace('/', "~1"));
    let more: Vec<_> = reply
        .texts(&pointer)
        .filter(|capability| *capability != "deny" && !needed.contains(capability))
        .collect();
    (!more.is_empty()).then(|| format!("{} on {path}", more.join(" and ")))
}
