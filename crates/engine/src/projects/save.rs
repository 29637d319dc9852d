//! Adding or renaming a project.

use domain::{
    Action, Actor, Field, Name, ProjectId, Scope, ServiceError, assumed,
    audit::{AuditAction, AuditTarget},
    projects::ProjectForm,
};

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    error::name_taken,
};

pub(super) async fn save(
    engine: &Engine,
    actor: &Actor,
    form: &ProjectForm,
) -> Result<ProjectId, Error> {
    let scope = allowed(engine, actor, Action::ManageOrganization, "save a project").await?;
    let name = Name::parse(&form.name)?;
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
    let mut tx = engine.db.begin().await?;
    if form.project.is_empty() {
        storage::projects::insert(&mut tx, scope, id, &name, now).await.map_err(name_taken)?;
    } else if storage::projects::rename(&mut tx, scope, id, &name).await.map_err(name_taken)? == 0 {
        return Err(ServiceError::NotFound.into());
    }
    let told = (AuditTarget::Project(id), name.as_str(), detail);
    audit::record(&mut tx, person(actor), scope, now, AuditAction::ProjectSaved, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(id)
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
