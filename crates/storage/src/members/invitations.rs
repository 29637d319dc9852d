//! Invitations. Of their links the SHA-256 is kept.

use domain::{
    InvitationId, OrganizationId, Role, Timestamp, UserId,
    members::{Accepted, Invitation, InvitationState, Invited, Invitee, OpenInvitation},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, Tx, exec, one_value, row, rows, value};

/// A new invitation.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct NewInvitation<'a> {
    pub id: InvitationId,
    pub email: &'a str,
    pub role: Role,
    pub token_hash: &'a [u8],
    pub invited_by: UserId,
    pub now: Timestamp,
    pub invited: Invited,
}

/// An invitation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the rows")]
pub struct StoredInvitation {
    pub scope: Scope,
    pub organization: String,
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub invited_by: UserId,
    pub inviter: String,
    pub invitation: Invitation,
}

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    organization: String,
    id: Uuid,
    email: String,
    role: String,
    state: String,
    invited_by: Uuid,
    inviter: String,
    expires_at: i64,
    accepted_by: Option<Uuid>,
}

impl Row {
    fn stored(self, now: Timestamp) -> Result<StoredInvitation> {
        let state = InvitationState::parse(&self.state)
            .ok_or(Error::Value { column: "invitations.state" })?;
        let expires_at = Timestamp::from_millis(self.expires_at);
        let invitation = match state {
            InvitationState::Invited => Invitation::Invited(Invited { expires_at }),
            InvitationState::Accepted => {
                let by =
                    self.accepted_by.ok_or(Error::Value { column: "invitations.accepted_by" })?;
                Invitation::Accepted(Accepted { by: by.into(), expires_at })
            }
            ended => Invitation::Ended(ended),
        };
        Ok(StoredInvitation {
            scope: Scope::of_row(OrganizationId::from(self.organization_id)),
            organization: self.organization,
            id: self.id.into(),
            email: self.email,
            role: role(&self.role)?,
            invited_by: self.invited_by.into(),
            inviter: self.inviter,
            invitation: invitation.at(now),
        })
    }
}

fn role(text: &str) -> Result<Role> {
    Role::parse(text).ok_or(Error::Value { column: "invitations.role" })
}

/// Reads [`Row`]s of invitations (`i`), up to the condition.
macro_rules! invitations {
    () => {
        "select i.organization_id, o.name as organization, i.id, i.email, i.role, i.state, i.invited_by,
           u.name as inviter, i.expires_at, i.accepted_by
         from invitations i
         join organizations o on o.id = i.organization_id join users u on u.id = i.invited_by
         where "
    };
}

