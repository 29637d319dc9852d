//! Requests for addresses: who asked for one, what is to be decided, and who may decide it.

use domain::{
    AddressRequestId, CredentialId, Timestamp,
    credentials::{AddressRequest, Route},
};
use uuid::Uuid;

use crate::{Db, Result, Scope, Tx, exec, rows, values};

/// Asks for an origin; the same request of somebody else before becomes this one.
pub async fn request(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (origin, route): (&str, &Route),
    by: &str,
    now: Timestamp,
) -> Result<()> {
    forget_requests(tx, scope, credential, origin, route).await?;
    exec!(
        tx,
        "insert into address_requests
           (organization_id, id, credential_id, origin, ca, proxy, requested_by, requested_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            scope,
            AddressRequestId::new(),
            credential,
            origin,
            route.ca.as_str(),
            route.proxy.as_str(),
            by,
            now,
        ]
    )?;
    Ok(())
}

/// Ends the requests for an origin by this route, which was allowed.
pub async fn forget_requests(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
    route: &Route,
) -> Result<()> {
    exec!(
        tx,
        "delete from address_requests
         where organization_id = $1 and credential_id = $2 and origin = $3 and ca = $4 and proxy = $5",
        [scope, credential, origin, route.ca.as_str(), route.proxy.as_str()]
    )?;
    Ok(())
}

/// Forgets one request; answers its origin, or `None` when there is none.
pub async fn dismiss_request(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    id: AddressRequestId,
) -> Result<Option<String>> {
    let origins: Vec<String> = values!(
        tx,
        "delete from address_requests
         where organization_id = $1 and credential_id = $2 and id = $3 returning origin",
        [scope, credential, id]
    )?;
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
pub async fn requested(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<AddressRequest>> {
    let rows: Vec<RequestRow> = rows!(
        db,
        "select id, credential_id, origin, ca, proxy, requested_by, requested_at from address_requests
         where organization_id = $1 and credential_id = $2 order by requested_at desc, id desc limit 50",
        [scope, id]
    )?;
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
pub async fn undecided(db: &Db, scope: Scope, limit: u32) -> Result<Vec<Undecided>> {
    let rows: Vec<(Uuid, Uuid, String, String, String, i64)> = rows!(
        db,
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
         ) as undecided order by at desc, origin limit $2",
        [scope, limit]
    )?;
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

/// The people who may say to which origins a login may go, by name, at most 10.
pub async fn who_may_allow(db: &Db, scope: Scope) -> Result<Vec<String>> {
    values!(
        db,
        "select u.name from members m join users u on u.id = m.user_id
         where m.organization_id = $1 and m.state = 'active' and m.role in ('owner', 'admin') order by u.name, u.id limit 10",
        [scope]
    )
}
