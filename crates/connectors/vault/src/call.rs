//! One call of Vault's API, and what its answer means.
//!
//! The functions of `vaultrs` for secrets are not used: they leave the body of a write in memory, and their
//! errors quote the answer that they could not read. Its endpoints' middleware is.

use reqwest::Error as Transport;
use rustify::{
    Endpoint,
    enums::{RequestMethod, RequestType, ResponseType},
    errors::ClientError,
};
use rustls::CertificateError as Certificate;
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Right, Unavailable, VaultError, client::TokenClient, error::Distrust};
use egress::{find, wire};

/// Whether a call changes anything: then a lost answer leaves open what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Writes,
}

/// A call; its body is wiped with it. It answers a plain value, so no error can quote a secret that had the wrong type.
pub(super) struct VaultCall {
    method: RequestMethod,
    path: String,
    query: Option<String>,
    body: Option<Zeroizing<Vec<u8>>>,
    effect: Effect,
    needs: Option<Right>,
}

impl Endpoint for &VaultCall {
    type Response = Value;
    const REQUEST_BODY_TYPE: RequestType = RequestType::JSON;
    const RESPONSE_BODY_TYPE: ResponseType = ResponseType::JSON;

    fn path(&self) -> String {
        self.path.clone()
    }

    fn method(&self) -> RequestMethod {
        self.method.clone()
    }

    fn query(&self) -> Result<Option<String>, ClientError> {
        Ok(self.query.clone())
    }

    fn body(&self) -> Result<Option<Vec<u8>>, ClientError> {
        Ok(self.body.as_ref().map(|body| body.to_vec()))
    }
}

impl VaultCall {
    pub(super) const fn get(path: String) -> Self {
        Self::new(RequestMethod::GET, path, Effect::Reads)
    }

    pub(super) const fn list(path: String) -> Self {
        Self::new(RequestMethod::LIST, path, Effect::Reads)
    }

    pub(super) const fn delete(path: String) -> Self {
        Self::new(RequestMethod::DELETE, path, Effect::Writes)
    }

    pub(super) fn post(path: String, body: &impl Serialize, effect: Effect) -> Self {
        Self { body: Some(wire::json(body)), ..Self::new(RequestMethod::POST, path, effect) }
    }

    const fn new(method: RequestMethod, path: String, effect: Effect) -> Self {
        Self { method, path, query: None, body: None, effect, needs: None }
    }

    /// The right without which Vault refuses it.
    pub(super) fn needs(self, right: Right) -> Self {
        Self { needs: Some(right), ..self }
    }

    pub(super) fn query(self, query: String) -> Self {
        Self { query: Some(query), ..self }
    }

    /// Sends the call with the token of `client`.
    pub(super) async fn send(&self, client: &TokenClient) -> Result<Reply, VaultError> {
        match self.with_middleware(&client.middleware).exec(client).await {
            Err(error) => Err(self.meaning(&error)),
            Ok(result) => {
                let body = Zeroizing::new(result.response.into_body());
                if body.is_empty() {
                    return Ok(Reply(Value::Null));
                }
                serde_json::from_slice(&body).map(Reply).map_err(|_| VaultError::Malformed)
            }
        }
    }

    fn meaning(&self, error: &ClientError) -> VaultError {
        let lost = match self.effect {
            Effect::Reads => VaultError::Unavailable(Unavailable::Timeout),
            Effect::Writes => VaultError::Unknown,
        };
        match error {
            ClientError::ServerResponseError { code, content } => {
                self.status(*code, content.as_deref().unwrap_or_default())
            }
            ClientError::RequestError { source, .. }
                if source.downcast_ref::<Transport>().is_some_and(Transport::is_connect) =>
            {
                VaultError::Unavailable(
                    source
                        .downcast_ref::<Transport>()
                        .map_or(Unavailable::NoConnection, unconnected),
                )
            }
            ClientError::RequestError { .. } | ClientError::ResponseError { .. } => lost,
            _ => VaultError::Malformed,
        }
    }

