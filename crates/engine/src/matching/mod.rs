//! Which credential belongs to a URL.
//!
//! Each replica keeps an index of every organization it is asked about. Changes are numbered in SQL,
//! in the transaction that makes them; before each answer the last number is read, and what changed
//! since is put into the index first. So an answer is right on every replica as soon as the change
//! is saved, and nothing has to be told from one replica to another.

mod conflict;
mod explain;
mod find;
mod indexes;

use async_trait::async_trait;
use domain::{
    Principal,
    matching::{ExplainQuery, Explanation},
    service::{Answer, Matching},
};

use crate::{Engine, error::answer};

pub(crate) use conflict::conflict;
pub(crate) use find::{find, find_each};
pub(crate) use indexes::Indexes;

#[async_trait]
impl Matching for Engine {
    async fn explain(&self, principal: &Principal, query: ExplainQuery) -> Answer<Explanation> {
        explain::explain(self, principal, &query).await.map_err(answer)
    }
}
