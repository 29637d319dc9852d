//! Discovery: how the server calls a kind in paths, and whether it lives in namespaces.
//!
//! <https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api>, the unaggregated lists
//! that every version serves: `GET /api/v1` and `GET /apis/GROUP/VERSION`.

use std::sync::PoisonError;

use domain::Cause;
use http::Method;
use serde::Deserialize;
use url::Url;

use super::{
    ApiServer, ObjectRef,
    answer::{ApiRefusal, CallSubject, senseless},
    call::ApiCall,
};
use egress::{Failure, lenient};

/// The most resources of an API version that are looked at.
const MOST: usize = 2_000;

/// A kind that a server knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) kind: String,
    /// As paths spell it, such as `secrets`.
    plural: String,
    is_namespaced: bool,
}

#[derive(Deserialize)]
struct List {
    #[serde(deserialize_with = "lenient::rows")]
    resources: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    kind: String,
    namespaced: bool,
}

impl ApiServer {
    /// Where an object is.
    ///
    /// # Errors
    /// `ClusterApiMissing` when the server does not know the kind, `ClusterRefused` when the object
    /// has a namespace and must not, or has none and must.
    pub(super) async fn place(&self, object: &ObjectRef) -> Result<Url, ApiRefusal> {
        let attempt = format!("find where the API server keeps {object}");
        let resource = self.resource(object).await?.ok_or_else(|| {
            ApiRefusal::from(Failure::new(Cause::ClusterApiMissing, attempt.clone()))
        })?;
        if resource.is_namespaced == object.namespace.is_empty() {
            let failure = Failure::new(Cause::ClusterRefused, attempt);
            let said = if resource.is_namespaced {
                "It needs a namespace."
            } else {
                "It belongs to the whole cluster and may have no namespace."
            };
            return Err(ApiRefusal { failure, said: said.to_owned(), denied: None });
        }
        let mut segments = version_path(&object.api_version);
        if resource.is_namespaced {
            segments.extend(["namespaces", object.namespace.as_str()]);
        }
        segments.extend([resource.plural.as_str(), object.name.as_str()]);
        Ok(self.at(&segments))
    }

    async fn resource(&self, object: &ObjectRef) -> Result<Option<Resource>, ApiRefusal> {
        let find = |resources: &[Resource]| {
            resources.iter().find(|resource| resource.kind == object.kind).cloned()
        };
        {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(resources) = known.get(&object.api_version) {
                return Ok(find(resources));
            }
        }
        let resources = self.resources(&object.api_version).await?;
        let found = find(&resources);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(object.api_version.clone(), resources);
        Ok(found)
    }

    async fn resources(&self, api_version: &str) -> Result<Vec<Resource>, ApiRefusal> {
        let attempt = "ask the API server for the kinds it knows";
        let is_core = !api_version.contains('/');
        let value = self
            .call(ApiCall {
                method: Method::GET,
                url: self.at(&version_path(api_version)),
                body: None,
                subject: if is_core { CallSubject::Server } else { CallSubject::Group },
                attempt,
            })
            .await?;
        let list: List = serde_json::from_value(value).map_err(|_| senseless(attempt))?;
        Ok(list.resources.into_iter().take(MOST).filter_map(resource).collect())
    }
}

/// `v1` is below `/api`, everything else below `/apis`.
fn version_path(api_version: &str) -> Vec<&str> {
    match api_version.split_once('/') {
        Some((group, version)) => vec!["apis", group, version],
        None => vec!["api", api_version],
    }
}

/// A resource; subresources such as `secrets/status` are none.
fn resource(listed: Listed) -> Option<Resource> {
    let fits = listed.name.len() <= 253
        && !listed.name.is_empty()
        && listed.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then_some(Resource {
        kind: listed.kind,
        plural: listed.name,
        is_namespaced: listed.namespaced,
    })
}
