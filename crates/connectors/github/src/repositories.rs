//! The repositories of an account or an installation.

use domain::{Cause, Secret, gitops::HostedRepository};
use serde::Deserialize;
use url::Url;

use super::{
    Github,
    account::is_login,
    call::{PAGE, has_next, json},
};
use egress::{Failure, HttpAnswer, lenient};

/// The most repositories that are given.
const MOST: usize = 100;
/// The most pages of a list that are read, a hundred repositories each.
const PAGES: u32 = 10;
const ATTEMPT: &str = "ask GitHub for repositories";

#[derive(Deserialize)]
struct RepositoryResponse {
    full_name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    default_branch: String,
    #[serde(default)]
    private: bool,
    #[serde(default, deserialize_with = "lenient::truth")]
    archived: bool,
    #[serde(default, deserialize_with = "lenient::optional")]
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default, deserialize_with = "lenient::truth")]
    push: bool,
}

#[derive(Deserialize)]
struct OfInstallation {
    #[serde(deserialize_with = "lenient::list")]
    repositories: Vec<RepositoryResponse>,
}

impl Github {
    /// The repositories of the account behind a token whose name holds `search`, the ones pushed to
    /// last first, at most 100: `GET /user/repos`, of which 1,000 are looked through. A whole
    /// `owner/name` is found among any number.
    ///
    /// # Errors
    /// `ConnectionRevoked` when GitHub does not take the token; otherwise why it did not answer.
    pub async fn repositories(
        &self,
        access: &Secret,
        search: &str,
    ) -> Result<Vec<HostedRepository>, Failure> {
        let mut found = Vec::new();
        if let Some((owner, name)) = whole(search) {
            found.extend(self.repository(access, owner, name).await?);
        }
        let path = ["user", "repos"];
        let query = "sort=pushed&affiliation=owner,collaborator,organization_member";
        self.pages(&path, query, access, search, &mut found, |answer| json(answer, PAGE, ATTEMPT))
            .await?;
        Ok(found)
    }

    /// The repositories that an installation may see, likewise: `GET /installation/repositories`.
    ///
    /// # Errors
    /// Why GitHub did not answer.
    pub async fn installed_repositories(
        &self,
        access: &Secret,
        search: &str,
    ) -> Result<Vec<HostedRepository>, Failure> {
        let mut found = Vec::new();
        let path = ["installation", "repositories"];
        self.pages(&path, "", access, search, &mut found, async |answer| {
            let listed: OfInstallation = json(answer, PAGE, ATTEMPT).await?;
            Ok(listed.repositories)
        })
        .await?;
        // Which of its permissions the operator gave to the app is seen at the first push.
        for repository in &mut found {
            repository.may_push = true;
        }
        Ok(found)
    }

    async fn repository(
        &self,
        access: &Secret,
        owner: &str,
        name: &str,
    ) -> Result<Option<HostedRepository>, Failure> {
        let url = self.api(&["repos", owner, name], ATTEMPT)?;
        match self.get(url, access, ATTEMPT).await {
            Ok(answer) => Ok(self.hosted(json(answer, PAGE, ATTEMPT).await?)),
            // Renamed repositories answer with a redirect: the list knows their new name.
            Err(failure) if matches!(failure.cause, Cause::NotFound | Cause::RedirectRefused) => {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Reads pages until there are enough.
    async fn pages<R>(
        &self,
        path: &[&str],
        query: &str,
        access: &Secret,
        search: &str,
        found: &mut Vec<HostedRepository>,
        read: impl Fn(HttpAnswer) -> R,
    ) -> Result<(), Failure>
    where
        R: Future<Output = Result<Vec<RepositoryResponse>, Failure>>,
    {
        let wanted = search.trim().to_ascii_lowercase();
        for page in 1..=PAGES {
            let mut url: Url = self.api(path, ATTEMPT)?;
            url.set_query(Some(&format!("per_page=100&page={page}&{query}")));
            let answer = self.get(url, access, ATTEMPT).await?;
            let more = has_next(&answer);
            for told in read(answer).await? {
                let Some(hosted) = self.hosted(told) else { continue };
                let known = found.iter().any(|known| known.full_name == hosted.full_name);
                if !known && hosted.full_name.to_ascii_lowercase().contains(&wanted) {
                    found.push(hosted);
                }
            }
            if !more || found.len() >= MOST {
                break;
            }
        }
        found.truncate(MOST);
        Ok(())
    }

    /// A repository as it is shown. Its address is made from its name, not taken from the answer.
    fn hosted(&self, told: RepositoryResponse) -> Option<HostedRepository> {
        whole(&told.full_name)?;
        let url = self.git_url(&told.full_name)?.into();
        let may_push =
            !told.archived && told.permissions.is_some_and(|permissions| permissions.push);
        Some(HostedRepository {
            url,
            default_branch: told.default_branch.chars().take(255).collect(),
            may_push,
            is_public: !told.private,
            full_name: told.full_name,
        })
    }
}

/// The two parts of `owner/name`; `None` for any other text.
fn whole(text: &str) -> Option<(&str, &str)> {
    let (owner, name) = text.trim().split_once('/')?;
    let is_name = (1..=100).contains(&name.len())
        && !matches!(name, "." | "..")
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (is_login(owner) && is_name).then_some((owner, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        assert_eq!(whole(" acme/deploy.git "), Some(("acme", "deploy.git")));
        for bad in ["acme", "acme/", "/x", "acme/..", "acme/a/b", "a b/c", "acme/x?y"] {
            assert_eq!(whole(bad), None, "{bad}");
        }
    }
}
