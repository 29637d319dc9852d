//! What became of a pull request.

use domain::gitops::GitUrl;
use serde_json::Value;

use super::{Git, Hosting, call, page, unaddressable};
use egress::{Failure, Login};

/// How a pull request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullRequestState {
    /// Somebody may still merge it.
    Open,
    /// Somebody merged it, perhaps with changes of their own.
    Merged,
    /// Somebody closed it without merging it, or deleted it.
    Closed,
}

impl Git {
    /// Asks the host, with one request, how a pull request stands. `known` is its page, as
    /// [`Git::open_pull_request`] told it; `None` when that is no page of this host.
    ///
    /// # Errors
    /// Why the host did not say.
    pub async fn pull_request_standing(
        &self,
        hosting: &Hosting,
        url: &GitUrl,
        login: &Login,
        known: &str,
    ) -> Result<Option<PullRequestState>, Failure> {
        let Some(number) = number(known).filter(|number| is_page(hosting, url, *number, known))
        else {
            return Ok(None);
        };
        let host = hosting.host();
        let mut place = host.create(hosting.api(), url.path()).ok_or_else(unaddressable)?;
        // At every host the one that has this number lies below those that are opened.
        place.path_segments_mut().map_err(|()| unaddressable())?.push(&number.to_string());
        let api = call::Api { git: self, login: host.login(login), given: login };
        match api.get(place).await? {
            None => Ok(Some(PullRequestState::Closed)),
            Some(answer) => host.standing(&answer).map(Some).ok_or_else(call::unreadable),
        }
    }
}

/// The number at the end of the address of a page.
pub(super) fn number(known: &str) -> Option<u64> {
    known.rsplit_once('/')?.1.parse().ok()
}

/// Whether this is the address of the page of a pull request at a host.
pub(super) fn is_page(hosting: &Hosting, url: &GitUrl, number: u64, known: &str) -> bool {
    page(url, hosting, &hosting.host().page(number)) == known
}

/// At GitHub and Gitea a request that was merged is closed too.
pub(super) fn closed_or_merged(answer: &Value) -> Option<PullRequestState> {
    match answer.get("state")?.as_str()? {
        "open" => Some(PullRequestState::Open),
        "closed" if answer.get("merged")?.as_bool()? => Some(PullRequestState::Merged),
        "closed" => Some(PullRequestState::Closed),
        _ => None,
    }
}
