//! Git hosts other than GitHub.

use super::{Access, Guide, open, say};

pub(super) const fn gitlab(access: Access) -> Guide {
    const NOTE: &str = "On your own GitLab the same pages are found under its own address. A token ends at midnight UTC of its day: type it under Matching and expiry.";
    match access {
        Access::Read => Guide {
            grants: "read_repository, with the role Reporter",
            steps: const {
                &[
                    say(
                        "Open the project → Settings → Access tokens → Add new token, choose the role Reporter and the scope read_repository.",
                    ),
                    open(
                        "Or make a personal token; the scope is chosen already. It opens everything that you may read.",
                        "New personal token",
                        "https://gitlab.com/-/user_settings/personal_access_tokens?name=Hawser&scopes=read_repository",
                    ),
                    say(
                        "Username is the name of the token or oauth2, Password is the token (glpat-…).",
                    ),
                ]
            },
            note: NOTE,
        },
        Access::Push => Guide {
            grants: "write_repository, with the role Developer",
            steps: const {
                &[
                    say(
                        "Open the project → Settings → Access tokens → Add new token, choose the role Developer and the scope write_repository.",
                    ),
                    open(
                        "Or make a personal token; the scope is chosen already. It opens everything that you may change.",
                        "New personal token",
                        "https://gitlab.com/-/user_settings/personal_access_tokens?name=Hawser&scopes=write_repository",
                    ),
                    say(
                        "Username is the name of the token or oauth2, Password is the token (glpat-…).",
                    ),
                ]
            },
            note: NOTE,
        },
    }
}

pub(super) const fn bitbucket(access: Access) -> Guide {
    const NOTE: &str = "Bitbucket retired app passwords; use an access token of the repository, project or workspace.";
    match access {
        Access::Read => Guide {
            grants: "Repositories: Read",
            steps: const {
                &[
                    open(
                        "Open the repository → Repository settings → Security → Access tokens → Create.",
                        "Your repositories",
                        "https://bitbucket.org/dashboard/repositories",
                    ),
                    say("Tick Repositories: Read and nothing else."),
                    say("Username is x-token-auth, Password is the token, which is shown once."),
                ]
            },
            note: NOTE,
        },
        Access::Push => Guide {
            grants: "Repositories: Write",
            steps: const {
                &[
                    open(
                        "Open the repository → Repository settings → Security → Access tokens → Create.",
                        "Your repositories",
                        "https://bitbucket.org/dashboard/repositories",
                    ),
                    say("Tick Repositories: Write, which includes reading."),
                    say("Username is x-token-auth, Password is the token, which is shown once."),
                ]
            },
            note: NOTE,
        },
    }
}

pub(super) const fn generic(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Read access to the repository over HTTPS",
            steps: const {
                &[
                    say(
                        "Create an account for Hawser alone, or an access token, that may read the repository.",
                    ),
                    say("Prefer a token that can be revoked on its own to a person's password."),
                ]
            },
            note: "",
        },
        Access::Push => Guide {
            grants: "Read and write access to the repository over HTTPS",
            steps: const {
                &[
                    say(
                        "Create an account for Hawser alone, or an access token, that may read the repository and push to one branch.",
                    ),
                    say("Prefer a token that can be revoked on its own to a person's password."),
                ]
            },
            note: "",
        },
    }
}
