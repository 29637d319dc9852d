//! GitHub: the container registry and Git repositories.

use super::{Access, Guide, GuideStep, open, say};

const SSO: GuideStep = say(
    "If the organization uses single sign-on, choose Configure SSO beside the new token and authorize it.",
);
const COPY: GuideStep =
    say("Copy the token; GitHub shows it once. Username is your GitHub user name.");
const INSTALL: GuideStep = say(
    "Choose Install App, then Only select repositories. The number at the end of the address of the installation is the Installation ID.",
);
const KEY: GuideStep = say(
    "On the page of the app copy the App ID, and choose Generate a private key: GitHub downloads a .pem file.",
);
const CLASSIC: &str =
    "GHCR takes classic tokens (ghp_…) only. Fine-grained ones (github_pat_…) are refused.";
const APPS: &str = "Hawser asks for a token of an hour whenever it needs one. GitHub does not say clearly which packages an app may pull, so press Test connection before you rely on it.";
const GIT_APPS: &str = "Hawser asks for a token of an hour whenever it needs one; it opens the named repositories and nothing else.";

pub(super) const fn registry_token(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "read:packages",
            steps: const {
                &[
                    open(
                        "Open the form for a classic token; the scope read:packages is chosen already.",
                        "New classic token",
                        "https://github.com/settings/tokens/new?scopes=read:packages&description=Hawser",
                    ),
                    say(
                        "Choose an expiration, and Generate token. Leave every other scope unticked.",
                    ),
                    SSO,
                    COPY,
                ]
            },
            note: CLASSIC,
        },
        Access::Push => Guide {
            grants: "read:packages and write:packages",
            steps: const {
                &[
                    open(
                        "Open the form for a classic token; read:packages and write:packages are chosen already.",
                        "New classic token",
                        "https://github.com/settings/tokens/new?scopes=read:packages,write:packages&description=Hawser+push",
                    ),
                    say("Choose an expiration, and Generate token."),
                    SSO,
                    COPY,
                ]
            },
            note: CLASSIC,
        },
    }
}

pub(super) const fn registry_app(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Repository permissions → Packages: Read-only",
            steps: const {
                &[
                    open(
                        "Register an app with the permission Packages: Read-only and without a webhook.",
                        "New GitHub App",
                        "https://github.com/settings/apps/new?description=Hawser&url=https://github.com&public=false&webhook_active=false&packages=read",
                    ),
                    KEY,
                    INSTALL,
                ]
            },
            note: APPS,
        },
        Access::Push => Guide {
            grants: "Repository permissions → Packages: Read and write",
            steps: const {
                &[
                    open(
                        "Register an app with the permission Packages: Read and write and without a webhook.",
                        "New GitHub App",
                        "https://github.com/settings/apps/new?description=Hawser+push&url=https://github.com&public=false&webhook_active=false&packages=write",
                    ),
                    KEY,
                    INSTALL,
                ]
            },
            note: APPS,
        },
    }
}

pub(super) const fn git_token(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Contents: Read-only",
            steps: const {
                &[
                    open(
                        "Open the form for a fine-grained token; Contents: Read-only is chosen already.",
                        "New fine-grained token",
                        "https://github.com/settings/personal-access-tokens/new?name=Hawser&description=Hawser&contents=read",
                    ),
                    say("Choose the owner, Only select repositories, and an expiration."),
                    COPY,
                ]
            },
            note: "An owner of the organization may have to approve the token first.",
        },
        Access::Push => Guide {
            grants: "Contents: Read and write",
            steps: const {
                &[
                    open(
                        "Open the form for a fine-grained token; Contents: Read and write is chosen already.",
                        "New fine-grained token",
                        "https://github.com/settings/personal-access-tokens/new?name=Hawser+push&description=Hawser&contents=write",
                    ),
                    say(
                        "Choose the owner, Only select repositories, and an expiration. Files under .github/workflows need Workflows: Read and write too.",
                    ),
                    COPY,
                ]
            },
            note: "An owner of the organization may have to approve the token first.",
        },
    }
}

pub(super) const fn git_app(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Repository permissions → Contents: Read-only",
            steps: const {
                &[
                    open(
                        "Register an app with the permission Contents: Read-only and without a webhook.",
                        "New GitHub App",
                        "https://github.com/settings/apps/new?description=Hawser&url=https://github.com&public=false&webhook_active=false&contents=read",
                    ),
                    KEY,
                    INSTALL,
                ]
            },
            note: GIT_APPS,
        },
        Access::Push => Guide {
            grants: "Repository permissions → Contents: Read and write",
            steps: const {
                &[
                    open(
                        "Register an app with the permission Contents: Read and write and without a webhook.",
                        "New GitHub App",
                        "https://github.com/settings/apps/new?description=Hawser+push&url=https://github.com&public=false&webhook_active=false&contents=write",
                    ),
                    KEY,
                    INSTALL,
                ]
            },
            note: GIT_APPS,
        },
    }
}
