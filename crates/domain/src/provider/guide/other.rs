//! Registries that the catalogue does not know, and those behind client certificates.

use super::{Access, Guide, GuideStep, run, say};

const CERTIFICATE: GuideStep = run(
    "Make a private key and a request. Give the request to whoever runs the registry, never the key:",
    "openssl req -new -newkey rsa:3072 -noenc -keyout hawser.key -out hawser.csr -subj /CN=hawser",
);
const CERTIFICATE_NOTE: &str =
    "The key may not have a passphrase, because nobody is there to type it.";

pub(super) const fn certificate(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "A client certificate with read access",
            steps: const {
                &[
                    CERTIFICATE,
                    say(
                        "Paste the signed certificate with its chain, and the private key. Read access is enough.",
                    ),
                ]
            },
            note: CERTIFICATE_NOTE,
        },
        Access::Push => Guide {
            grants: "A client certificate with write access",
            steps: const {
                &[
                    CERTIFICATE,
                    say(
                        "Paste the signed certificate with its chain, and the private key. Ask for write access to what it publishes to.",
                    ),
                ]
            },
            note: CERTIFICATE_NOTE,
        },
    }
}

pub(super) const fn generic(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "Read access to the charts",
            steps: const {
                &[
                    say(
                        "Create an account for Hawser alone, or an access token, with read access at the registry.",
                    ),
                    say("Prefer a token that can be revoked on its own to a person's password."),
                ]
            },
            note: "Every registry that Docker or Helm can sign in to works with its user name and password.",
        },
        Access::Push => Guide {
            grants: "Read and write access to the charts",
            steps: const {
                &[
                    say(
                        "Create an account for Hawser alone, or an access token, with write access to the repositories that it publishes to.",
                    ),
                    say("Prefer a token that can be revoked on its own to a person's password."),
                ]
            },
            note: "Every registry that Docker or Helm can sign in to works with its user name and password.",
        },
    }
}
