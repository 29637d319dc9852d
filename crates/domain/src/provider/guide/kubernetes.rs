//! Kubernetes: a service account that may write what exports hold, and nothing else.
//!
//! Listing is not among the verbs: Hawser asks for the objects it made by name, and whoever may list
//! secrets reads all of a namespace.

use super::{Access, Guide, open, run, say};

const ACCOUNT: &str = r#"kubectl create namespace hawser
echo '{
  "apiVersion": "v1",
  "kind": "List",
  "items": [
    {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "hawser", "namespace": "hawser"}},
    {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
     "metadata": {"name": "hawser", "namespace": "hawser",
       "annotations": {"kubernetes.io/service-account.name": "hawser"}}}
  ]
}' | kubectl apply --filename -"#;

const ONE_NAMESPACE: &str = r#"echo '{
  "apiVersion": "v1",
  "kind": "List",
  "items": [
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
     "metadata": {"name": "hawser", "namespace": "NAMESPACE"},
     "rules": [
       {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch", "delete"]},
       {"apiGroups": ["external-secrets.io", "generators.external-secrets.io", "secrets.hashicorp.com",
          "source.toolkit.fluxcd.io", "secretgen.carvel.dev", "packaging.carvel.dev"],
        "resources": ["*"], "verbs": ["get", "create", "patch", "delete"]}]},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
     "metadata": {"name": "hawser", "namespace": "NAMESPACE"},
     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "hawser"},
     "subjects": [{"kind": "ServiceAccount", "name": "hawser", "namespace": "hawser"}]}
  ]
}' | kubectl apply --filename -"#;

const ALL_NAMESPACES: &str = r#"echo '{
  "apiVersion": "v1",
  "kind": "List",
  "items": [
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
     "metadata": {"name": "hawser"},
     "rules": [
       {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch", "delete"]},
       {"apiGroups": ["external-secrets.io", "generators.external-secrets.io", "secrets.hashicorp.com",
          "source.toolkit.fluxcd.io", "secretgen.carvel.dev", "packaging.carvel.dev"],
        "resources": ["*"], "verbs": ["get", "create", "patch", "delete"]}]},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
     "metadata": {"name": "hawser"},
     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "hawser"},
     "subjects": [{"kind": "ServiceAccount", "name": "hawser", "namespace": "hawser"}]}
  ]
}' | kubectl apply --filename -"#;

const KUBECONFIG: &str = r#"kubectl get secret hawser --namespace hawser --output go-template='apiVersion: v1
kind: Config
current-context: hawser
clusters:
- name: cluster
  cluster:
    server: https://API_SERVER
    certificate-authority-data: {{index .data "ca.crt"}}
contexts:
- name: hawser
  context: {cluster: cluster, user: hawser}
users:
- name: hawser
  user:
    token: {{base64decode .data.token}}
'"#;

const NOTE: &str = "The token has no end; deleting the secret hawser in the namespace hawser ends it. A client certificate works as well. The operator of Hawser turns clusters on (HAWSER_CLUSTERS), and allows an API server with a private address (HAWSER_OUTBOUND_ALLOW).";

pub(super) const fn kubeconfig(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "A Role in one namespace: get, create, patch and delete of secrets and of the objects that exports hold",
            steps: const {
                &[
                    run("Make a service account for Hawser alone, with a token:", ACCOUNT),
                    run(
                        "Let it write in the namespace of your exports; replace NAMESPACE, and repeat it for another one:",
                        ONE_NAMESPACE,
                    ),
                    run(
                        "Print the kubeconfig; replace API_SERVER by the host and port that kubectl cluster-info names:",
                        KUBECONFIG,
                    ),
                    say("Paste all that it prints as Kubeconfig."),
                    SERVICE_ACCOUNTS,
                ]
            },
            note: NOTE,
        },
        Access::Push => Guide {
            grants: "A ClusterRole: get, create, patch and delete of secrets and of the objects that exports hold, in every namespace",
            steps: const {
                &[
                    run("Make a service account for Hawser alone, with a token:", ACCOUNT),
                    run("Let it write in every namespace:", ALL_NAMESPACES),
                    run(
                        "Print the kubeconfig; replace API_SERVER by the host and port that kubectl cluster-info names:",
                        KUBECONFIG,
                    ),
                    say("Paste all that it prints as Kubeconfig."),
                    SERVICE_ACCOUNTS,
                ]
            },
            note: NOTE,
        },
    }
}

const SERVICE_ACCOUNTS: super::GuideStep = open(
    "Read what the rights of a service account are made of.",
    "Role-based access control",
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
);
