//! Guides: how to make a credential at its provider, step by step, for each way to authenticate.
//!
//! Reading comes first and is enough for Hawser; pushing is an explicit choice. Sources: the product
//! manual (F30 to F48) and each provider's own pages.

mod amazon;
mod azure;
mod git;
mod github;
mod google;
mod kubernetes;
mod other;
mod registries;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{AuthMethod, Provider};

/// What a credential is made for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Access {
    /// Pulling charts and cloning. All that Hawser itself needs.
    #[default]
    Read,
    /// Publishing and committing too.
    Push,
}

spelled!(Access);

impl Access {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "Read only",
            Self::Push => "Read and push",
        }
    }
}

/// A page of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// For people.
    pub label: &'static str,
    /// An `https` address.
    pub href: &'static str,
}

/// One step of a guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuideStep {
    /// What to do; whole sentences.
    pub text: &'static str,
    /// Where to do it.
    pub link: Option<Link>,
    /// The same as a command line, or a document to paste; empty when there is none. Words in
    /// capitals are to be replaced. It never holds a secret.
    pub command: &'static str,
}

/// How to make a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guide {
    /// The exact scope, role or permission that it needs.
    pub grants: &'static str,
    /// What to do, in order.
    pub steps: &'static [GuideStep],
    /// What is good to know; may be empty.
    pub note: &'static str,
}

impl Guide {
    /// Stands in texts and commands for the name of the AWS role that a fixed rule gives.
    pub const ROLE: &'static str = "{role}";
    /// Stands for the external id of the organization.
    pub const EXTERNAL_ID: &'static str = "{external_id}";
    /// Stands for the name of the Google service account that a fixed rule gives.
    pub const SERVICE_ACCOUNT: &'static str = "{service_account}";
}

impl Provider {
    /// What `access` is called there: Hawser always writes to clusters, to one namespace or to all.
    #[must_use]
    pub const fn access_label(self, access: Access) -> &'static str {
        match (self, access) {
            (Self::Kubernetes, Access::Read) => "One namespace",
            (Self::Kubernetes, Access::Push) => "Every namespace",
            _ => access.label(),
        }
    }

    /// How to make a credential of `shape` there. An auth method that the provider does not have is
    /// answered with the guide of its recommended one.
    #[must_use]
    pub const fn guide(self, shape: AuthMethod, access: Access) -> Guide {
        match (self, shape) {
            (Self::Ghcr, AuthMethod::GithubApp) => github::registry_app(access),
            (Self::Ghcr, _) => github::registry_token(access),
            (Self::GoogleArtifactRegistry, AuthMethod::GoogleWorkload) => google::workload(access),
            (Self::GoogleArtifactRegistry, AuthMethod::GoogleKeyBase64) => {
                google::key_base64(access)
            }
            (Self::GoogleArtifactRegistry, AuthMethod::GoogleKey) => google::key(access),
            (Self::GoogleArtifactRegistry, _) => google::exchanged_key(access),
            (Self::AmazonEcr, AuthMethod::EcrRole) => amazon::role(access),
            (Self::AmazonEcr, AuthMethod::Password) => amazon::pasted(access),
            (Self::AmazonEcr, _) => amazon::access_key(access),
            (Self::AmazonEcrPublic, AuthMethod::Password) => amazon::public_pasted(access),
            (Self::AmazonEcrPublic, _) => amazon::public_access_key(access),
            (Self::AzureAcr, AuthMethod::AcrToken) => azure::token(access),
            (Self::AzureAcr, AuthMethod::AcrServicePrincipal) => azure::service_principal(access),
            (Self::AzureAcr, _) => azure::entra(access),
            (Self::DockerHub, _) => registries::docker_hub(access),
            (Self::Harbor, _) => registries::harbor(access),
            (Self::Jfrog, _) => registries::jfrog(access),
            (Self::GitlabRegistry, _) => registries::gitlab(access),
            (Self::Quay, _) => registries::quay(access),
            (Self::Chainguard, _) => registries::chainguard(access),
            (Self::GenericRegistry, AuthMethod::ClientCertificate) => other::certificate(access),
            (Self::GenericRegistry, _) => other::generic(access),
            (Self::Github, AuthMethod::Password) => github::git_token(access),
            (Self::Github, _) => github::git_app(access),
            (Self::Gitlab, _) => git::gitlab(access),
            (Self::Bitbucket, _) => git::bitbucket(access),
            (Self::GenericGit, _) => git::generic(access),
            (Self::Kubernetes, _) => kubernetes::kubeconfig(access),
        }
    }
}

