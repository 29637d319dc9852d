//! Server-side apply, get and delete.
//!
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/>: Hawser owns the fields it
//! applies and no others, and never takes a field from another manager by force.

use domain::{Cause, ClusterId};
use reqwest::Method;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::{
    ApiServer, Live, MANAGER, Manifest, ObjectRef,
    answer::{Refusal, Subject, senseless},
    call::{Body, Call},
};

/// Whether a request changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// The server answers what would be, and stores nothing.
    Dry,
    /// The server stores it.
    Real,
}

/// What became of an object that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone, or goes as soon as its finalizers let it.
    Done,
    /// There was none.
    Missing,
    /// It is not what Hawser made, so it stays.
    NotOurs,
}

impl ApiServer {
    /// An object as it is; `None` when there is none.
    ///
    /// # Errors
    /// Why the server did not tell.
    pub async fn get(&self, object: &ObjectRef) -> Result<Option<Live>, Refusal> {
        let attempt = "read an object of the cluster";
        let call = Call {
            method: Method::GET,
            url: self.place(object).await?,
            body: None,
            subject: Subject::Object,
            attempt,
        };
        match self.call(call).await {
            Ok(value) => Live::of(value, object).map(Some).ok_or_else(|| senseless(attempt)),
            Err(refusal) if refusal.failure.status == Some(404) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Brings an object to what the manifest says; answers the whole object as it then is, or would
    /// be.
    ///
    /// # Errors
    /// `ClusterConflict` when another manager owns a field; otherwise why the server did not take it.
    pub async fn apply(&self, manifest: &Manifest, run: Run) -> Result<Live, Refusal> {
        let attempt = "apply an object to the cluster";
        let mut url = self.place(manifest.object()).await?;
        url.query_pairs_mut().append_pair("fieldManager", MANAGER).append_pair("force", "false");
        dry(&mut url, run);
        let bytes = Zeroizing::new(serde_json::to_vec(manifest.value()).unwrap_or_default());
        let value = self
            .call(Call {
                method: Method::PATCH,
                url,
                // JSON is YAML.
                body: Some(Body { media_type: "application/apply-patch+yaml", bytes }),
                subject: Subject::Object,
                attempt,
            })
            .await?;
        Live::of(value, manifest.object()).ok_or_else(|| senseless(attempt))
    }

    /// Deletes an object of ours, and only the very one that was looked at.
    ///
    /// # Errors
    /// Why the server did not do it.
    pub async fn delete(&self, object: &ObjectRef, cluster: ClusterId) -> Result<Deleted, Refusal> {
        let Some(live) = self.get(object).await? else { return Ok(Deleted::Missing) };
        let Some(uid) = live.uid().filter(|_| live.is_ours(cluster)) else {
            return Ok(Deleted::NotOurs);
        };
        let options = json!({"apiVersion": "v1", "kind": "DeleteOptions",
            "preconditions": {"uid": uid}, "propagationPolicy": "Background"});
        let call = Call {
            method: Method::DELETE,
            url: self.place(object).await?,
            body: Some(Body {
                media_type: "application/json",
                bytes: Zeroizing::new(options.to_string().into_bytes()),
            }),
            subject: Subject::Object,
            attempt: "delete an object of the cluster",
        };
        match self.call(call).await {
            Ok(_) => Ok(Deleted::Done),
            Err(refusal) if refusal.failure.status == Some(404) => Ok(Deleted::Missing),
            // Another object took its name meanwhile.
            Err(refusal) if refusal.failure.cause == Cause::ClusterConflict => Ok(Deleted::NotOurs),
            Err(refusal) => Err(refusal),
        }
    }
}

fn dry(url: &mut Url, run: Run) {
    if run == Run::Dry {
        url.query_pairs_mut().append_pair("dryRun", "All");
    }
}
