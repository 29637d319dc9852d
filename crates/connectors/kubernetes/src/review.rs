//! What the login of a kubeconfig may do, asked without doing it.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/>:
//! everybody who is logged in may ask it of themselves.

use http::Method;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    ApiServer,
    answer::{ApiRefusal, CallSubject, senseless},
    call::{ApiCall, Body},
};

/// Whether a login may write secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// It may.
    Allowed,
    /// It may not.
    Denied,
}

impl ApiServer {
    /// Whether the login may patch secrets in a namespace; the empty one stands for all of them.
    ///
    /// # Errors
    /// Why the server did not tell; `InvalidCredentials` when it does not know the login.
    pub async fn may_write(&self, namespace: &str) -> Result<Review, ApiRefusal> {
        let attempt = "ask the API server what the login may do";
        let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "patch", "resource": "secrets", "namespace": namespace}}});
        let value = self
            .call(ApiCall {
                method: Method::POST,
                url: self.at(&["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"]),
                body: Some(Body {
                    media_type: "application/json",
                    bytes: Zeroizing::new(review.to_string().into_bytes()),
                }),
                subject: CallSubject::Server,
                attempt,
            })
            .await?;
        match value.pointer("/status/allowed").and_then(Value::as_bool) {
            Some(true) => Ok(Review::Allowed),
            Some(false) => Ok(Review::Denied),
            None => Err(senseless(attempt)),
        }
    }
}
