//! Advice about what was typed into a credential's form, before anything is sent anywhere.
//!
//! It runs in the browser while somebody types and on the server when a form is refused. What it
//! says never repeats a secret beyond the prefix that tells its kind.

mod kind;
mod kubeconfig;
mod place;
mod username;

pub use place::registry_place;

use self::kind::Kind;
use super::{AuthMethod, Provider};
use crate::{Timestamp, UnverifiedClaims, packed};

/// How much a piece of advice matters, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The provider will refuse this.
    CannotWork,
    /// It works, but not for long or not well; or it looks like a mistake.
    Caution,
    /// What it was recognized as.
    Recognized,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// How much it matters.
    pub severity: Severity,
    /// What to know or to do; whole sentences.
    pub text: String,
}

/// What to say about a typed user name and secret, the worst first.
#[must_use]
pub fn advise(
    provider: Provider,
    shape: AuthMethod,
    username: &str,
    password: &str,
) -> Vec<Advice> {
    let mut said = Said::default();
    let username = username.trim();
    if shape == AuthMethod::Kubeconfig {
        if !password.trim().is_empty() {
            kubeconfig::check(&mut said, password);
        }
        return said.0;
    }
    if password.trim().is_empty() {
        said.pasted_token(provider, shape);
    } else {
        said.secret(provider, shape, password);
    }
    username::check(&mut said, provider, shape, username, password.trim());
    said.0.sort_by_key(|advice| advice.severity);
    said.0
}

#[derive(Default)]
struct Said(Vec<Advice>);

impl Said {
    fn say(&mut self, severity: Severity, text: impl Into<String>) {
        self.0.push(Advice { severity, text: text.into() });
    }

    fn cannot(&mut self, text: impl Into<String>) {
        self.say(Severity::CannotWork, text);
    }

    fn caution(&mut self, text: impl Into<String>) {
        self.say(Severity::Caution, text);
    }

    fn recognized(&mut self, text: impl Into<String>) {
        self.say(Severity::Recognized, text);
    }

    fn secret(&mut self, provider: Provider, shape: AuthMethod, password: &str) {
        let token = password.trim();
        if token.len() != password.len() && !token.contains('\n') {
            self.caution("It begins or ends with a space or a line break. Remove it unless it belongs to the password.");
        }
        if token.contains("docker login") || token.contains("helm registry login") {
            self.caution("This looks like a whole command. Paste only the token itself.");
        }
        let kind = Kind::of(token);
        match kind {
            Some(kind) => {
                self.recognized(kind.label());
                self.of_kind(provider, shape, kind, token);
            }
            None => self.unrecognized(provider, shape, token),
        }
        self.pasted_token(provider, shape);
    }

    /// A pasted ECR token has an end that is known before it is pasted.
    fn pasted_token(&mut self, provider: Provider, shape: AuthMethod) {
        if shape == AuthMethod::Password
            && matches!(provider, Provider::AmazonEcr | Provider::AmazonEcrPublic)
        {
            self.caution("A pasted token expires within 12 h: convert to access keys, and Hawser renews it by itself.");
        }
    }

    fn of_kind(&mut self, provider: Provider, shape: AuthMethod, kind: Kind, token: &str) {
        if !kind.belongs_to(provider) {
            return self.cannot(format!(
                "This is not made for {}: {}",
                provider.facts().label,
                "create one as the guide says."
            ));
        }
        self.misplaced(shape, kind);
        match kind {
            Kind::GithubFineGrained if provider == Provider::Ghcr => self.cannot(
                "GHCR refuses fine-grained tokens (github_pat_…). Create a classic one (ghp_…) with read:packages.",
            ),
            Kind::GithubRefresh => self.cannot(
                "A refresh token (ghr_…) only buys other tokens. Use a personal access token or a GitHub App.",
            ),
            Kind::GithubInstallation => self.caution(
                "An installation token (ghs_…) dies within an hour. Choose GitHub App, and Hawser renews it by itself.",
            ),
            Kind::GithubUser => self.caution(
                "A user token of an app (ghu_…) dies within 8 hours. Use a personal access token or a GitHub App.",
            ),
            Kind::JfrogApiKey => self.cannot(
                "JFrog has ended API keys: none can be made since 7.98, and old ones are refused. Use an identity or access token.",
            ),
            Kind::BitbucketAppPassword => self.caution(
                "Bitbucket has ended app passwords. Use an access token of the repository, project or workspace.",
            ),
            Kind::GitlabJob => self.cannot(
                "A job token dies with its pipeline job. Use a deploy token or an access token.",
            ),
            Kind::GitlabRunner => self.cannot(
                "This token registers runners and opens nothing else. Use a deploy token or an access token.",
            ),
            Kind::Jwt => self.claims(token),
            Kind::JsonKey => self.key_file(shape, token),
            _ => {}
        }
    }

