//! Allowed addresses: to which origins the login of a credential may go.

use domain::{
    AllowedAddressId, CredentialId, Timestamp,
    credentials::{AddressSource, AllowedAddress, AllowedAddresses, Route},
};
use uuid::Uuid;

use super::{provider, token_services::token_services};
use crate::{Db, Error, Result, Scope, Tx, exec, row, rows, values};

type Row = (Uuid, String, String, String, String, String, i64);

fn address((id, origin, ca, proxy, source, by, at): Row) -> Result<AllowedAddress> {
    Ok(AllowedAddress {
        id: id.into(),
        origin,
        route: Route { ca, proxy },
        source: AddressSource::parse(&source)
            .ok_or(Error::Value { column: "allowed_addresses.source" })?,
        by,
        at: Timestamp::from_millis(at),
    })
}

/// The allowed origins of a credential, in order.
pub async fn allowed(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<AllowedAddress>> {
    let rows: Vec<Row> = rows!(
        db,
        "select id, origin, ca, proxy, source, allowed_by, allowed_at from allowed_addresses
         where organization_id = $1 and credential_id = $2 order by origin, allowed_at, id",
        [scope, id]
    )?;
    rows.into_iter().map(address).collect()
}

macro_rules! permitted_rows {
    () => {
        "select c.provider, a.origin, a.ca, a.proxy from credentials c
         left join allowed_addresses a on a.organization_id = c.organization_id and a.credential_id = c.id
         where c.organization_id = $1 and c.id = $2 and c.deleted_at is null"
    };
}

type Permitted = (String, Option<String>, Option<String>, Option<String>);

/// What the login of a credential may go to; `None` when there is no such credential.
///
/// # Errors
/// When the database does not answer, or holds a provider this version does not know.
pub async fn allowed_addresses(
    db: &Db,
    scope: Scope,
    id: CredentialId,
) -> Result<Option<AllowedAddresses>> {
    let rows: Vec<Permitted> = rows!(db, [permitted_rows!()], [scope, id])?;
    let services = token_services(db, scope, id).await?;
    let services = services.into_iter().map(|one| (one.registry, one.service)).collect();
    Ok(permitted(rows)?.map(|allowed| allowed.with_services(services)))
}

/// The same inside a transaction that holds the credential, so that nobody withdraws one meanwhile.
///
/// # Errors
/// When the database refuses, or holds a provider this version does not know.
pub async fn allowed_addresses_held(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
) -> Result<Option<AllowedAddresses>> {
    let rows: Vec<Permitted> = rows!(tx, [permitted_rows!()], [scope, id])?;
    permitted(rows)
}

fn permitted(rows: Vec<Permitted>) -> Result<Option<AllowedAddresses>> {
    let Some((code, ..)) = rows.first() else { return Ok(None) };
    let provider = provider(code)?;
    let rows = rows.into_iter().filter_map(|(_, origin, ca, proxy)| {
        let route = Route { ca: ca.unwrap_or_default(), proxy: proxy.unwrap_or_default() };
        Some((origin?, route))
    });
    Ok(Some(AllowedAddresses::new(provider, rows)))
}

/// Allows an origin, reached by a route, in a transaction that holds the credential; what was
/// taken over from before counts as confirmed. Answers how many rows that changed.
pub async fn allow(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (origin, route): (&str, &Route),
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    let known: Option<(Uuid, String)> = row!(
        tx,
        "select id, source from allowed_addresses
         where organization_id = $1 and credential_id = $2 and origin = $3 and ca = $4 and proxy = $5",
        [scope, credential, origin, route.ca.as_str(), route.proxy.as_str()]
    )?;
    match known {
        Some((id, source)) if source == AddressSource::Upgrade.as_str() => {
            confirm(tx, scope, credential, id.into(), by, now)
                .await
                .map(|one| u64::from(one.is_some()))
        }
        Some(_) => Ok(0),
        None => insert(tx, scope, credential, (origin, route), by, now).await,
    }
}

async fn insert(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (origin, route): (&str, &Route),
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "insert into allowed_addresses
           (organization_id, id, credential_id, origin, ca, proxy, source, allowed_by, allowed_at)
         values ($1, $2, $3, $4, $5, $6, 'person', $7, $8)",
        [
            scope,
            AllowedAddressId::new(),
            credential,
            origin,
            route.ca.as_str(),
            route.proxy.as_str(),
            by,
            now,
        ]
    )
}

/// Confirms an origin that was taken over from before; answers it, or `None` when there is none such.
pub async fn confirm(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    id: AllowedAddressId,
    by: &str,
    now: Timestamp,
) -> Result<Option<String>> {
    let origins: Vec<String> = values!(
        tx,
        "update allowed_addresses set source = 'person', allowed_by = $1, allowed_at = $2
         where organization_id = $3 and credential_id = $4 and id = $5 and source = 'upgrade'
         returning origin",
        [by, now, scope, credential, id]
    )?;
    Ok(origins.into_iter().next())
}

/// Withdraws an origin; answers it, or `None` when it is none of this credential's. Its links are
/// still as they were: see [`linked_at`].
pub async fn withdraw(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    id: AllowedAddressId,
) -> Result<Option<String>> {
    let origins: Vec<String> = values!(
        tx,
        "delete from allowed_addresses
         where organization_id = $1 and credential_id = $2 and id = $3 returning origin",
        [scope, credential, id]
    )?;
    Ok(origins.into_iter().next())
}

/// Lets every replica ask anew what the login of a credential may go to: the epoch of the credential
/// says so, and what is read from memory is of an older one. It also holds the credential until the
/// transaction ends. Answers its name, or `None` when it is deleted.
pub async fn change_addresses(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<Option<String>> {
    let names: Vec<String> = values!(
        tx,
        "update credentials set epoch = epoch + 1
         where organization_id = $1 and id = $2 and deleted_at is null returning name",
        [scope, credential]
    )?;
    Ok(names.into_iter().next())
}
