//! Which names are taken.

use crate::{Db, Json, Result, Scope, values};

/// Those of these names, as they are compared, that credentials have already.
pub async fn taken(db: &Db, scope: Scope, name_keys: &[String]) -> Result<Vec<String>> {
    values!(
        db,
        ["select name_key from credentials
          where organization_id = $1 and deleted_at is null and name_key in " texts(2)],
        [scope, Json(name_keys)]
    )
}
