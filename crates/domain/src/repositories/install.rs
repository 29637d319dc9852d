//! The commands that install a chart with Helm, login included.
//!
//! Source: helm.sh/docs/helm, `helm_install`, `helm_repo_add` and `helm_registry_login` of Helm 4.

use super::{ChartPlace, RepositoryKind, Transport, foreign_origin};
use crate::{AuthMethod, charts::Install, dns_label::dns_label};

/// A chart, and what its repository is asked with.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// How the repository speaks.
    pub kind: RepositoryKind,
    /// Its URL.
    pub url: &'a str,
    /// Its name.
    pub repository: &'a str,
    /// The name of the chart.
    pub chart: &'a str,
    /// The version to install.
    pub version: &'a str,
    /// Where that version lies, as the last sync found it.
    pub archive: Option<&'a str>,
    /// What an OCI registry spoke at the last sync.
    pub transport: Transport,
    /// Certificate authorities to trust, in PEM; empty for those of the system.
    pub ca: &'a str,
    /// How its credential authenticates, if it has one.
    pub shape: Option<AuthMethod>,
}

/// How people log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Login {
    None,
    Password,
    Certificate,
}

/// What a person runs to install a chart. All names are foreign, and are quoted for a POSIX shell.
#[must_use]
pub fn install(source: &Source<'_>) -> Install {
    let login = match source.shape {
        None => Login::None,
        Some(AuthMethod::ClientCertificate) => Login::Certificate,
        Some(_) => Login::Password,
    };
    let options = options(source, login);
    let release = release(source.chart);
    let version = quoted(source.version);
    let mut commands = Vec::new();
    match ChartPlace::of(source.kind, source.url, source.chart, source.archive) {
        place @ ChartPlace::Registry { .. } => {
            let plain = if source.transport == Transport::Plain { " --plain-http" } else { "" };
            if let (Login::Password, ChartPlace::Registry { host, .. }) = (login, &place) {
                commands
                    .push(format!("helm registry login {} {LOGIN}{plain}{options}", quoted(host)));
            }
            let address = quoted(&place.address().unwrap_or_default());
            commands.push(format!(
                "helm install {release} {address} --version {version}{plain}{options}"
            ));
        }
        ChartPlace::Index { repository, name } if login == Login::None => {
            commands.push(format!(
                "helm install {release} {} --repo {} --version {version}{options}",
                quoted(&name),
                quoted(&repository)
            ));
        }
        ChartPlace::Index { repository, name } => {
            let alias = alias(source.repository);
            let login = if login == Login::Password { format!(" {LOGIN}") } else { String::new() };
            let repository = quoted(&repository);
            commands
                .push(format!("helm repo add {alias} {repository} --force-update{login}{options}"));
            let chart = quoted(&format!("{alias}/{name}"));
            commands.push(format!("helm install {release} {chart} --version {version}"));
        }
    }
    Install { commands, notes: notes(source, login) }
}

/// The password is read from the terminal or a pipe, so that it stands in no list of processes.
const LOGIN: &str = "--username USERNAME --password-stdin";

/// What both commands are told of certificates.
fn options(source: &Source<'_>, login: Login) -> String {
    let mut options = String::new();
    if !source.ca.is_empty() {
        options.push_str(" --ca-file ca.pem");
    }
    if login == Login::Certificate {
        options.push_str(" --cert-file client.pem --key-file client.key");
    }
    options
}

fn notes(source: &Source<'_>, login: Login) -> Vec<String> {
    let mut notes = Vec::new();
    match login {
        Login::None => {}
        Login::Password => notes.push(
            "The repository asks for a login: replace USERNAME and type or pipe the password.".to_owned(),
        ),
        Login::Certificate => notes.push(
            "The repository asks for a client certificate: save it as client.pem and its key as client.key.".to_owned(),
        ),
    }
    if !source.ca.is_empty() {
        notes.push("Save the certificate authorities of the repository as ca.pem.".to_owned());
    }
    let foreign = source.archive.and_then(|archive| foreign_origin(source.url, archive));
    if let Some(origin) = foreign.filter(|_| login != Login::None) {
        notes.push(format!(
            "The archive lies at {origin}, which gets no login. If that host takes the same one, add --pass-credentials to helm repo add."
        ));
    }
    notes
}

/// A name for the release: Helm takes DNS-1123 labels of at most 53 bytes.
fn release(chart: &str) -> String {
    /// The most bytes of the name of a release (helm.sh/docs/faq, `validateReleaseName`).
    const LONGEST: usize = 53;
    label(chart.rsplit('/').next().unwrap_or(chart), LONGEST, "release")
}

/// A name for the repository in Helm's own list, which may hold no slash.
fn alias(repository: &str) -> String {
    label(repository, 63, "charts")
}

fn label(text: &str, longest: usize, otherwise: &str) -> String {
    match dns_label(text, longest) {
        label if label.is_empty() => otherwise.to_owned(),
        label => label,
    }
}

/// A word as a POSIX shell reads it, whatever is in it.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:@%=".contains(&b);
    if !word.is_empty() && !word.starts_with('-') && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: RepositoryKind, url: &str) -> Source<'_> {
        Source {
            kind,
            url,
            repository: "Acme / stable",
            chart: "web",
            version: "1.2.3",
            archive: None,
            transport: Transport::Tls,
            ca: "",
            shape: None,
        }
    }

    #[test]
    fn foreign_names_cannot_leave_their_word() {
        assert_eq!(quoted("nginx"), "nginx");
        assert_eq!(quoted("1.0.0+1"), "'1.0.0+1'");
        assert_eq!(quoted("a; rm -rf ~"), "'a; rm -rf ~'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted("--post-renderer=x"), "'--post-renderer=x'");
        assert_eq!(
            (release("team/Web_App."), release("--x"), release("証")),
            ("web-app".into(), "x".into(), "release".into())
        );
    }

    #[test]
    fn a_private_chart_is_installed_with_its_login() {
        let registry = source(RepositoryKind::Oci, "oci://docker.io/acme");
        assert_eq!(
            install(&registry).commands,
            ["helm install web oci://registry-1.docker.io/acme/web --version 1.2.3"]
        );
        let plain = Source {
            url: "oci://r.example:5000/charts/web",
            archive: Some("oci://r.example:5000/charts/web:1.2.3"),
            transport: Transport::Plain,
            shape: Some(AuthMethod::Password),
            ..registry
        };
        assert_eq!(
            install(&plain).commands,
            [
                "helm registry login r.example:5000 --username USERNAME --password-stdin --plain-http",
                "helm install web oci://r.example:5000/charts/web --version 1.2.3 --plain-http",
            ]
        );
        let index = source(RepositoryKind::Helm, "https://charts.example.com/stable");
        let private = Source {
            archive: Some("https://archives.example.com/web.tgz"),
            ca: "PEM",
            shape: Some(AuthMethod::Password),
            ..index
        };
        let told = install(&private);
        assert_eq!(
            told.commands,
            [
                "helm repo add acme-stable https://charts.example.com/stable --force-update --username USERNAME --password-stdin --ca-file ca.pem",
                "helm install web acme-stable/web --version 1.2.3",
            ]
        );
        assert!(told.notes.iter().any(|note| note.contains("https://archives.example.com")));
        let certificate = Source { shape: Some(AuthMethod::ClientCertificate), ..index };
        assert!(
            install(&certificate).commands[0]
                .ends_with("--cert-file client.pem --key-file client.key")
        );
        assert_eq!(
            install(&index).commands,
            ["helm install web web --repo https://charts.example.com/stable --version 1.2.3"]
        );
    }
}