/// The one of a link, at this time.
pub async fn by_token(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<StoredInvitation>> {
    let row: Option<Row> = row!(
        db,
        [invitations!() "i.token_hash = $1"],
        [hash]
    )?;
    row.map(|row| row.stored(now)).transpose()
}

/// The same in a transaction of the organization it belongs to.
pub async fn of_token(
    tx: &mut Tx,
    scope: Scope,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<StoredInvitation>> {
    let row: Option<Row> = row!(
        tx,
        [invitations!() "i.organization_id = $1 and i.token_hash = $2"],
        [scope, hash]
    )?;
    row.map(|row| row.stored(now)).transpose()
}

/// One, at this time.
pub async fn get(
    tx: &mut Tx,
    scope: Scope,
    id: InvitationId,
    now: Timestamp,
) -> Result<Option<StoredInvitation>> {
    let row: Option<Row> = row!(
        tx,
        [invitations!() "i.organization_id = $1 and i.id = $2"],
        [scope, id]
    )?;
    row.map(|row| row.stored(now)).transpose()
}

/// The role of one, whatever became of it.
pub async fn role_of(db: &Db, scope: Scope, id: InvitationId) -> Result<Option<Role>> {
    let found: Option<String> = value!(
        db,
        "select role from invitations where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    found.map(|text| role(&text)).transpose()
}

/// Those that are not over, what waits to be confirmed first, then the newest.
pub async fn list(db: &Db, scope: Scope, now: Timestamp) -> Result<Vec<OpenInvitation>> {
    type Columns =
        (Uuid, String, String, String, i64, i64, Option<Uuid>, Option<String>, Option<String>);
    let rows: Vec<Columns> = rows!(
        db,
        "select i.id, i.email, i.role, u.name as inviter, i.invited_at, i.expires_at, i.accepted_by,
           a.name as accepter, a.email as accepter_email
         from invitations i join users u on u.id = i.invited_by left join users a on a.id = i.accepted_by
         where i.organization_id = $1 and i.state in ('invited', 'accepted') and i.expires_at > $2
         order by i.state, i.invited_at desc, i.id",
        [scope, now]
    )?;
    rows.into_iter()
        .map(|(id, email, as_role, inviter, invited_at, expires_at, user, name, address)| {
            Ok(OpenInvitation {
                id: id.into(),
                email,
                role: role(&as_role)?,
                invited_by: inviter,
                invited_at: Timestamp::from_millis(invited_at),
                expires_at: Timestamp::from_millis(expires_at),
                accepted_by: user.map(|user| Invitee {
                    user: user.into(),
                    name: name.unwrap_or_default(),
                    email: address.unwrap_or_default(),
                }),
            })
        })
        .collect()
}

/// Ends what has waited too long, so that its address can be invited again.
pub async fn expire(tx: &mut Tx, scope: Scope, now: Timestamp) -> Result<()> {
    exec!(
        tx,
        "update invitations set state = 'expired'
         where organization_id = $1 and state in ('invited', 'accepted') and expires_at <= $2",
        [scope, now]
    )?;
    Ok(())
}

/// How many are open.
pub async fn count_open(tx: &mut Tx, scope: Scope) -> Result<i64> {
    one_value!(
        tx,
        "select count(*) from invitations where organization_id = $1 and state in ('invited', 'accepted')",
        [scope]
    )
}

/// How many a person sent or renewed since then.
pub async fn count_sent(tx: &mut Tx, scope: Scope, by: UserId, since: Timestamp) -> Result<i64> {
    one_value!(
        tx,
        "select count(*) from invitations where organization_id = $1 and invited_by = $2 and invited_at > $3",
        [scope, by, since]
    )
}

/// Adds one.
///
/// # Errors
/// When one is open for the address ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn insert(tx: &mut Tx, scope: Scope, new: &NewInvitation<'_>) -> Result<()> {
    exec!(
        tx,
        "insert into invitations
           (organization_id, id, email, role, state, token_hash, invited_by, invited_at, expires_at)
         values ($1, $2, $3, $4, 'invited', $5, $6, $7, $8)",
        [
            scope,
            new.id,
            new.email,
            new.role.as_str(),
            new.token_hash,
            new.invited_by,
            new.now,
            new.invited.expires_at
        ]
    )?;
    Ok(())
}

/// Gives one another link, sent by whoever renews it.
pub async fn set_link(
    tx: &mut Tx,
    scope: Scope,
    id: InvitationId,
    hash: &[u8],
    by: UserId,
    now: Timestamp,
    invited: Invited,
) -> Result<()> {
    exec!(
        tx,
        "update invitations set token_hash = $3, invited_by = $4, invited_at = $5, expires_at = $6
         where organization_id = $1 and id = $2",
        [scope, id, hash, by, now, invited.expires_at]
    )?;
    Ok(())
}

/// Stores what became of one.
pub async fn store(
    tx: &mut Tx,
    scope: Scope,
    id: InvitationId,
    invitation: Invitation,
) -> Result<()> {
    let state = invitation.state().as_str();
    match invitation {
        Invitation::Accepted(Accepted { by, expires_at }) => exec!(
            tx,
            "update invitations set state = $3, accepted_by = $4, expires_at = $5
             where organization_id = $1 and id = $2",
            [scope, id, state, by, expires_at]
        )?,
        Invitation::Invited(_) | Invitation::Ended(_) => exec!(
            tx,
            "update invitations set state = $3 where organization_id = $1 and id = $2",
            [scope, id, state]
        )?,
    };
    Ok(())
}
