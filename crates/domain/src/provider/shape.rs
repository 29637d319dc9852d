//! Authentication shapes: the ways in which a credential of a provider can be made.

use serde::{Deserialize, Serialize};

use crate::Field;

/// How a credential authenticates. What lies in Vault and which fields a form has follow from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A user name and a password or token, sent as they are.
    #[default]
    Password,
    /// A client certificate (mutual TLS).
    ClientCertificate,
    /// An AWS access key, exchanged for a registry token (F36).
    EcrAccessKey,
    /// An AWS role that this server assumes (F37).
    EcrRole,
    /// An AWS access key for the public gallery.
    EcrPublicAccessKey,
    /// A Google service-account key, sent as `_json_key` (F31).
    GoogleKey,
    /// The same key in base64, sent as `_json_key_base64` (F32).
    GoogleKeyBase64,
    /// The same key, exchanged for an access token of an hour (F33).
    GoogleKeyExchange,
    /// This server's own identity, federated to a Google service account (F34).
    GoogleWorkload,
    /// An Azure service principal, sent as it is (F38).
    AcrServicePrincipal,
    /// A repository-scoped token of an Azure registry (F39).
    AcrToken,
    /// An Azure service principal, exchanged at Entra ID and at the registry.
    AcrEntra,
    /// A GitHub App, exchanged for an installation token of an hour.
    GithubApp,
    /// A Chainguard pull token (F44).
    PullToken,
}

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// One line that is never shown again.
    Secret,
    /// A file or several lines that are never shown again.
    SecretFile,
}

/// Whether a field may stay empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

/// One field of a shape's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeField {
    /// The field; its input carries [`Field::as_str`].
    pub field: Field,
    /// For people.
    pub label: &'static str,
    /// What to type; a whole sentence. Empty takes the hint of the provider.
    pub hint: &'static str,
    /// How it is typed.
    pub typed: Typed,
    /// Whether it may stay empty.
    pub need: Need,
}

/// The facts of one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeFacts {
    /// As the database, the form and the API spell it.
    pub code: &'static str,
    /// For people.
    pub label: &'static str,
    /// When to choose it, in a sentence.
    pub summary: &'static str,
    /// The user name on the wire that this shape fixes; empty when the form asks for one.
    pub fixed_username: &'static str,
    /// The fields of its form, in order, without name and description.
    pub fields: &'static [ShapeField],
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 14] = [
        Self::Password,
        Self::ClientCertificate,
        Self::EcrAccessKey,
        Self::EcrRole,
        Self::EcrPublicAccessKey,
        Self::GoogleKey,
        Self::GoogleKeyBase64,
        Self::GoogleKeyExchange,
        Self::GoogleWorkload,
        Self::AcrServicePrincipal,
        Self::AcrToken,
        Self::AcrEntra,
        Self::GithubApp,
        Self::PullToken,
    ];

    /// Reads the code of [`ShapeFacts::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.facts().code == code)
    }

    /// Whether what lies in Vault is exchanged for something short-lived before a registry sees it.
    #[must_use]
    pub const fn is_exchanged(self) -> bool {
        matches!(
            self,
            Self::EcrAccessKey
                | Self::EcrRole
                | Self::EcrPublicAccessKey
                | Self::GoogleKeyExchange
                | Self::GoogleWorkload
                | Self::AcrEntra
                | Self::GithubApp
        )
    }

    /// Whether it has no secret of its own and uses the identity of this server, which the operator
    /// has to turn on.
    #[must_use]
    pub const fn is_ambient(self) -> bool {
        matches!(self, Self::EcrRole | Self::GoogleWorkload)
    }

    /// What Hawser knows about it.
    #[must_use]
    pub const fn facts(self) -> &'static ShapeFacts {
        match self {
            Self::Password => &PASSWORD,
            Self::ClientCertificate => &CLIENT_CERTIFICATE,
            Self::EcrAccessKey => &ECR_ACCESS_KEY,
            Self::EcrRole => &ECR_ROLE,
            Self::EcrPublicAccessKey => &ECR_PUBLIC_ACCESS_KEY,
            Self::GoogleKey => &GOOGLE_KEY,
            Self::GoogleKeyBase64 => &GOOGLE_KEY_BASE64,
            Self::GoogleKeyExchange => &GOOGLE_KEY_EXCHANGE,
            Self::GoogleWorkload => &GOOGLE_WORKLOAD,
            Self::AcrServicePrincipal => &ACR_SERVICE_PRINCIPAL,
            Self::AcrToken => &ACR_TOKEN,
            Self::AcrEntra => &ACR_ENTRA,
            Self::GithubApp => &GITHUB_APP,
            Self::PullToken => &PULL_TOKEN,
        }
    }
}

