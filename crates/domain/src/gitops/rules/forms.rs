//! The forms of Git targets and clusters, read.

use super::{Branch, Folder, GitUrl, Workflows};
use crate::{
    CredentialId, ExportId, Field, FieldProblem, Name, ServiceError,
    access::parse_id,
    error::all,
    gitops::{ClusterForm, GitTargetForm, PushMode},
    repositories::authorities,
};

/// A Git target's form, read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `GitTargetForm`, checked")]
pub struct GitTargetFields {
    pub name: Name,
    pub credential: CredentialId,
    pub url: GitUrl,
    pub branch: Branch,
    pub base: Option<Branch>,
    pub folder: Folder,
    pub mode: PushMode,
    pub exports: Vec<ExportId>,
    /// PEM; empty for the authorities of the system.
    pub ca: String,
    /// Empty for none.
    pub proxy: String,
}

impl GitTargetForm {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(&self, workflows: Workflows) -> Result<GitTargetFields, ServiceError> {
        let base = match self.base.trim() {
            "" => Ok(None),
            base => Branch::parse(Field::Base, base).map(Some),
        };
        let mode = PushMode::parse(&self.mode)
            .ok_or_else(|| Field::Mode.problem("Choose how changes get to the branch."));
        let (name, credential, url, branch, base, folder, both, ca) = all!(
            Name::parse(&self.name),
            parse_id(Field::Credential, &self.credential),
            GitUrl::parse(&self.url),
            Branch::parse(Field::Branch, &self.branch),
            base,
            Folder::parse(&self.folder, workflows),
            mode.and_then(|mode| exports(&self.exports).map(|exports| (mode, exports))),
            authorities(&self.ca),
        );
        let (mode, exports) = both;
        let proxy = self.proxy.trim().to_owned();
        Ok(GitTargetFields {
            name,
            credential,
            url,
            branch,
            base,
            folder,
            mode,
            exports,
            ca,
            proxy,
        })
    }
}

/// A cluster's form, read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `ClusterForm`, checked")]
pub struct ClusterFields {
    pub name: Name,
    pub credential: CredentialId,
    pub exports: Vec<ExportId>,
}

impl ClusterForm {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(&self) -> Result<ClusterFields, ServiceError> {
        let (name, credential, exports) = all!(
            Name::parse(&self.name),
            parse_id(Field::Credential, &self.credential),
            exports(&self.exports),
        );
        Ok(ClusterFields { name, credential, exports })
    }
}

fn exports(typed: &[String]) -> Result<Vec<ExportId>, FieldProblem> {
    let mut ids = Vec::with_capacity(typed.len());
    for text in typed.iter().filter(|text| !text.is_empty()) {
        let id = parse_id(Field::Exports, text)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Err(Field::Exports.problem("Choose at least one export."));
    }
    Ok(ids)
}
