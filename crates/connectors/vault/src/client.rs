//! The HTTP half of the client: rustify's own, but that bodies are wiped once they are sent.

use async_trait::async_trait;
use http::{Request, Response};
use rustify::{client::Client, errors::ClientError};
use vaultrs::api::EndpointMiddleware;
use zeroize::Zeroizing;

use egress::wire;

/// A Vault at an address, asked with one token.
pub(super) struct TokenClient {
    pub(super) http: reqwest::Client,
    pub(super) address: String,
    /// Adds the token and the namespace.
    pub(super) middleware: EndpointMiddleware,
}

#[async_trait]
impl Client for TokenClient {
    fn base(&self) -> &str {
        &self.address
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ClientError> {
        let (url, method) = (request.uri().to_string(), request.method().to_string());
        let request = request.map(|body| wire::body(Zeroizing::new(body)));
        let request = reqwest::Request::try_from(request)
            .map_err(|source| ClientError::ReqwestBuildError { source })?;
        let answer = self.http.execute(request).await;
        let answer = answer.map_err(|error| ClientError::RequestError {
            source: error.into(),
            url,
            method,
        })?;
        let (status, body) = (answer.status(), answer.bytes().await);
        let body = body.map_err(|error| ClientError::ResponseError { source: error.into() })?;
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        Ok(response)
    }
}
