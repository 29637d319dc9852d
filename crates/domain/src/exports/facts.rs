//! What Hawser knows about each consumer and carrier: names, and what they ask for.

use super::{Carrier, CarrierFacts, ConsumerFacts, Selects, Setting};
use crate::{CredentialKind, Field};

pub(super) static PULL_SECRET: ConsumerFacts = ConsumerFacts {
    code: "pull_secret",
    label: "Kubernetes",
    summary: "An image pull secret with the chosen credentials and no others.",
    selects: Selects::Credentials,
    kinds: REGISTRIES,
    settings: &[
        NAMESPACE,
        SECRET_NAME,
        setting(
            Field::ServiceAccounts,
            "Service accounts",
            "Names, separated by commas, for which a snippet with imagePullSecrets is made.",
            "default",
        ),
    ],
    carriers: SECRETS,
};

pub(super) static ARGO_CD: ConsumerFacts = ConsumerFacts {
    code: "argo_cd",
    label: "Argo CD",
    summary: "A repository secret for each chart repository.",
    selects: Selects::Repositories,
    kinds: REGISTRIES,
    settings: &[
        setting(Field::Namespace, "Namespace", "Where Argo CD runs.", "argocd"),
        setting(
            Field::ArgoProject,
            "Argo CD project",
            "Limits the repositories to one project. Empty means all.",
            "",
        ),
        setting(
            Field::Template,
            "What to write",
            "`repository` for one secret per repository, or `template` for one credential template per host and path, which every repository below it uses.",
            "repository",
        ),
    ],
    carriers: SECRETS,
};

pub(super) static FLUX: ConsumerFacts = ConsumerFacts {
    code: "flux",
    label: "Flux",
    summary: "HelmRepository objects with the secrets they refer to, and an OCIRepository for each chart that is named.",
    selects: Selects::Repositories,
    kinds: REGISTRIES,
    settings: &[
        setting(Field::Namespace, "Namespace", "Where the sources live.", "flux-system"),
        setting(
            Field::Charts,
            "Charts",
            "Charts of OCI repositories, separated by commas; each becomes an OCIRepository. Versions may follow, such as web@>=1.2.0 <2.0.0.",
            "",
        ),
    ],
    carriers: SECRETS,
};

pub(super) static KARGO: ConsumerFacts = ConsumerFacts {
    code: "kargo",
    label: "Kargo",
    summary: "Labelled secrets that Kargo finds by the URL of a repository.",
    selects: Selects::Credentials,
    kinds: &[CredentialKind::Registry, CredentialKind::Git],
    settings: &[setting(
        Field::Namespace,
        "Namespace",
        "The namespace of the Kargo project, or one for global credentials, which every project may use.",
        "",
    )],
    carriers: SECRETS,
};

pub(super) static KYMA: ConsumerFacts = ConsumerFacts {
    code: "kyma",
    label: "Kyma",
    summary: "A registry secret that the lifecycle manager finds by its label.",
    selects: Selects::Credentials,
    kinds: REGISTRIES,
    settings: &[
        setting(
            Field::Namespace,
            "Namespace",
            "Where the lifecycle manager looks for registry secrets.",
            "kcp-system",
        ),
        SECRET_NAME,
        setting(
            Field::Label,
            "Label value",
            "The value of operator.kyma-project.io/oci-registry-cred that the ModuleTemplate selects.",
            "",
        ),
        setting(
            Field::Registry,
            "Registry",
            "The host of the one registry in the secret, such as ghcr.io. Empty takes the first of the credentials.",
            "",
        ),
    ],
    carriers: SECRETS,
};

pub(super) static CARVEL: ConsumerFacts = ConsumerFacts {
    code: "carvel",
    label: "Carvel",
    summary: "A secret, its SecretExport, and placeholders that secretgen-controller fills.",
    selects: Selects::Credentials,
    kinds: REGISTRIES,
    settings: &[
        NAMESPACE,
        SECRET_NAME,
        setting(
            Field::ToNamespaces,
            "Export to namespaces",
            "Names, separated by commas, or * for all of them. Whoever reads secrets there can read these credentials.",
            "",
        ),
        setting(
            Field::Package,
            "Package repository",
            "The address of a package repository bundle, for which a PackageRepository is written.",
            "",
        ),
        setting(
            Field::Packages,
            "Packages to install",
            "Names of packages, separated by commas; each becomes a PackageInstall. Versions may follow, such as prometheus.example.com@2.x.",
            "",
        ),
        setting(
            Field::ServiceAccount,
            "Service account for packages",
            "The one in the same namespace that installs them; it needs the rights to all that the packages create.",
            "",
        ),
    ],
    carriers: SECRETS,
};

pub(super) static HELM: ConsumerFacts = ConsumerFacts {
    code: "helm",
    label: "Helm",
    summary: "A repositories.yaml with names and addresses; people log in by themselves.",
    selects: Selects::Repositories,
    kinds: REGISTRIES,
    settings: &[],
    carriers: &[Carrier::None],
};

pub(super) static BY_EXTERNAL_SECRET: CarrierFacts = CarrierFacts {
    code: "external_secret",
    label: "External Secrets Operator",
    summary: "An ExternalSecret that points at the Vault path; no value leaves Vault through Git.",
    settings: &[
        setting(
            Field::Store,
            "Secret store",
            "The name of the ClusterSecretStore or SecretStore that reads this Vault.",
            "hawser",
        ),
        setting(
            Field::StoreKind,
            "Kind of store",
            "`ClusterSecretStore` or `SecretStore`.",
            "ClusterSecretStore",
        ),
    ],
};

pub(super) static BY_VAULT_STATIC_SECRET: CarrierFacts = CarrierFacts {
    code: "vault_static_secret",
    label: "Vault Secrets Operator",
    summary: "A VaultStaticSecret that points at the Vault path; no value leaves Vault through Git.",
    settings: &[setting(
        Field::Store,
        "VaultAuth",
        "The name of the VaultAuth object, perhaps with its namespace: namespace/name.",
        "hawser",
    )],
};

pub(super) static BY_SOPS: CarrierFacts = CarrierFacts {
    code: "sops",
    label: "SOPS (age)",
    summary: "A Secret that only the cluster can decrypt, for clusters that run neither operator.",
    settings: &[setting(
        Field::Recipients,
        "age recipients",
        "Public keys (age1…), one on a line. An owner sets them: whoever holds a matching key reads the secrets.",
        "",
    )],
};

pub(super) static BY_NONE: CarrierFacts = CarrierFacts {
    code: "none",
    label: "No secret",
    summary: "Nothing secret is written.",
    settings: &[],
};

const fn setting(
    field: Field,
    label: &'static str,
    hint: &'static str,
    usual: &'static str,
) -> Setting {
    Setting { field, label, hint, usual }
}

const NAMESPACE: Setting = setting(
    Field::Namespace,
    "Namespace",
    "Where the objects live. A secret has to be in the namespace of what uses it.",
    "default",
);
const SECRET_NAME: Setting = setting(
    Field::SecretName,
    "Secret name",
    "The name of the Kubernetes secret. Empty takes the name of the export.",
    "",
);

const REGISTRIES: &[CredentialKind] = &[CredentialKind::Registry];
const SECRETS: &[Carrier] = &[Carrier::ExternalSecret, Carrier::VaultStaticSecret, Carrier::Sops];
