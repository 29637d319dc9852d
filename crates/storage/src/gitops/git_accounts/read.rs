//! Reading connected accounts.

use domain::{Cause, CredentialId, Timestamp, UserId, gitops::GitAccountMethod};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, row, rows, values};

/// A connected account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the rows")]
pub struct Connection {
    pub credential: CredentialId,
    pub name: String,
    pub way: GitAccountMethod,
    pub host: String,
    pub account_id: i64,
    pub account: String,
    pub scopes: Vec<String>,
    pub user: UserId,
    pub connected_by: String,
    pub connected_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// How many Git targets use it.
    pub targets: u32,
    pub broken: Option<Cause>,
}

/// The columns of [`Row`] in the tables of accounts (`g`), credentials (`c`) and people (`u`).
macro_rules! account_columns {
    () => {
        concat!(
            $crate::sql::columns!(
                "g.",
                credential_id,
                way,
                host,
                account_id,
                account,
                scopes,
                user_id,
                connected_at,
                broken
            ),
            ", ",
            $crate::sql::columns!("c.", name, last_used_at),
            ", u.name as connected_by"
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    credential_id: Uuid,
    name: String,
    way: String,
    host: String,
    account_id: i64,
    account: String,
    scopes: String,
    user_id: Uuid,
    connected_by: String,
    connected_at: i64,
    last_used_at: Option<i64>,
    targets: i64,
    broken: Option<String>,
}

impl Row {
    fn connection(self) -> Result<Connection> {
        let broken = self.broken.map(|code| {
            Cause::parse(&code).ok_or(Error::Value { column: "git_connections.broken" })
        });
        Ok(Connection {
            credential: self.credential_id.into(),
            name: self.name,
            way: GitAccountMethod::parse(&self.way)
                .ok_or(Error::Value { column: "git_connections.way" })?,
            host: self.host,
            account_id: self.account_id,
            account: self.account,
            scopes: self.scopes.split_whitespace().map(str::to_owned).collect(),
            user: self.user_id.into(),
            connected_by: self.connected_by,
            connected_at: Timestamp::from_millis(self.connected_at),
            last_used_at: self.last_used_at.map(Timestamp::from_millis),
            targets: u32::try_from(self.targets).unwrap_or(u32::MAX),
            broken: broken.transpose()?,
        })
    }
}

/// All that are there to be used, by name.
pub async fn list(db: &Db, scope: Scope) -> Result<Vec<Connection>> {
    let rows: Vec<Row> = rows!(
        db,
        ["select " account_columns!() ", coalesce(t.count, 0) as targets
         from git_connections g cross join credentials c
         join users u on u.id = g.user_id
         left join (
           select credential_id, count(*) as count from git_targets where organization_id = $1 group by credential_id
         ) t on t.credential_id = g.credential_id
         where c.organization_id = g.organization_id and c.id = g.credential_id and g.organization_id = $1 and c.deleted_at is null and c.vault_version > 0
         order by c.name_key"],
        [scope]
    )?;
    rows.into_iter().map(Row::connection).collect()
}

/// One; `None` for a credential that is no connected account.
pub async fn get(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Connection>> {
    let row: Option<Row> = row!(
        db,
        ["select " account_columns!() ",
           (select count(*) from git_targets t
            where t.organization_id = g.organization_id and t.credential_id = g.credential_id) as targets
         from git_connections g
         join credentials c on c.organization_id = g.organization_id and c.id = g.credential_id
         join users u on u.id = g.user_id
         where g.organization_id = $1 and g.credential_id = $2 and c.deleted_at is null"],
        [scope, id]
    )?;
    row.map(Row::connection).transpose()
}

/// Who connected an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The credential with its token.
    pub credential: CredentialId,
    /// The person.
    pub user: UserId,
    /// Their name.
    pub name: String,
}

/// Who connected the account with this number, if somebody of the organization did; with
/// [`GitAccountMethod::Installation`] the number is that of an installation.
pub async fn holder(
    db: &Db,
    scope: Scope,
    way: GitAccountMethod,
    host: &str,
    account_id: i64,
) -> Result<Option<Holder>> {
    let row: Option<(Uuid, Uuid, String)> = row!(
        db,
        "select g.credential_id, g.user_id, u.name
         from git_connections g join users u on u.id = g.user_id
         where g.organization_id = $1 and g.host = $2 and g.account_id = $3
           and (g.way = 'installation') = $4",
        [scope, host, account_id, way == GitAccountMethod::Installation]
    )?;
    Ok(row.map(|(credential, user, name)| Holder {
        credential: credential.into(),
        user: user.into(),
        name,
    }))
}

/// The names of the Git targets that push with a credential, at most 100.
pub async fn targets(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<String>> {
    values!(
        db,
        "select name from git_targets where organization_id = $1 and credential_id = $2 order by name_key limit 100",
        [scope, id]
    )
}

/// The addresses that Git targets push to with a credential, at most 100.
pub async fn addresses(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<String>> {
    values!(
        db,
        "select url from git_targets where organization_id = $1 and credential_id = $2 order by url limit 100",
        [scope, id]
    )
}
