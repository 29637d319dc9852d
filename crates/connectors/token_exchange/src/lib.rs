//! From what lies in Vault to what a registry takes: the short-lived logins of cloud providers.
//!
//! An auth method that is sent as it is gives a login at once. Others are exchanged at their provider by
//! a [`TokenExchange`], one file each; what comes back is kept in memory, and nowhere else, for the
//! stored version and the scope it was made for.

mod acr;
mod ambient;
mod aws;
mod cache;
mod call;
mod ecr;
mod ecr_public;
mod endpoints;
mod exchange;
mod git;
mod github_app;
mod github_installation;
mod google;
mod jwt;
mod metadata;
mod sigv4;
mod sts;

pub use ambient::{
    Ambient, AwsIdentity, GithubHome, GithubIdentity, GoogleIdentity, not_turned_on, read_file,
};
pub use endpoints::{BadEndpoint, Endpoints};
pub use metadata::{BadContainerUri, Container, ContainerUri};

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use domain::{
    Cause, CredentialId, OrganizationId, Secret, Timestamp,
    credentials::{AllowedAddresses, Route, SecretMaterial},
    repositories::RepositoryUrl,
};

use ambient::Own;
use cache::Cache;
use call::Caller;
use exchange::{Exchanged, TokenExchange};

use egress::{ClientCertificate, EgressProfile, Failure, Freshness, Login, LoginKey, Outbound};

/// Whose login it is: the cache is keyed by it, and the fixed names of roles are made from it.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The stored version; `None` for a form that is not saved, whose logins are not kept.
    pub key: Option<LoginKey>,
    /// The organization, to which external ids are bound.
    pub organization: OrganizationId,
    /// The name of the organization as it stands in names of roles.
    pub organization_name: String,
    /// The name of the project; `shared` for a shared credential.
    pub project_name: String,
    /// Where the login may go.
    pub reach: LoginReach,
}

/// To which addresses a login may go.
#[derive(Debug, Clone)]
pub enum LoginReach {
    /// To the address that was typed beside the secret, by whoever typed both.
    Typed,
    /// To the origins that were allowed for the stored secret.
    Allowed(Arc<AllowedAddresses>),
}

impl LoginReach {
    /// The token services at other hosts that may have the login of the registry at `url`.
    fn token_services(&self, url: &RepositoryUrl) -> Arc<[String]> {
        match self {
            Self::Typed => Arc::default(),
            Self::Allowed(allowed) => {
                allowed.services_of(&url.origin()).map(ToOwned::to_owned).collect()
            }
        }
    }

    /// Refuses an address that was not allowed, before anything is read, exchanged or sent.
    fn check(&self, url: &RepositoryUrl, egress: &EgressProfile) -> Result<(), Failure> {
        let Self::Allowed(allowed) = self else { return Ok(()) };
        let route = Route { ca: egress.ca.clone(), proxy: egress.proxy.clone() };
        if allowed.permits(&url.origin(), &route) {
            return Ok(());
        }
        let attempt = format!("log in at {}: the address is not allowed", url.authority());
        Err(Failure::new(Cause::AddressNotAllowed, attempt))
    }
}

/// What the operator says about exchanges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExchangeSettings {
    /// Where the providers are, if not at their own addresses.
    pub endpoints: Endpoints,
    /// This server's own identities.
    pub ambient: Ambient,
    /// GitHub, as people and Git reach it.
    pub github: GithubHome,
}

/// Makes logins. Cheap to clone; clones share the cache, which lives in memory alone.
#[derive(Clone)]
pub struct Exchanges(Arc<Inner>);

struct Inner {
    outbound: Outbound,
    settings: ExchangeSettings,
    cache: Cache,
    exchanged: AtomicU64,
    own: Own,
}

/// How material becomes a login.
enum LoginSource<'a> {
    /// It is one.
    Stored(Login),
    /// The provider is asked.
    Exchange(Box<dyn TokenExchange + 'a>),
}

