//! Advice about user names.

use super::{
    super::{AuthMethod, Provider},
    Kind, Said, packed,
};

/// What the registry of Azure takes as user name of a token that was exchanged already.
const ACR_EXCHANGED: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn check(
    said: &mut Said,
    provider: Provider,
    shape: AuthMethod,
    username: &str,
    password: &str,
) {
    if let Some(kind) = Kind::of(username) {
        by_kind(said, shape, kind);
    }
    if username.is_empty() {
        return;
    }
    match (provider, shape) {
        (Provider::Harbor, _) => harbor(said, username),
        (Provider::Quay, _) if !username.contains('+') && !username.starts_with('$') => said.caution(
            "The name of a robot account looks like organization+robot. The password of a person opens more than Hawser needs.",
        ),
        (Provider::DockerHub, _) if username.contains('@') => {
            said.caution("Docker Hub wants the user name here, not the e-mail address.");
        }
        (Provider::Gitlab | Provider::GitlabRegistry, _) => gitlab(said, username, password),
        (Provider::AzureAcr, _) if username == ACR_EXCHANGED => said.cannot(
            "This user name belongs to tokens of az acr login, which die within three hours. Use a service principal or a repository-scoped token.",
        ),
        (Provider::AzureAcr, AuthMethod::AcrEntra | AuthMethod::AcrServicePrincipal)
            if !packed::is_uuid(username) =>
        {
            said.caution("An appId looks like 72f988bf-86f1-41af-91ab-2d7cd011db47. For the name of a token choose Repository-scoped token.");
        }
        (Provider::Chainguard, _) if !username.contains('/') => said.caution(
            "An identity id has two parts with a slash between them, as chainctl prints it after --username.",
        ),
        (Provider::AmazonEcr | Provider::AmazonEcrPublic, AuthMethod::Password)
            if username != "AWS" && Kind::of(username).is_none() =>
        {
            said.caution("The user name of an ECR token is always AWS.");
        }
        _ => {}
    }
}

fn by_kind(said: &mut Said, shape: AuthMethod, kind: Kind) {
    let takes_key_id = matches!(shape, AuthMethod::EcrAccessKey | AuthMethod::EcrPublicAccessKey);
    match kind {
        Kind::AwsKeyId if takes_key_id => said.recognized(kind.label()),
        Kind::AwsKeyId => {
            said.cannot("This is the id of an access key (AKIA…). Choose Access key above for it.");
        }
        Kind::AwsTemporaryKeyId => said.cannot(
            "This is the id of a temporary key (ASIA…), which dies within hours. Make a key that begins with AKIA.",
        ),
        _ => said.caution(
            "The user name looks like a token. User names are shown to people; a token belongs into the field below.",
        ),
    }
}

fn harbor(said: &mut Said, username: &str) {
    let named = username.strip_prefix("robot$").is_some_and(|name| {
        let mut parts = name.split('+');
        parts.next().is_some_and(|part| !part.is_empty()) && !name.ends_with('+')
    });
    if named {
        said.recognized(if username.contains('+') {
            "A robot account of one project."
        } else {
            "A robot account of the whole Harbor."
        });
    } else if username.starts_with("robot") {
        said.caution(
            "A robot's full name looks like robot$project+name or robot$name. Perhaps a shell swallowed the part after $: copy it from Harbor.",
        );
    } else {
        said.caution(
            "A robot's full name looks like robot$project+name or robot$name, unless your Harbor has another prefix (robot_name_prefix). Prefer a robot to a person's account.",
        );
    }
}

fn gitlab(said: &mut Said, username: &str, password: &str) {
    let deploys = username.starts_with("gitlab+deploy-token-");
    match Kind::of(password) {
        Some(Kind::GitlabDeploy) if !deploys => said.caution(
            "A deploy token has a user name of its own, such as gitlab+deploy-token-1, unless you gave it another one.",
        ),
        Some(Kind::GitlabPersonal) if deploys => said.caution(
            "This user name belongs to a deploy token (gldt-…), and the token is of another kind.",
        ),
        _ => {}
    }
}
