//! Allowed addresses: to which origins the login of a credential may go, and who asked for more.

use domain::{
    AddressRequestId, AllowedAddressId, CredentialId, Scope, Timestamp,
    credentials::{
        AddressRequest, AddressSource, AllowedAddress, AllowedAddresses, Route, TokenService,
    },
};
use uuid::Uuid;

use super::provider;
use crate::{Db, Error, Result, Tx, on, sql};

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
///
/// # Errors
/// When the database does not answer, or holds a value this version does not know.
pub async fn allowed(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<AllowedAddress>> {
    let rows: Vec<Row> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select id, origin, ca, proxy, source, allowed_by, allowed_at from allowed_addresses
             where organization_id = $1 and credential_id = $2 order by origin, allowed_at, id"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_all(pool)
        .await
    })?;
    rows.into_iter().map(address).collect()
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
    let rows: Vec<Permitted> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select c.provider, a.origin, a.ca, a.proxy from credentials c
             left join allowed_addresses a on a.organization_id = c.organization_id and a.credential_id = c.id
             where c.organization_id = $1 and c.id = $2 and c.deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_all(pool)
        .await
    })?;
    let services = token_services(db, scope, id).await?;
    let services = services.into_iter().map(|one| (one.registry, one.service)).collect();
    Ok(permitted(rows)?.map(|allowed| allowed.with_services(services)))
}

/// The token services that people allowed for the registries of a credential, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn token_services(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<TokenService>> {
    let rows: Vec<(String, String, String, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select registry, service, allowed_by, allowed_at from allowed_token_services
             where organization_id = $1 and credential_id = $2 order by registry, service"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_all(pool)
        .await
    })?;
    Ok(rows
        .into_iter()
        .map(|(registry, service, by, at)| TokenService {
            registry,
            service,
            by,
            at: Timestamp::from_millis(at),
        })
        .collect())
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
    let rows: Vec<Permitted> = on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "select c.provider, a.origin, a.ca, a.proxy from credentials c
             left join allowed_addresses a on a.organization_id = c.organization_id and a.credential_id = c.id
             where c.organization_id = $1 and c.id = $2 and c.deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
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
///
/// # Errors
/// When the database refuses.
pub async fn allow(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (origin, route): (&str, &Route),
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    let known: Option<(Uuid, String)> = on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "select id, source from allowed_addresses
             where organization_id = $1 and credential_id = $2 and origin = $3 and ca = $4 and proxy = $5"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(origin)
        .bind(route.ca.as_str())
        .bind(route.proxy.as_str())
        .fetch_optional(&mut **tx)
        .await
    })?;
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
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into allowed_addresses
               (organization_id, id, credential_id, origin, ca, proxy, source, allowed_by, allowed_at)
             values ($1, $2, $3, $4, $5, $6, 'person', $7, $8)"
        ))
        .bind(scope.organization().uuid())
        .bind(AllowedAddressId::new().uuid())
        .bind(credential.uuid())
        .bind(origin)
        .bind(route.ca.as_str())
        .bind(route.proxy.as_str())
        .bind(by)
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Confirms an origin that was taken over from before; answers it, or `None` when there is none such.
///
/// # Errors
/// When the database refuses.
pub async fn confirm(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    id: AllowedAddressId,
    by: &str,
    now: Timestamp,
) -> Result<Option<String>> {
    let origins: Vec<String> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "update allowed_addresses set source = 'person', allowed_by = $1, allowed_at = $2
             where organization_id = $3 and credential_id = $4 and id = $5 and source = 'upgrade'
             returning origin"
        ))
        .bind(by)
        .bind(now.millis())
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(id.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(origins.into_iter().next())
}

/// Withdraws an origin; answers it, or `None` when it is none of this credential's. Its links are
/// still as they were: see [`linked_at`].
///
/// # Errors
/// When the database refuses.
pub async fn withdraw(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    id: AllowedAddressId,
) -> Result<Option<String>> {
    let origins: Vec<String> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "delete from allowed_addresses
             where organization_id = $1 and credential_id = $2 and id = $3 returning origin"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(id.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(origins.into_iter().next())
}

