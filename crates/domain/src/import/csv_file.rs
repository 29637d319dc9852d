//! A table with a header: `name,url,username,password`, and perhaps `description` and `kind`.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder};

use super::file::{ImportItem, ImportRow, problem};
use crate::{FieldProblem, Secret, repositories::RepositoryUrl};

/// The columns that are known; a header has a name and a URL at least.
const COLUMNS: [&str; 6] = ["name", "url", "username", "password", "description", "kind"];

pub(super) fn rows(text: &str) -> Result<Vec<ImportRow>, FieldProblem> {
    let header = text.lines().next().unwrap_or_default();
    // Spreadsheets of many countries write semicolons.
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let columns = columns(reader.byte_headers().map_err(|_| problem(NO_HEADER))?)?;
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    let (mut line, mut counted) = (1, 0);
    while reader.read_byte_record(&mut record).map_err(|_| problem(NO_TABLE))? {
        // The reader counts a line before the LF of its CR LF has gone by.
        let at = record.position().map_or(0, csv::Position::byte);
        let at = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(1).min(text.len());
        line += text.as_bytes().get(counted..at).map_or(0, line_breaks);
        counted = at;
        let item = if record.len() == columns.len() {
            item(&columns, &record)
        } else {
            Err(format!(
                "It has {} columns, and the header has {}. Put values with commas in quotes.",
                record.len(),
                columns.len()
            ))
        };
        rows.push(ImportRow { place: format!("line {line}"), item });
    }
    Ok(rows)
}

/// How many lines end in a part of a text.
fn line_breaks(part: &[u8]) -> usize {
    part.split(|byte| *byte == b'\n').count().saturating_sub(1)
}

const NO_HEADER: &str = "The first line has to name the columns: name,url,username,password, and perhaps description and kind.";
const NO_TABLE: &str = "This is no CSV that can be read. Look at its quotes.";

/// Where each column stands.
fn columns(header: &ByteRecord) -> Result<BTreeMap<&'static str, usize>, FieldProblem> {
    let mut columns = BTreeMap::new();
    for (n, name) in header.iter().enumerate() {
        let name = std::str::from_utf8(name).unwrap_or_default().trim().to_ascii_lowercase();
        let Some(known) = COLUMNS.into_iter().find(|known| *known == name) else {
            // What stands there may be a password, when there is no header.
            return Err(problem(format!("Column {} is not known. {NO_HEADER}", n + 1)));
        };
        if columns.insert(known, n).is_some() {
            return Err(problem(format!("The header names the column {known} twice.")));
        }
    }
    for needed in ["name", "url"] {
        if !columns.contains_key(needed) {
            return Err(problem(format!("The column {needed} is missing. {NO_HEADER}")));
        }
    }
    Ok(columns)
}

fn item(
    columns: &BTreeMap<&'static str, usize>,
    record: &ByteRecord,
) -> Result<ImportItem, String> {
    let value = |column: &str| {
        let value = columns.get(column).and_then(|n| record.get(*n)).unwrap_or_default();
        std::str::from_utf8(value).unwrap_or_default()
    };
    let [name, url, username] = ["name", "url", "username"].map(|column| value(column).trim());
    let password = Secret::new(value("password").to_owned());
    if username.is_empty() != password.is_empty() {
        return Err("User name and password belong together: fill in both or none.".to_owned());
    }
    let with_login = |item: ImportItem| -> ImportItem {
        if password.is_empty() {
            return item;
        }
        let login =
            ImportItem::login(&item.name, &item.host, username.to_owned(), password.clone());
        ImportItem { credential: login.credential, ..item }
    };
    let parsed = RepositoryUrl::parse(url).map_err(|problem| problem.message)?;
    let mut item = if parsed.path().is_empty() && !password.is_empty() && !url.contains("://") {
        // A host alone is where a login belongs, and no repository.
        let name = if name.is_empty() { parsed.authority() } else { name };
        let host = parsed.authority().to_owned();
        with_login(ImportItem { name: name.to_owned(), host, ..ImportItem::default() })
    } else {
        with_login(ImportItem::repository(name, url)?)
    };
    if let Some(credential) = &mut item.credential {
        value("description").clone_into(&mut credential.remarks.description);
    }
    if let Some(repository) = &mut item.repository {
        value("kind").trim().to_ascii_lowercase().clone_into(&mut repository.kind);
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<Result<ImportItem, String>> {
        rows(text).unwrap().into_iter().map(|row| row.item).collect()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test typed the password")]
    fn a_table_is_read_with_quotes_and_windows_line_breaks() {
        let text = "Name,URL,username,password,description\r\n\
            charts,https://charts.example.com/a,me,\"p,\"\"w\r\nx\",for a\r\n\
            ghcr,ghcr.io,me,p2,\r\nopen,oci://ghcr.io/acme/charts,,,\r\n";
        let read = items(text);
        let first = read[0].as_ref().unwrap();
        let credential = first.credential.as_ref().unwrap();
        assert_eq!(credential.password.expose(), "p,\"w\r\nx");
        assert_eq!(credential.remarks.description, "for a");
        assert_eq!(first.repository.as_ref().unwrap().allow, "charts.example.com");
        let second = read[1].as_ref().unwrap();
        assert!(second.repository.is_none() && second.credential.is_some());
        assert_eq!(second.credential.as_ref().unwrap().provider, "ghcr");
        let third = read[2].as_ref().unwrap();
        assert!(third.credential.is_none() && third.repository.is_some());
        assert_eq!(items(&text.replace(',', ";")).len(), 3, "semicolons");
        let places =
            |text: &str| rows(text).unwrap().into_iter().map(|row| row.place).collect::<Vec<_>>();
        let lines = ["line 2", "line 4", "line 5"];
        assert_eq!(places(text), lines, "a value has a line break");
        assert_eq!(places(&text.replace("\r\n", "\n")), lines);
    }

    #[test]
    fn what_is_wrong_is_told_without_quoting_it() {
        let told = |text: &str| rows(text).unwrap_err().message;
        assert!(told("canary\n").contains("Column 1 is not known"));
        assert!(told("name,url,canary\n").contains("Column 3"));
        assert!(told("name,name\n").contains("twice"));
        assert!(told("name,username\n").contains("url is missing"));
        let read = items(
            "name,url,username,password\na,https://a.example/x,me,\na,canary\n,https://u:canary@a.example/,,\n<b>,https://a.example/y,,\n",
        );
        assert!(read[0].as_ref().unwrap_err().contains("belong together"));
        assert!(read[1].as_ref().unwrap_err().contains("2 columns"));
        for bad in read.iter().take(3) {
            assert!(!bad.as_ref().unwrap_err().contains("canary"));
        }
        assert_eq!(read[3].as_ref().unwrap().name, "<b>");
    }
}
