//! Notices: people are told before a credential expires and when something begins to fail, in the app
//! and by a webhook.

mod disks;
mod make;
mod repositories;
mod send;
mod troubles;
mod webhook;

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::{
    Action, Principal,
    notices::{AttentionCounts, News, Notice, WebhookForm},
    service::{Answer, Notices},
};

use storage::{
    Scope,
    notices::{Decides, troubles::Shown},
};

use crate::{Engine, Error, audit::reading, error::answer, gitops::ClusterAccess};

pub(crate) use repositories::host_of;
pub(crate) use send::Sent;

/// The notices that the page shows.
const SHOWN: u32 = 100;

#[async_trait]
impl Notices for Engine {
    async fn list(&self, principal: &Principal) -> Answer<Vec<Notice>> {
        list(self, principal).await.map_err(answer)
    }

    async fn attention(&self, principal: &Principal) -> Answer<AttentionCounts> {
        attention(self, principal).await.map_err(answer)
    }

    async fn webhook(&self, principal: &Principal) -> Answer<String> {
        webhook::get(self, principal).await.map_err(answer)
    }

    async fn set_webhook(&self, principal: &Principal, form: WebhookForm) -> Answer<()> {
        webhook::set(self, principal, &form).await.map_err(answer)
    }
}

async fn list(engine: &Engine, principal: &Principal) -> Result<Vec<Notice>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the notices").await?;
    let engine = &engine;
    let mut found = storage::notices::list(&engine.db, scope, SHOWN).await?;
    found.extend(storage::notices::troubles::list(&engine.db, scope, shown(engine), SHOWN).await?);
    found.extend(storage::notices::disks::list(&engine.db, scope, SHOWN).await?);
    if principal.role.includes(Action::AllowOrigins) {
        found.extend(addresses(engine, scope).await?);
    }
    found.sort_by_key(|notice| Reverse((notice.at, notice.id.uuid())));
    found.truncate(SHOWN as usize);
    Ok(found)
}

/// Every page asks it for its side bar.
async fn attention(engine: &Engine, principal: &Principal) -> Result<AttentionCounts, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the notices").await?;
    let engine = &engine;
    let decides =
        if principal.role.includes(Action::AllowOrigins) { Decides::Yes } else { Decides::No };
    let now = engine.clock.now();
    Ok(storage::notices::attention(&engine.db, scope, shown(engine), decides, now).await?)
}

/// What is to be decided about addresses of credentials; it is a notice until somebody did.
async fn addresses(engine: &Engine, scope: Scope) -> Result<Vec<Notice>, Error> {
    let undecided = storage::credentials::undecided(&engine.db, scope, SHOWN).await?;
    Ok(undecided
        .into_iter()
        .map(|one| Notice {
            id: one.id.into(),
            name: one.name,
            news: News::Address { credential: one.credential, origin: one.origin, by: one.by },
            at: one.at,
            delivered: None,
            group: None,
        })
        .collect())
}

const fn shown(engine: &Engine) -> Shown {
    match engine.clusters {
        ClusterAccess::On => Shown::All,
        ClusterAccess::Off => Shown::NoClusters,
    }
}
