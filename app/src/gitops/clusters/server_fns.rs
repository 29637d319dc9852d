//! Server functions of clusters: who is asking, call the service.

use domain::{
    ServiceError, counted,
    gitops::{ClusterForm, ClusterPreview},
};
use leptos::prelude::*;

use super::{PATH, path_of};
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    exports::joined,
    services::RequestContext,
    ui::{conflict::agreed_row_version, path},
};

/// Adds a cluster, or changes one.
#[server(prefix = "/actions", endpoint = "gitops/clusters/save")]
pub(crate) async fn save_cluster(
    #[server(default)] from: String,
    #[server(default)] cluster: String,
    #[server(default)] row_version: String,
    #[server(default)] over: String,
    #[server(default)] name: String,
    #[server(default)] credential: String,
    #[server(default)] exports: Vec<String>,
) -> Answered {
    let row_version = agreed_row_version(row_version, over);
    let form = ClusterForm { cluster, row_version, name, credential, exports };
    let sent = Sent::new("cluster-save", &from)
        .with("row_version", &form.row_version)
        .with("name", &form.name)
        .with("credential", &form.credential)
        .with("exports", &joined(&form.exports));
    let is_new = form.cluster.is_empty();
    let notice = if is_new {
        "The cluster is added. Look at the preview, then press Sync now."
    } else {
        "Saved."
    };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.clusters.save(&actor, form).await
    };
    answer(sent, result.await, |id| {
        let page = path_of(id);
        Redirect::to(if is_new { format!("{page}/preview") } else { page }).flash(notice)
    })
    .await
}

/// Removes what Hawser made there, and forgets the cluster.
#[server(prefix = "/actions", endpoint = "gitops/clusters/delete")]
pub(crate) async fn delete_cluster(
    #[server(default)] from: String,
    #[server(default)] cluster: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = cluster.parse().map_err(|_| ServiceError::NotFound)?;
        let clusters = &asking.services.clusters;
        clusters.delete(&actor, id).await?;
        Ok(match clusters.get(&actor, id).await {
            Err(ServiceError::NotFound) => "Hawser has forgotten the cluster.",
            _ => "Hawser deletes the objects first, then forgets the cluster.",
        })
    };
    let sent = Sent::new("cluster-delete", &from);
    answer(sent, result.await, |notice| Redirect::to(PATH).flash(notice)).await
}

/// Queues an apply.
#[server(prefix = "/actions", endpoint = "gitops/clusters/apply")]
pub(crate) async fn apply_cluster(
    #[server(default)] from: String,
    #[server(default)] cluster: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = cluster.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.clusters.apply(&actor, id).await.map(|()| id)
    };
    let from = path::ours(&from, PATH).to_owned();
    answer(Sent::new("cluster-apply", &from), result.await, |id| {
        let back = if from == PATH { from.clone() } else { path_of(id) };
        Redirect::to(back).beginning("Sync started.")
    })
    .await
}

/// Has the cluster asked how its objects stand, and keeps that; nothing is changed there.
#[server(prefix = "/actions", endpoint = "gitops/clusters/compare")]
pub(crate) async fn compare_cluster(
    #[server(default)] from: String,
    #[server(default)] cluster: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = cluster.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.clusters.preview(&actor, id).await.map(|found| (id, found))
    };
    let from = path::ours(&from, PATH).to_owned();
    answer(Sent::new("cluster-compare", &from), result.await, |(id, found)| {
        let next = Redirect::to(path_of(id));
        let told = compared(&found);
        if found.refused.is_empty() { next.flash(told) } else { next.doubting(told) }
    })
    .await
}

/// What a comparison found; that nothing would change is said only where everything was compared.
fn compared(found: &ClusterPreview) -> String {
    let count = |total: usize| counted(total, "object", "objects");
    match (found.changes.len(), found.refused.len()) {
        (0, 0) => "Compared: nothing would change.".to_owned(),
        (changes, 0) => format!("Compared: {} would change.", count(changes)),
        (0, refused) => format!("{} could not be compared.", count(refused)),
        (changes, refused) => {
            format!("{} could not be compared; {} would change.", count(refused), count(changes))
        }
    }
}
