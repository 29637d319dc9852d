//! Adding or renaming a project.

use domain::{
    Action, Actor, Field, Name, ProjectId, ServiceError, audit::AuditAction, projects::ProjectForm,
};

use super::audit;
use crate::{Engine, Error, audit::allowed};

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
    let mut tx = engine.db.begin().await?;
    if form.project.is_empty() {
        storage::projects::insert(&mut tx, scope, id, &name, now).await.map_err(name_taken)?;
    } else if storage::projects::rename(&mut tx, scope, id, &name).await.map_err(name_taken)? == 0 {
        return Err(ServiceError::NotFound.into());
    }
    let told = (name.as_str(), detail);
    audit(&mut tx, actor, scope, now, AuditAction::ProjectSaved, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(id)
}

/// A taken name is the person's to mend; anything else is ours.
fn name_taken(error: storage::Error) -> Error {
    if error.is_duplicate() {
        Field::Name.problem("This name is taken.").into()
    } else {
        error.into()
    }
}
