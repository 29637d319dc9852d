//! From configuration to a listening server, and back down in order.

#![expect(clippy::disallowed_methods, reason = "prints the one-time link")]

use std::{fs::File, io::Write as _, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use egress::{Outbound, OutboundSettings};
use engine::{Clock, Engine, SystemClock, VaultPlace, VaultReach};
use github::Github;
use metrics_exporter_prometheus::PrometheusHandle;
use registries::Registries;
use storage::Db;
use token_exchange::Exchanges;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use vault::{
    CheckResult, Finding, Vault, VaultConfig,
    managed::{self, Managed, ManagedConfig, ManagedError},
};

use crate::{
    config::{Clusters, Config, DatabaseKind, VaultChoice},
    error::{Error, chain},
    oauth, process, serve, telemetry,
    web::{self, PublicUrl, Transport},
};

/// How often ended sessions, the memory of limits and old figures are cleared.
const TIDY: Duration = Duration::from_mins(1);

/// How often an external Vault is looked at again while something is wrong with it.
const EXAMINE: Duration = Duration::from_secs(15);

/// Runs Hawser until it is told to stop.
///
/// # Errors
/// Why it could not start.
pub async fn run(config: Config) -> Result<(), Error> {
    // Only the first provider counts; a second call finds it in place.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    process::keep_private();
    if let VaultChoice::Managed { folder, .. } = &config.vault {
        managed::inspect(folder).map_err(Error::Managed)?;
    }
    process::prepare(&config.data_dir)?;
    let _lock = lock(&config)?;
    let (stop, stopped) = watch::channel(false);
    let mut told = pin!(process::told_to_stop());
    let running = tokio::select! {
        running = start(&config, stopped) => running?,
        told = &mut told => return told.map_err(Error::Signals),
    };
    told.await.map_err(Error::Signals)?;
    tracing::info!("stopping");
    stop.send_replace(true);
    tokio::select! {
        () = running.stop() => tracing::info!("stopped"),
        _ = process::told_to_stop() => tracing::warn!("stopped at once, as asked twice"),
    }
    Ok(())
}

/// SQLite and the embedded Vault belong to one process; replicas share nothing here.
fn lock(config: &Config) -> Result<Option<File>, Error> {
    let alone = config.database.kind() == DatabaseKind::Sqlite
        || matches!(config.vault, VaultChoice::Managed { .. });
    alone.then(|| process::lock(&config.data_dir)).transpose()
}

/// What has to be stopped in order.
struct Running {
    server: JoinHandle<()>,
    workers: JoinHandle<()>,
    managed: Option<Managed>,
    db: Db,
    _scratch: process::Scratch,
}

impl Running {
    /// Waits for requests and workers, then ends what they used.
    async fn stop(self) {
        for (name, task) in [("server", self.server), ("workers", self.workers)] {
            if let Err(error) = task.await {
                tracing::error!(%error, name, "failed to stop in order");
            }
        }
        if let Some(managed) = self.managed {
            managed.stop().await;
        }
        self.db.close().await;
    }
}

async fn start(config: &Config, stopped: watch::Receiver<bool>) -> Result<Running, Error> {
    let figures = telemetry::start_counting().map_err(Error::Figures)?;
    let assets = web::Assets::read(&config.assets).map_err(Error::Assets)?;
    let listener = bind(config.listen, "HAWSER_LISTEN").await?;
    let listen = listener.local_addr().unwrap_or(config.listen);
    let public = match &config.public_url {
        Some(public) => public.clone(),
        None => PublicUrl::of_listener(listen).map_err(Error::PublicUrl)?,
    };
    warn_of_one_address(config, &public);
    let probes = web::Probes::new(figures.clone());
    if let Some(address) = config.metrics_listen {
        let listener = bind(address, "HAWSER_METRICS_LISTEN").await?;
        let (_, shown) = watch::channel(web::for_operators(&probes));
        tokio::spawn(serve::serve(listener, shown, stopped.clone()));
    }

    // OpenBao takes longest: it starts while the database is opened.
    let vault = begin(config);
    let db = Db::open(config.database.expose()).await.map_err(Error::Database)?;
    probes.readiness().reached(web::Stage::StartingVault);
    let (routes, shown) = watch::channel(web::starting(&probes, &assets, public.transport()));
    let server = tokio::spawn(serve::serve(listener, shown, stopped.clone()));
    tracing::info!(%listen, origin = public.origin(), version = env!("CARGO_PKG_VERSION"), "listening");

    let (vault, managed) = match vault {
        Begun::Managed(starting) => {
            let managed = starting
                .await
                .map_err(|error| Error::Lost(error.to_string()))?
                .map_err(Error::Managed)?;
            (managed.vault_config(), Some(managed))
        }
        Begun::External(vault) => (vault.clone(), None),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let engine = engine(config, &db, vault, listen, &clock).await?;
    let engine = connecting(config, engine, &public)?;
    let scratch = process::scratch(&config.data_dir)?;
    let engine = engine
        .keeping_secrets_in(place(config))
        .reached_at(&public.host())
        .working_in(&absolute(&scratch.folder));
    let workers = {
        let mut stopped = stopped.clone();
        let shutdown = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        tokio::spawn(engine.clone().run_workers(shutdown))
    };
    let parts = web::Parts {
        engine: engine.clone(),
        probes: probes.clone(),
        db: db.clone(),
        clock,
        public: public.clone(),
        listen,
        assets,
        trusted_proxies: config.trusted_proxies.clone(),
        request_rate: config.request_rate,
        stop: stopped,
    };
    let site = web::Site::new(parts);
    if matches!(config.vault, VaultChoice::External(_)) {
        tokio::spawn(examine(engine.clone(), probes.readiness().clone()));
    }
    drop(routes.send_replace(web::router(&site)));
    tokio::spawn(tidy(engine.clone(), site, figures, config.data_dir.clone(), routes));
    announce(&engine, &public).await?;
    Ok(Running { server, workers, managed, db, _scratch: scratch })
}

/// Whoever opens Hawser by https comes through a proxy, since Hawser itself speaks plain http.
fn warn_of_one_address(config: &Config, public: &PublicUrl) {
    if public.transport() == Transport::Encrypted && config.trusted_proxies.is_empty() {
        tracing::warn!(
            setting = "HAWSER_TRUSTED_PROXIES",
            "public URL is https and no proxy is trusted: all visitors count as one address, the proxy's"
        );
    }
}

async fn bind(address: SocketAddr, setting: &'static str) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, setting, source })
}

/// The Vault, while other things start.
enum Begun<'a> {
    Managed(JoinHandle<Result<Managed, ManagedError>>),
    External(&'a VaultConfig),
}

fn begin(config: &Config) -> Begun<'_> {
    match &config.vault {
        VaultChoice::Managed { binary, folder } => {
            let config = ManagedConfig {
                binary: absolute(binary),
                folder: absolute(folder),
                log_bytes: managed::LOG_BYTES,
            };
            Begun::Managed(tokio::spawn(Managed::start(config)))
        }
        VaultChoice::External(vault) => Begun::External(vault),
    }
}

/// OpenBao runs in its own folder, where a relative path would mean something else.
fn absolute(path: &std::path::Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Joins the engine. Its outbound client cannot reach Hawser's own ports, whatever is allowed.
async fn engine(
    config: &Config,
    db: &Db,
    vault: VaultConfig,
    listen: SocketAddr,
    clock: &Arc<dyn Clock>,
) -> Result<Engine, Error> {
    let own = [
        Some(listen.port()),
        config.metrics_listen.map(|address| address.port()),
        vault.address.port_or_known_default(),
        config.database.port(),
    ];
    // An external Vault at the usual port for https says nothing about other hosts.
    let own = own.into_iter().flatten().filter(|port| !matches!(port, 80 | 443));
    let settings = config.outbound.clone();
    let settings = OutboundSettings { allow: settings.allow.without_ports(own), ..settings };
    let outbound = Outbound::with(settings).map_err(Error::Outbound)?;
    let exchanges = Exchanges::with(outbound.clone(), config.exchange.clone());
    let vault = Vault::connect(vault).await.map_err(Error::Vault)?;
    let engine = Engine::new(db.clone(), vault, Registries::new(outbound), Arc::clone(clock)).await;
    let engine = engine.map_err(Error::Engine)?.exchanging_with(exchanges);
    Ok(match config.clusters {
        Clusters::On => engine.reaching_clusters(),
        Clusters::Off => engine,
    })
}

/// Where secrets lie, as clusters name it.
fn place(config: &Config) -> VaultPlace {
    match &config.vault {
        VaultChoice::Managed { .. } => VaultPlace {
            mount: managed::MOUNT.to_owned(),
            namespace: String::new(),
            reach: VaultReach::ThisMachine,
        },
        VaultChoice::External(vault) => VaultPlace {
            mount: vault.mount.clone(),
            namespace: vault.namespace.clone().unwrap_or_default(),
            reach: VaultReach::Clusters,
        },
    }
}

/// The engine, with the GitHub that the operator configured. Browsers come back to the public URL,
/// whatever a request says about hosts (R-OAUTH-05).
fn connecting(config: &Config, engine: Engine, public: &PublicUrl) -> Result<Engine, Error> {
    let Some(settings) = config.github.clone() else { return Ok(engine) };
    let callback = public.at(oauth::CALLBACK).map_err(Error::PublicUrl)?;
    let github = Github::new(engine.outbound().clone(), settings, callback);
    Ok(engine.connecting_to_github(github))
}

/// Looks at the operator's Vault until nothing is wrong with it, and tells what is: in the log, and to
/// whoever asks whether Hawser is ready.
async fn examine(engine: Engine, readiness: web::Readiness) {
    let mut told = Vec::new();
    loop {
        let found = engine.examine_vault().await;
        let news: Vec<_> =
            found.findings.iter().filter(|finding| !told.contains(*finding)).cloned().collect();
        for Finding { look, verdict, detail } in &news {
            let look = look.name();
            match verdict {
                CheckResult::Wrong => {
                    tracing::error!(look, detail, "failed to use Vault as configured");
                }
                CheckResult::Doubtful => {
                    tracing::warn!(look, detail, "Vault is usable with a warning");
                }
                CheckResult::Fine | CheckResult::Skipped => {}
            }
        }
        let wrong: Vec<_> = found
            .wrong()
            .map(|finding| format!("{}: {}", finding.look.name(), finding.detail))
            .collect();
        let done = wrong.is_empty();
        readiness.vault_lacks(wrong);
        if done {
            return;
        }
        told.extend(news);
        tokio::time::sleep(EXAMINE).await;
    }
}

/// Clears what has ended, for as long as the process lives.
async fn tidy(
    engine: Engine,
    site: web::Site,
    figures: PrometheusHandle,
    data_dir: std::path::PathBuf,
    _routes: watch::Sender<Router>,
) {
    let machine = crate::disk::machine();
    loop {
        if let Some(used) = site.disk().look(&data_dir)
            && let Err(error) = engine.disk_is_used(&machine, used).await
        {
            tracing::warn!(error = %chain(&error), "failed to store how full the disk is");
        }
        tokio::time::sleep(TIDY).await;
        site.rates().tidy();
        figures.run_upkeep();
        if let Err(error) = site.sessions().tidy().await {
            tracing::warn!(%error, "failed to delete ended sessions");
        }
    }
}

/// Prints the one-time link while nobody has an account: one line on standard output.
async fn announce(engine: &Engine, public: &PublicUrl) -> Result<(), Error> {
    if let Some(link) = engine.set_up_link().await.map_err(Error::Engine)? {
        let mut output = std::io::stdout().lock();
        let line = format!("Set up Hawser: {}/setup/{}\n", public.origin(), link.token.expose());
        // Without a standard output there is nobody to tell; the next start makes a new link.
        let _ = output.write_all(line.as_bytes()).and_then(|()| output.flush());
    }
    Ok(())
}
