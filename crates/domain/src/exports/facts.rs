//! What Hawser knows about each consumer and delivery method: names, and what they ask for.

use super::{CarrierFacts, ConsumerFacts, DeliveryMethod, Selects, Setting, SopsReader};
use crate::{CredentialKind, Field};

pub(super) static PULL_SECRET: ConsumerFacts = ConsumerFacts {
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
    help: &[
        "The secret has to lie in the namespace of the pods that pull with it: the kubelet reads none from another namespace.",
    ],
    sops: SopsReader::Another(BY_WHAT_APPLIES),
    carriers: SECRETS,
};

pub(super) static ARGO_CD: ConsumerFacts = ConsumerFacts {
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
    help: &[
        "The secrets have to lie in the namespace and in the cluster where Argo CD itself runs, whatever clusters it deploys to.",
    ],
    sops: SopsReader::Another(
        "Argo CD does not decrypt SOPS by itself. Its repo server needs KSOPS (a plugin of Kustomize) or helm-secrets, and the age key.",
    ),
    carriers: SECRETS,
};

pub(super) static FLUX: ConsumerFacts = ConsumerFacts {
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
    help: &[
        "The secrets have to lie in the namespace of the sources that name them, in the cluster whose source-controller reads those.",
    ],
    sops: SopsReader::Itself(
        "Flux decrypts it: the Kustomization that applies the folder needs spec.decryption with the provider sops, and a secret with the age key.",
    ),
    carriers: SECRETS,
};

pub(super) static KARGO: ConsumerFacts = ConsumerFacts {
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
    help: &[
        "The secrets have to lie in the namespace of the Kargo project, in the cluster of the control plane; those in a namespace of shared credentials serve every project.",
    ],
    sops: SopsReader::Another(BY_WHAT_APPLIES),
    carriers: SECRETS,
};

pub(super) static KYMA: ConsumerFacts = ConsumerFacts {
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
    help: &[
        "The secret has to lie in the cluster of the ModuleTemplate: in the runtime (SKR) when the template lies there, otherwise in the control plane (KCP).",
    ],
    sops: SopsReader::Another(BY_WHAT_APPLIES),
    carriers: SECRETS,
};

pub(super) static CARVEL: ConsumerFacts = ConsumerFacts {
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
    help: &[
        "The secret and its SecretExport lie in one namespace; placeholders lie in the namespaces that use it.",
        "Four things need the login: kapp-controller for the bundle of a package repository, kapp-controller for the contents of each package, the kubelet for the images of a package, and the kubelet for images that an operator in a package starts. Placeholders serve the last two; their authors put them into the package.",
        "Where the cluster comes from the cloud provider that also has the registry, no credential may be needed: kapp-controller 0.25 and newer, and the kubelet, take the login of the cloud by themselves.",
    ],
    sops: SopsReader::Another(BY_WHAT_APPLIES),
    carriers: SECRETS,
};

pub(super) static HELM: ConsumerFacts = ConsumerFacts {
    label: "Helm",
    summary: "A repositories.yaml with names and addresses; people log in by themselves.",
    selects: Selects::Repositories,
    kinds: REGISTRIES,
    settings: &[],
    help: &[],
    sops: SopsReader::Another(""),
    carriers: &[DeliveryMethod::None],
};

pub(super) static BY_EXTERNAL_SECRET: CarrierFacts = CarrierFacts {
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
    label: "SOPS (age)",
    summary: "A Secret, encrypted to the age key of the cluster, for clusters that run neither operator.",
    settings: &[setting(
        Field::Recipients,
        "age recipients",
        "Public keys (age1…), one on a line, or as age-keygen prints them. An owner sets them: whoever holds a matching key reads the secrets.",
        "",
    )],
};

pub(super) static BY_NONE: CarrierFacts =
    CarrierFacts { label: "No secret", summary: "Nothing secret is written.", settings: &[] };

const fn setting(
    field: Field,
    label: &'static str,
    hint: &'static str,
    usual: &'static str,
) -> Setting {
    Setting { field, label, hint, usual }
}

/// Of consumers that read the secret once it is in the cluster.
const BY_WHAT_APPLIES: &str = "Nothing in the cluster decrypts SOPS by itself: what applies the folder has to. Flux can (spec.decryption of a Kustomization), Argo CD needs KSOPS or helm-secrets, and by hand it is sops decrypt FILE | kubectl apply -f -.";

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
const SECRETS: &[DeliveryMethod] =
    &[DeliveryMethod::ExternalSecret, DeliveryMethod::VaultStaticSecret, DeliveryMethod::Sops];
