//! `hawser-server check-config`: looks at everything the configuration names, without starting.

mod report;

use std::{path::Path, process::Command, time::Duration};

use engine::{Clock, SystemClock};
use tokio::time::timeout;
use vault::{CheckResult, Examination, Vault, VaultConfig, managed};

pub use report::{Format, Report, Row};

use crate::{
    config::{Config, DatabaseKind, Problems, VaultChoice},
    error::chain,
};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far Vault's clock may be from ours.
const CLOCK: Duration = Duration::from_mins(1);

impl Report {
    /// What is wrong with settings that cannot even be understood.
    #[must_use]
    pub fn of_problems(problems: &Problems) -> Self {
        let rows = problems
            .0
            .iter()
            .map(|problem| Row::new(&problem.name, CheckResult::Wrong, &problem.what));
        Self(rows.collect())
    }

    /// Looks at the data folder, the database and Vault.
    pub async fn of(config: &Config) -> Self {
        // Only the first provider counts; a second call finds it in place.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut rows = vec![
            Row::new("settings", CheckResult::Fine, "understood"),
            folder(&config.data_dir),
            database(config).await,
        ];
        match &config.vault {
            VaultChoice::Managed { binary, folder } => {
                rows.push(program(binary));
                rows.push(keys(folder));
            }
            VaultChoice::External(config) => rows.extend(vault(config).await),
        }
        Self(rows)
    }
}

fn folder(path: &Path) -> Row {
    let what = "data folder";
    let shown = path.display();
    let Ok(facts) = path.metadata() else {
        return Row::new(what, CheckResult::Fine, format!("{shown}, made at the first start"));
    };
    if !facts.is_dir() {
        Row::new(what, CheckResult::Wrong, format!("{shown} is no folder"))
    } else if nix::unistd::access(path, nix::unistd::AccessFlags::W_OK).is_err() {
        Row::new(what, CheckResult::Wrong, format!("{shown} cannot be written"))
    } else {
        Row::new(what, CheckResult::Fine, shown.to_string())
    }
}

async fn database(config: &Config) -> Row {
    let what = "database";
    let kind = config.database.kind();
    let reached = timeout(PATIENCE, storage::reach(config.database.expose())).await;
    let Ok(reached) = reached else {
        return Row::new(what, CheckResult::Wrong, "no answer within 10 seconds");
    };
    match (reached, kind) {
        (Ok(Some(version)), DatabaseKind::Postgres) => {
            Row::new(what, CheckResult::Fine, format!("PostgreSQL {version}"))
        }
        (Ok(Some(version)), DatabaseKind::Sqlite) => {
            Row::new(what, CheckResult::Fine, format!("SQLite {version}"))
        }
        (Ok(None), _) => Row::new(what, CheckResult::Fine, "SQLite, made at the first start"),
        (Err(error), _) => Row::new(what, CheckResult::Wrong, chain(&error)),
    }
}

fn program(binary: &Path) -> Row {
    let what = "OpenBao program";
    let shown = binary.display();
    match Command::new(binary).arg("version").env_clear().output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            let version = text.lines().next().unwrap_or_default().trim();
            Row::new(what, CheckResult::Fine, format!("{shown}, {version}"))
        }
        Ok(output) => {
            Row::new(what, CheckResult::Wrong, format!("{shown} ended with {}", output.status))
        }
        Err(error) => Row::new(what, CheckResult::Wrong, format!("{shown}: {error}")),
    }
}

fn keys(folder: &Path) -> Row {
    let what = "OpenBao keys";
    match managed::inspect(folder) {
        Ok(()) => Row::new(what, CheckResult::Fine, folder.display().to_string()),
        Err(error) => Row::new(what, CheckResult::Wrong, chain(&error)),
    }
}

async fn vault(config: &VaultConfig) -> Vec<Row> {
    match Vault::connect(config.clone()).await {
        Ok(vault) => rows_of(&vault.examine().await, &SystemClock),
        Err(error) => vec![Row::new("vault", CheckResult::Wrong, error.to_string())],
    }
}

fn rows_of(found: &Examination, clock: &dyn Clock) -> Vec<Row> {
    let mut rows: Vec<_> = found
        .findings
        .iter()
        .map(|finding| Row::new(&finding.look.name(), finding.verdict, &finding.detail))
        .collect();
    if let Some(theirs) = found.seconds {
        let ours = u64::try_from(clock.now().millis() / 1_000).unwrap_or(0);
        let apart = ours.abs_diff(theirs);
        let which = if theirs > ours { "ahead of" } else { "behind" };
        let (verdict, detail) = if apart > CLOCK.as_secs() {
            (CheckResult::Doubtful, format!("{apart} seconds {which} this machine"))
        } else {
            (CheckResult::Fine, format!("within {} seconds of this machine", CLOCK.as_secs()))
        };
        rows.push(Row::new("vault clock", verdict, detail));
    }
    rows
}
