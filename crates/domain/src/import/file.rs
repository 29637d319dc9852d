//! A file, whatever program wrote it.

use std::collections::BTreeMap;

use super::{ImportFormat, csv_file, docker_config, helm_list};
use crate::{
    Field, FieldProblem, Provider, Secret,
    credentials::CreateCredential,
    repositories::{AddRepository, RepositoryUrl},
};

/// The rows of a file.
#[derive(Debug)]
pub struct ImportFile {
    /// What kind of file it is.
    pub format: ImportFormat,
    /// Its rows, in their order.
    pub rows: Vec<ImportRow>,
}

/// A row of a file.
#[derive(Debug)]
pub struct ImportRow {
    /// Where it stands, such as `line 3`.
    pub place: String,
    /// What is in it, or why that cannot be imported.
    pub item: Result<ImportItem, String>,
}

/// What a row adds: a credential, a repository, or a repository with its credential.
#[derive(Debug, Clone, Default)]
pub struct ImportItem {
    /// The name of what is added.
    pub name: String,
    /// Host and port.
    pub host: String,
    /// The form that adds its credential.
    pub credential: Option<CreateCredential>,
    /// The form that adds its repository.
    pub repository: Option<AddRepository>,
    /// The row whose login it shares, by its index: one credential is added for both.
    pub shares: Option<usize>,
}

impl ImportFile {
    /// The most bytes of a file.
    pub const MAX_BYTES: usize = 1024 * 1024;
    /// The most rows of a file.
    pub const MAX_ROWS: usize = 1_000;

    /// Reads a file.
    ///
    /// # Errors
    /// When it is none of the files that are known, or has more rows than that.
    pub fn parse(content: &[u8]) -> Result<Self, FieldProblem> {
        if content.starts_with(&[0xff, 0xfe]) || content.starts_with(&[0xfe, 0xff]) {
            return Err(problem("This file is in UTF-16. Save it as UTF-8 and choose it again."));
        }
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let Ok(text) = std::str::from_utf8(content) else {
            return Err(problem(
                "This is no text in UTF-8. Choose a config.json, the output of helm repo list -o json, or a CSV.",
            ));
        };
        let (format, rows) = match text.trim_start().chars().next() {
            None => return Err(problem("This file is empty.")),
            Some('{') => (ImportFormat::DockerConfig, docker_config::rows(text)?),
            Some('[') => (ImportFormat::HelmRepositories, helm_list::rows(text)?),
            Some(_) => (ImportFormat::Csv, csv_file::rows(text)?),
        };
        if rows.is_empty() {
            return Err(problem("There is nothing in this file that could be imported."));
        }
        if rows.len() > Self::MAX_ROWS {
            return Err(problem(format!(
                "This file has {} rows. Split it into files of at most {} rows.",
                rows.len(),
                Self::MAX_ROWS
            )));
        }
        Ok(Self { format, rows: sharing_logins(without_repetition(rows)) })
    }
}

impl ImportItem {
    /// A login at a registry.
    pub(super) fn login(name: &str, host: &str, username: String, password: Secret) -> Self {
        let provider = Provider::of_host(host.split(':').next().unwrap_or(host))
            .filter(|provider| provider.facts().shapes.contains(&crate::AuthMethod::Password))
            .unwrap_or(Provider::GenericRegistry);
        let credential = CreateCredential {
            provider: provider.as_str().to_owned(),
            shape: crate::AuthMethod::Password.as_str().to_owned(),
            name: name.to_owned(),
            username,
            password,
            // Whoever imports cannot be asked about each row; the page of a credential tells the same.
            anyway: "yes".to_owned(),
            ..CreateCredential::default()
        };
        Self {
            name: name.to_owned(),
            host: host.to_owned(),
            credential: Some(credential),
            ..Self::default()
        }
    }

    /// A repository, opened by whichever credential matches its URL.
    pub(super) fn repository(name: &str, url: &str) -> Result<Self, String> {
        let parsed = RepositoryUrl::parse(url).map_err(|problem| problem.message)?;
        let host = parsed.authority().to_owned();
        let name = if name.trim().is_empty() { parsed.suggested_name() } else { name.to_owned() };
        let repository = AddRepository {
            url: url.to_owned().into(),
            name: name.clone(),
            credential: "automatic".to_owned(),
            allow: host.clone(),
            ..AddRepository::default()
        };
        Ok(Self { name, host, repository: Some(repository), ..Self::default() })
    }
}

