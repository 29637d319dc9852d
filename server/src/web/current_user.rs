//! Who asks, as pages, actions and streams are told.

use std::{
    net::IpAddr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use app::services::{CurrentUser, Flash, Typing};
use async_trait::async_trait;
use domain::{Principal, Secret, ServiceError, Timestamp, UserId, account::SessionKey};
use http::HeaderValue;
use tower_sessions::Session;

use super::public_url::Transport;
use super::{kept_cookie::KeptCookie, known_browser, session::hash};
use crate::disk::Disk;

/// The keys of the session's record.
pub(super) const USER: &str = "user";
/// Where a session began, and in which browser.
pub(super) const ADDRESS: &str = "address";
pub(super) const BROWSER: &str = "browser";
const FLASH: &str = "flash";
const TYPING: &str = "typing";

/// The most bytes that are kept of what a visitor without an account typed.
const STRANGER_BYTES: usize = 900;

/// The visitor of one request.
#[derive(Debug)]
pub struct SessionUser {
    pub(super) session: Session,
    pub(super) user: Option<UserId>,
    pub(super) principal: Option<Principal>,
    pub(super) peer: IpAddr,
    /// The browser in words.
    pub(super) browser: String,
    pub(super) now: Timestamp,
    pub(super) transport: Transport,
    pub(super) known_browser: Option<Secret>,
    pub(super) invitation: Option<Secret>,
    pub(super) disk: Disk,
    pub(super) ended: AtomicBool,
    pub(super) parting: Mutex<Parting>,
}

/// What a visit leaves for its answer.
#[derive(Debug, Default)]
pub(super) struct Parting {
    pub(super) cookies: Vec<HeaderValue>,
    pub(super) refusal: Option<ServiceError>,
}

impl SessionUser {
    /// The session, which outlives the request.
    pub(super) const fn session(&self) -> &Session {
        &self.session
    }

    /// What this visit leaves so far.
    pub(super) fn parting(&self) -> MutexGuard<'_, Parting> {
        self.parting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CurrentUser for SessionUser {
    fn user(&self) -> Option<UserId> {
        self.user
    }

    fn principal(&self) -> Option<Principal> {
        self.principal.clone()
    }

    fn session(&self) -> Option<SessionKey> {
        self.session.id().map(|id| SessionKey::new(hash(id)))
    }

    fn peer(&self) -> IpAddr {
        self.peer
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn known_browser(&self) -> Option<Secret> {
        self.known_browser.clone()
    }

    fn keep_browser(&self, token: &Secret) {
        self.parting().cookies.extend(known_browser::header(self.transport, token));
    }

    fn invitation(&self) -> Option<Secret> {
        self.invitation.clone()
    }

    fn forget_invitation(&self) {
        let forgotten = KeptCookie::Invitation.header(self.transport, &Secret::default(), 0);
        self.parting().cookies.extend(forgotten);
    }

    fn turn_away(&self, problem: &ServiceError) {
        self.parting().refusal = Some(problem.clone());
    }

    fn warning(&self) -> Option<String> {
        self.disk.notice()
    }

    async fn begin(&self, user: UserId) -> Result<(), ServiceError> {
        // What an anonymous visitor was told is not for the person who signs in.
        self.session.clear().await;
        self.session.cycle_id().await.map_err(unavailable)?;
        self.session.insert(ADDRESS, self.peer.to_string()).await.map_err(unavailable)?;
        self.session.insert(BROWSER, &self.browser).await.map_err(unavailable)?;
        self.session.insert(USER, user).await.map_err(unavailable)
    }

    async fn end(&self) -> Result<(), ServiceError> {
        self.session.flush().await.map_err(unavailable)?;
        self.ended.store(true, Ordering::Release);
        Ok(())
    }

    async fn set_flash(&self, flash: Flash) -> Result<(), ServiceError> {
        let flash = match self.user {
            Some(_) => flash,
            None => within(flash, STRANGER_BYTES),
        };
        self.session.insert(FLASH, flash).await.map_err(unavailable)
    }

    async fn take_flash(&self) -> Option<Flash> {
        let flash = self.session.get(FLASH).await.ok().flatten()?;
        self.session.remove_value(FLASH).await.ok()?;
        Some(flash)
    }

    async fn keep_typing(&self, typing: Option<Typing>) -> Result<(), ServiceError> {
        match typing {
            Some(typing) => self.session.insert(TYPING, typing).await.map_err(unavailable),
            None => self.session.remove_value(TYPING).await.map(drop).map_err(unavailable),
        }
    }

    async fn typing(&self) -> Option<Typing> {
        let typing: Typing = self.session.get(TYPING).await.ok().flatten()?;
        (self.now < typing.ends).then_some(typing)
    }
}

/// As much of a message as fits: what was typed goes first, and the longest of it before the rest.
fn within(mut flash: Flash, most: usize) -> Flash {
    let fits = |flash: &Flash| serde_json::to_string(flash).is_ok_and(|text| text.len() <= most);
    while !fits(&flash) {
        let longest = flash.values.iter().max_by_key(|(name, value)| name.len() + value.len());
        match longest.map(|(name, _)| name.clone()) {
            Some(name) => drop(flash.values.remove(&name)),
            None => return Flash::default(),
        }
    }
    flash
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err`")]
fn unavailable(error: tower_sessions::session::Error) -> ServiceError {
    tracing::error!(%error, "failed to store a session");
    ServiceError::Unavailable { what: "The database".to_owned() }
}

#[cfg(test)]
mod tests {
    use domain::Field;

    use super::*;

    fn typed(fields: &[(&str, usize)]) -> Flash {
        let values = fields.iter().map(|(name, bytes)| ((*name).to_owned(), "x".repeat(*bytes)));
        Flash {
            problems: Some(Field::Email.problem("Type an e-mail address.").into()),
            form: Some("sign-in".to_owned()),
            values: values.collect(),
            ..Flash::default()
        }
    }

    #[test]
    fn of_strangers_little_is_kept() {
        let short = typed(&[("email", 200), ("name", 200)]);
        assert_eq!(within(short.clone(), STRANGER_BYTES), short);
        let long = within(typed(&[("email", 40), ("name", 65_536)]), STRANGER_BYTES);
        assert_eq!(long.values.keys().collect::<Vec<_>>(), ["email"]);
        assert!(long.problems.is_some());
        let told = Flash { notice: Some("x".repeat(2_000)), ..Flash::default() };
        assert_eq!(within(told, STRANGER_BYTES), Flash::default());
    }
}
