//! Kargo: a labelled secret for each purpose and URL of a credential (F17, F18, F23, F56).
//!
//! Source: akuity/kargo `pkg/credentials/credentials.go` (labels and fields),
//! `pkg/credentials/{ecr,gar,github}` (fields of access keys, service accounts and apps) and
//! `pkg/credentials/kubernetes/database.go` (how URLs are compared).

use super::{
    CredentialFacts,
    draft::Draft,
    go_regex,
    login::{Form, region},
    plan::{Part, Piece, SecretPlan},
    remark::Remark,
    servers::{Server, servers},
};
use crate::{AuthMethod, Provider, Purpose, credentials::PatternKind};

const LABEL: &str = "kargo.akuity.io/cred-type";

type Pieces<'a> = Vec<(&'static str, Piece<'a>)>;

pub(super) fn render(draft: &mut Draft<'_>) {
    let mut written = Vec::new();
    for credential in draft.credentials() {
        let stem = draft.names.take(&credential.name, &credential.id.to_string());
        if credential.purposes.is_empty() {
            draft.left_out(
                Remark::of(credential)
                    .say(": it opens neither images, charts nor Git repositories."),
            );
        }
        let mut objects = Vec::new();
        for purpose in Purpose::ALL {
            if !credential.purposes.contains(&purpose) {
                continue;
            }
            let urls = urls(draft, credential, purpose);
            if urls.is_empty() {
                continue;
            }
            let Some(login) = login(draft, credential, purpose) else { continue };
            let several = if urls.len() > 1 { Several::Yes } else { Several::No };
            for url in urls {
                let text = format!("{stem}-{}", purpose.as_str());
                let seed = format!("{} {}", credential.id, url.text());
                let name = match several {
                    Several::No => draft.names.take(&text, &seed),
                    Several::Yes => draft.names.take_one_of_several(&text, &seed),
                };
                let mut meta = draft.meta(&name);
                meta.labels.push((LABEL, purpose.as_str().to_owned()));
                let mut pieces = url.pieces();
                pieces.extend(login.clone());
                written.push((purpose, url));
                objects.extend(draft.secret(&SecretPlan { meta, kind: "Opaque", pieces }));
            }
        }
        draft.file(&stem, objects);
    }
    compared(draft, &written);
    placed(draft);
    let namespace = draft.namespace();
    draft.warning(format!(
        "If the operator of Kargo made {namespace} a namespace of shared credentials, every project of Kargo may use these. Otherwise only the project {namespace} does."
    ));
}

/// Where secrets have to lie so that Kargo finds them where Hawser does (F22): a namespace is one
/// project's, or it is shared with all of them.
fn placed(draft: &mut Draft<'_>) {
    let (shared, own): (Vec<_>, Vec<_>) =
        draft.credentials().into_iter().partition(|credential| credential.is_shared);
    let Some(first) = shared.first() else { return };
    if let Some(other) = own.first() {
        draft.warning(
            Remark::of(first)
                .say(" is available to every project, and ")
                .name(other)
                .say(" to its own. Kargo gives all secrets of a namespace the same reach: export them separately, those for every project into a namespace of shared credentials."),
        );
    } else {
        draft.info(
            "These are available to every project, so they belong into a namespace of shared credentials. Kargo goes through its own in the order of their names, each to its end, after the namespace of the project; name them as the shared projects are named.",
        );
    }
}

/// How Kargo compares what was written, where that differs from what Hawser does.
fn compared(draft: &mut Draft<'_>, written: &[(Purpose, RepoUrl)]) {
    if written.iter().any(|(_, url)| url.text().trim_start_matches('^').starts_with("http://")) {
        draft.warning(
            "Kargo gives no credential to a URL that begins with http://, unless its operator set ALLOW_CREDENTIALS_OVER_HTTP.",
        );
    }
    let rivals = |purpose: Purpose| {
        let mut of_it = written.iter().filter(|(of, _)| *of == purpose).map(|(_, url)| url);
        let first = of_it.next();
        let is_regex = |url: &RepoUrl| matches!(url, RepoUrl::Regex(_));
        let rest: Vec<_> = of_it.collect();
        !rest.is_empty() && first.into_iter().chain(rest).any(is_regex)
    };
    if Purpose::ALL.into_iter().any(rivals) {
        draft.info(
            "Kargo goes through the secrets of a namespace once, in the order of their names, and takes the first whose URL or expression matches. Hawser tries exact URLs before expressions: where both match one URL, let the name of the exact one come first.",
        );
    }
}

