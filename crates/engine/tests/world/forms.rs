//! The forms people send, filled in.

use domain::{
    CredentialId, Secret,
    credentials::{CreateCredential, CredentialDetail, DeleteCredential, UpdateCredential},
    repositories::{EditRepository, RepositoryDetail},
};

/// A new credential.
pub fn new(name: &str, password: &str) -> CreateCredential {
    CreateCredential {
        provider: "generic_registry".into(),
        name: name.into(),
        username: "robot".into(),
        password: Secret::new(password.into()),
        description: String::new(),
    }
}

/// A new password, everything else as it is; an empty password keeps the old one.
pub fn change(detail: &CredentialDetail, password: &str) -> UpdateCredential {
    UpdateCredential {
        credential: detail.id.to_string(),
        row_version: detail.row_version.to_string(),
        name: detail.name.clone(),
        username: detail.username.clone(),
        password: Secret::new(password.into()),
        description: detail.description.clone(),
    }
}

/// A deletion that does this with the links.
pub fn removal(id: CredentialId, links: &str) -> DeleteCredential {
    DeleteCredential {
        credential: id.to_string(),
        links: links.into(),
        ..DeleteCredential::default()
    }
}

/// A repository at another address or with another credential, everything else as it is.
pub fn edited(
    now: &RepositoryDetail,
    url: &str,
    credential: Option<CredentialId>,
) -> EditRepository {
    EditRepository {
        repository: now.summary.id.to_string(),
        row_version: now.row_version.to_string(),
        url: url.into(),
        name: now.summary.name.clone(),
        kind: now.summary.kind.as_str().into(),
        credential: credential.map(|id| id.to_string()).unwrap_or_default(),
        interval: now.interval.to_string(),
        charts: String::new(),
    }
}
