//! Sessions: kept in SQL under the SHA-256 of their id, so that a copy of the database opens none.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use domain::{Timestamp, UserId};
use engine::Clock;
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};
use storage::{Db, sessions::NewSession};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::public_url::{PublicUrl, Transport};
use super::{
    current_user::{ADDRESS, BROWSER, USER},
    pending_sessions::PendingSessions,
};

/// How long a session lives without a request.
pub const IDLE: Duration = Duration::from_hours(12);

/// How long a session lives at most.
pub const ABSOLUTE: Duration = Duration::from_hours(7 * 24);

/// How long the session of a visitor without an account lives, in which a refused form is kept.
pub const STRANGER: Duration = Duration::from_mins(10);

/// The key of the record under which its age is kept.
const CREATED: &str = "created";

/// How exactly the last request of a session is known.
const TOUCH: Duration = Duration::from_mins(1);

/// How long a request waits for what it leaves in its session. A page that only reads does not fail
/// because the database has much to write.
const WRITING: Duration = Duration::from_secs(1);

/// The cookie's name. With `__Host-` browsers take it over TLS alone, and from this host alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CookieName(&'static str);

impl CookieName {
    pub(super) fn of(public: &PublicUrl) -> Self {
        match public.transport() {
            Transport::Encrypted => Self("__Host-hawser"),
            Transport::Plain => Self("hawser"),
        }
    }

    /// Whether a request carries it.
    pub(super) fn is_in(self, headers: &HeaderMap) -> bool {
        headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|cookies| cookies.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|cookie| cookie.split(|byte| *byte == b'=').next())
            .any(|name| name.trim_ascii() == self.0.as_bytes())
    }
}

/// The layer that gives every request its session. A visitor gets a row and a cookie when there is
/// something to remember, not before.
pub(super) fn layer(rows: &SessionRows, public: &PublicUrl) -> SessionManagerLayer<SessionRows> {
    let seconds = i64::try_from(ABSOLUTE.as_secs()).unwrap_or(i64::MAX);
    SessionManagerLayer::new(rows.clone())
        .with_name(CookieName::of(public).0)
        .with_secure(public.transport() == Transport::Encrypted)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::seconds(seconds)))
}

/// Gives a cookie that is being removed the attributes without which browsers ignore the removal
/// of a `__Host-` cookie.
pub(super) fn complete_removal(headers: &mut HeaderMap) {
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    let removes = |cookie: &HeaderValue| {
        cookie.to_str().is_ok_and(|text| text.starts_with("__Host-") && !text.contains("; Secure"))
    };
    if !cookies.iter().any(removes) {
        return;
    }
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let complete = match cookie.to_str() {
            Ok(text) if removes(&cookie) => {
                HeaderValue::try_from(format!("{text}; Secure; HttpOnly; SameSite=Lax"))
            }
            _ => Ok(cookie),
        };
        if let Ok(cookie) = complete {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// The rows of all sessions.
#[derive(Clone)]
pub struct SessionRows {
    db: Db,
    clock: Arc<dyn Clock>,
    /// The sessions whose use is being noted.
    touching: Arc<Mutex<HashSet<Hash>>>,
    pending: PendingSessions,
}

/// The SHA-256 of a session's id.
type Hash = [u8; 32];

impl fmt::Debug for SessionRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionRows")
    }
}

impl SessionRows {
    pub(super) fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock, touching: Arc::default(), pending: PendingSessions::default() }
    }

    /// Whether a session still lives. Looking does not make it live longer.
    pub(super) async fn lives(&self, id: Id) -> bool {
        storage::sessions::load(&self.db, &hash(id), self.clock.now())
            .await
            .is_ok_and(|row| row.is_some())
    }

    /// Removes what has ended by itself: sessions, the budgets of failed passwords, browsers that were
    /// known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tidy(&self) -> storage::Result<()> {
        let now = self.clock.now();
        storage::sessions::delete_expired(&self.db, now).await?;
        storage::sessions::forget_failures(&self.db, now).await?;
        storage::sessions::forget_browsers(&self.db, now).await
    }

    /// Notes that a session is used. What cannot be noted now is noted with a later request.
    async fn touch(&self, hash: Hash, now: Timestamp, end: Timestamp) {
        let Some(touching) = Touching::begin(&self.touching, hash) else { return };
        let db = self.db.clone();
        written(async move {
            let _touching = touching;
            storage::sessions::touch(&db, &hash, now, end).await
        })
        .await;
    }
}

/// Runs a write to its end, and waits for that as long as a page may: an answer that is made already does
/// not fail for it.
async fn written(write: impl Future<Output = storage::Result<()>> + Send + 'static) {
    let write = tokio::spawn(async move {
        if let Err(error) = write.await {
            tracing::warn!(error = %backend(error), "failed to write a session");
        }
    });
    let _ = tokio::time::timeout(WRITING, write).await;
}

/// A session whose use is being noted, by one request at a time.
struct Touching {
    all: Arc<Mutex<HashSet<Hash>>>,
    hash: Hash,
}

