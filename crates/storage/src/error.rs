//! What can go wrong with a database.

use sqlx::{error::DatabaseError, sqlite::SqliteError};

/// A failed database operation.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be opened.
    #[error("opening the database")]
    Open(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migrating the database")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The address names neither SQLite nor PostgreSQL.
    #[error("the database URL must begin with sqlite:// or postgres://")]
    Address,
    /// A statement failed.
    #[error("{attempt}")]
    Statement {
        /// What it was to do, such as *updating credentials*.
        attempt: String,
        /// Why it failed.
        source: sqlx::Error,
    },
    /// A transaction could not be begun or committed.
    #[error("{attempt} a transaction")]
    Transaction {
        /// *beginning* or *committing*.
        attempt: &'static str,
        /// Why.
        source: sqlx::Error,
    },
    /// What a right rested on is not as it was when the right was given.
    #[error("acting on a right that is gone")]
    NoLongerAllowed,
    /// A row holds a value that this version does not know.
    #[error("reading column {column}: unknown value")]
    Value {
        /// The column.
        column: &'static str,
    },
}

/// The result of every storage function.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn statement(text: &str, source: sqlx::Error) -> Self {
        Self::Statement { attempt: attempt(text), source }
    }

    fn driver(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Open(source)
            | Self::Statement { source, .. }
            | Self::Transaction { source, .. } => Some(source),
            Self::Migrate(_) | Self::Address | Self::NoLongerAllowed | Self::Value { .. } => None,
        }
    }

    fn refusal(&self) -> Option<&dyn DatabaseError> {
        match self.driver() {
            Some(sqlx::Error::Database(error)) => Some(error.as_ref()),
            _ => None,
        }
    }

    /// Whether a unique constraint refused the row.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        self.refusal().is_some_and(DatabaseError::is_unique_violation)
    }

    /// Whether a foreign key refused the row: it points to something that is not there, or not in
    /// the same organization.
    #[must_use]
    pub fn is_dangling(&self) -> bool {
        self.refusal().is_some_and(DatabaseError::is_foreign_key_violation)
    }

    /// Whether the database did not answer, or is busy, full or read-only, so that trying later can
    /// help.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        if matches!(self, Self::Open(_)) {
            return true;
        }
        match self.driver() {
            Some(
                sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::WorkerCrashed
                // What the connection was left in by whoever had it before.
                | sqlx::Error::BeginFailed
                | sqlx::Error::InvalidSavePointStatement,
            ) => true,
            _ => self.trouble().is_some(),
        }
    }

    /// Whether another transaction was in the way. Nothing was done, and the same work may be begun
    /// again at once.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.trouble() == Some(Trouble::Conflict)
    }

    /// Whether the database reads and does not write: its disk is full, broken or read-only.
    #[must_use]
    pub fn is_unwritable(&self) -> bool {
        self.trouble() == Some(Trouble::Unwritable)
    }

    fn trouble(&self) -> Option<Trouble> {
        self.refusal().and_then(Trouble::of)
    }
}

/// What keeps a database from doing what it was asked, for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Conflict,
    Unwritable,
    Other,
}

impl Trouble {
    fn of(error: &dyn DatabaseError) -> Option<Self> {
        let code = error.code()?;
        if error.try_downcast_ref::<SqliteError>().is_some() {
            code.parse().ok().and_then(Self::of_sqlite)
        } else {
            Self::of_postgres(&code)
        }
    }

    /// The low byte of an extended code is the primary one (<https://www.sqlite.org/rescode.html>).
    const fn of_sqlite(code: u32) -> Option<Self> {
        match code & 0xff {
            // BUSY, LOCKED.
            5 | 6 => Some(Self::Conflict),
            // READONLY, IOERR, FULL, CANTOPEN.
            8 | 10 | 13 | 14 => Some(Self::Unwritable),
            // PERM, NOMEM, INTERRUPT, PROTOCOL.
            3 | 7 | 9 | 15 => Some(Self::Other),
            _ => None,
        }
    }

    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    fn of_postgres(code: &str) -> Option<Self> {
        match code {
            // Whether the statement was done is not known (40003); the transaction did nothing for too long.
            "40003" | "25P03" => Some(Self::Other),
            "53100" | "25006" => Some(Self::Unwritable),
            "55P03" => Some(Self::Conflict),
            _ => match code.get(..2)? {
                "40" => Some(Self::Conflict),
                "08" | "53" | "55" | "57" | "58" => Some(Self::Other),
                _ => None,
            },
        }
    }
}

/// What a statement does, in words: *updating credentials*.
fn attempt(text: &str) -> String {
    let mut words = text.split_ascii_whitespace().skip_while(|word| word.starts_with("with"));
    let (verb, before_table) = match words.next() {
        Some("insert") => ("adding to", "into"),
        Some("delete") => ("deleting from", "from"),
        Some("update") => ("updating", "update"),
        _ => ("reading", "from"),
    };
    let table = text.split_ascii_whitespace().skip_while(|word| *word != before_table).nth(1);
    format!("{verb} {}", table.unwrap_or("the database").trim_start_matches('('))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_was_attempted() {
        for (text, said) in [
            ("select a from charts where b = (select c from repositories)", "reading charts"),
            ("insert into credentials (id) values ($1)", "adding to credentials"),
            ("update links set a = 1 from repositories", "updating links"),
            ("delete from jobs where id = $1", "deleting from jobs"),
            ("with r as (select 1) select a from r", "reading r"),
            ("select 1", "reading the database"),
        ] {
            assert_eq!(attempt(text), said);
        }
    }

    #[test]
    fn extended_codes_are_of_their_primary_one() {
        // BUSY_SNAPSHOT, BUSY_TIMEOUT, LOCKED_SHAREDCACHE.
        for code in [5, 517, 773, 262] {
            assert_eq!(Trouble::of_sqlite(code), Some(Trouble::Conflict), "{code}");
        }
        // IOERR_WRITE, IOERR_SHMSIZE, IOERR_FSYNC, READONLY_DBMOVED, CANTOPEN_ISDIR, FULL.
        for code in [778, 4874, 1034, 1032, 526, 13] {
            assert_eq!(Trouble::of_sqlite(code), Some(Trouble::Unwritable), "{code}");
        }
        // CONSTRAINT_UNIQUE, CORRUPT_VTAB, NOTADB, plain ERROR.
        for code in [2067, 267, 26, 1] {
            assert_eq!(Trouble::of_sqlite(code), None, "{code}");
        }
    }

    #[test]
    fn what_passes_by_itself_on_postgresql_is_known() {
        for code in ["40001", "40P01", "55P03"] {
            assert_eq!(Trouble::of_postgres(code), Some(Trouble::Conflict), "{code}");
        }
        for code in ["53100", "25006"] {
            assert_eq!(Trouble::of_postgres(code), Some(Trouble::Unwritable), "{code}");
        }
        for code in ["40003", "57014", "57P01", "53300", "08006", "25P03", "58030"] {
            assert_eq!(Trouble::of_postgres(code), Some(Trouble::Other), "{code}");
        }
        for code in ["23505", "42P01", "22P02", ""] {
            assert_eq!(Trouble::of_postgres(code), None, "{code}");
        }
    }
}
