//! Which names and URLs are taken.

use crate::{Db, Json, Result, Scope, rows};

/// The repositories with one of these names, as they are compared, or of these URLs: that name, the URL, and the name
/// as it is told.
pub async fn taken(
    db: &Db,
    scope: Scope,
    name_keys: &[String],
    urls: &[String],
) -> Result<Vec<(String, String, String)>> {
    rows!(
        db,
        ["select name_key, url, name from repositories
          where organization_id = $1 and deleted_at is null and name_key in " texts(2) "
          union
          select name_key, url, name from repositories
          where organization_id = $1 and deleted_at is null and url in " texts(3)],
        [scope, Json(name_keys), Json(urls)]
    )
}
