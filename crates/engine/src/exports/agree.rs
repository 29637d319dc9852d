//! Patterns without a fixed address: who may let an export name them (R-CRED-03).

use domain::{
    Action, Field, Principal,
    exports::{ExportFields, exported_origins},
    matching::Origins,
};
use storage::{Scope, exports::StoredExport};

use crate::{Engine, Error};

/// Takes over what was agreed for this export as it is stored, and the patterns without a fixed address
/// to which the person may agree. Answers the names of the credentials whose pattern needs somebody else.
pub(super) async fn agree(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    fields: &mut ExportFields,
    before: Option<&StoredExport>,
) -> Result<Vec<String>, Error> {
    let names_patterns = fields.consumer.names_patterns();
    let may = principal.role.includes(Action::AllowOrigins);
    let mut others = Vec::new();
    for row in storage::exports::credentials(&engine.db, scope, &fields.credentials).await? {
        let known = before.and_then(|before| before.agreed.get(&row.id));
        let is_open = names_patterns
            && exported_origins(row.pattern_kind, &row.pattern, &row.purposes) == Origins::Open;
        if known == Some(&row.pattern) || (is_open && may) {
            fields.agreed.insert(row.id, row.pattern);
        } else if is_open {
            others.push(row.name);
        }
    }
    Ok(others)
}

/// Why a person may not save an export with the patterns of these credentials.
pub(super) async fn refusal(
    engine: &Engine,
    scope: Scope,
    names: &[String],
) -> Result<Error, Error> {
    let people = storage::credentials::who_may_allow(&engine.db, scope).await?.join(", ");
    let message = format!(
        "The pattern of {} does not write out a host, so the login would be exported for any. Ask somebody who manages credentials: {people}.",
        names.join(", ")
    );
    Ok(Field::Credentials.problem(message).into())
}
