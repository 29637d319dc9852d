//! The API server of a cluster, ready to be asked.

use domain::{
    Cause,
    credentials::{Kubeconfig, SecretMaterial},
};
use kubernetes::ApiServer;
use storage::{Scope, gitops::clusters::Cluster};

use super::Stopped;
use crate::{Engine, Error, credentials::Use, repositories::cause_of};

/// The address of an API server, as people see it.
pub(super) fn address(kubeconfig: &Kubeconfig) -> String {
    kubeconfig.server.as_str().trim_end_matches('/').to_owned()
}

/// Reads the kubeconfig from Vault and makes a client of it. Nothing is sent.
pub(super) async fn open(
    engine: &Engine,
    scope: Scope,
    cluster: &Cluster,
    used: &Use,
) -> Result<Result<ApiServer, Stopped>, Error> {
    let material =
        match engine.secret_for_use(scope, cluster.credential, &used.at(&cluster.server)).await {
            Ok(secret) => secret.material,
            Err(Error::Storage(error)) => return Err(error.into()),
            Err(error) => {
                let cause = cause_of(&error);
                return Ok(Err(Stopped::because(cause, "The kubeconfig cannot be read.")));
            }
        };
    let SecretMaterial::Kubeconfig { kubeconfig } = material else {
        return Ok(Err(Stopped::because(Cause::NoCredential, "It holds no kubeconfig.")));
    };
    // Whoever changes the credential could otherwise lead what Hawser writes to another cluster.
    if address(&kubeconfig) != cluster.server {
        let detail = format!(
            "The kubeconfig names another API server now than {}, with which this cluster was saved.",
            cluster.server
        );
        return Ok(Err(Stopped::because(Cause::ClusterRefused, detail)));
    }
    let made = ApiServer::new(engine.registries.outbound(), &kubeconfig);
    Ok(made.map_err(|failure| Stopped::because(failure.cause, "The kubeconfig cannot be used.")))
}
