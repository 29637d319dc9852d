//! Looking through everything that SQL keeps, for what must not be there (INV-1).

use sqlx::{AssertSqlSafe, Connection};

use super::TestEnv;

/// What a sweep has to find, or it looked at nothing.
const MARKER: &str = "planted-5b1e";

impl TestEnv {
    /// That none of these texts is anywhere in the database, as text or as bytes: in the files of
    /// SQLite as they lie on the disk, with what is not written back yet, and in every column of every
    /// table of PostgreSQL.
    pub async fn assert_sql_without(&self, texts: &[&str]) {
        self.sql("create table if not exists planted (words text, bytes bytea)").await;
        let hex = hex::encode(MARKER);
        let bytes =
            if self.is_sqlite() { format!("x'{hex}'") } else { format!("decode('{hex}', 'hex')") };
        for (words, bytes) in [(format!("'a {MARKER} b'"), "null"), ("null".into(), &bytes)] {
            self.sql("delete from planted").await;
            self.sql(&format!("insert into planted (words, bytes) values ({words}, {bytes})"))
                .await;
            assert!(self.where_is(MARKER).await.is_some(), "the sweep looked at nothing");
        }
        for text in texts {
            assert_eq!(self.where_is(text).await, None, "{text} is in SQL");
        }
    }

    /// The first file or table that holds a text.
    async fn where_is(&self, text: &str) -> Option<String> {
        if self.is_sqlite() { self.file_with(text) } else { self.table_with(text).await }
    }

    fn file_with(&self, text: &str) -> Option<String> {
        std::fs::read_dir(self.folder()).unwrap().map(Result::unwrap).find_map(|file| {
            let name = file.file_name().into_string().unwrap();
            let is_database = name.starts_with("hawser.db");
            let bytes = std::fs::read(file.path());
            let holds =
                |bytes: Vec<u8>| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            (is_database && holds(bytes.unwrap())).then_some(name)
        })
    }

    /// A row written as text has its bytes in hexadecimal digits.
    async fn table_with(&self, text: &str) -> Option<String> {
        let mut connection = sqlx::PgConnection::connect(&self.address).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.tables
             where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        for table in tables {
            let rows: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
                "select count(*) from \"{table}\" as r
                 where strpos(r::text, $1) > 0 or strpos(r::text, $2) > 0"
            )))
            .bind(text)
            .bind(hex::encode(text))
            .fetch_one(&mut connection)
            .await
            .unwrap();
            if rows > 0 {
                return Some(table);
            }
        }
        None
    }
}