impl Exchanges {
    /// Asks the providers' own addresses through `outbound`; this server has no identities.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self::with(outbound, ExchangeSettings::default())
    }

    /// Asks through `outbound` as the operator configured.
    #[must_use]
    pub fn with(outbound: Outbound, settings: ExchangeSettings) -> Self {
        let (cache, exchanged) = (Cache::default(), AtomicU64::new(0));
        Self(Arc::new(Inner { outbound, settings, cache, exchanged, own: Own::default() }))
    }

    /// The login of `material` for the registry at `url`, which is reached by `egress`. It is exchanged
    /// when it has to be, and of many who ask for the same one at once, one exchanges.
    ///
    /// The registry itself is asked on the whole egress profile, providers only through its proxy: the
    /// authorities of a repository vouch for its own host alone.
    ///
    /// This is the one place where a login for a registry is built, so it is here that the address is
    /// compared with those that were allowed (R-CRED-03).
    ///
    /// # Errors
    /// [`Cause::AddressNotAllowed`], or why the provider did not give one.
    pub async fn login(
        &self,
        material: &SecretMaterial,
        owner: &Owner,
        url: &RepositoryUrl,
        egress: &EgressProfile,
        now: Timestamp,
    ) -> Result<Login, Failure> {
        owner.reach.check(url, egress)?;
        let way = way(&self.0.settings, material, owner, url)?;
        let login = self.take(way, owner, egress, now).await?;
        Ok(Login { token_services: owner.reach.token_services(url), ..login })
    }

    async fn take(
        &self,
        way: LoginSource<'_>,
        owner: &Owner,
        egress: &EgressProfile,
        now: Timestamp,
    ) -> Result<Login, Failure> {
        let exchange = match way {
            LoginSource::Stored(login) => return Ok(login),
            LoginSource::Exchange(exchange) => exchange,
        };
        let run = self.run(&*exchange, egress, now);
        let Some(key) = owner.key else {
            return run.await.map(Exchanged::into_login);
        };
        let kept = async {
            let exchanged = run.await?;
            let until = exchange.keeping().until(now, exchanged.expires_at);
            Ok((exchanged, until))
        };
        // Those who wait share a failure too, and that of another egress profile is not theirs.
        let scope = format!("{} {} {}", exchange.scope(), egress.proxy, egress.ca);
        self.0.cache.get(key, scope, now, kept).await
    }

    async fn run(
        &self,
        exchange: &dyn TokenExchange,
        egress: &EgressProfile,
        now: Timestamp,
    ) -> Result<Exchanged, Failure> {
        self.0.exchanged.fetch_add(1, Relaxed);
        let Inner { outbound, settings, own, .. } = &*self.0;
        let caller = Caller { outbound, egress, settings, own, now };
        exchange.exchange(&caller).await
    }

    /// Forgets a login that a registry refused; a newer one stays.
    pub fn refused(&self, owner: &Owner, login: &Login) {
        if let Some(key) = owner.key {
            self.0.cache.refused(key, login);
        }
    }

    /// Forgets what was exchanged for a credential.
    pub fn evict(&self, credential: CredentialId) {
        self.0.cache.evict(credential);
    }

    /// How many exchanges were begun since the start, of all credentials.
    #[must_use]
    pub fn exchanged(&self) -> u64 {
        self.0.exchanged.load(Relaxed)
    }
}

fn way<'a>(
    settings: &ExchangeSettings,
    material: &'a SecretMaterial,
    owner: &'a Owner,
    url: &'a RepositoryUrl,
) -> Result<LoginSource<'a>, Failure> {
    let exchange: Box<dyn TokenExchange + 'a> = match material {
        SecretMaterial::EcrAccessKey { key_id, secret_key, region } => {
            let identity = ecr::Identity::AccessKey { id: key_id, secret: secret_key };
            Box::new(ecr::Ecr::new(identity, region.as_deref(), url)?)
        }
        SecretMaterial::EcrRole { account, region } => {
            let identity = ecr::Identity::Role { account, owner };
            Box::new(ecr::Ecr::new(identity, region.as_deref(), url)?)
        }
        SecretMaterial::EcrPublicAccessKey { key_id, secret_key } => {
            Box::new(ecr_public::EcrPublic { id: key_id, secret: secret_key })
        }
        SecretMaterial::GoogleKeyExchange { key } => Box::new(google::KeyExchange { key }),
        SecretMaterial::GoogleWorkload { gcp_project } => {
            Box::new(google::Workload::new(gcp_project, owner))
        }
        SecretMaterial::AcrEntra { tenant, client_id, client_secret } => {
            Box::new(acr::Entra::new(settings, url, tenant, client_id, client_secret)?)
        }
        SecretMaterial::GithubApp { app_id, installation, key, repositories } => {
            let needed = github_app::Permission::needed_at(settings, url);
            Box::new(github_app::GithubApp { app_id, installation, key, repositories, needed })
        }
        SecretMaterial::GithubOauth { .. } | SecretMaterial::GithubInstallation { .. } => {
            return Err(git::not_for_here());
        }
        SecretMaterial::Kubeconfig { .. } => {
            let attempt = "log in to a registry: the credential opens a cluster";
            return Err(Failure::new(Cause::NoCredential, attempt));
        }
        stored => return Ok(LoginSource::Stored(stored_login(stored))),
    };
    Ok(LoginSource::Exchange(exchange))
}

/// The login of material that is sent as it is.
fn stored_login(material: &SecretMaterial) -> Login {
    let password = || material.secret().cloned().unwrap_or_default();
    match material {
        SecretMaterial::ClientCertificate { certificate, key } => Login {
            username: String::new(),
            password: Secret::default(),
            certificate: Some(Arc::new(ClientCertificate {
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            freshness: Freshness::Stored,
            token_services: Arc::default(),
        },
        SecretMaterial::GoogleKey { key } => {
            Login::stored("_json_key".to_owned(), key.json.clone())
        }
        SecretMaterial::GoogleKeyBase64 { key } => {
            let packed = key.json.to_base64();
            Login::stored("_json_key_base64".to_owned(), packed)
        }
        other => Login::stored(other.username().to_owned(), password()),
    }
}
