//! What a form would write.

use domain::{
    Action, Actor,
    exports::{ExportForm, ExportPreview},
};

use super::rendered::seen;
use crate::{Engine, Error, audit::allowed};

pub(super) async fn preview(
    engine: &Engine,
    actor: &Actor,
    form: &ExportForm,
) -> Result<ExportPreview, Error> {
    let scope = allowed(engine, actor, Action::ManageExports, "preview an export").await?;
    let fields = form.parse()?;
    seen(engine, actor, scope, &fields).await
}
