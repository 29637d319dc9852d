//! What every route works with.

use std::{net::SocketAddr, sync::Arc};

use app::services::Services;
use axum::extract::FromRef;
use engine::{Clock, Engine};
use tokio::sync::watch;

use super::{
    assets::Assets,
    health::{Probes, Stage},
    limits::Rates,
    origin::Origins,
    public_url::{PublicUrl, Transport},
    session::SessionRows,
    stream_slots::Streams,
    visitors::{RequestRate, TrustedProxies},
    watches::Watches,
};
use crate::disk::Disk;

/// The running Hawser, as its routes see it. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    pub(crate) services: Services,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sessions: SessionRows,
    pub(crate) assets: Assets,
    pub(super) origins: Origins,
    pub(super) public: PublicUrl,
    pub(super) probes: Probes,
    pub(super) streams: Streams,
    pub(super) watches: Watches,
    pub(super) rates: Rates,
    pub(super) trusted_proxies: Arc<TrustedProxies>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) disk: Disk,
    /// Where accounts are connected.
    pub(super) github: Option<Arc<str>>,
}

/// What a [`Site`] is made of.
pub struct Parts {
    /// The use cases.
    pub engine: Engine,
    /// What was answered since the start.
    pub probes: Probes,
    /// The database, for sessions.
    pub db: storage::Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The URL people open.
    pub public: PublicUrl,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The browser bundle.
    pub assets: Assets,
    /// The proxies in front whose word on the visitor's address counts.
    pub trusted_proxies: TrustedProxies,
    /// How often a signed-in person may ask.
    pub request_rate: RequestRate,
    /// Turns true when the server stops; streams end then.
    pub stop: watch::Receiver<bool>,
}

impl Site {
    /// Puts the parts together, and says to the probes that they are.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            engine,
            probes,
            db,
            clock,
            public,
            listen,
            assets,
            trusted_proxies,
            request_rate,
            stop,
        } = parts;
        probes.readiness().reached(Stage::Started(Box::new(engine.clone())));
        Self {
            services: services(&engine),
            github: engine.github_origin().map(Arc::from),
            sessions: SessionRows::new(db, Arc::clone(&clock)),
            clock,
            assets,
            origins: Origins::new(&public, listen),
            public,
            probes,
            streams: Streams::default(),
            watches: Watches::default(),
            rates: Rates::new(request_rate),
            trusted_proxies: Arc::new(trusted_proxies),
            disk: Disk::default(),
            stop,
        }
    }

    /// How full the disk is.
    #[must_use]
    pub const fn disk(&self) -> &Disk {
        &self.disk
    }

    pub(crate) fn transport(&self) -> Transport {
        self.public.transport()
    }

    /// Where sessions are kept.
    #[must_use]
    pub const fn sessions(&self) -> &SessionRows {
        &self.sessions
    }

    /// Who has asked too often.
    #[must_use]
    pub const fn rates(&self) -> &Rates {
        &self.rates
    }
}

impl FromRef<Site> for Assets {
    fn from_ref(site: &Site) -> Self {
        site.assets.clone()
    }
}

/// The engine behind every service trait.
fn services(engine: &Engine) -> Services {
    let of_one_page = engine.clone();
    let engine = Arc::new(engine.clone());
    Services {
        of_one_page: Arc::new(move || services(&of_one_page.of_one_page())),
        sessions: Arc::<Engine>::clone(&engine),
        overview: Arc::<Engine>::clone(&engine),
        search: Arc::<Engine>::clone(&engine),
        credentials: Arc::<Engine>::clone(&engine),
        repositories: Arc::<Engine>::clone(&engine),
        charts: Arc::<Engine>::clone(&engine),
        propagations: Arc::<Engine>::clone(&engine),
        audit: Arc::<Engine>::clone(&engine),
        connections: Arc::<Engine>::clone(&engine),
        matching: Arc::<Engine>::clone(&engine),
        bulk: Arc::<Engine>::clone(&engine),
        imports: Arc::<Engine>::clone(&engine),
        projects: Arc::<Engine>::clone(&engine),
        members: Arc::<Engine>::clone(&engine),
        invitations: Arc::<Engine>::clone(&engine),
        notices: Arc::<Engine>::clone(&engine),
        exports: Arc::<Engine>::clone(&engine),
        account: Arc::<Engine>::clone(&engine),
        git_connections: Arc::<Engine>::clone(&engine),
        git_targets: Arc::<Engine>::clone(&engine),
        clusters: engine,
    }
}
