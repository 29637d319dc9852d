//! A Hawser with a credential, an export and a cluster, for the tests of clusters.

use std::{sync::Arc, time::Duration};

use domain::{
    Cause, ClusterId, CredentialId, ExportId, Secret,
    credentials::{CreateCredential, Placement},
    exports::{ExportForm, ExportSettings},
    gitops::{ClusterDetail, ClusterForm, ClusterPreview, DestinationState, ObjectState},
    service::{Answer, Clusters, Credentials, Exports},
};
use engine::{Clock, Engine, ManualClock, SystemClock};

use super::{ApiStub, Key, log};
use crate::env::{TestEnv, forms};

/// A part of every secret; it may be in Vault and in the cluster and nowhere else.
pub const CANARY: &str = "canary-7f3a";
/// Reads nothing: the export goes to a cluster, which takes the values as they are.
pub const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

pub struct Fleet {
    pub env: TestEnv,
    pub clock: Arc<ManualClock>,
    pub stub: ApiStub,
    /// What the export holds.
    pub credential: CredentialId,
    pub kubeconfig: CredentialId,
    pub export: ExportId,
    pub cluster: ClusterId,
}

impl Fleet {
    pub async fn new(env: TestEnv) -> Self {
        log::listen();
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let mut env = env;
        env.engine = env
            .engine_with(Arc::<ManualClock>::clone(&clock), env.vault_config())
            .await
            .reaching_clusters();
        let stub = ApiStub::start().await;
        let credential = registry(&env, "harbor", &format!("{CANARY}-1")).await;
        let kubeconfig = kubeconfig(&env, "prod", &stub.kubeconfig()).await;
        let export = export(&env, "pull", "sops", "regcred", credential).await;
        let form = form("prod", kubeconfig, &[export]);
        let cluster = Clusters::save(&env.engine, &env.principal, form).await.unwrap();
        Self { env, clock, stub, credential, kubeconfig, export, cluster }
    }

    pub fn engine(&self) -> &Engine {
        &self.env.engine
    }

    pub async fn get(&self) -> ClusterDetail {
        Clusters::get(self.engine(), &self.env.principal, self.cluster).await.unwrap()
    }

    pub async fn preview(&self) -> Answer<ClusterPreview> {
        Clusters::preview(self.engine(), &self.env.principal, self.cluster).await
    }

    pub async fn ask(&self) {
        Clusters::apply(self.engine(), &self.env.principal, self.cluster).await.unwrap();
    }

    /// Asks for an apply and waits until it ended; the workers have to run.
    pub async fn applied(&self) -> ClusterDetail {
        self.ask().await;
        self.until(|detail| detail.summary.state != DestinationState::Pushing).await
    }

    pub async fn until(&self, done: impl Fn(&ClusterDetail) -> bool) -> ClusterDetail {
        for _ in 0..1_200 {
            let detail = self.get().await;
            if done(&detail) {
                return detail;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not in time: {:?}", self.get().await);
    }

    /// Waits until the cluster is forgotten.
    pub async fn gone(&self) {
        for _ in 0..1_200 {
            if Clusters::list(self.engine(), &self.env.principal).await.unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not forgotten in time: {:?}", self.get().await);
    }

    /// Changes which exports the cluster takes.
    pub async fn takes(&self, exports: &[ExportId]) -> Answer<ClusterId> {
        let detail = self.get().await;
        let form = ClusterForm {
            cluster: self.cluster.to_string(),
            row_version: detail.row_version.to_string(),
            ..form("prod", self.kubeconfig, exports)
        };
        Clusters::save(self.engine(), &self.env.principal, form).await
    }

    /// Another export of the same credential.
    pub async fn export(&self, name: &str, carrier: &str, secret: &str) -> ExportId {
        export(&self.env, name, carrier, secret, self.credential).await
    }

    /// The Docker configuration in a secret of the cluster; empty when there is none.
    pub fn config(&self, secret: &str) -> String {
        let objects = &self.stub.state().objects;
        objects.secret_value(&Key::secret(secret), ".dockerconfigjson").unwrap_or_default()
    }

    /// That no secret is in the database or the log.
    pub async fn assert_not_kept(&self) {
        self.env.assert_sql_without(&[CANARY]).await;
        log::assert_without(CANARY);
    }
}

pub fn form(name: &str, credential: CredentialId, exports: &[ExportId]) -> ClusterForm {
    ClusterForm {
        name: name.into(),
        credential: credential.to_string(),
        exports: exports.iter().map(ToString::to_string).collect(),
        ..ClusterForm::default()
    }
}

/// The state of the only object, and why the cluster fails.
pub fn standing(detail: &ClusterDetail) -> (Vec<ObjectState>, DestinationState, Option<Cause>) {
    let states = detail.objects.iter().map(|object| object.state).collect();
    (states, detail.summary.state, detail.summary.cause)
}

async fn registry(env: &TestEnv, name: &str, password: &str) -> CredentialId {
    let placement =
        Placement { pattern: format!("oci://{name}.example.com/team"), ..Placement::default() };
    let url = placement.pattern.clone();
    let form = CreateCredential { placement, ..forms::new(name, password) };
    let id = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
    env.allow(id, &url).await;
    id
}

pub async fn kubeconfig(env: &TestEnv, name: &str, text: &str) -> CredentialId {
    let form = CreateCredential {
        provider: "kubernetes".into(),
        name: name.into(),
        password: Secret::new(text.to_owned()),
        ..CreateCredential::default()
    };
    Credentials::create(&env.engine, &env.principal, form).await.unwrap().id
}

async fn export(
    env: &TestEnv,
    name: &str,
    carrier: &str,
    secret: &str,
    credential: CredentialId,
) -> ExportId {
    let form = ExportForm {
        name: name.into(),
        consumer: "pull_secret".into(),
        carrier: carrier.into(),
        credentials: vec![credential.to_string()],
        settings: ExportSettings {
            namespace: "team-a".into(),
            secret_name: secret.into(),
            recipients: if carrier == "sops" { RECIPIENT.into() } else { String::new() },
            ..ExportSettings::default()
        },
        ..ExportForm::default()
    };
    Exports::save(&env.engine, &env.principal, form).await.unwrap()
}
