//! How a statement is written: one text for both databases, a list of values, and what comes back.
//!
//! ```text
//! exec!(tx, "update … where organization_id = $1 and id = $2", [scope, id])    how many rows
//! rows!(db, "select a, b from …", [scope])                                      all rows
//! row!(db, "select a, b from …", [scope, id])                                   the first row, if any
//! one_row!(tx, …)                                                               the one row there is
//! values!, value!, one_value!                                                   the same for one column
//! ```
//!
//! The first argument is a transaction, the database (its readers), or `db.write()`. Where a list of any
//! length comes in as one parameter ([`Json`]), the text is a list in brackets that says how it is read:
//!
//! ```text
//! ["… where id in " ids(2)]                                 a list of ids
//! ["… where name in " texts(2)]                             a list of texts
//! ["… select " id("id") ", r.value ->> 'name' from " records(2) " as r"]   a list of records
//! ["… where " bytes("origin") " >= $2 …"]           a text in the order of its bytes
//! ["… where " contains("name_key", 2)]              whether a text has another one in it
//! ```
//!
//! Each text is registered, and a test prepares it on both databases. Where SQLite shall go from one table to
//! the other and not the other way, they stand in a `cross join`, which it keeps in its order.

use crate::Scope;
use domain::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// A statement's text in both databases, and where it stands.
#[derive(Debug)]
pub struct Statement {
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
    /// The file it stands in.
    pub file: &'static str,
    /// The line.
    pub line: u32,
}

inventory::collect!(Statement);

/// The text of a statement in one database.
macro_rules! text {
    (@ $db:ident [$($done:tt)*]) => { concat!($($done)*) };
    (@ sqlite [$($done:tt)*] ids($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite [$($done)* "(select unhex(value, '-') from json_each($", $n, "))",] $($rest)*)
    };
    (@ postgres [$($done:tt)*] ids($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ postgres
            [$($done)* "(select jsonb_array_elements_text($", $n, "::jsonb)::uuid)",] $($rest)*)
    };
    (@ sqlite [$($done:tt)*] texts($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite [$($done)* "(select value from json_each($", $n, "))",] $($rest)*)
    };
    (@ postgres [$($done:tt)*] texts($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ postgres
            [$($done)* "(select jsonb_array_elements_text($", $n, "::jsonb))",] $($rest)*)
    };
    (@ sqlite [$($done:tt)*] records($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite [$($done)* "(select value from jsonb_each($", $n, "))",] $($rest)*)
    };
    (@ postgres [$($done:tt)*] records($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ postgres [$($done)* "jsonb_array_elements($", $n, "::jsonb)",] $($rest)*)
    };
    (@ sqlite [$($done:tt)*] id($key:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite [$($done)* "unhex(r.value ->> '", $key, "', '-')",] $($rest)*)
    };
    (@ postgres [$($done:tt)*] id($key:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ postgres [$($done)* "(r.value ->> '", $key, "')::uuid",] $($rest)*)
    };
    (@ sqlite [$($done:tt)*] each_id($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite
            [$($done)* "(select unhex(value, '-') as value from json_each($", $n, "))",] $($rest)*)
    };
    (@ postgres [$($done:tt)*] each_id($n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ postgres
            [$($done)* "(select jsonb_array_elements_text($", $n, "::jsonb)::uuid as value)",] $($rest)*)
    };
    (@ sqlite [$($done:tt)*] bytes($column:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite [$($done)* $column,] $($rest)*)
    };
    (@ postgres [$($done:tt)*] bytes($column:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ postgres [$($done)* $column, " collate \"C\"",] $($rest)*)
    };
    (@ sqlite [$($done:tt)*] contains($column:literal, $n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite [$($done)* "instr(", $column, ", $", $n, ") > 0",] $($rest)*)
    };
    (@ postgres [$($done:tt)*] contains($column:literal, $n:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ postgres [$($done)* "strpos(", $column, ", $", $n, ") > 0",] $($rest)*)
    };
    (@ sqlite [$($done:tt)*] for_no_key_update() $($rest:tt)*) => {
        $crate::sql::text!(@ sqlite [$($done)*] $($rest)*)
    };
    (@ postgres [$($done:tt)*] for_no_key_update() $($rest:tt)*) => {
        $crate::sql::text!(@ postgres [$($done)* " for no key update",] $($rest)*)
    };
    (@ $db:ident [$($done:tt)*] text($key:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ $db [$($done)* "r.value ->> '", $key, "'",] $($rest)*)
    };
    (@ $db:ident [$($done:tt)*] int($key:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ $db [$($done)* "cast(r.value ->> '", $key, "' as bigint)",] $($rest)*)
    };
    (@ $db:ident [$($done:tt)*] bool($key:literal) $($rest:tt)*) => {
        $crate::sql::text!(@ $db [$($done)* "cast(r.value ->> '", $key, "' as boolean)",] $($rest)*)
    };
    (@ $db:ident [$($done:tt)*] $part:ident!($($name:literal),*) $($rest:tt)*) => {
        $crate::sql::text!(@ $db [$($done)* $part!($($name),*),] $($rest)*)
    };
    (@ $db:ident [$($done:tt)*] $part:literal $($rest:tt)*) => {
        $crate::sql::text!(@ $db [$($done)* $part,] $($rest)*)
    };
    ($db:ident [$($part:tt)*]) => { $crate::sql::text!(@ $db [] $($part)*) };
    ($db:ident $text:literal) => { $text };
}

