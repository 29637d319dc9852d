//! Server-side apply, get and delete.
//!
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/>: Hawser owns the fields it
//! applies and no others, and never takes a field from another manager by force.

use domain::{Cause, ClusterId};
use http::Method;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::{
    ApiServer, Live, MANAGER, Manifest, ObjectRef,
    answer::{ApiRefusal, CallSubject, senseless},
    call::{ApiCall, Body},
    live::wipe,
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
    pub async fn get(&self, object: &ObjectRef) -> Result<Option<Live>, ApiRefusal> {
        let attempt = "read an object of the cluster";
        let call = ApiCall {
            method: Method::GET,
            url: self.place(object).await?,
            body: None,
            subject: CallSubject::Object,
            attempt,
        };
        match self.call(call).await {
            Ok(value) => Live::of(value, object).map(Some).ok_or_else(|| senseless(attempt)),
            Err(refusal) if refusal.failure.status == Some(404) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Brings the object that was `seen` to what the manifest says, or makes it when none was; answers
    /// the whole object as it then is, or would be. One that somebody made or replaced meanwhile is
    /// left alone.
    ///
    /// # Errors
    /// `ClusterConflict` when another manager owns a field, or when the object is another one than
    /// what was seen; otherwise why the server did not take it.
    pub async fn apply(
        &self,
        manifest: &Manifest,
        seen: Option<&Live>,
        run: Run,
    ) -> Result<Live, ApiRefusal> {
        let attempt = "apply an object to the cluster";
        let mut url = self.place(manifest.object()).await?;
        url.query_pairs_mut().append_pair("fieldManager", MANAGER).append_pair("force", "false");
        dry(&mut url, run);
        let bytes = bound(manifest, seen);
        let value = self
            .call(ApiCall {
                method: Method::PATCH,
                url,
                // JSON is YAML.
                body: Some(Body { media_type: "application/apply-patch+yaml", bytes }),
                subject: CallSubject::Object,
                attempt,
            })
            .await?;
        Live::of(value, manifest.object()).ok_or_else(|| senseless(attempt))
    }

    /// Deletes an object of ours, and only the very one that was looked at.
    ///
    /// # Errors
    /// Why the server did not do it.
    pub async fn delete(
        &self,
        object: &ObjectRef,
        cluster: ClusterId,
    ) -> Result<Deleted, ApiRefusal> {
        let Some(live) = self.get(object).await? else { return Ok(Deleted::Missing) };
        let Some(uid) = live.uid().filter(|_| live.is_ours(cluster)) else {
            return Ok(Deleted::NotOurs);
        };
        let options = json!({"apiVersion": "v1", "kind": "DeleteOptions",
            "preconditions": {"uid": uid}, "propagationPolicy": "Background"});
        let call = ApiCall {
            method: Method::DELETE,
            url: self.place(object).await?,
            body: Some(Body {
                media_type: "application/json",
                bytes: Zeroizing::new(options.to_string().into_bytes()),
            }),
            subject: CallSubject::Object,
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

/// A version that no object has: etcd counts from 1, and has that before its first write.
const NO_VERSION: &str = "1";

/// The manifest, bound to what was seen. A server refuses a `uid` or a `resourceVersion` of another
/// object with 409 or 422, and makes an object whatever `resourceVersion` is asked for when there is
/// none: `Store.Update` in
/// <https://github.com/kubernetes/apiserver/blob/master/pkg/registry/generic/registry/store.go>.
/// The version of what was seen is not sent, as operators report into their objects all the time.
fn bound(manifest: &Manifest, seen: Option<&Live>) -> Zeroizing<Vec<u8>> {
    let mut value = manifest.value().clone();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        match seen {
            None => drop(metadata.insert("resourceVersion".to_owned(), NO_VERSION.into())),
            Some(live) => {
                if let Some(uid) = live.uid() {
                    metadata.insert("uid".to_owned(), uid.into());
                }
            }
        }
    }
    let bytes = Zeroizing::new(serde_json::to_vec(&value).unwrap_or_default());
    wipe(&mut value);
    bytes
}

fn dry(url: &mut Url, run: Run) {
    if run == Run::Dry {
        url.query_pairs_mut().append_pair("dryRun", "All");
    }
}
