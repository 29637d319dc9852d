//! The server's SQLite file: filled with more than a bench could add over HTTP, and asked when things happened.

use std::{path::Path, time::Duration};

use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

use crate::Failure;

/// An open file.
pub struct Database(SqlitePool);

/// How much an organization has.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub credentials: u32,
    pub repositories: u32,
    pub charts: u32,
}

/// What the pages of few rows show.
pub const FEW: Size = Size { credentials: 50, repositories: 50, charts: 250 };
/// What the pages of many rows show.
pub const MANY: Size = Size { credentials: 10_000, repositories: 10_000, charts: 50_000 };

impl Database {
    /// Opens a file beside the server that has it open.
    pub async fn open(file: &Path) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new().filename(file).foreign_keys(true);
        Ok(Self(SqlitePool::connect_with(options).await?))
    }

    /// Adds rows until there are as many as in `size`. A third of the credentials expires, one in fifty
    /// repositories fails.
    pub async fn fill(&self, size: Size) -> Result<(), Failure> {
        for (text, rows) in [
            (CREDENTIALS, size.credentials),
            (REPOSITORIES, size.repositories),
            (LINKS, size.repositories),
            (CHARTS, size.charts),
        ] {
            sqlx::query(text).bind(rows).execute(&self.0).await?;
        }
        sqlx::query(WORDS).execute(&self.0).await?;
        Ok(())
    }

    /// The id of a repository that is linked.
    pub async fn repository(&self) -> Result<String, Failure> {
        let text = "select lower(hex(repository_id)) from links order by repository_id limit 1";
        let hex: String = sqlx::query_scalar(text).fetch_one(&self.0).await?;
        let mut id = hex;
        for at in [20, 16, 12, 8] {
            id.insert(at, '-');
        }
        Ok(id)
    }

    /// From the start of the newest propagation to the end of its last delivery.
    pub async fn propagated(&self) -> Result<Duration, Failure> {
        let text = "select finished_at - started_at from propagations
                    where finished_at is not null order by started_at desc limit 1";
        let milliseconds: i64 = sqlx::query_scalar(text).fetch_one(&self.0).await?;
        Ok(Duration::from_millis(milliseconds.try_into()?))
    }
}

const CREDENTIALS: &str = "
    with recursive n (n) as (select 1 union all select n + 1 from n where n < $1)
    insert or ignore into credentials (organization_id, id, provider, shape, purposes, name, name_key, username,
      description, state, vault_version, created_at, created_by, updated_at, updated_by, secret_at, expires_at,
      expiry_source)
    select o.id, unhex(printf('c0%030x', n)), 'generic_registry', 'password', 'helm', printf('many-%05d', n),
      printf('many-%05d', n), 'ada', '', 'active', 1, 1, 'Ada', 1, 'Ada', 1,
      case when n % 3 = 0 then unixepoch() * 1000 + n * 700000 end, case when n % 3 = 0 then 'typed' end
    from n, organizations o";
const REPOSITORIES: &str = "
    with recursive n (n) as (select 1 union all select n + 1 from n where n < $1)
    insert or ignore into repositories (organization_id, id, name, name_key, kind, url, origin, project_id,
      interval_seconds, state, cause, failing_since, charts, created_at, updated_by)
    select p.organization_id, unhex(printf('d0%030x', n)), printf('many-%05d', n), printf('many-%05d', n), 'helm',
      printf('https://charts-%d.example.com', n), printf('https://charts-%d.example.com:443', n), p.id, 3600,
      case when n % 50 = 0 then 'failing' else 'healthy' end, case when n % 50 = 0 then 'not_found' end,
      case when n % 50 = 0 then 1 end, 5, 1, 'Ada'
    from n, projects p where p.is_default";
const LINKS: &str = "
    with recursive n (n) as (select 1 union all select n + 1 from n where n < $1)
    insert or ignore into links (organization_id, repository_id, credential_id, origin, state, created_at)
    select o.id, unhex(printf('d0%030x', n)), unhex(printf('c0%030x', n)),
      printf('https://charts-%d.example.com:443', n), 'active', 1 from n, organizations o";
const CHARTS: &str = "
    with recursive n (n) as (select 1 union all select n + 1 from n where n < $1)
    insert or ignore into charts (organization_id, id, repository_id, name, version, app_version, description,
      search_text, versions, deprecated, content_hash)
    select o.id, unhex(printf('e0%030x', n)), unhex(printf('d0%030x', (n - 1) / 5 + 1)),
      printf('chart-%05d', n * 7919 % 50000), '1.0.0', '1.0', 'A chart of the bench',
      printf('chart-%05d a chart of the bench', n * 7919 % 50000), 1, false, '' from n, organizations o";
/// What can be searched for, as the server writes it with a name of two words.
const WORDS: &str = "
    with named (organization_id, kind, id, name) as (
      select organization_id, 'credential', id, name from credentials
      union all select organization_id, 'repository', id, name from repositories
      union all select organization_id, 'chart', id, name from charts)
    insert or ignore into search_words (organization_id, kind, word, object_id)
    select organization_id, kind, substr(name, 1, instr(name, '-') - 1), id from named where name glob '*-[0-9]*'
    union all select organization_id, kind, substr(name, instr(name, '-') + 1), id from named where name glob '*-[0-9]*'";
