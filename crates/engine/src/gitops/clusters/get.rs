//! What people see of clusters: how they were found last. Nothing is asked of an API server.

use domain::{
    ClusterId, Principal, ServiceError,
    gitops::{ClusterDetail, ClusterSummary},
};
use storage::gitops::{clusters, destinations};

use super::may_look;
use crate::{Engine, Error};

pub(super) async fn list(
    engine: &Engine,
    principal: &Principal,
) -> Result<Vec<ClusterSummary>, Error> {
    let (engine, scope) = may_look(engine, principal).await?;
    Ok(clusters::list(&engine.db, scope).await?)
}

pub(super) async fn get(
    engine: &Engine,
    principal: &Principal,
    id: ClusterId,
) -> Result<ClusterDetail, Error> {
    let (engine, scope) = may_look(engine, principal).await?;
    let seen = clusters::seen(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    Ok(ClusterDetail {
        credential_name: seen.credential_name,
        exports: destinations::exports_of(&engine.db, scope, id).await?,
        objects: clusters::objects(&engine.db, scope, id).await?,
        detail: seen.detail,
        tried_at: seen.tried_at,
        row_version: seen.row_version,
        summary: seen.summary,
    })
}