/// Allows a token service for a registry, in a transaction that holds the credential; answers how many
/// rows that made.
///
/// # Errors
/// When the database refuses.
pub async fn allow_token_service(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (registry, service): (&str, &str),
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into allowed_token_services
               (organization_id, credential_id, registry, service, allowed_by, allowed_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (organization_id, credential_id, registry, service) do nothing"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(registry)
        .bind(service)
        .bind(by)
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Withdraws a token service; answers how many rows that removed.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw_token_service(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (registry, service): (&str, &str),
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "delete from allowed_token_services
             where organization_id = $1 and credential_id = $2 and registry = $3 and service = $4"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(registry)
        .bind(service)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Lets every replica ask anew what the login of a credential may go to: the epoch of the credential
/// says so, and what is read from memory is of an older one. It also holds the credential until the
/// transaction ends. Answers its name, or `None` when it is deleted.
///
/// # Errors
/// When the database refuses.
pub async fn change_addresses(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<Option<String>> {
    let names: Vec<String> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "update credentials set epoch = epoch + 1
             where organization_id = $1 and id = $2 and deleted_at is null returning name"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(names.into_iter().next())
}

/// Asks for an origin; the same request of somebody else before becomes this one.
///
/// # Errors
/// When the database refuses.
pub async fn request(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (origin, route): (&str, &Route),
    by: &str,
    now: Timestamp,
) -> Result<()> {
    forget_requests(tx, scope, credential, origin, route).await?;
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into address_requests
               (organization_id, id, credential_id, origin, ca, proxy, requested_by, requested_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        ))
        .bind(scope.organization().uuid())
        .bind(AddressRequestId::new().uuid())
        .bind(credential.uuid())
        .bind(origin)
        .bind(route.ca.as_str())
        .bind(route.proxy.as_str())
        .bind(by)
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Ends the requests for an origin by this route, which was allowed.
///
/// # Errors
/// When the database refuses.
pub async fn forget_requests(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
    route: &Route,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "delete from address_requests
             where organization_id = $1 and credential_id = $2 and origin = $3 and ca = $4 and proxy = $5"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(origin)
        .bind(route.ca.as_str())
        .bind(route.proxy.as_str())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Forgets one request; answers its origin, or `None` when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn dismiss_request(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    id: AddressRequestId,
) -> Result<Option<String>> {
    let origins: Vec<String> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "delete from address_requests
             where organization_id = $1 and credential_id = $2 and id = $3 returning origin"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(id.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(origins.into_iter().next())
}

type RequestRow = (Uuid, Uuid, String, String, String, String, i64);

fn asked((id, credential, origin, ca, proxy, by, at): RequestRow) -> AddressRequest {
    AddressRequest {
        id: id.into(),
        credential: credential.into(),
        origin,
        route: Route { ca, proxy },
        by,
        at: Timestamp::from_millis(at),
    }
}

/// The requests for origins of a credential, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn requested(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<AddressRequest>> {
    let rows: Vec<RequestRow> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select id, credential_id, origin, ca, proxy, requested_by, requested_at from address_requests
             where organization_id = $1 and credential_id = $2 order by requested_at desc, id desc limit 50"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_all(pool)
        .await
    })?;
    Ok(rows.into_iter().map(asked).collect())
}

/// A credential with something to decide about its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// Of the address or of the request.
    pub id: Uuid,
    /// The credential.
    pub credential: CredentialId,
    /// Its name.
    pub name: String,
    /// An origin that is to be confirmed or was asked for.
    pub origin: String,
    /// Who asked; empty for what was taken over from before.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
}

/// Every origin that is to be confirmed, and every one that somebody asked for, the latest first, at
/// most `limit` of each.
///
/// # Errors
/// When the database does not answer.
pub async fn undecided(db: &Db, scope: Scope, limit: u32) -> Result<Vec<Undecided>> {
    let rows: Vec<(Uuid, Uuid, String, String, String, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select * from (
               select a.id, a.credential_id, c.name, a.origin, a.allowed_by as by_whom, a.allowed_at as at
               from allowed_addresses a
               join credentials c on c.organization_id = a.organization_id and c.id = a.credential_id
               where a.organization_id = $1 and a.source = 'upgrade' and c.deleted_at is null
               union all
               select q.id, q.credential_id, c.name, q.origin, q.requested_by, q.requested_at
               from address_requests q
               join credentials c on c.organization_id = q.organization_id and c.id = q.credential_id
               where q.organization_id = $1 and c.deleted_at is null
             ) as undecided order by at desc, origin limit $2"
        ))
        .bind(scope.organization().uuid())
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, credential, name, origin, by, at)| Undecided {
            id,
            credential: credential.into(),
            name,
            origin,
            by,
            at: Timestamp::from_millis(at),
        })
        .collect())
}

/// How many [`undecided`] ones there are.
///
/// # Errors
/// When the database does not answer.
pub async fn count_undecided(db: &Db, scope: Scope) -> Result<u32> {
    let count: i64 = on!(db.read(), pool => {
        sqlx::query_scalar(sql!(
            "select (select count(*) from allowed_addresses a
               join credentials c on c.organization_id = a.organization_id and c.id = a.credential_id
               where a.organization_id = $1 and a.source = 'upgrade' and c.deleted_at is null)
             + (select count(*) from address_requests q
               join credentials c on c.organization_id = q.organization_id and c.id = q.credential_id
               where q.organization_id = $1 and c.deleted_at is null)"
        ))
        .bind(scope.organization().uuid())
        .fetch_one(pool)
        .await
    })?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The people who may say to which origins a login may go, by name, at most 10.
///
/// # Errors
/// When the database does not answer.
pub async fn who_may_allow(db: &Db, scope: Scope) -> Result<Vec<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(sql!(
            "select u.name from members m join users u on u.id = m.user_id
             where m.organization_id = $1 and m.role in ('owner', 'admin') order by u.name, u.id limit 10"
        ))
        .bind(scope.organization().uuid())
        .fetch_all(pool)
        .await
    })?)
}
