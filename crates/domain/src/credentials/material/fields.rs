//! Reading the fields of an auth method's form.

use super::{Kubeconfig, OauthTokens, SecretMaterial, ServiceAccountKey};
use crate::{AuthMethod, Field, FieldProblem, Secret, credentials::Parameters};

/// Reads fields and collects what is wrong with them.
pub(super) struct Fields<'a> {
    pub(super) username: &'a str,
    pub(super) parameters: &'a Parameters,
    pub(super) problems: Vec<FieldProblem>,
}

impl Fields<'_> {
    /// The content, unless something is wrong with it.
    pub(super) fn material(
        &mut self,
        shape: AuthMethod,
        password: Secret,
    ) -> Option<SecretMaterial> {
        let username = self.username.to_owned();
        Some(match shape {
            AuthMethod::Password => SecretMaterial::Password { username, password },
            AuthMethod::ClientCertificate => {
                let certificate = self.certificate();
                self.pem(&password, "PRIVATE KEY");
                SecretMaterial::ClientCertificate { certificate, key: password }
            }
            AuthMethod::EcrAccessKey => SecretMaterial::EcrAccessKey {
                key_id: self.access_key_id(),
                secret_key: password,
                region: self.region(),
            },
            AuthMethod::EcrRole => {
                SecretMaterial::EcrRole { account: self.account(), region: self.region() }
            }
            AuthMethod::EcrPublicAccessKey => SecretMaterial::EcrPublicAccessKey {
                key_id: self.access_key_id(),
                secret_key: password,
            },
            AuthMethod::GoogleKey => SecretMaterial::GoogleKey { key: self.google_key(password)? },
            AuthMethod::GoogleKeyBase64 => {
                SecretMaterial::GoogleKeyBase64 { key: self.google_key(password)? }
            }
            AuthMethod::GoogleKeyExchange => {
                SecretMaterial::GoogleKeyExchange { key: self.google_key(password)? }
            }
            AuthMethod::GoogleWorkload => {
                SecretMaterial::GoogleWorkload { gcp_project: self.gcp_project() }
            }
            AuthMethod::AcrServicePrincipal => SecretMaterial::AcrServicePrincipal {
                app_id: self.named("Type the appId."),
                password,
            },
            AuthMethod::AcrToken => SecretMaterial::AcrToken {
                name: self.named("Type the name of the token."),
                password,
            },
            AuthMethod::AcrEntra => SecretMaterial::AcrEntra {
                tenant: self.tenant(),
                client_id: self.named("Type the client id (appId)."),
                client_secret: password,
            },
            AuthMethod::GithubApp => {
                self.pem(&password, "PRIVATE KEY");
                SecretMaterial::GithubApp {
                    app_id: self.named("Type the app's id or client id."),
                    installation: self.installation(),
                    key: password,
                    repositories: self.repositories(),
                }
            }
            AuthMethod::GithubOauth => {
                SecretMaterial::GithubOauth { tokens: self.oauth_tokens(password)? }
            }
            AuthMethod::GithubInstallation => {
                SecretMaterial::GithubInstallation { installation: self.installation() }
            }
            AuthMethod::Kubeconfig => {
                SecretMaterial::Kubeconfig { kubeconfig: self.kubeconfig(password)? }
            }
            AuthMethod::PullToken => SecretMaterial::PullToken {
                identity: self.named("Type the identity id that chainctl prints."),
                token: password,
            },
        })
    }

    fn check(&mut self, fine: bool, field: Field, message: &str) {
        if !fine {
            self.problems.push(field.problem(message));
        }
    }

    pub(super) fn password(&mut self, password: Secret) -> Secret {
        let bytes = password.len();
        self.check(bytes > 0, Field::Password, "Type a password or paste a token.");
        if bytes > Secret::MAX_BYTES {
            let message = format!("Too long: {bytes} bytes, the limit is 65,536.");
            self.problems.push(Field::Password.problem(message));
        }
        self.check(
            !password.contains("\0"),
            Field::Password,
            "The password holds a NUL character, which no registry accepts.",
        );
        password
    }

    fn named(&mut self, missing: &str) -> String {
        self.check(!self.username.is_empty(), Field::Username, missing);
        self.username.to_owned()
    }

    fn access_key_id(&mut self) -> String {
        let id = self.username;
        let fine = (16..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        self.check(
            fine,
            Field::Username,
            "An access key ID is 20 capital letters and digits, such as AKIAIOSFODNN7EXAMPLE.",
        );
        self.check(
            !id.starts_with("ASIA"),
            Field::Username,
            "This is a temporary key (ASIA…), which dies within hours. Use one that begins with AKIA.",
        );
        id.to_owned()
    }

    fn region(&mut self) -> Option<String> {
        let region = self.parameters.region.trim();
        let fine = region.len() <= 32
            && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        self.check(fine, Field::Region, "A region is written like eu-west-1.");
        (!region.is_empty()).then(|| region.to_owned())
    }

    fn account(&mut self) -> String {
        let account = self.parameters.account.trim();
        let fine = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        self.check(fine, Field::Account, "An account is 12 digits.");
        account.to_owned()
    }

    fn gcp_project(&mut self) -> String {
        let project = self.parameters.gcp_project.trim();
        let fine = (6..=30).contains(&project.len())
            && project.starts_with(|c: char| c.is_ascii_lowercase())
            && project.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        self.check(
            fine,
            Field::GcpProject,
            "A project id is 6 to 30 lower-case letters, digits and dashes.",
        );
        project.to_owned()
    }

    fn tenant(&mut self) -> String {
        let tenant = self.parameters.tenant.trim();
        let fine = !tenant.is_empty()
            && tenant.len() <= 255
            && tenant.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
            && !tenant.starts_with('.');
        self.check(fine, Field::Tenant, "A tenant is an id such as 72f988bf-… or a domain.");
        tenant.to_owned()
    }

    fn installation(&mut self) -> String {
        let id = self.parameters.installation.trim();
        let fine = (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        self.check(fine, Field::Installation, "An installation ID is a number.");
        id.to_owned()
    }

    fn repositories(&mut self) -> Vec<String> {
        let text = &self.parameters.repositories;
        let mut names: Vec<String> = text
            .split([',', '\n', '\r', ' ', '\t'])
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        let fine = names.len() <= 500
            && names.iter().all(|name| {
                name.len() <= 100
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            });
        self.check(
            fine,
            Field::Repositories,
            "Type up to 500 repository names without the owner, one on a line.",
        );
        names
    }

    fn certificate(&mut self) -> String {
        let pem = self.parameters.certificate.trim();
        let fine = pem.len() <= 64 * 1024 && pem.contains("-----BEGIN CERTIFICATE-----");
        self.check(
            fine,
            Field::Certificate,
            "Paste the certificate in PEM, with its BEGIN and END lines.",
        );
        pem.to_owned()
    }

    fn pem(&mut self, text: &Secret, what: &str) {
        let fine = text.is_empty() || (text.contains("-----BEGIN") && text.contains(what));
        self.check(
            fine,
            Field::Password,
            "Paste the private key in PEM, with its BEGIN and END lines.",
        );
    }

    fn oauth_tokens(&mut self, text: Secret) -> Option<OauthTokens> {
        if text.is_empty() {
            return None;
        }
        OauthTokens::parse(text).map_err(|problem| self.problems.push(problem)).ok()
    }

    fn kubeconfig(&mut self, text: Secret) -> Option<Box<Kubeconfig>> {
        if text.is_empty() {
            return None;
        }
        Kubeconfig::parse(text).map(Box::new).map_err(|problem| self.problems.push(problem)).ok()
    }

    fn google_key(&mut self, text: Secret) -> Option<ServiceAccountKey> {
        if text.is_empty() {
            return None;
        }
        ServiceAccountKey::parse(text).map_err(|problem| self.problems.push(problem)).ok()
    }
}
