//! What a form would write.

use domain::{
    Action, Principal,
    exports::{ExportForm, ExportPreview},
};
use storage::Scope;

use super::{agree::agree, rendered::seen};
use crate::{Engine, Error, audit::allowed};

pub(super) async fn preview(
    engine: &Engine,
    principal: &Principal,
    form: &ExportForm,
) -> Result<ExportPreview, Error> {
    let grant = allowed(engine, principal, Action::ManageExports, "preview an export").await?;
    let scope = Scope::of(&grant);
    let mut fields = form.parse()?;
    let before = match form.export.parse() {
        Ok(id) => storage::exports::stored(&engine.db, scope, &[id]).await?.pop(),
        Err(_) => None,
    };
    // What nobody who may has agreed to is left out, and a note says so.
    agree(engine, principal, scope, &mut fields, before.as_ref()).await?;
    seen(engine, principal, scope, &fields).await
}
