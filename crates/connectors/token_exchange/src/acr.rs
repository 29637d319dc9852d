//! Azure Container Registry: a service principal becomes a refresh token for about three hours.
//!
//! Sources: `Azure/acr` `docs/AAD-OAuth.md`; `fluxcd/pkg` `auth/azure/provider.go`; the audiences of
//! other clouds are those of Azure SDK's `ContainerRegistryAudience`, their logins those of
//! <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>.

use std::time::Duration;

use async_trait::async_trait;
use domain::{Cause, Secret, UnverifiedClaims, repositories::RepositoryUrl};
use serde::Deserialize;
use url::Url;

use super::{
    ExchangeSettings,
    call::{Caller, ProviderCall, ProviderRefusal, unreadable},
    endpoints,
    exchange::{Exchanged, Keeping, TokenExchange},
};
use egress::Failure;

const AT_ENTRA: &str = "get an access token of Entra ID";
const AT_REGISTRY: &str = "exchange an access token of Entra ID";
/// The user name that stands for "a token".
const USERNAME: &str = "00000000-0000-0000-0000-000000000000";

/// What differs between Azure's clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cloud {
    login: &'static str,
    scope: &'static str,
}

const PUBLIC: Cloud = Cloud {
    login: "login.microsoftonline.com",
    scope: "https://containerregistry.azure.net/.default",
};

/// Clouds by the domain of their registries. That of Germany ended in 2021.
const CLOUDS: [(&str, Cloud); 3] = [
    (".azurecr.io", PUBLIC),
    (
        ".azurecr.cn",
        Cloud {
            login: "login.partner.microsoftonline.cn",
            scope: "https://management.chinacloudapi.cn/.default",
        },
    ),
    (
        ".azurecr.us",
        Cloud {
            login: "login.microsoftonline.us",
            scope: "https://management.usgovcloudapi.net/.default",
        },
    ),
];

fn cloud(host: &str) -> Option<Cloud> {
    let host = host.trim_end_matches('.');
    CLOUDS.into_iter().find_map(|(domain, cloud)| {
        let name = host.strip_suffix(domain)?;
        (!name.is_empty()).then_some(cloud)
    })
}

/// A service principal at one registry.
#[derive(Debug)]
pub(super) struct Entra<'a> {
    tenant: &'a str,
    client_id: &'a str,
    client_secret: &'a Secret,
    registry: &'a RepositoryUrl,
    cloud: Cloud,
}

impl<'a> Entra<'a> {
    /// Only registries of Azure get what Entra gives, unless the operator has an Entra of their own.
    pub(super) fn new(
        settings: &ExchangeSettings,
        registry: &'a RepositoryUrl,
        tenant: &'a str,
        client_id: &'a str,
        client_secret: &'a Secret,
    ) -> Result<Self, Failure> {
        let own = settings.endpoints.entra.as_ref().map(|_| PUBLIC);
        let cloud = cloud(registry.host()).or(own).ok_or_else(|| {
            Failure::new(
                Cause::ExchangeRefused,
                "find the Azure cloud of a host that is not azurecr.io",
            )
        })?;
        Ok(Self { tenant, client_id, client_secret, registry, cloud })
    }

    async fn entra_token(&self, caller: &Caller<'_>) -> Result<Secret, Failure> {
        let instead = caller.settings.endpoints.entra.as_ref();
        let url = self.token_url(instead).ok_or_else(|| unreadable(AT_ENTRA))?;
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id),
            ("scope", self.cloud.scope),
        ];
        let secret = [("client_secret", self.client_secret)];
        let call = ProviderCall::form(url, &fields, &secret, AT_ENTRA);
        let token: EntraToken = caller.json(call.explain_refusals(cause_of_refusal)).await?;
        Ok(token.access_token)
    }

    fn token_url(&self, instead: Option<&Url>) -> Option<Url> {
        endpoints::at(instead, self.cloud.login, &[self.tenant, "oauth2", "v2.0", "token"])
    }

    fn exchange_url(&self) -> Url {
        let mut url = self.registry.web().clone();
        url.set_path("/oauth2/exchange");
        url
    }
}

#[derive(Deserialize)]
struct EntraToken {
    access_token: Secret,
}

#[derive(Deserialize)]
struct RegistryToken {
    refresh_token: Secret,
}

/// `AADSTS7000222` is an expired client secret; `invalid_client` and `unauthorized_client` are
/// wrong ones (Microsoft Entra authentication and authorization error codes).
fn cause_of_refusal(refusal: &ProviderRefusal<'_>) -> Option<Cause> {
    if refusal.says("AADSTS7000222") {
        return Some(Cause::TokenExpired);
    }
    let wrong = refusal.says("invalid_client") || refusal.says("unauthorized_client");
    wrong.then_some(Cause::InvalidCredentials)
}

#[async_trait]
impl TokenExchange for Entra<'_> {
    fn scope(&self) -> String {
        self.registry.origin()
    }

    fn keeping(&self) -> Keeping {
        Keeping::at_most(Duration::from_hours(24))
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let token = self.entra_token(caller).await?;
        let fields = [
            ("grant_type", "access_token"),
            ("service", self.registry.authority()),
            ("tenant", self.tenant),
        ];
        let secret = [("access_token", &token)];
        let call =
            ProviderCall::form(self.exchange_url(), &fields, &secret, AT_REGISTRY).at_registry();
        let RegistryToken { refresh_token: password } = caller.json(call).await?;
        // A token that does not say when it ends is used once.
        let expires_at = UnverifiedClaims::of(&password)
            .and_then(|claims| claims.expires_at())
            .unwrap_or(caller.now);
        Ok(Exchanged { username: USERNAME.to_owned(), password, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_own_login_and_audience() {
        let secret = Secret::new("canary".into());
        for (host, login, scope) in [
            (
                "acme.azurecr.io",
                "login.microsoftonline.com",
                "https://containerregistry.azure.net/.default",
            ),
            (
                "acme.azurecr.cn",
                "login.partner.microsoftonline.cn",
                "https://management.chinacloudapi.cn/.default",
            ),
            (
                "acme.azurecr.us",
                "login.microsoftonline.us",
                "https://management.usgovcloudapi.net/.default",
            ),
        ] {
            let registry = RepositoryUrl::parse(&format!("oci://{host}/helm")).unwrap();
            let settings = ExchangeSettings::default();
            let entra = Entra::new(&settings, &registry, "t", "c", &secret).unwrap();
            assert_eq!(entra.cloud, Cloud { login, scope });
            let token = entra.token_url(None).unwrap();
            assert_eq!(token.as_str(), format!("https://{login}/t/oauth2/v2.0/token"));
            assert_eq!(entra.exchange_url().as_str(), format!("https://{host}/oauth2/exchange"));
        }
    }

    #[test]
    fn clouds_are_known_by_their_registries() {
        assert_eq!(cloud("acme.azurecr.io"), Some(PUBLIC));
        assert_eq!(cloud("acme-b2c3d4.westeurope.data.azurecr.io."), Some(PUBLIC));
        for foreign in [
            "azurecr.io",
            ".azurecr.io",
            "acme.azurecr.io.evil.example",
            "evilazurecr.io",
            "acme.azurecr.de",
        ] {
            assert_eq!(cloud(foreign), None, "{foreign}");
        }
    }
}