const fn line(field: Field, label: &'static str, hint: &'static str, need: Need) -> ShapeField {
    ShapeField { field, label, hint, typed: Typed::Line, need }
}

const fn secret(label: &'static str, hint: &'static str, typed: Typed) -> ShapeField {
    ShapeField { field: Field::Password, label, hint, typed, need: Need::Required }
}

const REGION: ShapeField = line(
    Field::Region,
    "Region",
    "Such as eu-west-1. Leave it empty to read it from the host of each repository.",
    Need::Optional,
);

const KEY_FILE: &str = "Paste the entire JSON key file of the service account, or choose the file.";

static PASSWORD: ShapeFacts = ShapeFacts {
    code: "password",
    label: "Username and password or token",
    summary: "Sent to the registry as it is.",
    fixed_username: "",
    fields: &[
        line(Field::Username, "Username", "", Need::Optional),
        secret("Password", "", Typed::Secret),
    ],
};

static CLIENT_CERTIFICATE: ShapeFacts = ShapeFacts {
    code: "client_certificate",
    label: "Client certificate",
    summary: "For registries that ask for a certificate instead of a password (mutual TLS).",
    fixed_username: "",
    fields: &[
        ShapeField {
            field: Field::Certificate,
            label: "Certificate",
            hint: "The certificate in PEM, with its chain. It is not secret.",
            typed: Typed::Lines,
            need: Need::Required,
        },
        secret("Private key", "The private key of the certificate in PEM.", Typed::SecretFile),
    ],
};

static ECR_ACCESS_KEY: ShapeFacts = ShapeFacts {
    code: "ecr_access_key",
    label: "Access key",
    summary: "Hawser exchanges the key for a token of 12 hours and renews it by itself.",
    fixed_username: "",
    fields: &[
        line(
            Field::Username,
            "Access key ID",
            "20 characters that begin with AKIA.",
            Need::Required,
        ),
        secret("Secret access key", "AWS shows it once, when the key is made.", Typed::Secret),
        REGION,
    ],
};

static ECR_ROLE: ShapeFacts = ShapeFacts {
    code: "ecr_role",
    label: "Role",
    summary: "No key at all: this server assumes a role in your account whose name follows a fixed rule.",
    fixed_username: "",
    fields: &[
        line(Field::Account, "Account", "The 12 digits of the AWS account.", Need::Required),
        REGION,
    ],
};

static ECR_PUBLIC_ACCESS_KEY: ShapeFacts = ShapeFacts {
    code: "ecr_public_access_key",
    label: "Access key",
    summary: "Raises the limits of anonymous pulls, and renews its token by itself.",
    fixed_username: "",
    fields: &[
        line(
            Field::Username,
            "Access key ID",
            "20 characters that begin with AKIA.",
            Need::Required,
        ),
        secret("Secret access key", "AWS shows it once, when the key is made.", Typed::Secret),
    ],
};

static GOOGLE_KEY: ShapeFacts = ShapeFacts {
    code: "google_key",
    label: "JSON key",
    summary: "Sent to the registry as it is, with the user name _json_key.",
    fixed_username: "_json_key",
    fields: &[secret("Password", KEY_FILE, Typed::SecretFile)],
};

static GOOGLE_KEY_BASE64: ShapeFacts = ShapeFacts {
    code: "google_key_base64",
    label: "JSON key in base64",
    summary: "Google discourages it; only for tools that cannot send several lines.",
    fixed_username: "_json_key_base64",
    fields: &[secret("Password", KEY_FILE, Typed::SecretFile)],
};

