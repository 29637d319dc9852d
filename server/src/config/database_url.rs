//! The address of the database, which may hold a password.

use std::{fmt, path::Path};

/// `sqlite://…` or `postgres://…`. `Debug` shows the kind alone.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file, used by this one process.
    Sqlite,
    /// A server, shared by several replicas.
    Postgres,
}

impl DatabaseUrl {
    /// Reads it. The error never repeats the text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if ["sqlite://", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            Ok(Self(text.to_owned()))
        } else {
            Err("must begin with sqlite:// or postgres://".to_owned())
        }
    }

    /// The SQLite file in the data folder.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self(format!("sqlite://{}", folder.join("hawser.db").display()))
    }

    /// The address itself, for the one that opens it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The port a database server listens on; `None` for a file.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        match self.kind() {
            DatabaseKind::Sqlite => None,
            DatabaseKind::Postgres => {
                url::Url::parse(&self.0).ok().map(|url| url.port().unwrap_or(5_432))
            }
        }
    }

    /// Which database it is.
    #[must_use]
    pub fn kind(&self) -> DatabaseKind {
        if self.0.starts_with("sqlite:") { DatabaseKind::Sqlite } else { DatabaseKind::Postgres }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(redacted)", self.kind())
    }
}