/// The rows, with those that repeat an earlier one named as such.
fn without_repetition(rows: Vec<ImportRow>) -> Vec<ImportRow> {
    let mut first = BTreeMap::<String, String>::new();
    rows.into_iter()
        .map(|row| {
            let Ok(item) = &row.item else { return row };
            let key = match (&item.repository, &item.credential) {
                (Some(repository), _) => format!("url {}", &*repository.url),
                (None, _) => format!("login {}", item.host),
            };
            if let Some(place) = first.get(&key) {
                let why = format!("It repeats {place}.");
                return ImportRow { item: Err(why), ..row };
            }
            first.insert(key, row.place.clone());
            row
        })
        .collect()
}

/// The rows, of which those with one login at one host share its credential: the first has it.
fn sharing_logins(mut rows: Vec<ImportRow>) -> Vec<ImportRow> {
    let mut first = BTreeMap::<(String, String), Vec<(Secret, usize)>>::new();
    for (n, row) in rows.iter_mut().enumerate() {
        let Ok(item) = &mut row.item else { continue };
        let (Some(credential), Some(_)) = (&item.credential, &item.repository) else { continue };
        let known = first.entry((item.host.clone(), credential.username.clone())).or_default();
        match known.iter().find(|(password, _)| *password == credential.password) {
            Some((_, sharer)) => {
                item.shares = Some(*sharer);
                item.credential = None;
            }
            None => known.push((credential.password.clone(), n)),
        }
    }
    rows
}

pub(super) fn problem(message: impl Into<String>) -> FieldProblem {
    Field::File.problem(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<ImportFile, String> {
        ImportFile::parse(content.as_bytes()).map_err(|problem| problem.message)
    }

    fn told(content: &str) -> String {
        read(content).unwrap_err()
    }

    #[test]
    fn what_is_no_such_file_is_told_without_quoting_it() {
        assert_eq!(told(""), "This file is empty.");
        assert_eq!(told(" \r\n"), "This file is empty.");
        assert!(ImportFile::parse(b"\xff\xfea\0").unwrap_err().message.contains("UTF-16"));
        assert!(ImportFile::parse(b"\x80\x81").unwrap_err().message.contains("UTF-8"));
        for canary in ["{\"auths\": \"canary\"", "[\"canary\"]", "canary", "name;canary\n"] {
            assert!(!told(canary).contains("canary"), "{}", told(canary));
        }
    }

    #[test]
    fn more_rows_than_are_taken_are_counted() {
        let rows = |count: usize| {
            let rows = (0..count).map(|n| format!("a{n},https://a.example/{n}\r\n"));
            format!("name,url\r\n{}", rows.collect::<String>())
        };
        assert_eq!(read(&rows(1_000)).unwrap().rows.len(), 1_000);
        assert!(told(&rows(1_001)).contains("1001 rows"));
    }

    #[test]
    fn what_repeats_an_earlier_row_is_left_out() {
        let file =
            read("name,url\na,https://a.example\nb,https://b.example\nc,https://a.example\n");
        let rows = file.unwrap().rows;
        assert_eq!(rows[2].item.as_ref().unwrap_err(), "It repeats line 2.");
        assert!(rows[1].item.is_ok());
    }

    #[test]
    fn rows_with_one_login_at_one_host_share_its_credential() {
        let file = read(
            "name,url,username,password\na,https://a.example/1,me,p\nb,https://a.example/2,me,p\n\
             c,https://a.example/3,me,q\nd,https://d.example,me,p\n",
        );
        let rows = file.unwrap().rows;
        let shares: Vec<_> = rows.iter().map(|row| row.item.as_ref().unwrap().shares).collect();
        assert_eq!(shares, [None, Some(0), None, None]);
        let own = rows.iter().filter(|row| row.item.as_ref().unwrap().credential.is_some());
        assert_eq!(own.count(), 3);
    }
}
