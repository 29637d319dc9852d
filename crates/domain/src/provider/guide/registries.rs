//! Registries whose credentials are a user name and a token.

use super::{Access, Guide, GuideStep, open, run, say};

const HUB: GuideStep = say(
    "Username is your Docker Hub user name, or the name of the organization for its tokens. Password is the token (dckr_pat_… or dckr_oat_…), not your password.",
);
const HUB_NOTE: &str = "Signed-in accounts have higher pull limits. In Docker's own files the address is index.docker.io; Hawser treats all names of Docker Hub as one.";

pub(super) const fn docker_hub(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Read",
            steps: const {
                &[
                    open(
                        "Open Account settings → Personal access tokens → Generate new token, and choose the permission Read.",
                        "New access token",
                        "https://app.docker.com/settings/personal-access-tokens/create",
                    ),
                    HUB,
                ]
            },
            note: HUB_NOTE,
        },
        Access::Push => Guide {
            grants: "Read & Write",
            steps: const {
                &[
                    open(
                        "Open Account settings → Personal access tokens → Generate new token, and choose the permission Read & Write.",
                        "New access token",
                        "https://app.docker.com/settings/personal-access-tokens/create",
                    ),
                    HUB,
                ]
            },
            note: HUB_NOTE,
        },
    }
}

const ROBOT: GuideStep = open(
    "Open the project in your Harbor → Robot Accounts → New Robot Account, and choose an expiration.",
    "How Harbor describes it",
    "https://goharbor.io/docs/latest/working-with-projects/project-configuration/create-robot-accounts/",
);
const ROBOT_NAME: GuideStep = say(
    "Username is the full name as Harbor shows it, such as robot$PROJECT+NAME. Password is the secret, which is shown once.",
);
const ROBOT_TRY: GuideStep = run(
    "To try it in a shell, keep the name in single quotes, or the shell swallows the part after $:",
    "helm registry login harbor.example.com --username 'robot$PROJECT+NAME' --password-stdin",
);
const ROBOT_NOTE: &str =
    "The prefix robot$ can be configured (robot_name_prefix), so your Harbor may show another one.";

pub(super) const fn harbor(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Repository: Pull and List; Artifact: List and Read",
            steps: const {
                &[
                    ROBOT,
                    say(
                        "Under Repository tick Pull and List, under Artifact tick List and Read. Nothing else.",
                    ),
                    ROBOT_NAME,
                    ROBOT_TRY,
                ]
            },
            note: ROBOT_NOTE,
        },
        Access::Push => Guide {
            grants: "Repository: Pull, Push and List; Artifact: List and Read",
            steps: const {
                &[
                    ROBOT,
                    say(
                        "Under Repository tick Pull, Push and List, under Artifact tick List and Read. Nothing else.",
                    ),
                    ROBOT_NAME,
                    ROBOT_TRY,
                ]
            },
            note: ROBOT_NOTE,
        },
    }
}

const JFROG: GuideStep = open(
    "Open your profile in Artifactory → Edit Profile → Generate an Identity Token. An admin can make an access token with a narrower scope under Administration → User Management → Access Tokens.",
    "How JFrog describes it",
    "https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens",
);
const JFROG_NOTE: &str = "Artifactory 7.98 removed API keys. Use an identity token.";

pub(super) const fn jfrog(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Read on the repository",
            steps: const {
                &[
                    JFROG,
                    say(
                        "Let the account have Read on the repository and nothing else: Administration → User Management → Permissions.",
                    ),
                    say("Username is the Artifactory user name, Password is the token."),
                ]
            },
            note: JFROG_NOTE,
        },
        Access::Push => Guide {
            grants: "Read and Deploy/Cache on the repository",
            steps: const {
                &[
                    JFROG,
                    say(
                        "Let the account have Read and Deploy/Cache on the repository: Administration → User Management → Permissions.",
                    ),
                    say("Username is the Artifactory user name, Password is the token."),
                ]
            },
            note: JFROG_NOTE,
        },
    }
}

const GITLAB_NAME: GuideStep = say(
    "Username is the one that GitLab shows, such as gitlab+deploy-token-NUMBER. Password is the token, which is shown once.",
);
const GITLAB_NOTE: &str = "A deploy token ends at midnight UTC of its day: type it under Matching and expiry. On your own GitLab the same pages are found under its own address.";

pub(super) const fn gitlab(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "read_registry",
            steps: const {
                &[
                    say(
                        "Open the project or group → Settings → Repository → Deploy tokens → Add token. Tick read_registry, and read_package_registry for Helm over HTTP.",
                    ),
                    GITLAB_NAME,
                    open(
                        "Or make a personal token; the scope is chosen already. Username is your user name then.",
                        "New personal token",
                        "https://gitlab.com/-/user_settings/personal_access_tokens?name=Hawser&scopes=read_registry",
                    ),
                ]
            },
            note: GITLAB_NOTE,
        },
        Access::Push => Guide {
            grants: "read_registry and write_registry",
            steps: const {
                &[
                    say(
                        "Open the project or group → Settings → Repository → Deploy tokens → Add token. Tick read_registry and write_registry.",
                    ),
                    GITLAB_NAME,
                    open(
                        "Or make a personal token; the scopes are chosen already. Username is your user name then.",
                        "New personal token",
                        "https://gitlab.com/-/user_settings/personal_access_tokens?name=Hawser&scopes=read_registry,write_registry",
                    ),
                ]
            },
            note: GITLAB_NOTE,
        },
    }
}

const QUAY: GuideStep = open(
    "Open the organization → Robot Accounts → Create Robot Account.",
    "Organizations at quay.io",
    "https://quay.io/organizations/",
);

pub(super) const fn quay(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Read on the repositories",
            steps: const {
                &[
                    QUAY,
                    say("Give it Read on the repositories that Hawser needs."),
                    say("Username is ORGANIZATION+ROBOT, Password is the token of the robot."),
                ]
            },
            note: "",
        },
        Access::Push => Guide {
            grants: "Write on the repositories",
            steps: const {
                &[
                    QUAY,
                    say("Give it Write on the repositories that it publishes to."),
                    say("Username is ORGANIZATION+ROBOT, Password is the token of the robot."),
                ]
            },
            note: "",
        },
    }
}

const PULL_TOKEN: GuideStep = GuideStep {
    text: "Create a pull token, in the console or with the command line:",
    link: Some(super::Link { label: "Console", href: "https://console.chainguard.dev/" }),
    command: "chainctl auth pull-token create --name=hawser --ttl=720h",
};
const PULL_TOKEN_FIELDS: GuideStep = say(
    "It prints a docker login command. Username is the identity id after --username, Password is the long token after --password.",
);
const PULL_TOKEN_NOTE: &str = "It expires: after 30 days unless --ttl says otherwise, and your plan limits how long that may be. Hawser reads the day from the token. Images under cgr.dev/chainguard are public.";

pub(super) const fn chainguard(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "registry.pull",
            steps: const { &[PULL_TOKEN, PULL_TOKEN_FIELDS] },
            note: PULL_TOKEN_NOTE,
        },
        Access::Push => Guide {
            grants: "Pull tokens cannot push",
            steps: const {
                &[
                    say(
                        "A pull token only pulls. To publish, use the credential helper of chainctl on your own machine:",
                    ),
                    run(
                        "It needs the role registry.push, which an owner of the organization grants:",
                        "chainctl auth configure-docker",
                    ),
                    PULL_TOKEN,
                    PULL_TOKEN_FIELDS,
                ]
            },
            note: PULL_TOKEN_NOTE,
        },
    }
}