    /// The meaning of a status. `content` is only searched for Vault's own fixed phrases.
    fn status(&self, code: u16, content: &str) -> VaultError {
        let unavailable = VaultError::Unavailable(Unavailable::Status(code));
        let not_active =
            ["not active", "no active", "Upgrading"].iter().any(|phrase| content.contains(phrase));
        match code {
            400 | 500 | 503 if content.contains("is sealed") => {
                VaultError::Unavailable(Unavailable::Sealed)
            }
            400 | 500 | 503 if content.contains("not initialized") => {
                VaultError::Unavailable(Unavailable::NotInitialized)
            }
            400 if content.contains("to an HTTPS server") => {
                VaultError::Configuration("it speaks https at this address")
            }
            400 if content.contains("check-and-set") => VaultError::CheckAndSet,
            400 | 500 if not_active => unavailable,
            // The path has no mount behind it: a wrong configuration, not a missing secret.
            404 if content.contains("no handler for route") => {
                VaultError::Configuration("there is no store at this mount")
            }
            404 if content.contains("namespace not found") => {
                VaultError::Configuration("there is no such namespace")
            }
            403 => self.needs.map_or(VaultError::LoginRefused, VaultError::Forbidden),
            404 => VaultError::NotFound,
            412 | 429 | 472 | 473 | 501 | 503 => unavailable,
            500..=599 if self.effect == Effect::Writes => VaultError::Unknown,
            500..=599 => unavailable,
            _ => VaultError::Malformed,
        }
    }
}

/// Why there is no connection.
fn unconnected(error: &Transport) -> Unavailable {
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(problem)) => {
            Unavailable::Certificate(distrust(problem))
        }
        Some(rustls::Error::InvalidMessage(_)) => Unavailable::NoTls,
        Some(_) => Unavailable::Certificate(Distrust::Other),
        None if error.is_dns() => Unavailable::NoSuchHost,
        None => Unavailable::NoConnection,
    }
}

const fn distrust(problem: &Certificate) -> Distrust {
    match problem {
        Certificate::Expired
        | Certificate::ExpiredContext { .. }
        | Certificate::NotValidYet
        | Certificate::NotValidYetContext { .. } => Distrust::Expired,
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => Distrust::Name,
        Certificate::UnknownIssuer | Certificate::BadSignature => Distrust::Authority,
        _ => Distrust::Other,
    }
}

/// An answer. Has no `Debug`: it may hold a secret.
pub(super) struct Reply(Value);

impl Reply {
    pub(super) fn has(&self, pointer: &str) -> bool {
        self.0.pointer(pointer).is_some()
    }

    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.0.pointer(pointer)?.as_str()
    }

    pub(super) fn is_true(&self, pointer: &str) -> Option<bool> {
        self.0.pointer(pointer)?.as_bool()
    }

    pub(super) fn number(&self, pointer: &str) -> Option<u64> {
        self.0.pointer(pointer)?.as_u64()
    }

    pub(super) fn texts(&self, pointer: &str) -> impl Iterator<Item = &str> {
        self.0
            .pointer(pointer)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    }

    /// The versions of a secret's metadata that are neither destroyed nor deleted, oldest first.
    /// <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-metadata>
    pub(super) fn kept_versions(&self) -> Option<Vec<u64>> {
        let versions = self.0.pointer("/data/versions")?.as_object()?;
        let mut kept: Vec<u64> = versions
            .iter()
            .filter(|(_, version)| {
                version.pointer("/destroyed").and_then(Value::as_bool) == Some(false)
                    && version.pointer("/deletion_time").and_then(Value::as_str) == Some("")
            })
            .filter_map(|(number, _)| number.parse().ok())
            .collect();
        kept.sort_unstable();
        Some(kept)
    }

    pub(super) fn take_value(&mut self, pointer: &str) -> Value {
        self.0.pointer_mut(pointer).map(Value::take).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_apart_from_a_lost_answer() {
        let read = VaultCall::get(String::new());
        let write = VaultCall::delete(String::new());
        let down = |code| VaultError::Unavailable(Unavailable::Status(code));
        assert_eq!(
            write.status(
                400,
                r#"{"errors":["check-and-set parameter did not match the current version"]}"#
            ),
            VaultError::CheckAndSet
        );
        assert_eq!(
            write.status(503, r#"{"errors":["Vault is sealed"]}"#),
            VaultError::Unavailable(Unavailable::Sealed)
        );
        assert_eq!(write.status(503, ""), down(503));
        assert_eq!(
            write.status(
                500,
                r#"{"errors":["local node not active but active cluster node not found"]}"#
            ),
            down(500)
        );
        assert_eq!(write.status(500, ""), VaultError::Unknown);
        assert_eq!(write.status(502, ""), VaultError::Unknown);
        assert_eq!(read.status(500, ""), down(500));
        assert_eq!(read.status(429, ""), down(429));
        assert_eq!(read.status(403, ""), VaultError::LoginRefused);
        let read = read.needs(Right::ReadSecrets);
        assert_eq!(read.status(403, ""), VaultError::Forbidden(Right::ReadSecrets));
        assert_eq!(read.status(404, r#"{"errors":[]}"#), VaultError::NotFound);
        assert!(matches!(
            read.status(
                404,
                r#"{"errors":["no handler for route \"x/data/a\". route entry not found."]}"#
            ),
            VaultError::Configuration(_)
        ));
        assert_eq!(read.status(307, ""), VaultError::Malformed);
    }
}