    /// Something that belongs into another field, or into the form of another shape.
    fn misplaced(&mut self, shape: AuthMethod, kind: Kind) {
        let wants_pem = matches!(shape, AuthMethod::GithubApp | AuthMethod::ClientCertificate);
        let wants_json = matches!(
            shape,
            AuthMethod::GoogleKey | AuthMethod::GoogleKeyBase64 | AuthMethod::GoogleKeyExchange
        );
        match kind {
            Kind::AwsKeyId => self.cannot(
                "This is the id of an access key. The secret part is needed here; AWS shows it once, when the key is made.",
            ),
            Kind::AwsTemporaryKeyId => self.cannot(
                "This is the id of a temporary key (ASIA…), which dies within hours. Make a key that begins with AKIA.",
            ),
            Kind::Certificate if wants_pem => {
                self.cannot("This is a certificate. The private key that belongs to it is needed here.");
            }
            Kind::EncryptedKey if wants_pem => self.cannot(
                "This private key has a passphrase, and nobody is there to type it. Remove it: openssl pkey -in KEY -out NEW_KEY",
            ),
            Kind::SshKey => self.cannot(
                "This is an SSH key. Repositories are opened over HTTPS, with a token or a key in PEM.",
            ),
            Kind::JsonKey | Kind::PrivateKey => {}
            _ if wants_pem => self.cannot("A private key in PEM is needed here, with its BEGIN and END lines."),
            _ if wants_json => self.cannot("The whole JSON key file of the service account is needed here."),
            _ => {}
        }
    }

    fn claims(&mut self, token: &str) {
        let Some(claims) = UnverifiedClaims::of_text(token) else { return };
        if let Some(seconds) = claims.number("exp") {
            let at = Timestamp::from_millis(seconds.saturating_mul(1_000));
            self.recognized(format!("It expires on {}.", at.readable()));
        }
    }

    fn key_file(&mut self, shape: AuthMethod, token: &str) {
        let Some(file) = packed::key_file(token) else { return };
        let field = |name| packed::text_of(&file, name);
        match field("type").as_deref() {
            Some("service_account") => {}
            Some("external_account" | "authorized_user") => {
                return self.cannot(
                    "This file describes a person or another identity, not a service account. Create a JSON key under IAM & Admin → Service Accounts → Keys.",
                );
            }
            _ => {
                return self.cannot(
                    "This JSON is not the key file of a service account. Paste the entire file.",
                );
            }
        }
        if let Some(email) = field("client_email") {
            let project = field("project_id").unwrap_or_else(|| "not named".to_owned());
            // The file is named by what is in it.
            self.0.retain(|advice| advice.text != Kind::JsonKey.label());
            self.recognized(format!("Service account {email}, project {project}."));
        }
        if field("token_uri").is_some_and(|uri| uri != "https://oauth2.googleapis.com/token") {
            self.caution("The file names another token address than Google's. Hawser asks Google's and no other.");
        }
        if shape == AuthMethod::Password {
            self.caution(
                "This is a key file. Choose the provider Google Artifact Registry for it.",
            );
        }
    }

    fn unrecognized(&mut self, provider: Provider, shape: AuthMethod, token: &str) {
        match (provider, shape) {
            (Provider::DockerHub, _) if !packed::is_uuid(token) => self.caution(
                "This does not look like an access token (dckr_pat_… or dckr_oat_…). If it is the password of the account, create a token instead: it can be read-only and revoked on its own.",
            ),
            (Provider::Ghcr | Provider::Github, AuthMethod::Password) if !packed::is_hex(token, 40) => {
                self.caution("This does not look like a token. GitHub refuses the passwords of accounts; create a token.");
            }
            (Provider::Gitlab | Provider::GitlabRegistry, _) => self.caution(
                "This does not look like a token (glpat-… or gldt-…). GitLab refuses passwords of accounts with two-factor authentication.",
            ),
            (Provider::AzureAcr, AuthMethod::AcrEntra | AuthMethod::AcrServicePrincipal)
                if packed::is_uuid(token) =>
            {
                self.caution("This looks like the id of a secret. Its value is needed.");
            }
            (Provider::Chainguard, _) => {
                self.caution("A pull token is a long text in three parts with dots between them (a JWT).");
            }
            (_, AuthMethod::EcrAccessKey | AuthMethod::EcrPublicAccessKey) if token.len() != 40 => {
                self.caution("A secret access key has 40 characters; this has another length.");
            }
            (_, AuthMethod::GoogleKey | AuthMethod::GoogleKeyBase64 | AuthMethod::GoogleKeyExchange) => {
                self.cannot("The whole JSON key file of the service account is needed here.");
            }
            (_, AuthMethod::GithubApp | AuthMethod::ClientCertificate) => {
                self.cannot("A private key in PEM is needed here, with its BEGIN and END lines.");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
