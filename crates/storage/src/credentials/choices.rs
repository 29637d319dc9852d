//! The credentials that a drop-down offers.

use std::collections::HashSet;

use domain::{CredentialId, Provider, credentials::CredentialChoice, origins_of_registry};
use uuid::Uuid;

use super::{environment, provider};
use crate::{Db, Json, Result, Scope, charts::pattern, one_value, rows, values};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    provider: String,
    environment: String,
    project: Option<String>,
}

/// The columns of a [`Row`], of the usable credentials.
macro_rules! usable {
    () => {
        "select c.id, c.name, c.name_key, c.provider, c.environment, p.name as project
         from credentials c
         left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
         where c.organization_id = $1 and c.deleted_at is null
           and c.state in ('active', 'updating', 'rotating') "
    };
}

/// What a repository's drop-down is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ChoicesWanted<'a> {
    /// Whose credentials are offered.
    pub providers: &'a [Provider],
    /// Where the repository is; an empty host or origin ties to nothing.
    pub host: &'a str,
    /// The same with scheme and port.
    pub origin: &'a str,
    /// The one that is chosen already.
    pub chosen: Option<CredentialId>,
    /// A part of the names that are looked for; empty for all.
    pub search: &'a str,
}

/// Usable credentials by name, those first that the provider or another repository ties to the host; at most
/// [`CredentialChoice::MOST`] of them. Those that may be sent to the origin are marked. The chosen one, and
/// what is tied or marked, is left out last.
pub async fn choices(
    db: &Db,
    scope: Scope,
    wanted: &ChoicesWanted<'_>,
) -> Result<Vec<CredentialChoice>> {
    let linked = linked_at(db, scope, wanted.host).await?;
    let allowed = allowed_at(db, scope, wanted.origin).await?;
    let chosen = wanted.chosen.map(CredentialId::uuid);
    let mut rows = these(db, scope, linked.iter().chain(&allowed).chain(&chosen)).await?;
    for provider in wanted.providers {
        rows.extend(of_provider(db, scope, *provider, wanted.search).await?);
    }
    let sought = wanted.search.trim().to_lowercase();
    let mut seen = HashSet::new();
    let mut choices = Vec::new();
    for row in rows {
        let provider = provider(&row.provider)?;
        let is_found = row.name_key.contains(&sought) || chosen == Some(row.id);
        if !wanted.providers.contains(&provider) || !is_found || !seen.insert(row.id) {
            continue;
        }
        let fits = linked.contains(&row.id) || provider.serves(wanted.host);
        let choice = CredentialChoice {
            id: row.id.into(),
            name: row.name,
            provider,
            fits_host: !wanted.host.is_empty() && fits,
            is_allowed: allowed.contains(&row.id) || provider.owns(wanted.origin),
            environment: environment(&row.environment)?,
            project: row.project,
        };
        choices.push((row.name_key, choice));
    }
    let rank = |one: &CredentialChoice| (wanted.chosen != Some(one.id), !one.fits_host);
    choices.sort_by(|(a, one), (b, other)| (rank(one), a).cmp(&(rank(other), b)));
    choices.truncate(CredentialChoice::MOST);
    choices.sort_by(|(a, one), (b, other)| (!one.fits_host, a).cmp(&(!other.fits_host, b)));
    Ok(choices.into_iter().map(|(_, choice)| choice).collect())
}

/// All usable credentials of these providers, by name.
pub async fn of_providers(
    db: &Db,
    scope: Scope,
    providers: &[Provider],
) -> Result<Vec<CredentialChoice>> {
    let rows: Vec<Row> = rows!(
        db,
        [usable!() "and c.provider in " texts(2) " order by c.name_key"],
        [scope, Json(codes(providers))]
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(CredentialChoice {
                id: row.id.into(),
                name: row.name,
                provider: provider(&row.provider)?,
                fits_host: false,
                is_allowed: false,
                environment: environment(&row.environment)?,
                project: row.project,
            })
        })
        .collect()
}

/// Whether there is a usable credential of these providers.
pub async fn any_of_providers(db: &Db, scope: Scope, providers: &[Provider]) -> Result<bool> {
    one_value!(
        db,
        ["select exists (select 1 from credentials where organization_id = $1 and provider in " texts(2) "
          and deleted_at is null and state in ('active', 'updating', 'rotating'))"],
        [scope, Json(codes(providers))]
    )
}

fn codes(providers: &[Provider]) -> Vec<&'static str> {
    providers.iter().map(|provider| provider.as_str()).collect()
}

