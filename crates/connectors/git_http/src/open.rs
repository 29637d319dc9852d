use std::sync::Mutex;

use domain::{
    Cause,
    gitops::{Branch, GitUrl},
};
use git2::Oid;

use super::{
    Checkout, Git,
    advertisement::{Advertisement, Service},
    objects::Objects,
    upload_pack_request::Part,
};
use egress::{Failure, Login};

impl Git {
    /// The newest commit of `branch`, without its history and, where the server can leave them out,
    /// without what its files hold. Of a branch that does not exist, the
    /// newest of `base` or of the default branch; of an empty repository, none.
    ///
    /// # Errors
    /// Why the repository could not be read; `BaseMissing` when neither the branch nor `base` exists,
    /// `RepositoryTooLarge` beyond the limits.
    pub async fn open(
        &self,
        url: &GitUrl,
        login: &Login,
        branch: &Branch,
        base: Option<&Branch>,
    ) -> Result<Checkout, Failure> {
        let server = self.server(url, login);
        let advertised = server.advertisement(Service::UploadPack).await?;
        let stands = advertised.branch(branch.as_str());
        let head = match stands {
            Some(id) => Some(id),
            None => start(&advertised, base)?,
        };
        let objects = match head {
            Some(id) => server.fetch(&advertised.capabilities, id, Part::Trees).await?,
            None => Objects::open(Objects::folder(&self.folder)?)?,
        };
        Ok(Checkout {
            git: self.clone(),
            url: url.clone(),
            login: login.clone(),
            capabilities: advertised.capabilities,
            branch: branch.clone(),
            stands,
            head: head.map(|id| (id, id.to_string())),
            objects: Mutex::new(objects),
        })
    }
}

/// Where a new branch starts; `None` in an empty repository.
fn start(advertised: &Advertisement, base: Option<&Branch>) -> Result<Option<Oid>, Failure> {
    if advertised.branches().next().is_none() {
        return Ok(None);
    }
    let name = base.map(Branch::as_str).or_else(|| advertised.default_branch());
    match name.and_then(|name| advertised.branch(name)) {
        Some(id) => Ok(Some(id)),
        None => Err(Failure::new(Cause::BaseMissing, "find the branch to start from")),
    }
}
