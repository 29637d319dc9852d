//! Search: one of every kind, whatever is typed.

use async_trait::async_trait;
use domain::{
    Principal, Status,
    search::{Findings, FoundGroup, FoundKind, Hit, Typed},
    service::{self, Answer},
};

use super::{Fake, id};

#[async_trait]
impl service::Search for Fake {
    async fn search(&self, _: &Principal, typed: Typed) -> Answer<Findings> {
        self.answers()?;
        if self.is_empty {
            return Ok(Findings::default());
        }
        let group = |kind| FoundGroup {
            kind,
            hits: vec![Hit {
                kind,
                id: id::<uuid::Uuid>(),
                name: format!("{} <b>", typed.terms().first().unwrap()),
                detail: "oci://ghcr.io/acme".into(),
                status: (kind == FoundKind::Repository).then_some(Status::Failing),
            }],
            has_more: kind == FoundKind::Repository,
        };
        Ok(Findings { groups: FoundKind::ALL.into_iter().map(group).collect() })
    }
}
