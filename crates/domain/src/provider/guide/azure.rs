//! Azure Container Registry.

use super::{Access, Guide, GuideStep, Link, run, say};

const REGISTRY: GuideStep =
    run("Find the id of the registry:", "az acr show --name REGISTRY --query id --output tsv");
const PULL: GuideStep = GuideStep {
    text: "Create a service principal that may pull. It prints appId, password and tenant once.",
    link: Some(Link {
        label: "App registrations",
        href: "https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
    }),
    command: "az ad sp create-for-rbac --name hawser-pull --role AcrPull --scopes REGISTRY_ID",
};
const PUSH: GuideStep = GuideStep {
    text: "Create a service principal that may pull and push. It prints appId, password and tenant once.",
    link: Some(Link {
        label: "App registrations",
        href: "https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
    }),
    command: "az ad sp create-for-rbac --name hawser-push --role AcrPush --scopes REGISTRY_ID",
};
const ENTRA_FIELDS: GuideStep =
    say("Tenant is tenant, Client ID is appId, Client secret is password.");
const BASIC_FIELDS: GuideStep = say("Username is appId, Password is password.");
const EXPIRES: &str = "The secret lives for a year unless you say --years. Type the day under Matching and expiry, and Hawser reminds you in time. For registries of Azure in China (azurecr.cn) or of Azure Government (azurecr.us), say az cloud set --name AzureChinaCloud or AzureUSGovernment first.";

pub(super) const fn entra(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "AcrPull",
            steps: const { &[REGISTRY, PULL, ENTRA_FIELDS] },
            note: EXPIRES,
        },
        Access::Push => Guide {
            grants: "AcrPush",
            steps: const { &[REGISTRY, PUSH, ENTRA_FIELDS] },
            note: EXPIRES,
        },
    }
}

pub(super) const fn service_principal(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "AcrPull",
            steps: const { &[REGISTRY, PULL, BASIC_FIELDS] },
            note: EXPIRES,
        },
        Access::Push => Guide {
            grants: "AcrPush",
            steps: const { &[REGISTRY, PUSH, BASIC_FIELDS] },
            note: EXPIRES,
        },
    }
}

const TOKENS: Link = Link {
    label: "Container registries",
    href: "https://portal.azure.com/#browse/Microsoft.ContainerRegistry%2Fregistries",
};
const TOKEN_FIELDS: GuideStep = say(
    "Username is the name of the token, Password is one of the two passwords, which are shown once.",
);
const TOKEN_NOTE: &str = "Such a token cannot list the catalog, so type the chart names into the repository. Its passwords may have an expiry date: type it under Matching and expiry.";

pub(super) const fn token(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "content/read and metadata/read on the repositories",
            steps: const {
                &[
                    GuideStep {
                        text: "In the registry open Repository permissions → Tokens → Add, with a scope map that reads. Or:",
                        link: Some(TOKENS),
                        command: "az acr token create --name hawser-pull --registry REGISTRY --repository REPOSITORY content/read metadata/read",
                    },
                    TOKEN_FIELDS,
                ]
            },
            note: TOKEN_NOTE,
        },
        Access::Push => Guide {
            grants: "content/read, content/write and metadata/read on the repositories",
            steps: const {
                &[
                    GuideStep {
                        text: "In the registry open Repository permissions → Tokens → Add, with a scope map that reads and writes. Or:",
                        link: Some(TOKENS),
                        command: "az acr token create --name hawser-push --registry REGISTRY --repository REPOSITORY content/read content/write metadata/read",
                    },
                    TOKEN_FIELDS,
                ]
            },
            note: TOKEN_NOTE,
        },
    }
}
