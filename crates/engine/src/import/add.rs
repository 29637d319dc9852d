//! Adding what one row says: all of it or nothing.

use std::time::Duration;

use domain::{
    CredentialId, Principal, RepositoryId, ServiceError,
    credentials::{AllowAddress, CreateCredential, DeleteCredential},
    import::ImportItem,
    repositories::AddRepository,
    service::{Answer, Credentials, Repositories},
};

use crate::{Engine, error::sentence};

/// What a row came to, and the credential that it added for others to share.
pub(super) struct Added {
    pub(super) result: Result<(), NotAdded>,
    pub(super) credential: Option<CredentialId>,
}

/// Why a row was not added, in a sentence.
pub(super) enum NotAdded {
    /// It was refused.
    Row(String),
    /// Whoever began the import may not go on, so that no other row is added either.
    NoRow(String),
}

impl Added {
    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self { result: Err(NotAdded::Row(why.into())), credential: None }
    }

    fn refused_for(problem: &ServiceError) -> Self {
        let why = sentence(problem);
        match problem {
            ServiceError::NoLongerAllowed => {
                Self { result: Err(NotAdded::NoRow(why)), credential: None }
            }
            _ => Self::refused(why),
        }
    }
}

/// Adds a row; `shared` is the credential of another row whose login it shares.
pub(super) async fn add(
    engine: &Engine,
    person: &Principal,
    item: ImportItem,
    shared: Option<CredentialId>,
) -> Added {
    let ImportItem { host, credential, repository, .. } = item;
    let own = match credential {
        Some(form) => match create(engine, person, form).await {
            Ok(id) => Some(id),
            Err(problem) => return Added::refused_for(&problem),
        },
        None => None,
    };
    let rest = match (repository, own) {
        (Some(form), _) => link(engine, person, form, own.or(shared)).await.map(drop),
        (None, Some(id)) => allow(engine, person, id, &host).await,
        (None, None) => Ok(()),
    };
    match (rest, own) {
        (Ok(()), credential) => Added { result: Ok(()), credential },
        (Err(problem), None) => Added::refused_for(&problem),
        (Err(problem), Some(id)) => {
            let why = sentence(&problem);
            match take_back(engine, person, id).await {
                Ok(()) => Added::refused(format!("{why} Nothing of this row was kept.")),
                Err(_) => {
                    Added::refused(format!("{why} Its credential is there; delete it by hand."))
                }
            }
        }
    }
}

async fn create(
    engine: &Engine,
    person: &Principal,
    form: CreateCredential,
) -> Answer<CredentialId> {
    Ok(Credentials::create(engine, person, form).await?.id)
}

async fn allow(
    engine: &Engine,
    person: &Principal,
    credential: CredentialId,
    host: &str,
) -> Answer<()> {
    let form = AllowAddress {
        credential: credential.to_string(),
        url: format!("https://{host}").into(),
        ..AllowAddress::default()
    };
    Credentials::allow_address(engine, person, form).await
}

async fn link(
    engine: &Engine,
    person: &Principal,
    mut form: AddRepository,
    credential: Option<CredentialId>,
) -> Answer<RepositoryId> {
    if let Some(credential) = credential {
        form.credential = credential.to_string();
    }
    loop {
        match Repositories::add(engine, person, form.clone()).await {
            // A file reaches no more hosts in a minute than its sender does by hand.
            Err(ServiceError::TooMany { seconds }) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            answer => return answer,
        }
    }
}

async fn take_back(engine: &Engine, person: &Principal, id: CredentialId) -> Answer<()> {
    let form = DeleteCredential { credential: id.to_string(), ..DeleteCredential::default() };
    Credentials::delete(engine, person, form).await
}
