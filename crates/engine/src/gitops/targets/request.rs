//! Pull requests, where the host is known.

use domain::{
    Field, Provider,
    gitops::{Branch, GitUrl},
};
use egress::{Failure, Login};
use git_http::{Hosting, NewPullRequest, PullRequestState};
use github::Github;
use storage::gitops::targets::Target;

use super::push::TargetLocation;
use crate::{Engine, Error};

/// The most branches of its own that a target tries one after the other.
pub(super) const BRANCHES: u32 = 50;

/// How pull requests are opened at the host of a repository; `None` where that is not known.
pub(super) fn hosting(engine: &Engine, url: &GitUrl, provider: Provider) -> Option<Hosting> {
    let hosting = Hosting::of(url, provider, &engine.github_host())?;
    let own = engine.github.as_ref().map(Github::settings);
    Some(match own.filter(|own| own.web.origin() == url.url().origin()) {
        Some(own) => hosting.with_api(own.api.clone()),
        None => hosting,
    })
}

/// Opens the pull request of a target, or finds it; its page, empty where a person has to open it.
pub(super) async fn open(
    engine: &Engine,
    target: &Target,
    (place, login): (&TargetLocation, &Login),
    head: &Branch,
) -> Result<String, Failure> {
    let (url, base) = (&place.url, &place.branch);
    let git = engine.git.by(place.egress.clone());
    let hosting = match hosting(engine, url, target.provider) {
        Some(known) => Some(known),
        None => git.recognize(url, login).await?,
    };
    let Some(hosting) = hosting else { return Ok(String::new()) };
    let title = format!("hawser: update {}", target.name);
    let body = "Hawser opened this pull request. It adds commits to its branch while it is open, and never rewrites any.";
    let wanted = NewPullRequest { head, base, title: &title, body };
    Ok(git.open_pull_request(&hosting, url, login, wanted).await?.url)
}

/// How the pull request of a target stands that is known, by one request to its host; `None` where the host
/// is not known.
pub(super) async fn standing(
    engine: &Engine,
    target: &Target,
    (place, login): (&TargetLocation, &Login),
) -> Result<Option<PullRequestState>, Failure> {
    let (url, page) = (&place.url, target.pull_request_url.as_str());
    let hosting = hosting(engine, url, target.provider).or_else(|| Hosting::of_page(url, page));
    let Some(hosting) = hosting else { return Ok(None) };
    let git = engine.git.by(place.egress.clone());
    git.pull_request_standing(&hosting, url, login, page).await
}

/// The branch of its own that a target pushes to: `hawser/<id>`, and with a number after the first
/// one was merged.
pub(super) fn work_branch(target: &Target, number: u32) -> Result<Branch, Error> {
    let id = target.id.uuid().simple().to_string();
    // The end of an id is random; its beginning is the time.
    let short = id.get(20..).unwrap_or(&id);
    let name =
        if number < 2 { format!("hawser/{short}") } else { format!("hawser/{short}-{number}") };
    Ok(Branch::parse(Field::Branch, &name)?)
}

/// The number of the branch that a target pushed to last; 1 before the first.
pub(super) fn number_of(work_branch: &str) -> u32 {
    work_branch.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(1)
}
