//! What a credential is made of, typed by its shape. Only the server has it.

use super::Parameters;
use crate::{Field, FieldProblem, Secret, Shape};

/// A credential's content, checked: what lies in Vault, and what a token exchange starts from.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the shape's form")]
pub enum Material {
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
}

impl Material {
    /// Reads the fields of a shape's form, or what was stored of them.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(
        shape: Shape,
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

    /// Its shape.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self {
            Self::Password { .. } => Shape::Password,
            Self::ClientCertificate { .. } => Shape::ClientCertificate,
            Self::EcrAccessKey { .. } => Shape::EcrAccessKey,
            Self::EcrRole { .. } => Shape::EcrRole,
            Self::EcrPublicAccessKey { .. } => Shape::EcrPublicAccessKey,
            Self::GoogleKey { .. } => Shape::GoogleKey,
            Self::GoogleKeyBase64 { .. } => Shape::GoogleKeyBase64,
            Self::GoogleKeyExchange { .. } => Shape::GoogleKeyExchange,
            Self::GoogleWorkload { .. } => Shape::GoogleWorkload,
            Self::AcrServicePrincipal { .. } => Shape::AcrServicePrincipal,
            Self::AcrToken { .. } => Shape::AcrToken,
            Self::AcrEntra { .. } => Shape::AcrEntra,
            Self::GithubApp { .. } => Shape::GithubApp,
            Self::PullToken { .. } => Shape::PullToken,
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
            Self::ClientCertificate { .. } | Self::EcrRole { .. } | Self::GoogleWorkload { .. } => {
                ""
            }
        }
    }

    /// The secret as it lies in Vault; `None` for a shape that has none.
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
            Self::EcrRole { .. } | Self::GoogleWorkload { .. } => None,
        }
    }
}

/// A Google service-account key. What the file says about addresses is not kept: a hostile file
/// could name any.
#[derive(Debug, Clone)]
pub struct ServiceAccountKey {
    /// The service account.
    pub client_email: String,
    /// The project of the service account.
    pub project_id: String,
    /// Which of its keys it is.
    pub private_key_id: String,
    /// The private key (PKCS#8, PEM).
    pub private_key: Secret,
    /// The whole file.
    pub json: Secret,
}

#[derive(serde::Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    project_id: String,
    #[serde(default)]
    private_key_id: String,
    private_key: Secret,
    client_email: String,
}

impl ServiceAccountKey {
    /// Reads the JSON file, also when it was pasted in base64.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence that does not repeat it.
    pub fn parse(text: Secret) -> Result<Self, FieldProblem> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};

        let problem = |message: &str| Field::Password.problem(message);
        let packed: zeroize::Zeroizing<String> = zeroize::Zeroizing::new(
            text.expose().chars().filter(|c| !c.is_ascii_whitespace()).collect(),
        );
        let json = match STANDARD.decode(packed.as_bytes()).map(String::from_utf8) {
            Ok(Ok(json)) => Secret::new(json),
            _ => text,
        };
        let file: KeyFile = serde_json::from_str(json.expose()).map_err(|_| {
            problem("This is not a JSON key file of a service account. Paste the entire file.")
        })?;
        if file.kind != "service_account" {
            return Err(problem(
                "The file's type has to be service_account. Create a JSON key under IAM & Admin → Service Accounts → Keys.",
            ));
        }
        if !file.client_email.contains('@') || !file.private_key.expose().contains("PRIVATE KEY") {
            return Err(problem(
                "The key file is not whole: client_email or private_key is missing.",
            ));
        }
        Ok(Self {
            client_email: file.client_email,
            project_id: file.project_id,
            private_key_id: file.private_key_id,
            private_key: file.private_key,
            json,
        })
    }
}

/// Reads fields and collects what is wrong with them.
struct Fields<'a> {
    username: &'a str,
    parameters: &'a Parameters,
    problems: Vec<FieldProblem>,
}