/// Whether a credential has several URLs for a purpose.
#[derive(Clone, Copy)]
enum Several {
    Yes,
    No,
}

/// What `repoURL` holds.
enum RepoUrl {
    Exact(String),
    Regex(String),
}

impl RepoUrl {
    fn text(&self) -> &str {
        let (Self::Exact(text) | Self::Regex(text)) = self;
        text
    }

    fn pieces<'a>(&self) -> Pieces<'a> {
        let mut pieces = vec![("repoURL", Piece::Text(self.text().to_owned()))];
        if matches!(self, Self::Regex(_)) {
            pieces.push(("repoURLIsRegex", Piece::Text("true".to_owned())));
        }
        pieces
    }
}

/// The fields that open a repository for a purpose; `None` when Kargo cannot, and a note says why.
fn login<'a>(
    draft: &mut Draft<'a>,
    credential: &'a CredentialFacts,
    purpose: Purpose,
) -> Option<Pieces<'a>> {
    let stored = |part, form| Piece::Stored(credential, part, form);
    let git = purpose == Purpose::Git;
    match credential.shape {
        AuthMethod::EcrAccessKey if !git => {
            let servers = servers(credential);
            let hosts: Vec<&str> = servers.iter().map(|server| server.host.as_str()).collect();
            let Some(region) = region(credential, &hosts) else {
                draft.left_out(
                    Remark::of(credential)
                        .say(": Kargo needs its region. Set the region of the credential."),
                );
                return None;
            };
            Some(vec![
                ("awsRegion", Piece::Text(region)),
                ("awsAccessKeyID", stored(Part::Username, Form::AsIs)),
                ("awsSecretAccessKey", stored(Part::Password, Form::AsIs)),
            ])
        }
        AuthMethod::GoogleKeyExchange if !git => {
            Some(vec![("gcpServiceAccountKey", stored(Part::Password, Form::Base64))])
        }
        AuthMethod::GithubApp if git => {
            let number = credential.username.bytes().all(|b| b.is_ascii_digit());
            let key = if number { "githubAppID" } else { "githubAppClientID" };
            let installation = credential.parameters.installation.clone();
            Some(vec![
                (key, stored(Part::Username, Form::AsIs)),
                ("githubAppInstallationID", Piece::Text(installation)),
                ("githubAppPrivateKey", stored(Part::Password, Form::AsIs)),
            ])
        }
        AuthMethod::EcrRole | AuthMethod::GoogleWorkload => {
            let told = Remark::of(credential).say(format!(
                ": Kargo needs no secret for it. Its controller takes the role or service account kargo-project-{} itself, where its operator set that up.",
                draft.namespace()
            ));
            draft.left_out(told);
            None
        }
        _ => {
            let opened = draft.opened(credential)?;
            Some(vec![
                ("username", Piece::Shown(opened.clone(), Part::Username)),
                ("password", Piece::Shown(opened, Part::Password)),
            ])
        }
    }
}

fn urls(draft: &mut Draft<'_>, credential: &CredentialFacts, purpose: Purpose) -> Vec<RepoUrl> {
    let pattern = credential.pattern.as_str();
    match credential.pattern_kind {
        PatternKind::Exact if purpose == Purpose::Helm && is_registry(credential, pattern) => {
            of_charts(&at_registry(pattern)).into_iter().collect()
        }
        PatternKind::Exact => vec![RepoUrl::Exact(spelled(purpose, pattern))],
        PatternKind::Regex => vec![regex(draft, credential, purpose)],
        PatternKind::None if purpose == Purpose::Git || servers(credential).is_empty() => {
            draft.left_out(
                Remark::of(credential).say(
                    ": Kargo finds credentials by the URL of a repository. Give it a pattern.",
                ),
            );
            Vec::new()
        }
        PatternKind::None if purpose == Purpose::Image => {
            draft.info(Remark::of(credential).say(
                ": it opens all images of its registry in Kargo. Give it a pattern to narrow that.",
            ));
            let mut urls: Vec<String> = servers(credential).iter().map(of_images).collect();
            urls.dedup();
            urls.into_iter().map(RepoUrl::Regex).collect()
        }
        PatternKind::None => {
            let mut addresses: Vec<&String> = credential.addresses.iter().collect();
            addresses.sort();
            addresses.dedup();
            addresses.into_iter().filter_map(|address| of_charts(address)).collect()
        }
    }
}

