//! The databases of the matrix past Hawser: rows that no form makes, and what all tables hold.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _, SqliteConnection};
use uuid::Uuid;

/// Tables that a refused request may change: sessions keep what the next page says, and limits count.
const OF_VISITS: [&str; 3] = ["sessions", "failed_attempts", "known_browsers"];

/// The audit log, which may say who read what.
pub const AUDIT: &str = "audit_events";

/// A connection of our own.
pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A value of a statement.
pub enum Value {
    Id(Uuid),
    Text(String),
    Number(i64),
    Bytes(Vec<u8>),
}

/// The bytes of an id that a page or form shows.
pub fn id(text: &str) -> Value {
    Value::Id(text.parse().unwrap())
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

macro_rules! bound {
    ($statement:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($statement));
        for value in $values {
            query = match value {
                Value::Id(id) => query.bind(id),
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

impl Database {
    pub async fn open(address: &str) -> Self {
        if address.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(address).await.unwrap())
        } else {
            Self::Postgres(PgConnection::connect(address).await.unwrap())
        }
    }

    pub async fn run(&mut self, statement: &str, values: Vec<Value>) {
        match self {
            Self::Sqlite(on) => drop(bound!(statement, values).execute(on).await.unwrap()),
            Self::Postgres(on) => drop(bound!(statement, values).execute(on).await.unwrap()),
        }
    }

    /// The one id that a statement finds.
    pub async fn id(&mut self, statement: &str, values: Vec<Value>) -> String {
        let found: Uuid = match self {
            Self::Sqlite(on) => bound!(statement, values).fetch_one(on).await.unwrap().get(0),
            Self::Postgres(on) => bound!(statement, values).fetch_one(on).await.unwrap().get(0),
        };
        found.to_string()
    }

    /// The one number that a statement finds.
    pub async fn number(&mut self, statement: &str, values: Vec<Value>) -> i64 {
        match self {
            Self::Sqlite(on) => bound!(statement, values).fetch_one(on).await.unwrap().get(0),
            Self::Postgres(on) => bound!(statement, values).fetch_one(on).await.unwrap().get(0),
        }
    }

    async fn texts(&mut self, statement: String) -> Vec<(String, String)> {
        let statement = AssertSqlSafe(statement);
        match self {
            Self::Sqlite(on) => {
                let rows = sqlx::query(statement).fetch_all(on).await.unwrap();
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
            Self::Postgres(on) => {
                let rows = sqlx::query(statement).fetch_all(on).await.unwrap();
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
        }
    }

    /// The columns of all tables. The schema is asked, so a new table is looked at too.
    async fn columns(&mut self) -> BTreeMap<String, Vec<String>> {
        let columns = match self {
            Self::Sqlite(_) => {
                "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c
                 where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, c.cid"
            }
            Self::Postgres(_) => {
                "select table_name::text, column_name::text from information_schema.columns
                 where table_schema = 'public' order by table_name, ordinal_position"
            }
        };
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column) in self.texts(columns.to_owned()).await {
            // Every line of the audit log counts one on, also that of a refusal.
            if !OF_VISITS.contains(&table.as_str()) && column != "audit_sequence" {
                tables.entry(table).or_default().push(column);
            }
        }
        assert!(tables.contains_key(AUDIT) && tables.contains_key("credentials"));
        tables
    }

    /// From now on the database notes which tables are written to, for [`Self::written`].
    pub async fn watch(&mut self) {
        let tables = self.columns().await;
        self.script("create table written (name text not null)").await;
        if let Self::Postgres(_) = self {
            self.script(
                "create function note_written() returns trigger language plpgsql as
                 $$ begin insert into written values (tg_table_name); return null; end $$",
            )
            .await;
        }
        for (table, columns) in &tables {
            for event in ["insert", "update", "delete"] {
                let row = if event == "delete" { "old" } else { "new" };
                let of = match (event, table.as_str()) {
                    ("update", "organizations") => format!("of {}", columns.join(", ")),
                    _ => String::new(),
                };
                let unless = exception(table).map_or_else(String::new, |(column, value)| {
                    format!("when ({row}.{column} <> '{value}')")
                });
                let note = match self {
                    Self::Sqlite(_) => format!("begin insert into written values ('{table}'); end"),
                    Self::Postgres(_) => "execute function note_written()".to_owned(),
                };
                self.script(&format!(
                    "create trigger written_{table}_{event} after {event} {of} on \"{table}\"
                     for each row {unless} {note}"
                ))
                .await;
            }
        }
    }

    async fn script(&mut self, statement: &str) {
        self.run(statement, Vec::new()).await;
    }

    /// The tables that were written to since the last call.
    pub async fn written(&mut self) -> BTreeSet<String> {
        let statement = "delete from written returning name, ''";
        self.texts(statement.to_owned()).await.into_iter().map(|(table, _)| table).collect()
    }

    /// A digest of every row of every table.
    pub async fn contents(&mut self) -> BTreeMap<String, String> {
        let tables = self.columns().await;
        let tables = tables.iter().filter(|(table, _)| *table != "written");
        let parts = tables.map(|(table, columns)| self.reading(table, columns));
        let statement = parts.collect::<Vec<_>>().join(" union all ");
        self.texts(statement).await.into_iter().collect()
    }

    fn reading(&self, table: &str, columns: &[String]) -> String {
        let unless = exception(table)
            .map_or_else(String::new, |(column, value)| format!("where {column} <> '{value}'"));
        match self {
            Self::Sqlite(_) => {
                let row: Vec<_> = columns.iter().map(|it| format!("quote(\"{it}\")")).collect();
                let row = row.join(" || ',' || ");
                format!(
                    "select '{table}', coalesce((select group_concat(r, char(10)) from
                     (select {row} as r from \"{table}\" {unless} order by 1)), '')"
                )
            }
            Self::Postgres(_) => {
                let row: Vec<_> = columns.iter().map(|it| format!("\"{it}\"")).collect();
                let row = format!("md5(row({})::text)", row.join(", "));
                format!(
                    "select '{table}', coalesce((select md5(string_agg({row}, '' order by {row}))
                     from \"{table}\" {unless}), '')"
                )
            }
        }
    }
}

/// The rows of a table that a refused request may write: the column and value that tell them.
fn exception(table: &str) -> Option<(&'static str, &'static str)> {
    match table {
        AUDIT => Some(("action", "refused")),
        // Readiness stores this to see whether anything can be stored.
        "settings" => Some(("name", "written")),
        _ => None,
    }
}