/// The first of one provider by name, with this text in it.
async fn of_provider(db: &Db, scope: Scope, provider: Provider, search: &str) -> Result<Vec<Row>> {
    let (code, most) =
        (provider.as_str(), i64::try_from(CredentialChoice::MOST).unwrap_or(i64::MAX));
    if search.trim().is_empty() {
        return rows!(
            db,
            [usable!() "and c.provider = $2 order by c.name_key limit $3"],
            [scope, code, most]
        );
    }
    rows!(
        db,
        [usable!() "and c.provider = $2 and c.name_key like $4 escape '\\'
           order by c.name_key limit $3"],
        [scope, code, most, pattern(search)]
    )
}

async fn these(db: &Db, scope: Scope, ids: impl Iterator<Item = &Uuid> + Send) -> Result<Vec<Row>> {
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    rows!(db, [usable!() "and c.id in " ids(2)], [scope, Json(ids)])
}

/// The credentials that repositories at this host use, at any of its ports; the first hundreds of them.
async fn linked_at(db: &Db, scope: Scope, host: &str) -> Result<HashSet<Uuid>> {
    let mut linked = HashSet::new();
    if host.is_empty() {
        return Ok(linked);
    }
    for scheme in ["https", "http"] {
        // `;` comes after `:` in the order of the bytes, so this is every port.
        let ids: Vec<Uuid> = values!(
            db,
            ["select distinct credential_id from links where organization_id = $1 and " bytes("origin") " >= $2 and "
              bytes("origin") " < $3 limit $4"],
            [
                scope,
                format!("{scheme}://{host}:"),
                format!("{scheme}://{host};"),
                i64::try_from(CredentialChoice::MOST).unwrap_or(i64::MAX)
            ]
        )?;
        linked.extend(ids);
    }
    Ok(linked)
}

/// The credentials for which people allowed an origin, under any name of its registry.
async fn allowed_at(db: &Db, scope: Scope, origin: &str) -> Result<HashSet<Uuid>> {
    if origin.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<Uuid> = values!(
        db,
        ["select credential_id from allowed_addresses where organization_id = $1 and origin in " texts(2)
          " limit $3"],
        [
            scope,
            Json(origins_of_registry(origin)),
            i64::try_from(CredentialChoice::MOST).unwrap_or(i64::MAX)
        ]
    )?;
    Ok(ids.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use domain::{CredentialId, Name, OrganizationId, Timestamp};

    use super::*;
    use crate::{
        Tx,
        db::tests::{on_postgresql, on_sqlite},
        exec, organizations, projects,
    };

    async fn credential(tx: &mut Tx, scope: Scope, name: &str, provider: Provider) -> CredentialId {
        let id = CredentialId::new();
        exec!(
            tx,
            "insert into credentials (organization_id, id, provider, shape, purposes, name, name_key, username,
               description, state, created_at, created_by, updated_at, updated_by)
             values ($1, $2, $3, 'password', '', $4, $4, '', '', 'active', 1, 'Ada', 1, 'Ada')",
            [scope, id, provider.as_str(), name]
        )
        .unwrap();
        id
    }

    async fn link(
        tx: &mut Tx,
        scope: Scope,
        project: Uuid,
        credential: CredentialId,
        origin: &str,
    ) {
        let id = Uuid::now_v7();
        exec!(
            tx,
            "insert into repositories (organization_id, id, name, name_key, kind, url, origin, interval_seconds,
               state, created_at, updated_by, project_id)
             values ($1, $2, $3, $3, 'helm', $4, $4, 60, 'new', 1, 'Ada', $5)",
            [scope, id, id.to_string(), origin, project]
        )
        .unwrap();
        exec!(
            tx,
            "insert into links (organization_id, repository_id, credential_id, origin, state, created_at)
             values ($1, $2, $3, $4, 'active', 1)",
            [scope, id, credential, origin]
        )
        .unwrap();
    }

    async fn what_fits_and_what_is_chosen_is_offered_among_many(db: &Db) {
        let organization = OrganizationId::new();
        let mut tx = db.begin().await.unwrap();
        let now = Timestamp::from_millis(1);
        organizations::add(&mut tx, organization, &Name::parse("Many").unwrap(), now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let scope = Scope::of_row(organization);
        let project = projects::default_id(db, scope).await.unwrap().uuid();
        let mut tx = db.begin().await.unwrap();
        let mut made = Vec::new();
        for n in 0..150 {
            let name = format!("registry-{n:03}");
            made.push(credential(&mut tx, scope, &name, Provider::GenericRegistry).await);
        }
        let git = credential(&mut tx, scope, "git", Provider::GenericGit).await;
        let (used, elsewhere, chosen) = (made[140], made[141], made[149]);
        link(&mut tx, scope, project, used, "https://charts.example.com:8443").await;
        link(&mut tx, scope, project, elsewhere, "https://charts.example.com.evil.test:443").await;
        link(&mut tx, scope, project, git, "https://charts.example.com:443").await;
        tx.commit().await.unwrap();

        let wanted = ChoicesWanted {
            providers: &[Provider::GenericRegistry, Provider::Ghcr],
            host: "charts.example.com",
            origin: "https://charts.example.com:443",
            chosen: Some(chosen),
            search: "",
        };
        let offered = choices(db, scope, &wanted).await.unwrap();
        assert_eq!(offered.len(), CredentialChoice::MOST);
        let fitting: Vec<_> =
            offered.iter().filter(|one| one.fits_host).map(|one| one.id).collect();
        assert_eq!(fitting, [used]);
        assert_eq!(offered.first().map(|one| one.id), Some(used));
        assert_eq!(offered.last().map(|one| one.id), Some(chosen));
        assert_eq!(offered.get(1).map(|one| one.name.as_str()), Some("registry-000"));
        assert!(offered.iter().all(|one| one.id != git && one.id != elsewhere));

        // Nothing fits where nothing is typed, and all of another kind are offered.
        let nothing = ChoicesWanted { host: "", origin: "", chosen: None, ..wanted };
        let offered = choices(db, scope, &nothing).await.unwrap();
        assert!(offered.iter().all(|one| !one.fits_host && one.id != chosen));
        let of_git = of_providers(db, scope, &[Provider::GenericGit]).await.unwrap();
        assert_eq!(of_git.iter().map(|one| one.id).collect::<Vec<_>>(), [git]);
        assert!(any_of_providers(db, scope, &[Provider::GenericGit]).await.unwrap());
        assert!(!any_of_providers(db, scope, &[Provider::Ghcr]).await.unwrap());
    }

    #[tokio::test]
    async fn the_drop_down_is_bounded_on_sqlite() {
        let (_folder, db) = on_sqlite().await;
        what_fits_and_what_is_chosen_is_offered_among_many(&db).await;
    }

    #[tokio::test]
    async fn the_drop_down_is_bounded_on_postgresql() {
        what_fits_and_what_is_chosen_is_offered_among_many(&on_postgresql().await).await;
    }
}
