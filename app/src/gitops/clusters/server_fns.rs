//! Server functions of clusters: who is asking, call the service.

use domain::{
    ClusterId, ServiceError, counted,
    gitops::{ClusterForm, ClusterPreview},
};
use leptos::prelude::*;

use super::{PATH, path_of};
use crate::{
    answer::{Answered, Redirect, Sent, act},
    services::known,
    ui::{conflict::SaveOver, path, tabs},
};

/// Adds a cluster, or changes one.
#[server(prefix = "/actions", endpoint = "gitops/clusters/save")]
pub(crate) async fn save_cluster(
    #[server(default)] from: String,
    #[server(flatten)] form: ClusterForm,
    #[server(flatten)] over: SaveOver,
) -> Answered {
    let mut form = form;
    over.agree(&mut form.row_version);
    let is_new = form.cluster.is_empty();
    act(
        Sent::of("cluster-save", &from, &form),
        async move |services, principal| services.clusters.save(&principal, form).await,
        |id| {
            let page = path_of(id);
            if is_new {
                Redirect::to(format!("{page}/preview"))
                    .flash("The cluster is added. Review the preview, then press Sync now.")
            } else {
                Redirect::to(tabs::back(&from, page)).flash("Saved.")
            }
        },
    )
    .await
}

/// Removes what Hawser made there, and forgets the cluster.
#[server(prefix = "/actions", endpoint = "gitops/clusters/delete")]
pub(crate) async fn delete_cluster(
    #[server(default)] from: String,
    #[server(default)] cluster: String,
) -> Answered {
    act(
        Sent::new("cluster-delete", &from),
        async move |services, principal| {
            let id = known(&cluster)?;
            services.clusters.delete(&principal, id).await?;
            Ok(match services.clusters.get(&principal, id).await {
                Err(ServiceError::NotFound) => "The cluster is removed from Hawser.",
                _ => "Deleting the objects first, then the cluster is removed from Hawser.",
            })
        },
        |notice| Redirect::to(PATH).flash(notice),
    )
    .await
}

/// Queues an apply.
#[server(prefix = "/actions", endpoint = "gitops/clusters/apply")]
pub(crate) async fn apply_cluster(
    #[server(default)] from: String,
    #[server(default)] cluster: String,
) -> Answered {
    let from = path::ours(&from, PATH);
    act(
        Sent::new("cluster-apply", from),
        async move |services, principal| {
            let id = known(&cluster)?;
            services.clusters.apply(&principal, id).await.map(|()| id)
        },
        |id| {
            let back = if from == PATH { from.to_owned() } else { tabs::back(from, path_of(id)) };
            Redirect::to(back).beginning("Sync started.")
        },
    )
    .await
}

/// Has the cluster asked how its objects stand, and keeps that; nothing is changed there.
#[server(prefix = "/actions", endpoint = "gitops/clusters/compare")]
pub(crate) async fn compare_cluster(
    #[server(default)] from: String,
    #[server(default)] cluster: String,
) -> Answered {
    act(
        Sent::new("cluster-compare", path::ours(&from, PATH)),
        async move |services, principal| {
            let id: ClusterId = known(&cluster)?;
            services.clusters.preview(&principal, id).await.map(|found| (id, found))
        },
        |(id, found)| {
            let next = Redirect::to(tabs::back(&from, path_of(id)));
            let told = compared(&found);
            if found.refused.is_empty() { next.flash(told) } else { next.doubting(told) }
        },
    )
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
