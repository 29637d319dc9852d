//! One Git target.

use domain::{
    Action, GitTargetId, Principal, ServiceError,
    gitops::{GitTargetDetail, GitUrl},
};
use git_http::commit_url;
use storage::gitops::{destinations, targets::File};

use super::{bind, request::hosting};
use crate::{Engine, Error, audit::reading};

pub(super) async fn get(
    engine: &Engine,
    principal: &Principal,
    id: GitTargetId,
) -> Result<GitTargetDetail, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see a Git target").await?;
    let engine = &engine;
    let db = &engine.db;
    // How it stands is read first: a push that ends in between shows its branch and its request too
    // early, and never a target in step without them.
    let seen =
        storage::gitops::targets::seen(db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let target =
        storage::gitops::targets::target(db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let files = storage::gitops::targets::files(db, scope, id).await?;
    let files = files.into_iter().filter(|file| !file.blob.is_empty());
    let (leaving, files): (Vec<_>, Vec<_>) = files.partition(File::is_leaving);
    let paths = |files: Vec<File>| files.into_iter().map(|file| file.path).collect();
    let may_change = principal.role.includes(Action::ManageExports)
        && bind::may_bind(engine, principal, scope, target.credential).await?;
    let url = GitUrl::parse(&target.url).ok();
    let page = |url: &GitUrl| {
        commit_url(url, hosting(engine, url, target.provider).as_ref(), &target.head)
    };
    let is_merged = target.is_merged();
    Ok(GitTargetDetail {
        commit_url: url.as_ref().map(page).unwrap_or_default(),
        summary: seen.summary,
        credential_name: seen.credential_name,
        base: target.base,
        mode: target.mode,
        ca: target.ca,
        proxy: target.proxy,
        exports: destinations::exports_of(db, scope, id).await?,
        files: paths(files),
        leaving: paths(leaving),
        is_merged,
        work_branch: target.work_branch,
        pull_request_url: target.pull_request_url,
        detail: seen.detail,
        row_version: target.row_version,
        bound_by: seen.bound_by,
        may_change,
    })
}
