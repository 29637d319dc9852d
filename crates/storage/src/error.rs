//! What can go wrong with a database.

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
    #[error("running a statement")]
    Statement(#[source] sqlx::Error),
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
    /// Whether a unique constraint refused the row.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Statement(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether a foreign key refused the row: it points to something that is not there, or not in
    /// the same organization.
    #[must_use]
    pub fn is_dangling(&self) -> bool {
        matches!(self, Self::Statement(sqlx::Error::Database(error)) if error.is_foreign_key_violation())
    }

    /// Whether the database did not answer, or is busy or full, so that trying later can help.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Open(_) => true,
            Self::Statement(error) => match error {
                sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::WorkerCrashed => true,
                // SQLITE_BUSY 5, LOCKED 6, READONLY 8, IOERR 10, FULL 13; PostgreSQL classes 53, 57, 58 and 08.
                sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                    matches!(code.as_ref(), "5" | "6" | "8" | "10" | "13" | "261" | "517" | "778")
                        || (code.len() == 5
                            && ["53", "57", "58", "08"].iter().any(|class| code.starts_with(class)))
                }),
                _ => false,
            },
            _ => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Statement(error)
    }
}
