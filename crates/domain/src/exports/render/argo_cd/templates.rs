//! Templates of credentials.
//!
//! Argo CD takes the template with the longest URL that a repository's URL begins with, letter by
//! letter and without regard to case (argoproj/argo-cd `util/db/repository_secrets.go`,
//! `getRepositoryCredentialIndex`; `util/git/git.go`, `NormalizeGitURL`). So a template is looked at
//! together with all others, and a repository that would get the credential of another has a secret
//! of its own.

use std::collections::BTreeMap;

use super::{RepositoryFacts, TEMPLATE, Written, alone, login, secret, spelled};
use crate::{
    exports::render::draft::Draft,
    repositories::{RepositoryKind, RepositoryUrl},
};

/// One template for the repositories of a host that share a credential.
struct Template<'a> {
    url: String,
    kind: RepositoryKind,
    first: &'a RepositoryFacts,
    repositories: Vec<&'a RepositoryFacts>,
}

pub(super) fn render(draft: &mut Draft<'_>) {
    let (templates, strangers) = planned(draft);
    let mut apart = Vec::new();
    let mut fit = Vec::new();
    for template in templates {
        match strangers.iter().find(|stranger| template.reaches(stranger)) {
            None => fit.push(template),
            Some(stranger) => {
                let why = format!("a template for it would also be taken for {}", stranger.name);
                apart.extend(template.repositories.iter().map(|one| (*one, why.clone())));
            }
        }
    }
    for template in &fit {
        let (own, others): (Vec<&RepositoryFacts>, Vec<_>) =
            template.repositories.iter().partition(|one| template.is_taken_for(one, &fit));
        let why = "the template of another credential would be taken for it";
        apart.extend(others.into_iter().map(|one| (one, why.to_owned())));
        if !own.is_empty() {
            let first = template.first;
            let stem = draft.names.take(&format!("{}-creds", first.name), &first.id.to_string());
            secret(draft, TEMPLATE, &stem, "", &template.url, first);
        }
    }
    apart.sort_by(|(a, _), (b, _)| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let mut written = Written::default();
    for (repository, why) in apart {
        draft.info(format!("{}: {why}, so it has a secret of its own.", repository.name));
        alone(draft, &mut written, repository);
    }
}

/// The templates as they would be if there were no others, and the repositories that must get none of
/// them: those without a credential, and those whose credential cannot be written.
fn planned<'a>(draft: &mut Draft<'a>) -> (Vec<Template<'a>>, Vec<&'a RepositoryFacts>) {
    let mut places: BTreeMap<_, Vec<&RepositoryFacts>> = BTreeMap::new();
    let mut strangers = Vec::new();
    for repository in draft.repositories() {
        let Some(credential) = repository.credential else {
            draft.info(format!(
                "{}: it has no credential, so it needs no template.",
                repository.name
            ));
            strangers.push(repository);
            continue;
        };
        let Ok(url) = RepositoryUrl::parse(&repository.namespace_url()) else { continue };
        let host = (url.web().scheme().to_owned(), url.authority().to_owned());
        places.entry((host, repository.kind.as_str(), credential)).or_default().push(repository);
    }
    let mut templates = Vec::new();
    for repositories in places.into_values() {
        let Some(first) = repositories.first().copied() else { continue };
        if login(draft, first).is_none() {
            strangers.extend(repositories);
            continue;
        }
        let urls: Vec<String> = repositories.iter().map(|one| one.namespace_url()).collect();
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        templates.push(Template { url: prefix(&urls), kind: first.kind, first, repositories });
    }
    (templates, strangers)
}

impl Template<'_> {
    fn compared(&self) -> String {
        compared(self.kind, &self.url)
    }

    /// Whether the URL of a repository begins with that of the template.
    fn reaches(&self, repository: &RepositoryFacts) -> bool {
        compared(repository.kind, &repository.namespace_url()).starts_with(&self.compared())
    }

    /// Whether Argo CD takes this one of all templates for a repository. Of two that are equally long it
    /// takes whichever it finds first, so none of them counts.
    fn is_taken_for(&self, repository: &RepositoryFacts, all: &[Self]) -> bool {
        let length = self.compared().len();
        let rivals = all.iter().filter(|other| {
            !std::ptr::eq(*other, self)
                && other.reaches(repository)
                && other.compared().len() >= length
        });
        self.reaches(repository) && rivals.count() == 0
    }
}

/// A URL as Argo CD compares it.
fn compared(kind: RepositoryKind, url: &str) -> String {
    let url = spelled(kind, url).to_lowercase();
    url.strip_suffix(".git").unwrap_or(&url).to_owned()
}

/// What all URLs begin with: whole segments with a slash at their end, so that `https://host/` is no
/// beginning of `https://host.example`. One URL with a path stands for itself.
fn prefix(urls: &[&str]) -> String {
    /// Scheme, nothing, and host.
    const HOST: usize = 3;
    let Some((first, rest)) = urls.split_first() else { return String::new() };
    let mut common: Vec<&str> = first.split('/').collect();
    for url in rest {
        let same = common.iter().zip(url.split('/')).take_while(|(a, b)| *a == b).count();
        common.truncate(same);
    }
    let text = common.join("/");
    let is_one = common.len() > HOST && urls.contains(&text.as_str());
    if is_one { text } else { format!("{text}/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_between_segments() {
        assert_eq!(prefix(&["https://a/b/c", "https://a/b/d"]), "https://a/b/");
        assert_eq!(prefix(&["https://a/bc", "https://a/bd"]), "https://a/");
        assert_eq!(prefix(&["https://a/b"]), "https://a/b");
        assert_eq!(prefix(&["https://a/b", "https://a/b/c"]), "https://a/b");
        assert_eq!(prefix(&["https://a"]), "https://a/");
        assert_eq!(prefix(&["oci://a:5000", "oci://a:5000/b"]), "oci://a:5000/");
    }
}
