//! Adding, renaming or sharing a project.

use domain::{
    Action, Field, Name, Principal, ProjectId, ServiceError, assumed,
    audit::{AuditAction, AuditTarget},
    projects::{ProjectForm, Sharing},
};
use storage::{Scope, Tx, gitops::Touched};

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
    error::name_taken,
};

pub(super) async fn save(
    engine: &Engine,
    principal: &Principal,
    form: &ProjectForm,
) -> Result<ProjectId, Error> {
    let grant = allowed(engine, principal, Action::ManageProjects, "save a project").await?;
    let scope = Scope::of(&grant);
    let name = Name::parse(&form.name)?;
    let sharing = form.sharing()?;
    let now = engine.clock.now();
    let (id, detail) = match form.project.as_str() {
        "" => (ProjectId::new(), "added".to_owned()),
        id => {
            let id: ProjectId = id.parse().map_err(|_| ServiceError::NotFound)?;
            let before = storage::projects::name_of(&engine.db, scope, id).await?;
            (id, format!("was {}", before.ok_or(ServiceError::NotFound)?))
        }
    };
    distinct(engine, scope, id, &name).await?;
    let before = storage::projects::sharing(&engine.db, scope, id).await?.unwrap_or_default();
    let changed = sharing.filter(|sharing| *sharing != before);
    if changed.is_some() {
        // It shares every credential in it, as an owner alone does with one.
        allowed(engine, principal, Action::ShareCredentials, "share a project").await?;
    }
    let detail = [Some(detail), changed.map(|sharing| sharing_words(sharing).to_owned())];
    let detail = detail.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let mut tx = engine.db.begin_as(&grant).await?;
    if form.project.is_empty() {
        storage::projects::insert(&mut tx, scope, id, &name, now).await.map_err(name_taken)?;
    } else if storage::projects::rename(&mut tx, scope, id, &name).await.map_err(name_taken)? == 0 {
        return Err(ServiceError::NotFound.into());
    }
    if let Some(sharing) = changed {
        share(&mut tx, scope, id, sharing).await?;
        // Exports of other projects hold them, or may not hold them any more.
        for credential in storage::projects::credentials_of(&mut tx, scope, id).await? {
            touch(&mut tx, scope, Touched::Credential(credential), When::Settled, now).await?;
        }
    }
    if !form.project.is_empty() || changed.is_some() {
        // Its name and whether it is shared decide the order in which credentials are looked for.
        storage::credentials::next_placement(&mut tx, scope).await?;
    }
    let told = (AuditTarget::Project(id), name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, AuditAction::ProjectSaved, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    if before == Sharing::Shared || changed.is_some() {
        crate::credentials::match_again(engine, scope).await;
    }
    Ok(id)
}

const fn sharing_words(sharing: Sharing) -> &'static str {
    match sharing {
        Sharing::Shared => "shared with all projects",
        Sharing::Own => "no longer shared",
    }
}

/// Changes to whom the credentials of a project are available. It stays shared while repositories of
/// others were given one of them by a person; those whose URL chooses look for another one.
async fn share(tx: &mut Tx, scope: Scope, id: ProjectId, sharing: Sharing) -> Result<(), Error> {
    storage::projects::set_sharing(tx, scope, id, sharing).await?;
    if sharing == Sharing::Own {
        let names = storage::projects::used_elsewhere(tx, scope, id).await?;
        if !names.is_empty() {
            return Err(ServiceError::InUse(names).into());
        }
    }
    Ok(())
}

/// A project acts in clouds under a name made of its own, so two must not come to the same (F37).
async fn distinct(engine: &Engine, scope: Scope, id: ProjectId, name: &Name) -> Result<(), Error> {
    let taken = |other: &str| {
        Field::Name.problem(format!(
            "Too much like {other}: both would have the same role in AWS or service account at Google. Choose a name that differs in its letters or digits."
        ))
    };
    if assumed::are_one(name.as_str(), assumed::SHARED) {
        return Err(taken("shared, which stands for shared credentials").into());
    }
    let projects = storage::projects::list(&engine.db, scope).await?;
    let alike = projects.iter().find(|other| {
        other.id != id
            && !other.name.eq_ignore_ascii_case(name.as_str())
            && assumed::are_one(name.as_str(), &other.name)
    });
    alike.map_or(Ok(()), |other| Err(taken(&other.name).into()))
}
