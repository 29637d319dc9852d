//! The rules of a repository's forms. Only the server checks them: parsing URLs is not in the
//! browser.

use super::{
    AddRepository, EditRepository, INTERVALS, RepositoryKind, RepositoryUrl, url::name_in_command,
};
use crate::{
    CredentialId, Field, FieldProblem, Name, ProjectId, RepositoryId, ServiceError,
    access::parse_id, credentials::Environment, error::all,
};

/// The fields of a repository that passed the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `AddRepository`, checked")]
pub struct RepositoryFields {
    pub url: RepositoryUrl,
    pub name: Name,
    /// `None` when it has to be found out.
    pub kind: Option<RepositoryKind>,
    pub credential: Chosen,
    /// Seconds; 0 for only by hand.
    pub interval: u32,
    pub chart_names: Vec<String>,
    /// `None` is the default project.
    pub project: Option<ProjectId>,
    pub environment: Environment,
    /// PEM; empty for the authorities of the system.
    pub ca: String,
    /// Empty for none.
    pub proxy: String,
    /// The authority that the person agreed to allow for the credential; empty for none.
    pub allow: String,
}

/// Which credential a person chose for a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// None.
    Nothing,
    /// The one that matches the URL.
    Automatic,
    /// This one.
    Credential(CredentialId),
}

impl AddRepository {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<RepositoryFields, ServiceError> {
        let url = RepositoryUrl::parse(&self.url);
        let name = match (&url, self.name.trim()) {
            (Ok(url), "") => {
                let suggested = url.suggested_name();
                Name::parse(name_in_command(&self.url).unwrap_or(&suggested))
            }
            (_, typed) => Name::parse(typed),
        };
        let implied = url.as_ref().ok().and_then(RepositoryUrl::implied_kind);
        let (url, name, credential, interval, chart_names, project, environment, ca) = all!(
            url,
            name,
            chosen(&self.credential),
            interval(&self.interval),
            chart_names(&self.charts),
            project(&self.project),
            Environment::parse(self.environment.trim())
                .ok_or_else(|| Field::Environment.problem("Choose an environment from the list.")),
            authorities(&self.ca),
        );
        let kind = RepositoryKind::parse(&self.kind).or(implied);
        let proxy = self.proxy.trim().to_owned();
        let allow = self.allow.trim().to_owned();
        Ok(RepositoryFields {
            url,
            name,
            kind,
            credential,
            interval,
            chart_names,
            project,
            environment,
            ca,
            proxy,
            allow,
        })
    }
}

impl EditRepository {
    /// Checks every field: the repository, the row version the person saw, and the new values.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<(RepositoryId, i64, RepositoryFields), ServiceError> {
        let repository = self.repository.parse().map_err(|_| ServiceError::NotFound)?;
        let row_version = self.row_version.parse().map_err(|_| ServiceError::NotFound)?;
        Ok((repository, row_version, self.fields.parse()?))
    }
}

fn chosen(text: &str) -> Result<Chosen, FieldProblem> {
    match text {
        "" => Ok(Chosen::Nothing),
        "automatic" => Ok(Chosen::Automatic),
        id => parse_id(Field::Credential, id).map(Chosen::Credential),
    }
}

fn project(text: &str) -> Result<Option<ProjectId>, FieldProblem> {
    if text.is_empty() { Ok(None) } else { parse_id(Field::Project, text).map(Some) }
}

/// The most bytes of a list of certificate authorities.
const MAX_CA_BYTES: usize = 64 * 1_024;

/// Certificate authorities in PEM. A private key pasted by mistake is not taken.
pub(crate) fn authorities(text: &str) -> Result<String, FieldProblem> {
    let pem = text.trim();
    if pem.contains("PRIVATE KEY") {
        return Err(Field::Ca.problem(
            "A private key does not belong here. Paste the certificates of the authority alone.",
        ));
    }
    let fine = pem.is_empty()
        || (pem.len() <= MAX_CA_BYTES && pem.contains("-----BEGIN CERTIFICATE-----"));
    if fine {
        Ok(pem.replace("\r\n", "\n"))
    } else {
        Err(Field::Ca.problem("Paste certificates in PEM, with their BEGIN and END lines."))
    }
}

/// Seconds between syncs, as a form sends them; an hour when it says nothing.
///
/// # Errors
/// When it is not one of [`INTERVALS`].
pub fn interval(text: &str) -> Result<u32, FieldProblem> {
    if text.is_empty() {
        return Ok(3_600);
    }
    text.parse()
        .ok()
        .filter(|seconds| INTERVALS.iter().any(|(known, _)| known == seconds))
        .ok_or_else(|| Field::Interval.problem("Choose an interval from the list."))
}

/// The most bytes of a list of chart names; a form that is shown again holds it whole.
const MAX_CHARTS_BYTES: usize = 8 * 1_024;

/// Names of charts as people type them; each must be a repository name of the OCI distribution
/// specification.
///
/// # Errors
/// When the list is too long, or one of them is no such name.
pub fn chart_names(text: &str) -> Result<Vec<String>, FieldProblem> {
    if text.len() > MAX_CHARTS_BYTES {
        return Err(
            Field::Charts.problem(format!("Too long: {} bytes, the limit is 8,192.", text.len()))
        );
    }
    let mut names: Vec<String> = Vec::new();
    for name in text.split([',', '\n', '\r', ' ', '\t']).filter(|name| !name.is_empty()) {
        if !is_chart_name(name) {
            return Err(Field::Charts
                .problem("Chart names are lower-case letters, digits, dots, dashes and slashes."));
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    if names.len() > 1_000 {
        return Err(Field::Charts.problem("At most 1,000 chart names."));
    }
    Ok(names)
}

/// Whether it is a repository name of the OCI distribution specification.
pub(crate) fn is_chart_name(name: &str) -> bool {
    let fits = |b: u8| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-' | b'/')
    };
    name.len() <= 255
        && name.bytes().all(fits)
        && name.split('/').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphanumeric())
                && part.ends_with(|c: char| c.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_among_the_authorities_is_named() {
        let pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";
        assert_eq!(authorities(pem).unwrap(), pem);
        let key = format!("{pem}\n-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----");
        assert!(authorities(&key).unwrap_err().message.contains("private key does not belong"));
        assert!(authorities("MII").unwrap_err().message.contains("BEGIN and END"));
    }

    #[test]
    fn a_name_is_taken_from_the_url() {
        let form = |url: &str| AddRepository { url: url.into(), ..AddRepository::default() };
        let added = form("helm repo add stable https://charts.example.com/stable").parse().unwrap();
        assert_eq!(added.name.as_str(), "stable");
        let fields = form("https://charts.example.com/stable/").parse().unwrap();
        assert_eq!(fields.name.as_str(), "charts.example.com/stable");
        assert_eq!(
            (fields.kind, fields.credential, fields.interval),
            (None, Chosen::Nothing, 3_600)
        );
    }

    #[test]
    fn chart_names_come_in_any_list() {
        let form = AddRepository {
            url: "oci://r.example/x".into(),
            charts: "nginx, redis\nteam/app nginx".into(),
            ..AddRepository::default()
        };
        assert_eq!(form.parse().unwrap().chart_names, ["nginx", "redis", "team/app"]);
        for bad in ["UPPER", "../x", "a//b", "-a", "a/"] {
            assert!(chart_names(bad).is_err(), "{bad}");
        }
        assert!(chart_names(&"a,".repeat(4_096)).is_ok());
        let problem = chart_names(&"a,".repeat(4_097)).unwrap_err();
        assert_eq!(problem.message, "Too long: 8194 bytes, the limit is 8,192.");
    }
}