/// A step in words.
const fn say(text: &'static str) -> GuideStep {
    GuideStep { text, link: None, command: "" }
}

/// A step on a page of the provider.
const fn open(text: &'static str, label: &'static str, href: &'static str) -> GuideStep {
    GuideStep { text, link: Some(Link { label, href }), command: "" }
}

/// A step as a command line.
const fn run(text: &'static str, command: &'static str) -> GuideStep {
    GuideStep { text, link: None, command }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> impl Iterator<Item = (Provider, AuthMethod, Access, Guide)> {
        Provider::ALL.into_iter().flat_map(|provider| {
            provider.facts().shapes.iter().flat_map(move |shape| {
                Access::ALL.map(|access| (provider, *shape, access, provider.guide(*shape, access)))
            })
        })
    }

    #[test]
    fn every_provider_and_shape_has_a_guide_that_leads_to_the_provider() {
        let mut count = 0;
        for (provider, shape, access, guide) in every() {
            let what = format!("{provider:?} {shape:?} {access:?}");
            assert!(guide.steps.len() >= 2, "{what}");
            assert!(!guide.grants.is_empty(), "{what}");
            for step in guide.steps {
                assert!(step.text.ends_with(['.', ':']), "{what}: {}", step.text);
                if let Some(link) = step.link {
                    assert!(link.href.starts_with("https://"), "{what}: {}", link.href);
                    assert!(!link.href.contains([' ', '"', '{']), "{what}: {}", link.href);
                    assert!(!link.label.is_empty(), "{what}");
                }
            }
            count += 1;
        }
        assert!(count >= 50, "{count}");
    }

    #[test]
    fn pushing_asks_for_more_than_reading() {
        for (provider, shape, _, read) in
            every().filter(|(_, _, access, _)| *access == Access::Read)
        {
            let push = provider.guide(shape, Access::Push);
            assert_ne!(read, push, "{provider:?} {shape:?}");
            assert_ne!(read.grants, push.grants, "{provider:?} {shape:?}");
        }
    }

    #[test]
    fn reading_never_names_a_right_to_write() {
        let writes =
            ["write:packages", "PutImage", "PowerUser", "AcrPush", "artifactregistry.writer"];
        for (provider, shape, _, guide) in
            every().filter(|(_, _, access, _)| *access == Access::Read)
        {
            let said = guide.steps.iter().map(|step| format!("{} {}", step.text, step.command));
            let said = said.chain([guide.grants.to_owned()]).collect::<String>();
            for right in writes {
                assert!(!said.contains(right), "{provider:?} {shape:?} names {right}");
            }
        }
    }

    #[test]
    fn commands_hold_no_secret_and_keep_dollar_signs_from_the_shell() {
        for (provider, shape, _, guide) in every() {
            for step in guide.steps {
                let command = step.command;
                for option in ["--password ", "--password=", "-p ", "--secret ", "--token "] {
                    assert!(!command.contains(option), "{provider:?} {shape:?}: {command}");
                }
                for (at, _) in command.match_indices('$') {
                    let quotes = command[..at].matches('\'').count();
                    assert!(quotes % 2 == 1, "{provider:?} {shape:?}: {command}");
                }
            }
        }
    }

    #[test]
    fn documents_in_commands_are_json() {
        let mut documents = 0;
        for (provider, _, _, guide) in every() {
            for step in guide.steps {
                for part in step.command.split('\'').filter(|part| part.starts_with("{\n")) {
                    let value: Result<serde_json::Value, _> = serde_json::from_str(part);
                    assert!(value.is_ok(), "{provider:?}: {part}");
                    documents += 1;
                }
            }
        }
        assert!(documents >= 6, "{documents}");
    }
}