/// The columns of an entity, each after the name of its table in the statement (`"c."`, or `""`). An entity
/// lists its columns once, in a macro made of this one.
macro_rules! columns {
    ($table:literal, $first:ident $(, $more:ident)* $(,)?) => {
        concat!($table, stringify!($first) $(, ", ", $table, stringify!($more))*)
    };
}

/// Runs a statement on whichever database it is.
macro_rules! run {
    ($on:expr, $query:ident, $text:tt, [$($value:expr),*], $way:ident $($then:tt)*) => {{
        #[cfg(test)]
        inventory::submit! {
            $crate::sql::Statement {
                sqlite: $crate::sql::text!(sqlite $text),
                postgres: $crate::sql::text!(postgres $text),
                file: file!(),
                line: line!(),
            }
        }
        match $on.connection() {
            $crate::db::Inner::Sqlite(connection) => {
                sqlx::$query($crate::sql::text!(sqlite $text))
                    $(.bind($crate::sql::Value::value($value)))*
                    .$way(connection)
                    .await
                    $($then)*
                    .map_err(|source| $crate::Error::statement($crate::sql::text!(sqlite $text), source))
            }
            $crate::db::Inner::Postgres(connection) => {
                sqlx::$query($crate::sql::text!(postgres $text))
                    $(.bind($crate::sql::Value::value($value)))*
                    .$way(connection)
                    .await
                    $($then)*
                    .map_err(|source| $crate::Error::statement($crate::sql::text!(postgres $text), source))
            }
        }
    }};
}

/// Changes rows; answers how many.
macro_rules! exec {
    ($on:expr, $text:tt, [$($value:expr),* $(,)?]) => {
        $crate::sql::run!(
            $on, query, $text, [$($value),*], execute.map(|done| done.rows_affected())
        )
    };
}

/// All rows.
macro_rules! rows {
    ($on:expr, $text:tt, [$($value:expr),* $(,)?]) => {
        $crate::sql::run!($on, query_as, $text, [$($value),*], fetch_all)
    };
}

/// The first row, if there is one.
macro_rules! row {
    ($on:expr, $text:tt, [$($value:expr),* $(,)?]) => {
        $crate::sql::run!($on, query_as, $text, [$($value),*], fetch_optional)
    };
}

/// The one row there is.
macro_rules! one_row {
    ($on:expr, $text:tt, [$($value:expr),* $(,)?]) => {
        $crate::sql::run!($on, query_as, $text, [$($value),*], fetch_one)
    };
}

/// The first column of all rows.
macro_rules! values {
    ($on:expr, $text:tt, [$($value:expr),* $(,)?]) => {
        $crate::sql::run!($on, query_scalar, $text, [$($value),*], fetch_all)
    };
}

/// The first column of the first row, if there is one.
macro_rules! value {
    ($on:expr, $text:tt, [$($value:expr),* $(,)?]) => {
        $crate::sql::run!($on, query_scalar, $text, [$($value),*], fetch_optional)
    };
}

/// The first column of the one row there is.
macro_rules! one_value {
    ($on:expr, $text:tt, [$($value:expr),* $(,)?]) => {
        $crate::sql::run!($on, query_scalar, $text, [$($value),*], fetch_one)
    };
}

pub(crate) use {columns, exec, one_row, one_value, row, rows, run, text, value, values};

/// What can stand for `$n`: how a word of ours is kept in a column.
pub(crate) trait Value {
    /// As the databases know it.
    type Column;

    fn value(self) -> Self::Column;
}

/// What the databases know themselves.
macro_rules! plain {
    ($($kind:ty),+ $(,)?) => {$(
        impl<'a> Value for $kind {
            type Column = Self;

            fn value(self) -> Self {
                self
            }
        }
    )+};
}
plain!(bool, i32, i64, String, Uuid, Vec<u8>, &'a str, &'a [u8]);

impl<'a> Value for &'a String {
    type Column = &'a str;

    fn value(self) -> &'a str {
        self
    }
}

impl Value for u32 {
    type Column = i64;

    fn value(self) -> i64 {
        self.into()
    }
}

/// Milliseconds since 1970.
impl Value for Timestamp {
    type Column = i64;

    fn value(self) -> i64 {
        self.millis()
    }
}

/// The organization, which every statement about tenant data names.
impl Value for Scope {
    type Column = Uuid;

    fn value(self) -> Uuid {
        self.organization().uuid()
    }
}

impl<T: Value> Value for Option<T> {
    type Column = Option<T::Column>;

    fn value(self) -> Option<T::Column> {
        self.map(T::value)
    }
}

/// A list of any length as one parameter.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> Value for Json<T> {
    type Column = String;

    fn value(self) -> String {
        // Ids, texts and records of them always serialize; a database refuses an empty text here.
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

macro_rules! ids {
    ($($id:ident),+ $(,)?) => {$(
        impl Value for domain::$id {
            type Column = Uuid;

            fn value(self) -> Uuid {
                self.uuid()
            }
        }
    )+};
}
ids!(
    AddressRequestId,
    AllowedAddressId,
    AuditEventId,
    BulkRunId,
    ChartId,
    ClusterId,
    CredentialId,
    DeliveryId,
    ExportId,
    GitTargetId,
    InvitationId,
    JobId,
    NoticeId,
    OperationId,
    OrganizationId,
    ProjectId,
    PropagationId,
    RepositoryId,
    SyncRunId,
    UserId,
);
