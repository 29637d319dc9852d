//! Which credential Argo CD takes for a repository, by the templates of an export.

use domain::{
    AuthMethod, CredentialId, Provider,
    exports::{
        Consumer, DeliveryMethod, ExportFacts, NoteTone, Rendered, RenderedObject, Values, render,
    },
};

use testkit::export_facts::{credential, material, named, repository, vault};

use super::golden::notes;

/// An export about these repositories, each with the user of its credential, who may be nobody.
fn rendered(repositories: &[(&str, &str)]) -> Rendered {
    let mut facts = ExportFacts { vault: vault(), ..ExportFacts::default() };
    for (number, user) in [(1, "a"), (2, "b")] {
        let mut one = credential(number, user, Provider::GenericRegistry, AuthMethod::Password);
        one.username = user.into();
        one.material = Some(material(&one));
        facts.credentials.push(one);
    }
    let of = |user: &str| -> Option<CredentialId> {
        facts.credentials.iter().find(|one| one.name == user).map(|one| one.id)
    };
    for (number, (url, user)) in (900..).zip(repositories) {
        facts.repositories.push(repository(number, url, of(user)));
    }
    let mut fields = named(Consumer::ArgoCd, DeliveryMethod::Sops, &facts);
    fields.settings.template = "template".into();
    render(&fields, &facts, Values::Carried)
}

/// Kind, URL and user of each secret, in order.
fn secrets(rendered: &Rendered) -> Vec<(String, String, String)> {
    let mut secrets: Vec<_> = rendered
        .files
        .iter()
        .flat_map(|file| &file.objects)
        .map(|object| {
            let RenderedObject::Secret(secret) = object else { panic!("an open object") };
            let label = &secret.open()["metadata"]["labels"]["argocd.argoproj.io/secret-type"];
            let value = |key: &str| {
                let found = secret.values().find(|(name, _)| *name == key);
                found.map_or_else(String::new, |(_, value)| value.to_owned())
            };
            (label.as_str().unwrap().to_owned(), value("url"), value("username"))
        })
        .collect();
    secrets.sort();
    secrets
}

/// The user that Argo CD logs in with: that of the repository's own secret, else that of the longest
/// template its URL begins with. `None` when two templates are equally long.
fn user_of(secrets: &[(String, String, String)], url: &str) -> Option<String> {
    let url = url.strip_prefix("oci://").unwrap_or(url).to_lowercase();
    let own = |(kind, of, _): &&(String, String, String)| {
        kind == "repository" && of.to_lowercase() == url
    };
    if let Some((.., user)) = secrets.iter().find(own) {
        return Some(user.clone());
    }
    let mut reaching: Vec<_> = secrets
        .iter()
        .filter(|(kind, of, _)| kind == "repo-creds" && url.starts_with(&of.to_lowercase()))
        .collect();
    reaching.sort_by_key(|(_, of, _)| std::cmp::Reverse(of.len()));
    match reaching.as_slice() {
        [] => Some(String::new()),
        [(.., user)] => Some(user.clone()),
        [(_, longest, user), (_, next, _), ..] => {
            (longest.len() > next.len()).then(|| user.clone())
        }
    }
}

#[test]
fn every_repository_gets_its_own_credential() {
    for repositories in [
        // Both would have the template https://h/x/.
        &[
            ("https://h/x/1", "a"),
            ("https://h/x/3", "a"),
            ("https://h/x/2", "b"),
            ("https://h/x/4", "b"),
        ][..],
        // The longer template of b begins a repository of a.
        &[
            ("https://h/x/1", "a"),
            ("https://h/y/3", "a"),
            ("https://h/y/1", "b"),
            ("https://h/y/2", "b"),
        ],
        // One below the other.
        &[("https://h/x/1", "a"), ("https://h/z", "a"), ("https://h/x/1/2", "b")],
        // One that begins like the other, and one that differs in case only.
        &[("https://h/x", "a"), ("https://h/xy", "b"), ("https://h/X/1", "b")],
        // Nobody's.
        &[("https://h/x/1", "a"), ("https://h/x/2", "a"), ("https://h/x/3", "")],
        &[("https://h/x", "a"), ("https://h/xy/public", ""), ("https://h/z", "b")],
        // Hosts.
        &[("https://h", "a"), ("https://h.evil", "b"), ("https://h:8443/x", "")],
        &[("https://h/x/1", "a"), ("https://h./y/1", "a"), ("https://g/z", "")],
        &[("oci://h/x/1", "a"), ("oci://h/x/2", "a"), ("https://h/x/1", "b"), ("oci://h.evil", "")],
    ] {
        let rendered = rendered(repositories);
        let secrets = secrets(&rendered);
        for (url, user) in repositories {
            assert_eq!(user_of(&secrets, url).as_deref(), Some(*user), "{url}: {secrets:#?}");
        }
        for (_, url, _) in secrets.iter().filter(|(kind, ..)| kind == "repo-creds") {
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            assert!(rest.contains('/') && !rest.starts_with('/'), "{url} stands for other hosts");
        }
    }
}

#[test]
fn what_no_template_serves_is_said() {
    let rendered = rendered(&[
        ("https://h/x/1", "a"),
        ("https://h/y/3", "a"),
        ("https://h/y/1", "b"),
        ("https://h/y/2", "b"),
    ]);
    let text = |kind: &str, url: &str, user: &str| (kind.into(), url.into(), user.into());
    assert_eq!(
        secrets(&rendered),
        [
            text("repo-creds", "https://h/", "a"),
            text("repo-creds", "https://h/y/", "b"),
            text("repository", "https://h/y/3", "a"),
        ]
    );
    assert_eq!(
        notes(&rendered, NoteTone::Info),
        [
            "h-y-3: the template of another credential would be taken for it, so it has a secret of its own."
        ]
    );
}
