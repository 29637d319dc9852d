//! Notices: people are told before a credential expires and when something begins to fail, in the app
//! and by a webhook.

mod make;
mod repositories;
mod send;
mod troubles;
mod webhook;

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::{
    Action, Actor,
    notices::{Notice, WebhookForm},
    service::{Answer, Notices},
};

use storage::notices::troubles::Shown;

use crate::{Engine, Error, audit::allowed, error::answer, gitops::ClusterAccess};

pub(crate) use send::Sent;

/// The notices that the page shows.
const SHOWN: u32 = 100;

#[async_trait]
impl Notices for Engine {
    async fn list(&self, actor: &Actor) -> Answer<Vec<Notice>> {
        list(self, actor).await.map_err(answer)
    }

    async fn open(&self, actor: &Actor) -> Answer<u32> {
        open(self, actor).await.map_err(answer)
    }

    async fn webhook(&self, actor: &Actor) -> Answer<String> {
        webhook::get(self, actor).await.map_err(answer)
    }

    async fn set_webhook(&self, actor: &Actor, form: WebhookForm) -> Answer<()> {
        webhook::set(self, actor, &form).await.map_err(answer)
    }
}

async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<Notice>, Error> {
    let scope = allowed(engine, actor, Action::View, "see the notices").await?;
    let mut found = storage::notices::list(&engine.db, scope, SHOWN).await?;
    found.extend(storage::notices::troubles::list(&engine.db, scope, shown(engine), SHOWN).await?);
    found.sort_by_key(|notice| Reverse((notice.at, notice.id.uuid())));
    found.truncate(SHOWN as usize);
    Ok(found)
}

/// Every page asks it for its head, so a refusal is no line of the audit log.
async fn open(engine: &Engine, actor: &Actor) -> Result<u32, Error> {
    let scope = actor.may(Action::View)?;
    let expiring = storage::notices::open(&engine.db, scope).await?;
    Ok(expiring + storage::notices::troubles::open(&engine.db, scope, shown(engine)).await?)
}

const fn shown(engine: &Engine) -> Shown {
    match engine.clusters {
        ClusterAccess::On => Shown::All,
        ClusterAccess::Off => Shown::NoClusters,
    }
}
