//! Server functions of bulk runs: who is asking, call the service.

use domain::{
    BulkRunId, ServiceError,
    bulk::{BulkAction, IntervalSet, SelectedRows, SelectionForm},
    counted,
    repositories::INTERVALS,
};
use leptos::prelude::*;

use super::path_of;
use crate::{
    answer::{Answered, Redirect, Sent, act},
    services::known,
    ui::path,
};

const REPOSITORIES: &str = "/charts/repositories";

/// Does something to the ticked repositories, or to all that the page finds.
#[server(prefix = "/actions", endpoint = "bulk/repositories")]
pub(crate) async fn bulk_repositories(
    #[server(default)] from: String,
    #[server(default)] action: String,
    #[server(default)] interval: String,
    #[server(flatten)] form: SelectionForm,
) -> Answered {
    let sent = Sent::new("bulk", &from);
    match BulkAction::parse(&action) {
        Some(BulkAction::SetInterval) => {
            let back = path::ours(&from, REPOSITORIES).to_owned();
            let every = every(&interval);
            act(
                sent,
                async move |services, principal| {
                    let rows = form.repositories()?;
                    services.bulk.set_interval(&principal, rows, &interval).await
                },
                move |set| told(back, &every, set),
            )
            .await
        }
        action => {
            act(
                sent,
                async move |services, principal| {
                    let action = action.ok_or(ServiceError::NotFound)?;
                    let rows = SelectedRows::Repositories(form.repositories()?);
                    services.bulk.begin(&principal, action, rows).await
                },
                |id| Redirect::to(path_of(id)),
            )
            .await
        }
    }
}

/// Does something to the ticked credentials, or to all that the page finds.
#[server(prefix = "/actions", endpoint = "bulk/credentials")]
pub(crate) async fn bulk_credentials(
    #[server(default)] from: String,
    #[server(default)] action: String,
    #[server(flatten)] form: SelectionForm,
) -> Answered {
    act(
        Sent::new("bulk", &from),
        async move |services, principal| {
            let action = BulkAction::parse(&action).ok_or(ServiceError::NotFound)?;
            let rows = SelectedRows::Credentials(form.credentials()?);
            services.bulk.begin(&principal, action, rows).await
        },
        |id| Redirect::to(path_of(id)),
    )
    .await
}

/// Says yes to a run that waits for it.
#[server(prefix = "/actions", endpoint = "bulk/confirm")]
pub(crate) async fn confirm_bulk_run(
    #[server(default)] from: String,
    #[server(default)] run: String,
) -> Answered {
    act(
        Sent::new("bulk-confirm", &from),
        async move |services, principal| {
            let id: BulkRunId = known(&run)?;
            services.bulk.confirm(&principal, id).await.map(|()| id)
        },
        |id| Redirect::to(path_of(id)),
    )
    .await
}

/// Gives repositories the interval of before.
#[server(prefix = "/actions", endpoint = "bulk/undo-interval")]
pub(crate) async fn undo_interval(
    #[server(default)] from: String,
    #[server(default)] run: String,
) -> Answered {
    let back = path::ours(&from, REPOSITORIES).to_owned();
    act(
        Sent::new("bulk-undo", &from),
        async move |services, principal| {
            services.bulk.undo_interval(&principal, known(&run)?).await
        },
        move |restored| {
            let what = counted(restored, "repository syncs", "repositories sync");
            Redirect::to(back).flash(format!("Undone: {what} as before."))
        },
    )
    .await
}

/// What was done, with the way to undo it.
fn told(back: String, every: &str, set: IntervalSet) -> Redirect {
    let IntervalSet { run, changed, rows, missing } = set;
    let mut words = format!("{}: {every}.", counted(changed, "repository", "repositories"));
    let same = rows - changed.min(rows);
    if same > 0 {
        words = format!("{words} {same} had this interval already.");
    }
    if missing > 0 {
        words = format!("{words} {missing} skipped: not there any more.");
    }
    let redirect = Redirect::to(back.clone()).flash(words);
    if changed == 0 {
        return redirect;
    }
    redirect.undo("/actions/bulk/undo-interval", [("from", back), ("run", run.to_string())])
}

/// How often, in the words of the drop-down.
fn every(interval: &str) -> String {
    let known = INTERVALS.iter().find(|(seconds, _)| seconds.to_string() == interval);
    match known {
        Some((0, _)) => "synced by hand only".to_owned(),
        Some((_, label)) => format!("synced every {}", label.to_lowercase()),
        None => "synced as chosen".to_owned(),
    }
}
