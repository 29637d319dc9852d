//! The ways to a transaction: a person's right, which is read again inside it; a claim, which storage
//! handed out; or one of a few sweeps over all organizations.

use std::ops::{Deref, DerefMut};

use domain::{Epochs, Grant, OrganizationId, PrincipalId, Role};
use serde::Serialize;

use sqlx::AssertSqlSafe;

use crate::{Db, Error, Result, Tx, db::Inner, read_pool::ReadPool, row};

/// The organization that statements about tenant data are limited to. A grant gives it, or storage with what it
/// hands out; no id becomes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Scope(OrganizationId);

impl Scope {
    /// The scope of a right.
    #[must_use]
    pub const fn of(grant: &Grant) -> Self {
        Self(grant.organization())
    }

    /// The scope of a row.
    pub(crate) fn of_row(organization: impl Into<OrganizationId>) -> Self {
        Self(organization.into())
    }

    /// The organization.
    #[must_use]
    pub const fn organization(self) -> OrganizationId {
        self.0
    }
}

/// A transaction of one organization. Dropped without [`ScopedTx::commit`], it changes nothing.
#[derive(Debug)]
pub struct ScopedTx {
    tx: Tx,
    scope: Scope,
}

impl ScopedTx {
    /// What its statements are limited to.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// Makes every change of this transaction durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing was changed.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await
    }
}

impl Deref for ScopedTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for ScopedTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

/// What runs without a right and without a claim; the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sweep {
    /// The first account and its organization are made.
    SetUp,
    /// Somebody signs in, or fails to.
    SignIn,
    /// Whoever holds the link of an invitation takes or declines it.
    Invitation,
    /// A refusal or a sign-out is written down.
    AuditLine,
    /// What is due in any organization is queued.
    Schedule,
    /// Things that were stored before there was a table of words get theirs.
    Search,
    /// What syncs and deliveries of several organizations found is stored together.
    Results,
}

/// What a right rests on now.
macro_rules! standing {
    ($on:expr, $grant:expr) => {{
        let PrincipalId::Person(user) = $grant.principal();
        row!(
            $on,
            "select m.role, m.epoch, u.epoch, o.epoch from members m
             join users u on u.id = m.user_id join organizations o on o.id = m.organization_id
             where m.organization_id = $1 and m.user_id = $2 and m.state = 'active'",
            [$grant.organization(), user]
        )
    }};
}

impl Db {
    /// Begins a transaction that writes on a right, if the right is still there: membership, role and
    /// epochs are read again inside it.
    ///
    /// # Errors
    /// [`Error::NoLongerAllowed`], or when the database does not answer.
    pub async fn begin_as(&self, grant: &Grant) -> Result<ScopedTx> {
        let mut tx = self.begin().await?;
        hold(grant, standing!(tx, grant)?)?;
        Ok(ScopedTx { tx, scope: Scope::of(grant) })
    }

    /// The database for a call that only reads: all its statements run in one read-only transaction, which
    /// begins if the right is still there and ends with the last clone of what this answers.
    ///
    /// # Errors
    /// [`Error::NoLongerAllowed`], or when the database does not answer.
    pub async fn read_as(&self, grant: &Grant) -> Result<Self> {
        let failed = |source| Error::Transaction { attempt: "beginning", source };
        match self.connection() {
            Inner::Sqlite(reader) => {
                let tx = reader.pool().begin().await.map_err(failed)?;
                let db = self.reading(Inner::Sqlite(reader.in_transaction(tx)));
                hold(grant, standing!(db, grant)?)?;
                Ok(db)
            }
            Inner::Postgres(reader) => {
                let begin = reader.pool().begin_with(AssertSqlSafe(begin_if_it_stands(grant)));
                let tx = begin.await.map_err(|source| match source {
                    sqlx::Error::Database(error) if error.code().as_deref() == Some(NOT_ONE) => {
                        Error::NoLongerAllowed
                    }
                    source => failed(source),
                })?;
                Ok(self.reading(Inner::Postgres(reader.in_transaction(tx))))
            }
        }
    }

    /// Begins a transaction of work that storage handed out, or of what comes of work under way.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin_work(&self, scope: Scope) -> Result<ScopedTx> {
        Ok(ScopedTx { tx: self.begin().await?, scope })
    }

    /// Begins a transaction that belongs to no one organization.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin_system(&self, _: Sweep) -> Result<Tx> {
        self.begin().await
    }

    /// Looks again at a right, directly before something has an effect outside of the database.
    ///
    /// # Errors
    /// [`Error::NoLongerAllowed`], or when the database does not answer.
    pub async fn still_allowed(&self, grant: &Grant) -> Result<()> {
        // Not in the transaction of a call that reads, which sees what was.
        let now = match self.connection() {
            Inner::Sqlite(reader) => Inner::Sqlite(ReadPool::of(reader.pool().clone())),
            Inner::Postgres(reader) => Inner::Postgres(ReadPool::of(reader.pool().clone())),
        };
        let now = self.reading(now);
        hold(grant, standing!(now, grant)?)
    }
}

/// `division_by_zero` (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
const NOT_ONE: &str = "22012";

/// Begins, and fails with [`NOT_ONE`] when the right is gone: one message to PostgreSQL. That the epoch of
/// the membership is the same says that the role is.
fn begin_if_it_stands(grant: &Grant) -> String {
    let PrincipalId::Person(user) = grant.principal();
    let (organization, epochs) = (grant.organization(), grant.epochs());
    format!(
        "begin isolation level repeatable read, read only;
         select 1 / count(*) from members m
         join users u on u.id = m.user_id join organizations o on o.id = m.organization_id
         where m.organization_id = '{organization}' and m.user_id = '{user}' and m.state = 'active'
         and m.epoch = {} and u.epoch = {} and o.epoch = {}",
        epochs.member, epochs.user, epochs.organization
    )
}

/// Role, and the epochs of membership, person and organization.
type Standing = (String, i64, i64, i64);

fn hold(grant: &Grant, standing: Option<Standing>) -> Result<()> {
    let (role, member, user, organization) = standing.ok_or(Error::NoLongerAllowed)?;
    let role = Role::parse(&role).ok_or(Error::Value { column: "members.role" })?;
    if role.includes(grant.action()) && grant.epochs() == (Epochs { member, user, organization }) {
        Ok(())
    } else {
        Err(Error::NoLongerAllowed)
    }
}