/// An address as Kargo spells it: images have no scheme.
fn spelled(purpose: Purpose, pattern: &str) -> String {
    match (purpose, pattern.split_once("://")) {
        (Purpose::Image, Some((_, rest))) => rest.to_owned(),
        _ => pattern.to_owned(),
    }
}

/// A chart repository over HTTP is compared as a whole. Over OCI, Kargo compares the URL of a chart,
/// which lies below the repository, or is its URL.
fn of_charts(address: &str) -> Option<RepoUrl> {
    if !address.starts_with("oci://") {
        return Some(RepoUrl::Exact(address.to_owned()));
    }
    let server = Server::parse(address)?;
    let host = host_of(&server);
    let path = match server.path.as_str() {
        "" => String::new(),
        path => format!("/{}", regex_syntax::escape(path)),
    };
    Some(RepoUrl::Regex(format!("^(oci://)?{host}{path}(/|$)")))
}

/// A host as an expression, with all names of Docker Hub that people write.
fn host_of(server: &Server) -> String {
    if server.is_docker_hub() {
        r"(index\.|registry-1\.)?docker\.io".to_owned()
    } else {
        regex_syntax::escape(&server.host)
    }
}

/// Whether an exact pattern is a place at an OCI registry: by its scheme, or because its host is known
/// to be a registry.
fn is_registry(credential: &CredentialFacts, pattern: &str) -> bool {
    let Some(server) = Server::parse(pattern) else { return false };
    let linked = |address: &String| {
        address.starts_with("oci://")
            && Server::parse(address).is_some_and(|other| other.host == server.host)
    };
    match pattern.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("oci") => true,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => false,
        _ => {
            credential.addresses.iter().any(linked)
                || ALWAYS_OCI.iter().any(|one| one.serves(&server.host))
        }
    }
}

/// Providers whose hosts have no charts but those of their registries.
const ALWAYS_OCI: [Provider; 8] = [
    Provider::Ghcr,
    Provider::GoogleArtifactRegistry,
    Provider::AmazonEcr,
    Provider::AmazonEcrPublic,
    Provider::AzureAcr,
    Provider::DockerHub,
    Provider::GitlabRegistry,
    Provider::Quay,
];

fn at_registry(pattern: &str) -> String {
    let (_, place) = pattern.split_once("://").unwrap_or(("", pattern));
    format!("oci://{place}")
}

fn of_images(server: &Server) -> String {
    format!("^{}/", host_of(server))
}

/// Hawser compares URLs that begin with `https://`. Kargo compares them as they are written: with
/// `oci://`, or without a scheme.
fn regex(draft: &mut Draft<'_>, credential: &CredentialFacts, purpose: Purpose) -> RepoUrl {
    let pattern = credential.pattern.as_str();
    let rest = pattern.strip_prefix("^https://").or_else(|| pattern.strip_prefix("^oci://"));
    let kargo = match (purpose, rest) {
        (Purpose::Image, Some(rest)) => format!("^{rest}"),
        (Purpose::Helm, Some(rest)) => format!("^(https://|oci://)?{rest}"),
        _ => pattern.to_owned(),
    };
    if !pattern.starts_with('^') {
        draft.warning(Remark::of(credential).say(
            ": its pattern does not begin with ^, so it also matches in the middle of other URLs, and their hosts would get this credential.",
        ));
    }
    if let Some(what) = go_regex::differs(pattern) {
        draft.warning(Remark::of(credential).say(format!(
            ": its pattern uses {what}, which Kargo (Go) does not read as Hawser does. Write it differently."
        )));
    }
    RepoUrl::Regex(kargo)
}
