//! The ways to a tenant table. A transaction begins on a right (`begin_as`, `read_as`), which anybody may use;
//! what runs without one is listed here, file by file.

use std::{fs, path::Path};

use crate::{
    error::{Attempted as _, Error},
    project::Project,
};

/// What our programs are made of; tests beside it may do as they like.
const SOURCES: [&str; 4] = ["app/src", "server/src", "crates/domain/src", "crates/engine/src"];

/// A call, and the files that may make it. The rest has to begin on a right.
const ONLY_IN: [(&str, &[&str]); 3] = [
    (".begin()", &[]),
    (
        "begin_system(",
        &[
            "crates/engine/src/audit/mod.rs",
            "crates/engine/src/jobs/schedule.rs",
            // Whoever holds the link of an invitation has no right yet.
            "crates/engine/src/members/invitation.rs",
            "crates/engine/src/repositories/store.rs",
            "crates/engine/src/search/mod.rs",
            "crates/engine/src/sessions/",
        ],
    ),
    (
        "begin_work(",
        &[
            // What workers claim.
            "crates/engine/src/jobs/",
            "crates/engine/src/notices/disks.rs",
            "crates/engine/src/notices/make.rs",
            "crates/engine/src/notices/repositories.rs",
            "crates/engine/src/notices/send.rs",
            "crates/engine/src/notices/troubles.rs",
            "crates/engine/src/credentials/destroy.rs",
            "crates/engine/src/credentials/rotate.rs",
            "crates/engine/src/gitops/clusters/fence.rs",
            "crates/engine/src/gitops/clusters/reconcile.rs",
            "crates/engine/src/gitops/targets/push.rs",
            "crates/engine/src/gitops/targets/record.rs",
            "crates/engine/src/gitops/targets/run.rs",
            // What follows a write to Vault, whoever asked for it.
            "crates/engine/src/credentials/commit.rs",
            "crates/engine/src/credentials/stage.rs",
            // What a host said of a login, whoever sent it.
            "crates/engine/src/connection_tests/stored.rs",
            "crates/engine/src/gitops/git_accounts/login.rs",
            // Tokens are renewed, and links follow their patterns, for whoever comes next.
            "crates/engine/src/credentials/renew.rs",
            "crates/engine/src/repositories/automatic.rs",
            // Hawser reads a secret by itself.
            "crates/engine/src/credentials/uses.rs",
            // How far a run over many rows got; each row asks for the right of who began it.
            "crates/engine/src/bulk/run.rs",
            "crates/engine/src/import/run.rs",
        ],
    ),
];

/// Every line that begins a transaction in a way its file may not.
pub fn breaches(project: &Project) -> Result<Vec<String>, Error> {
    let mut breaches = Vec::new();
    for folder in SOURCES {
        look_below(project, folder, &mut breaches)?;
    }
    Ok(breaches)
}

fn look_below(project: &Project, folder: &str, breaches: &mut Vec<String>) -> Result<(), Error> {
    let path = project.path(folder);
    for entry in fs::read_dir(&path).at("read", &path)? {
        let entry = entry.at("read", &path)?.path();
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let below = format!("{folder}/{name}");
        if entry.is_dir() {
            look_below(project, &below, breaches)?;
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&entry).at("read", &entry)?;
            breaches.extend(breaches_of(&below, &text));
        }
    }
    Ok(())
}

fn breaches_of(file: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for (line, text) in text.lines().enumerate() {
        for (call, files) in ONLY_IN {
            if text.contains(call) && !files.iter().any(|may| file.starts_with(may)) {
                breaches.push(format!(
                    "{file}:{}: {call} belongs elsewhere; begin on a right",
                    line + 1
                ));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_begins_without_a_right_is_a_breach() {
        let page = "crates/engine/src/credentials/create.rs";
        for call in ["engine.db.begin().await", "db.begin_work(scope)", "db.begin_system(sweep)"] {
            assert_eq!(breaches_of(page, &format!("let tx = {call};")).len(), 1, "{call}");
        }
        assert!(breaches_of(page, "let tx = engine.db.begin_as(&grant).await?;").is_empty());
        let worker = "crates/engine/src/jobs/destroy.rs";
        assert!(breaches_of(worker, "let tx = db.begin_work(scope).await?;").is_empty());
        assert_eq!(breaches_of(worker, "db.begin_system(Sweep::Schedule)").len(), 1);
    }
}
