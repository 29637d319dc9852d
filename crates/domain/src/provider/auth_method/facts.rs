//! What Hawser knows about each auth method: names, and the fields of its form.

use super::{Need, ShapeFacts, ShapeField, Typed};
use crate::Field;

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

const KEY_FILE: &str = "The JSON key of the service account. Paste it, or upload the file.";

pub(super) static PASSWORD: ShapeFacts = ShapeFacts {
    label: "Username and password or token",
    summary: "Sent to the registry unchanged.",
    fixed_username: "",
    fields: &[
        line(Field::Username, "Username", "", Need::Optional),
        secret("Password", "", Typed::Secret),
    ],
};

pub(super) static CLIENT_CERTIFICATE: ShapeFacts = ShapeFacts {
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

pub(super) static ECR_ACCESS_KEY: ShapeFacts = ShapeFacts {
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

pub(super) static ECR_ROLE: ShapeFacts = ShapeFacts {
    label: "Role",
    summary: "Keyless: Hawser assumes a role in your account, whose name follows a fixed rule.",
    fixed_username: "",
    fields: &[
        line(Field::Account, "Account", "The 12 digits of the AWS account.", Need::Required),
        REGION,
    ],
};

pub(super) static ECR_PUBLIC_ACCESS_KEY: ShapeFacts = ShapeFacts {
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

pub(super) static GOOGLE_KEY: ShapeFacts = ShapeFacts {
    label: "JSON key",
    summary: "Sent to the registry as it is, with the user name _json_key.",
    fixed_username: "_json_key",
    fields: &[secret("Password", KEY_FILE, Typed::SecretFile)],
};

pub(super) static GOOGLE_KEY_BASE64: ShapeFacts = ShapeFacts {
    label: "JSON key in base64",
    summary: "Google discourages it; only for tools that cannot send several lines.",
    fixed_username: "_json_key_base64",
    fields: &[secret("Password", KEY_FILE, Typed::SecretFile)],
};

pub(super) static GOOGLE_KEY_EXCHANGE: ShapeFacts = ShapeFacts {
    label: "JSON key, exchanged for a token",
    summary: "The key never leaves Hawser; registries see tokens that live for an hour.",
    fixed_username: "",
    fields: &[secret("Password", KEY_FILE, Typed::SecretFile)],
};

pub(super) static GOOGLE_WORKLOAD: ShapeFacts = ShapeFacts {
    label: "Workload identity",
    summary: "Keyless: Hawser's own identity acts as a service account, whose name follows a fixed rule.",
    fixed_username: "",
    fields: &[line(
        Field::GcpProject,
        "Google Cloud project",
        "The id of the project that holds the service account, such as acme-prod.",
        Need::Required,
    )],
};

pub(super) static ACR_SERVICE_PRINCIPAL: ShapeFacts = ShapeFacts {
    label: "Service principal",
    summary: "appId and password of a service principal with the role AcrPull.",
    fixed_username: "",
    fields: &[
        line(Field::Username, "Username", "The appId of the service principal.", Need::Required),
        secret("Password", "The password of the service principal.", Typed::Secret),
    ],
};

pub(super) static ACR_TOKEN: ShapeFacts = ShapeFacts {
    label: "Repository-scoped token",
    summary: "Opens only the repositories of its scope map. It cannot list the catalog.",
    fixed_username: "",
    fields: &[
        line(Field::Username, "Username", "The name of the token.", Need::Required),
        secret("Password", "One of the two passwords of the token.", Typed::Secret),
    ],
};

pub(super) static ACR_ENTRA: ShapeFacts = ShapeFacts {
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

pub(super) static GITHUB_APP: ShapeFacts = ShapeFacts {
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

pub(super) static PULL_TOKEN: ShapeFacts = ShapeFacts {
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

pub(super) static GITHUB_OAUTH: ShapeFacts = ShapeFacts {
    label: "Connected account",
    summary: "GitHub gave the token when the account was connected; disconnecting revokes it.",
    fixed_username: "x-access-token",
    fields: &[secret("Token", "GitHub gives it when the account is connected.", Typed::Secret)],
};

pub(super) static GITHUB_INSTALLATION: ShapeFacts = ShapeFacts {
    label: "Installed app",
    summary: "Tokens of an hour from the GitHub App that the operator configured.",
    fixed_username: "x-access-token",
    fields: &[line(
        Field::Installation,
        "Installation ID",
        "GitHub names it when the app is installed.",
        Need::Required,
    )],
};

pub(super) static KUBECONFIG: ShapeFacts = ShapeFacts {
    label: "Kubeconfig",
    summary: "One context with a token or a client certificate; nothing in it may run a program or name a file.",
    fixed_username: "",
    fields: &[secret(
        "Kubeconfig",
        "Paste the file that the last step of the guide prints, or choose it.",
        Typed::SecretFile,
    )],
};