impl Touching {
    fn begin(all: &Arc<Mutex<HashSet<Hash>>>, hash: Hash) -> Option<Self> {
        let is_new = all.lock().unwrap_or_else(PoisonError::into_inner).insert(hash);
        is_new.then(|| Self { all: Arc::clone(all), hash })
    }
}

impl Drop for Touching {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.hash);
    }
}

#[async_trait]
impl SessionStore for SessionRows {
    /// Always under a new id: the one in the record may have been signed out.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.clock.now();
        record.id = Id(i128::from_le_bytes(rand::random()));
        record.data.insert(CREATED.to_owned(), now.millis().into());
        let text = encode(record)?;
        let new = NewSession {
            user: user(record),
            record: &text,
            address: said(record, ADDRESS),
            browser: said(record, BROWSER),
            expires_at: end(user(record), now, now),
        };
        storage::sessions::create(&self.db, &hash(record.id), &new, now).await.map_err(backend)
    }

    /// Changes a row that is there. A session that was ended meanwhile stays ended. What is saved is a
    /// message, or that it was shown; neither is worth the answer that it belongs to.
    async fn save(&self, record: &Record) -> Result<()> {
        let (now, user) = (self.clock.now(), user(record));
        let created = record.data.get(CREATED).and_then(serde_json::Value::as_i64);
        let end = end(user, created.map_or(now, Timestamp::from_millis), now);
        let (db, hash, text) = (self.db.clone(), hash(record.id), encode(record)?);
        // What the database does not store, or not in time, is read from memory for a while.
        let held = self.pending.clone();
        held.insert(hash, text.clone(), now);
        written(async move {
            storage::sessions::save(&db, &hash, user, &text, now, end).await?;
            held.remove(&hash, now);
            Ok(())
        })
        .await;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (hash, now) = (hash(*id), self.clock.now());
        let Some(row) = storage::sessions::load(&self.db, &hash, now).await.map_err(backend)?
        else {
            return Ok(None);
        };
        let record = self.pending.newer(&hash, now).unwrap_or(row.record);
        let data = serde_json::from_str(&record)
            .map_err(|_| Error::Decode("the record of a session".to_owned()))?;
        let record = Record { id: *id, data, expiry_date: date(row.expires_at) };
        let user = user(&record);
        if user.is_some() && now.since(row.last_seen_at) >= TOUCH {
            self.touch(hash, now, end(user, row.created_at, now)).await;
        }
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let hash = hash(*id);
        storage::sessions::delete(&self.db, &hash).await.map_err(backend)?;
        self.pending.remove(&hash, self.clock.now());
        Ok(())
    }
}

/// When a session ends that was made at `created` and used at `now`.
fn end(user: Option<UserId>, created: Timestamp, now: Timestamp) -> Timestamp {
    match user {
        Some(_) => created.plus(ABSOLUTE).min(now.plus(IDLE)),
        None => now.plus(STRANGER),
    }
}

/// How the row of a session is named.
pub(super) fn hash(id: Id) -> Hash {
    Sha256::digest(id.to_string().as_bytes()).into()
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data)
        .map_err(|_| Error::Encode("the record of a session".to_owned()))
}

/// Whose session it is; the row names them, so that all their sessions can be found.
fn user(record: &Record) -> Option<UserId> {
    record.data.get(USER)?.as_str()?.parse().ok()
}

/// A text of the record; empty when it holds none.
fn said<'a>(record: &'a Record, key: &str) -> &'a str {
    record.data.get(key).and_then(serde_json::Value::as_str).unwrap_or_default()
}

fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.millis() / 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err`")]
fn backend(error: storage::Error) -> Error {
    use std::error::Error as _;
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    Error::Backend(format!("{error}: {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let name = CookieName("hawser");
        let found = |cookie: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            name.is_in(&headers)
        };
        assert!(found("hawser=x") && found("a=b; hawser=x") && found("hawser"));
        assert!(!found("hawser2=x") && !found("a=hawser") && !found("__Host-hawser=x"));
    }

    #[test]
    fn a_removal_is_complete() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::SET_COOKIE,
            HeaderValue::from_static("__Host-hawser=; Max-Age=0; Path=/"),
        );
        headers.append(header::SET_COOKIE, HeaderValue::from_static("other=1"));
        complete_removal(&mut headers);
        let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(cookies[0], "__Host-hawser=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(cookies[1], "other=1");
    }

    #[test]
    fn r_sess_03_a_session_ends_after_twelve_quiet_hours_or_seven_days() {
        let created = Timestamp::from_millis(0);
        let end = |now| end(Some(UserId::new()), created, now);
        assert_eq!(end(created.plus(IDLE)), created.plus(IDLE).plus(IDLE));
        assert_eq!(end(created.plus(ABSOLUTE)), created.plus(ABSOLUTE));
    }

    #[test]
    fn r_sess_04_the_row_does_not_hold_the_id() {
        let id = Id(7);
        assert_ne!(hash(id).as_slice(), id.to_string().as_bytes());
        assert_ne!(hash(id), hash(Id(8)));
    }
}
