//! Kubernetes API servers: the calls that bring exports to a cluster and keep them there.
//!
//! Hawser needs five calls (discovery, get, server-side apply, delete, access review) on objects whose
//! types it does not know, so it speaks them itself. The `kube` crate takes a transport of ours
//! readily, but its client writes the whole text of an answer that it cannot parse into the log
//! (`kube-client` 5.0, `Client::request`: `tracing::warn!("{}, {:?}", text, e)`), and what an API
//! server answers to a changed `Secret` is that `Secret`. It also reads answers without a limit, and
//! brings 25 packages along, a generator of parsers and a second base64 among them.
//!
//! Everything goes through [`egress::Outbound`]: a private API server has to be allowed by the
//! operator, redirects are refused, answers are limited. Objects are compared by what a dry run of the
//! same request answers, so defaults and webhooks of the cluster are no differences.

mod answer;
mod apply;
mod call;
mod discover;
mod live;
mod manifest;
mod review;

use std::{collections::HashMap, sync::Mutex};

use domain::credentials::{ClusterLogin, Kubeconfig};
use http::header::HeaderValue;
use url::Url;

pub use answer::{ApiRefusal, CallSubject, Denied, Verb};
pub use apply::{Deleted, Run};
pub use live::{Live, masked};
pub use manifest::{BadManifest, Manifest, ObjectRef};
pub use review::Review;

use self::discover::Resource;
use egress::{ClientCertificate, EgressProfile, Failure, Freshness, Login, Outbound, wire};

/// The field manager that owns what Hawser applies.
pub const MANAGER: &str = "hawser";
/// The label that every object of ours carries, with [`MANAGER`] as its value.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The label that names the cluster of Hawser an object belongs to, by its id.
pub const CLUSTER: &str = "hawser.dev/cluster";

/// The API server of a cluster, with a login.
pub struct ApiServer {
    outbound: Outbound,
    base: Url,
    login: Option<HeaderValue>,
    /// The resources by API version, as this server told them; asked once per `ApiServer`.
    known: Mutex<HashMap<String, Vec<Resource>>>,
}

impl ApiServer {
    /// The API server that a kubeconfig names. Besides the authority in the file those of the system
    /// are trusted. Nothing is sent.
    ///
    /// # Errors
    /// `TlsUntrusted` and `ClientCertificate` for certificates that cannot be read.
    pub fn new(outbound: &Outbound, kubeconfig: &Kubeconfig) -> Result<Self, Failure> {
        let egress = EgressProfile { ca: kubeconfig.authority.clone(), proxy: String::new() };
        let (login, shown) = match &kubeconfig.login {
            ClusterLogin::Token(token) => (wire::bearer(token), None),
            ClusterLogin::Password { username, password } => {
                (wire::basic(username, password), None)
            }
            ClusterLogin::Certificate { certificate, key } => {
                let shown =
                    ClientCertificate { certificate: certificate.clone(), key: key.clone() };
                (None, Some(shown))
            }
        };
        let shown = shown.map(|shown| Login {
            username: String::new(),
            password: domain::Secret::default(),
            certificate: Some(std::sync::Arc::new(shown)),
            freshness: Freshness::Stored,
            token_services: std::sync::Arc::default(),
        });
        Ok(Self {
            outbound: outbound.on(&egress, shown.as_ref())?,
            base: kubeconfig.server.clone(),
            login,
            known: Mutex::default(),
        })
    }
}
