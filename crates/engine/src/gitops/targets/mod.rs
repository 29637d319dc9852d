//! Git targets: exports written to a branch and folder.

use async_trait::async_trait;
use domain::{
    Actor, GitTargetId, ServiceError,
    gitops::{GitTargetDetail, GitTargetForm, GitTargetSummary, TargetPreview},
    service::{Answer, GitTargets},
};

use crate::Engine;

#[async_trait]
impl GitTargets for Engine {
    async fn list(&self, _: &Actor) -> Answer<Vec<GitTargetSummary>> {
        Err(ServiceError::NotFound)
    }
    async fn get(&self, _: &Actor, _: GitTargetId) -> Answer<GitTargetDetail> {
        Err(ServiceError::NotFound)
    }
    async fn save(&self, _: &Actor, _: GitTargetForm) -> Answer<GitTargetId> {
        Err(ServiceError::NotFound)
    }
    async fn delete(&self, _: &Actor, _: GitTargetId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
    async fn preview(&self, _: &Actor, _: GitTargetId) -> Answer<TargetPreview> {
        Err(ServiceError::NotFound)
    }
    async fn push(&self, _: &Actor, _: GitTargetId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
}