impl Fields<'_> {
    fn material(&mut self, shape: Shape, password: Secret) -> Option<Material> {
        let username = self.username.to_owned();
        Some(match shape {
            Shape::Password => Material::Password { username, password },
            Shape::ClientCertificate => {
                let certificate = self.certificate();
                self.pem(&password, "PRIVATE KEY");
                Material::ClientCertificate { certificate, key: password }
            }
            Shape::EcrAccessKey => Material::EcrAccessKey {
                key_id: self.access_key_id(),
                secret_key: password,
                region: self.region(),
            },
            Shape::EcrRole => Material::EcrRole { account: self.account(), region: self.region() },
            Shape::EcrPublicAccessKey => {
                Material::EcrPublicAccessKey { key_id: self.access_key_id(), secret_key: password }
            }
            Shape::GoogleKey => Material::GoogleKey { key: self.google_key(password)? },
            Shape::GoogleKeyBase64 => Material::GoogleKeyBase64 { key: self.google_key(password)? },
            Shape::GoogleKeyExchange => {
                Material::GoogleKeyExchange { key: self.google_key(password)? }
            }
            Shape::GoogleWorkload => Material::GoogleWorkload { gcp_project: self.gcp_project() },
            Shape::AcrServicePrincipal => {
                Material::AcrServicePrincipal { app_id: self.named("Type the appId."), password }
            }
            Shape::AcrToken => {
                Material::AcrToken { name: self.named("Type the name of the token."), password }
            }
            Shape::AcrEntra => Material::AcrEntra {
                tenant: self.tenant(),
                client_id: self.named("Type the client id (appId)."),
                client_secret: password,
            },
            Shape::GithubApp => {
                self.pem(&password, "PRIVATE KEY");
                Material::GithubApp {
                    app_id: self.named("Type the app's id or client id."),
                    installation: self.installation(),
                    key: password,
                    repositories: self.repositories(),
                }
            }
            Shape::PullToken => Material::PullToken {
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

    fn password(&mut self, password: Secret) -> Secret {
        let bytes = password.expose().len();
        self.check(bytes > 0, Field::Password, "Type a password or paste a token.");
        if bytes > Secret::MAX_BYTES {
            let message = format!("Too long: {bytes} bytes, the limit is 65,536.");
            self.problems.push(Field::Password.problem(message));
        }
        self.check(
            !password.expose().contains('\0'),
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
        let fine = text.is_empty()
            || (text.expose().contains("-----BEGIN") && text.expose().contains(what));
        self.check(
            fine,
            Field::Password,
            "Paste the private key in PEM, with its BEGIN and END lines.",
        );
    }

    fn google_key(&mut self, text: Secret) -> Option<ServiceAccountKey> {
        if text.is_empty() {
            return None;
        }
        ServiceAccountKey::parse(text).map_err(|problem| self.problems.push(problem)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = r#"{"type":"service_account","project_id":"acme","private_key_id":"k1",
        "private_key":"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
        "client_email":"hawser@acme.iam.gserviceaccount.com","token_uri":"https://evil.example/"}"#;

    fn parsed(shape: Shape, username: &str, password: &str) -> Result<Material, Vec<FieldProblem>> {
        Material::parse(shape, username, Secret::new(password.into()), &Parameters::default())
    }

    #[test]
    fn a_google_key_is_read_whole_or_in_base64() {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        for text in [KEY.to_owned(), STANDARD.encode(KEY)] {
            let material = parsed(Shape::GoogleKeyExchange, "", &text).unwrap();
            assert_eq!(material.username(), "hawser@acme.iam.gserviceaccount.com");
            assert_eq!(material.secret().unwrap().expose(), KEY);
            assert!(!format!("{material:?}").contains("evil.example"));
        }
        let problems = parsed(Shape::GoogleKey, "", "{\"type\":\"authorized_user\"}").unwrap_err();
        assert_eq!(problems[0].field, Field::Password);
    }

    #[test]
    fn each_shape_asks_for_what_it_needs() {
        for shape in Shape::ALL {
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
        assert!(parsed(Shape::EcrAccessKey, "AKIAIOSFODNN7EXAMPLE", "x").is_ok());
        let temporary = parsed(Shape::EcrAccessKey, "ASIAIOSFODNN7EXAMPLE", "x").unwrap_err();
        assert!(temporary[0].message.contains("temporary"));
    }
}
