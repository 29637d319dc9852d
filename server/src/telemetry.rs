//! Logs and figures: structured lines on standard error, and the recorder behind `/metrics`.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::FilterExt as _, filter::filter_fn, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::config::{Config, LogFormat};

/// Libraries that log secrets, or what Vault answered: never, whatever `HAWSER_LOG` says.
const SILENT: [&str; 2] = ["vaultrs", "rustify"];

/// Libraries that log headers, bodies or rows below `info`: never more than `info`.
const CAPPED: [&str; 8] = [
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "rustls",
    "sqlx",
    "tower_sessions",
    "tower_sessions_core",
];

/// Begins to log. Only the first call in a process has an effect.
pub fn start_logging(config: &Config) {
    let wanted = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = wanted.and(filter_fn(may_be_logged));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(true);
    let lines = match config.log_format {
        LogFormat::Text => {
            lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed()
        }
        LogFormat::Json => lines.json().flatten_event(true).with_ansi(false).boxed(),
    };
    if tracing_subscriber::registry().with(lines.with_filter(filter)).try_init().is_ok() {
        // What a panic says may quote a value; where it happened never does.
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "panicked");
        }));
    }
}

/// Whether the event's target may speak at its level at all.
fn may_be_logged(event: &Metadata<'_>) -> bool {
    let family = event.target().split("::").next().unwrap_or_default();
    if SILENT.contains(&family) {
        return false;
    }
    !CAPPED.contains(&family) || *event.level() <= Level::INFO
}

/// Begins to count; what was counted is read from the handle.
///
/// # Errors
/// When figures are recorded elsewhere already.
pub fn start_counting() -> Result<PrometheusHandle, CountingError> {
    let buckets =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &buckets)
        .map_err(|_| CountingError)?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| CountingError)?;
    metrics::gauge!("hawser_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

/// A second recorder.
#[derive(Debug, thiserror::Error)]
#[error("installing the recorder of figures")]
pub struct CountingError;

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex, PoisonError},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn libraries_cannot_be_made_to_print_secrets() {
        let lines = Lines::default();
        let writer = lines.clone();
        let filter =
            EnvFilter::new("trace,vaultrs=trace,hyper::proto=trace").and(filter_fn(may_be_logged));
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(move || writer.clone())
            .with_filter(filter);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::error!(target: "vaultrs::api", "canary-1");
            tracing::error!(target: "rustify", "canary-2");
            tracing::trace!(target: "hyper::proto::h1", "canary-3");
            tracing::debug!(target: "sqlx::query", "canary-4");
            tracing::debug!(target: "reqwest::connect", "canary-5");
            tracing::trace!(target: "engine::workers", "ours");
            tracing::info!(target: "hyper_util", "theirs");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("ours") && text.contains("theirs"), "{text}");
    }
}