static GOOGLE_KEY_EXCHANGE: ShapeFacts = ShapeFacts {
    code: "google_key_exchange",
    label: "JSON key, exchanged for a token",
    summary: "The key never leaves Hawser; registries see tokens that live for an hour.",
    fixed_username: "",
    fields: &[secret("Password", KEY_FILE, Typed::SecretFile)],
};

static GOOGLE_WORKLOAD: ShapeFacts = ShapeFacts {
    code: "google_workload",
    label: "Workload identity",
    summary: "No key at all: this server's own identity acts as a service account whose name follows a fixed rule.",
    fixed_username: "",
    fields: &[line(
        Field::GcpProject,
        "Google Cloud project",
        "The id of the project that holds the service account, such as acme-prod.",
        Need::Required,
    )],
};

static ACR_SERVICE_PRINCIPAL: ShapeFacts = ShapeFacts {
    code: "acr_service_principal",
    label: "Service principal",
    summary: "appId and password of a service principal with the role AcrPull.",
    fixed_username: "",
    fields: &[
        line(Field::Username, "Username", "The appId of the service principal.", Need::Required),
        secret("Password", "The password of the service principal.", Typed::Secret),
    ],
};

static ACR_TOKEN: ShapeFacts = ShapeFacts {
    code: "acr_token",
    label: "Repository-scoped token",
    summary: "Opens only the repositories of its scope map. It cannot list the catalog.",
    fixed_username: "",
    fields: &[
        line(Field::Username, "Username", "The name of the token.", Need::Required),
        secret("Password", "One of the two passwords of the token.", Typed::Secret),
    ],
};

static ACR_ENTRA: ShapeFacts = ShapeFacts {
    code: "acr_entra",
    label: "Service principal, exchanged at Entra ID",
    summary: "The client secret goes to Microsoft only; the registry sees tokens of three hours.",
    fixed_username: "",
    fields: &[
        line(
            Field::Tenant,
            "Tenant",
            "The id of the Entra directory, or its domain.",
            Need::Required,
        ),
        line(
            Field::Username,
            "Client ID",
            "The application (client) id, also called appId.",
            Need::Required,
        ),
        secret("Client secret", "The value of the secret, not its id.", Typed::Secret),
    ],
};

static GITHUB_APP: ShapeFacts = ShapeFacts {
    code: "github_app",
    label: "GitHub App",
    summary: "Tokens of an hour that open only the named repositories.",
    fixed_username: "x-access-token",
    fields: &[
        line(
            Field::Username,
            "App ID",
            "The number of the app, or its client id (Iv…).",
            Need::Required,
        ),
        line(
            Field::Installation,
            "Installation ID",
            "The number at the end of the installation's address.",
            Need::Required,
        ),
        secret(
            "Private key",
            "Paste the .pem file that GitHub gave you, or choose it.",
            Typed::SecretFile,
        ),
        ShapeField {
            field: Field::Repositories,
            label: "Repositories",
            hint: "Names, one on a line, without the owner. Empty means all that the installation may see.",
            typed: Typed::Lines,
            need: Need::Optional,
        },
    ],
};

static PULL_TOKEN: ShapeFacts = ShapeFacts {
    code: "pull_token",
    label: "Pull token",
    summary: "Tied to an identity of your Chainguard organization; it expires on a day that you choose.",
    fixed_username: "",
    fields: &[
        line(
            Field::Username,
            "Username",
            "The identity id that chainctl prints after --username.",
            Need::Required,
        ),
        secret("Password", "The long token that chainctl prints after --password.", Typed::Secret),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for shape in Shape::ALL {
            let facts = shape.facts();
            assert_eq!(Shape::parse(facts.code), Some(shape));
            assert_eq!(serde_json::to_string(&shape).unwrap(), format!("\"{}\"", facts.code));
            assert!(facts.summary.ends_with('.') && !facts.fields.is_empty());
            let secrets = facts.fields.iter().filter(|field| field.field == Field::Password);
            assert_eq!(secrets.count(), usize::from(!shape.is_ambient()), "{}", facts.code);
        }
    }
}
