//! What a credential is made of, typed by its auth method. Only the server has it.

mod fields;
mod kubeconfig;
mod oauth;
mod service_account;

use fields::Fields;
pub use kubeconfig::{ClusterLogin, Kubeconfig};
pub use oauth::OauthTokens;
pub use service_account::ServiceAccountKey;

use super::Parameters;
use crate::{AuthMethod, FieldProblem, Secret};

/// A credential's content, checked: what lies in Vault, and what a token exchange starts from.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the shape's form")]
pub enum SecretMaterial {
    Password { username: String, password: Secret },
    ClientCertificate { certificate: String, key: Secret },
    EcrAccessKey { key_id: String, secret_key: Secret, region: Option<String> },
    EcrRole { account: String, region: Option<String> },
    EcrPublicAccessKey { key_id: String, secret_key: Secret },
    GoogleKey { key: ServiceAccountKey },
    GoogleKeyBase64 { key: ServiceAccountKey },
    GoogleKeyExchange { key: ServiceAccountKey },
    GoogleWorkload { gcp_project: String },
    AcrServicePrincipal { app_id: String, password: Secret },
    AcrToken { name: String, password: Secret },
    AcrEntra { tenant: String, client_id: String, client_secret: Secret },
    GithubApp { app_id: String, installation: String, key: Secret, repositories: Vec<String> },
    PullToken { identity: String, token: Secret },
    GithubOauth { tokens: OauthTokens },
    GithubInstallation { installation: String },
    Kubeconfig { kubeconfig: Box<Kubeconfig> },
}

impl SecretMaterial {
    /// Reads the fields of an auth method's form, or what was stored of them.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(
        shape: AuthMethod,
        username: &str,
        password: Secret,
        parameters: &Parameters,
    ) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields { username: username.trim(), parameters, problems: Vec::new() };
        let password = if shape.is_ambient() { password } else { fields.password(password) };
        let material = fields.material(shape, password);
        match material {
            Some(material) if fields.problems.is_empty() => Ok(material),
            _ => Err(fields.problems),
        }
    }

    /// Its auth method.
    #[must_use]
    pub const fn shape(&self) -> AuthMethod {
        match self {
            Self::Password { .. } => AuthMethod::Password,
            Self::ClientCertificate { .. } => AuthMethod::ClientCertificate,
            Self::EcrAccessKey { .. } => AuthMethod::EcrAccessKey,
            Self::EcrRole { .. } => AuthMethod::EcrRole,
            Self::EcrPublicAccessKey { .. } => AuthMethod::EcrPublicAccessKey,
            Self::GoogleKey { .. } => AuthMethod::GoogleKey,
            Self::GoogleKeyBase64 { .. } => AuthMethod::GoogleKeyBase64,
            Self::GoogleKeyExchange { .. } => AuthMethod::GoogleKeyExchange,
            Self::GoogleWorkload { .. } => AuthMethod::GoogleWorkload,
            Self::AcrServicePrincipal { .. } => AuthMethod::AcrServicePrincipal,
            Self::AcrToken { .. } => AuthMethod::AcrToken,
            Self::AcrEntra { .. } => AuthMethod::AcrEntra,
            Self::GithubApp { .. } => AuthMethod::GithubApp,
            Self::PullToken { .. } => AuthMethod::PullToken,
            Self::GithubOauth { .. } => AuthMethod::GithubOauth,
            Self::GithubInstallation { .. } => AuthMethod::GithubInstallation,
            Self::Kubeconfig { .. } => AuthMethod::Kubeconfig,
        }
    }

    /// The public name it goes by: the user name, the key id, the service account.
    #[must_use]
    pub fn username(&self) -> &str {
        match self {
            Self::Password { username, .. } => username,
            Self::EcrAccessKey { key_id, .. } | Self::EcrPublicAccessKey { key_id, .. } => key_id,
            Self::GoogleKey { key }
            | Self::GoogleKeyBase64 { key }
            | Self::GoogleKeyExchange { key } => &key.client_email,
            Self::AcrServicePrincipal { app_id, .. } | Self::GithubApp { app_id, .. } => app_id,
            Self::AcrToken { name, .. } => name,
            Self::AcrEntra { client_id, .. } => client_id,
            Self::PullToken { identity, .. } => identity,
            Self::Kubeconfig { kubeconfig } => &kubeconfig.user,
            Self::ClientCertificate { .. }
            | Self::EcrRole { .. }
            | Self::GoogleWorkload { .. }
            | Self::GithubOauth { .. }
            | Self::GithubInstallation { .. } => "",
        }
    }

    /// The secret as it lies in Vault; `None` for an auth method that has none.
    #[must_use]
    pub const fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Password { password, .. }
            | Self::AcrServicePrincipal { password, .. }
            | Self::AcrToken { password, .. } => Some(password),
            Self::ClientCertificate { key, .. } | Self::GithubApp { key, .. } => Some(key),
            Self::EcrAccessKey { secret_key, .. } | Self::EcrPublicAccessKey { secret_key, .. } => {
                Some(secret_key)
            }
            Self::GoogleKey { key }
            | Self::GoogleKeyBase64 { key }
            | Self::GoogleKeyExchange { key } => Some(&key.json),
            Self::AcrEntra { client_secret, .. } => Some(client_secret),
            Self::PullToken { token, .. } => Some(token),
            Self::GithubOauth { tokens } => Some(&tokens.json),
            Self::Kubeconfig { kubeconfig } => Some(&kubeconfig.text),
            Self::EcrRole { .. }
            | Self::GoogleWorkload { .. }
            | Self::GithubInstallation { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    const KEY: &str = r#"{"type":"service_account","project_id":"acme","private_key_id":"k1",
        "private_key":"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
        "client_email":"hawser@acme.iam.gserviceaccount.com","token_uri":"https://evil.example/"}"#;

    fn parsed(
        shape: AuthMethod,
        username: &str,
        password: &str,
    ) -> Result<SecretMaterial, Vec<FieldProblem>> {
        SecretMaterial::parse(shape, username, Secret::new(password.into()), &Parameters::default())
    }

    #[test]
    fn a_google_key_is_read_whole_or_in_base64() {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        for text in [KEY.to_owned(), STANDARD.encode(KEY)] {
            let material = parsed(AuthMethod::GoogleKeyExchange, "", &text).unwrap();
            assert_eq!(material.username(), "hawser@acme.iam.gserviceaccount.com");
            assert_eq!(*material.secret().unwrap(), KEY);
            assert!(!format!("{material:?}").contains("evil.example"));
        }
        let problems =
            parsed(AuthMethod::GoogleKey, "", "{\"type\":\"authorized_user\"}").unwrap_err();
        assert_eq!(problems[0].field, Field::Password);
    }

    #[test]
    fn each_shape_asks_for_what_it_needs() {
        for shape in AuthMethod::ALL {
            let problems = parsed(shape, "", "").unwrap_err();
            assert!(!problems.is_empty(), "{shape:?}");
            for problem in problems {
                assert!(
                    shape.facts().fields.iter().any(|field| field.field == problem.field),
                    "{shape:?} complains about {:?}, which its form does not have",
                    problem.field
                );
            }
        }
        assert!(parsed(AuthMethod::EcrAccessKey, "AKIAIOSFODNN7EXAMPLE", "x").is_ok());
        let temporary = parsed(AuthMethod::EcrAccessKey, "ASIAIOSFODNN7EXAMPLE", "x").unwrap_err();
        assert!(temporary[0].message.contains("temporary"));
    }
}
