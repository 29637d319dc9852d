//! An installation of the operator's GitHub App: the operator's key becomes an installation token.

use async_trait::async_trait;

use super::{
    ambient::{GithubIdentity, not_turned_on, read_file},
    call::Caller,
    exchange::{Exchanged, Keeping, TokenExchange},
    github_app::{GithubApp, Permission},
};
use egress::Failure;

/// One installation of the operator's app, for pushing.
pub(super) struct GithubInstallation<'a> {
    /// The operator's app; `None` where there is none.
    pub(super) app: &'a Option<GithubIdentity>,
    pub(super) installation: &'a str,
    /// Names without their owner; none means all that the installation may see.
    pub(super) repositories: Vec<String>,
}

#[async_trait]
impl TokenExchange for GithubInstallation<'_> {
    fn scope(&self) -> String {
        format!("{} of the operator's app {}", self.installation, self.repositories.join(" "))
    }

    fn keeping(&self) -> Keeping {
        Keeping::at_most(std::time::Duration::from_hours(1))
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let app = self.app.as_ref().ok_or_else(not_turned_on)?;
        let key = read_file(&app.key_file).await?;
        let (app_id, installation, needed) =
            (app.app_id.as_str(), self.installation, Permission::Push);
        GithubApp { app_id, installation, key: &key, repositories: &self.repositories, needed }
            .exchange(caller)
            .await
    }
}
