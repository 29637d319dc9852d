//! The `oauth2` client of GitHub, which speaks through our own outbound client.
//!
//! GitHub answers refusals of its token endpoint with status 200 and an `error` field, which RFC 6749
//! does not know: they are told apart here, before the library reads an answer.

#![expect(clippy::disallowed_methods, reason = "hands the client secret to the OAuth library")]

use std::pin::Pin;

use domain::{Cause, Secret};
use http::header::{ACCEPT, HeaderValue};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, Client, ClientId, ClientSecret, DeviceAuthorizationUrl,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, RedirectUrl, RequestTokenError,
    StandardRevocableToken, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use super::{
    Github, GithubError, TokenRefusal,
    call::{ONE, plain, refusal, unreadable},
    grant::TokenResponse,
};
use egress::{Ask, Failure, lenient, wire::FORM};
use token_exchange::read_file;

/// The library's client, with the addresses of the web flow and of the device flow.
pub(super) type OauthLibrary = Client<
    BasicErrorResponse,
    TokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Github {
    /// The client without its secret: for the browser's way to GitHub, and for the device flow.
    pub(super) fn oauth(&self, attempt: &'static str) -> Result<OauthLibrary, Failure> {
        let address = |path| self.web(path, attempt);
        Ok(Client::new(ClientId::new(self.client()?.id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_redirect_uri(RedirectUrl::from_url(self.0.callback.clone()))
            .set_auth_uri(AuthUrl::from_url(address(&["login", "oauth", "authorize"])?))
            .set_token_uri(TokenUrl::from_url(self.token_url(attempt)?))
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(address(&[
                "login", "device", "code",
            ])?)))
    }

    /// The client with its secret, which is read from its file at each use.
    pub(super) async fn confidential_oauth(
        &self,
        attempt: &'static str,
    ) -> Result<OauthLibrary, Failure> {
        let secret: Secret = read_file(&self.client()?.secret_file).await?;
        let secret = ClientSecret::new(secret.expose().to_owned());
        Ok(self.oauth(attempt)?.set_client_secret(secret))
    }

    /// The token endpoint.
    pub(super) fn token_url(&self, attempt: &'static str) -> Result<Url, Failure> {
        self.web(&["login", "oauth", "access_token"], attempt)
    }

    /// Posts a form to an OAuth endpoint; what it answers, if that is no refusal.
    pub(super) async fn ask_oauth(
        &self,
        url: Url,
        form: Zeroizing<Vec<u8>>,
        attempt: &'static str,
    ) -> Result<Zeroizing<Vec<u8>>, GithubError> {
        let ask = Ask::post(url, HeaderValue::from_static(FORM), form, attempt)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self.send(ask).await?;
        let status = answer.status();
        if !status.is_success() && !status.is_client_error() {
            return Err(refusal(answer).await.into());
        }
        let failure = answer.failure(Cause::ExchangeRefused);
        let bytes = answer.body(ONE).await.map(Zeroizing::new).map_err(plain)?;
        if let Some(refused) = refused(&bytes) {
            return Err(GithubError::Refused(refused));
        }
        match status.as_u16() {
            200..=299 => Ok(bytes),
            429 => Err(failure.told_as(Cause::RateLimited).into()),
            _ => Err(failure.into()),
        }
    }
}

/// Sends the requests of the library. A refusal is an error, whatever its status is.
pub(super) struct OauthTransport<'a>(pub(super) &'a Github, pub(super) &'static str);

impl<'c> AsyncHttpClient<'c> for OauthTransport<'_> {
    type Error = GithubError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, GithubError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let Self(github, attempt) = *self;
        Box::pin(async move {
            let url = request.uri().to_string().parse();
            let url = url.map_err(|_| Failure::new(Cause::Internal, attempt))?;
            let form = Zeroizing::new(request.into_body());
            let body = github.ask_oauth(url, form, attempt).await?;
            Ok(HttpResponse::new(body.to_vec()))
        })
    }
}

/// What became of a request of the library. Its own words may quote the answer, so they are not kept.
pub(super) fn told<T, R: oauth2::ErrorResponse>(
    answer: Result<T, RequestTokenError<GithubError, R>>,
    attempt: &'static str,
) -> Result<T, GithubError> {
    answer.map_err(|error| match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(_, body) => {
            drop(Zeroizing::new(body));
            unreadable(attempt).into()
        }
        RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => {
            unreadable(attempt).into()
        }
    })
}

/// The refusal in a document; `None` when it holds none.
pub(super) fn refused(body: &[u8]) -> Option<TokenRefusal> {
    #[derive(Deserialize)]
    struct RefusalResponse {
        error: String,
        #[serde(default, deserialize_with = "lenient::seconds")]
        interval: Option<u64>,
    }
    let found: RefusalResponse = serde_json::from_slice(body).ok()?;
    Some(TokenRefusal::of(&found.error, found.interval))
}
