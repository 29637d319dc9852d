//! The drop-down of a repository.

use std::collections::HashSet;

use domain::{credentials::CredentialChoice, origins_of_registry};
use uuid::Uuid;

use super::{environment, provider};
use crate::{Db, Json, Result, Scope, charts::pattern, rows, values};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    provider: String,
    environment: String,
    project: Option<String>,
    used: i64,
}

/// The usable credentials by name; those that the provider or another repository ties to `host`, and
/// those that may be sent to `origin`, are marked. An empty host or origin ties to nothing.
pub async fn choices(
    db: &Db,
    scope: Scope,
    host: &str,
    origin: &str,
) -> Result<Vec<CredentialChoice>> {
    let rows: Vec<Row> = rows!(
        db,
        r"select c.id, c.name, c.provider, c.environment, p.name as project,
           (select count(*) from links l
            where l.organization_id = c.organization_id and l.credential_id = c.id
              and l.origin like $2 escape '\') as used
         from credentials c
         left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
         where c.organization_id = $1 and c.deleted_at is null
           and c.state in ('active', 'updating', 'rotating')
         order by c.name_key",
        [scope, pattern(&format!("://{host}:"))]
    )?;
    let allowed = allowed_at(db, scope, origin).await?;
    rows.into_iter()
        .map(|row| {
            let provider = provider(&row.provider)?;
            Ok(CredentialChoice {
                id: row.id.into(),
                name: row.name,
                provider,
                fits_host: !host.is_empty() && (row.used > 0 || provider.serves(host)),
                is_allowed: allowed.contains(&row.id) || provider.owns(origin),
                environment: environment(&row.environment)?,
                project: row.project,
            })
        })
        .collect()
}

/// The credentials for which people allowed an origin, under any name of its registry.
async fn allowed_at(db: &Db, scope: Scope, origin: &str) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = values!(
        db,
        ["select credential_id from allowed_addresses where organization_id = $1 and origin in " texts(2)],
        [scope, Json(origins_of_registry(origin))]
    )?;
    Ok(ids.into_iter().collect())
}
