//! The project whose identity an unsaved form is tested with.

use domain::{
    Action, AuthMethod, Field, Principal, ProjectId, access::parse_id, assumed,
    connection_tests::TestConnection,
};
use storage::Scope;

use crate::{Engine, Error, audit::allowed};

/// The project as it stands in the names of identities. As that of all projects only those act who
/// may share a credential.
pub(super) async fn project_name(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    form: &TestConnection,
) -> Result<String, Error> {
    let id: ProjectId = match form.project.trim() {
        "" => storage::projects::default_id(&engine.db, scope).await?,
        assumed::SHARED => {
            if AuthMethod::parse(&form.shape).is_some_and(AuthMethod::is_ambient) {
                allowed(engine, principal, Action::ShareCredentials, "test a shared identity")
                    .await?;
            }
            return Ok(assumed::SHARED.to_owned());
        }
        id => parse_id(Field::Project, id)?,
    };
    let name = storage::projects::name_of(&engine.db, scope, id).await?;
    Ok(name.ok_or_else(|| Field::Project.problem("Choose a project from the list."))?)
}
