//! The forms people send, filled in.

use domain::{
    CredentialId, Secret,
    credentials::{
        CreateCredential, CredentialDetail, DeleteCredential, DescribeCredential, PlaceCredential,
        Placement, Remarks, UpdateCredential, VersionRef,
    },
    repositories::{AddRepository, EditRepository, RepositoryDetail},
};

/// A new credential.
pub fn new(name: &str, password: &str) -> CreateCredential {
    CreateCredential {
        provider: "generic_registry".into(),
        name: name.into(),
        username: "robot".into(),
        password: Secret::new(password.into()),
        ..CreateCredential::default()
    }
}

/// A new password, everything else as it is; an empty password keeps the old one.
pub fn change(detail: &CredentialDetail, password: &str) -> UpdateCredential {
    UpdateCredential {
        credential: detail.id.to_string(),
        row_version: detail.row_version.to_string(),
        username: detail.username.clone(),
        password: Secret::new(password.into()),
        parameters: detail.parameters.clone(),
        ..UpdateCredential::default()
    }
}

/// The same name, and these remarks.
pub fn described(detail: &CredentialDetail, remarks: &str) -> DescribeCredential {
    DescribeCredential {
        credential: detail.id.to_string(),
        row_version: detail.row_version.to_string(),
        name: detail.name.clone(),
        remarks: Remarks::described(remarks),
    }
}

/// A new password that is tested before it counts.
pub fn candidate(detail: &CredentialDetail, password: &str) -> UpdateCredential {
    UpdateCredential { mode: "candidate".into(), ..change(detail, password) }
}

/// Names a version of a credential.
pub fn version(detail: &CredentialDetail, vault_version: i64) -> VersionRef {
    VersionRef {
        credential: detail.id.to_string(),
        row_version: detail.row_version.to_string(),
        vault_version: vault_version.to_string(),
    }
}

/// Another place for a credential.
pub fn placement(detail: &CredentialDetail, placement: Placement) -> PlaceCredential {
    PlaceCredential {
        credential: detail.id.to_string(),
        row_version: detail.row_version.to_string(),
        placement,
        ..PlaceCredential::default()
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
        fields: AddRepository {
            url: url.into(),
            name: now.summary.name.clone(),
            kind: now.summary.kind.as_str().into(),
            credential: credential.map(|id| id.to_string()).unwrap_or_default(),
            interval: now.interval.to_string(),
            ..AddRepository::default()
        },
    }
}

/// The same form with other values.
pub fn changed(mut form: EditRepository, set: impl FnOnce(&mut AddRepository)) -> EditRepository {
    set(&mut form.fields);
    form
}
