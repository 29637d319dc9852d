//! What `helm repo list -o json` prints: names and URLs, and no logins.

use serde::Deserialize;

use super::file::{ImportItem, ImportRow, problem};
use crate::FieldProblem;

#[derive(Deserialize)]
struct Entry {
    name: String,
    url: String,
}

pub(super) fn rows(text: &str) -> Result<Vec<ImportRow>, FieldProblem> {
    // What serde says of a document may quote it.
    let entries: Vec<Entry> = serde_json::from_str(text).map_err(|error| {
        problem(format!(
            "This is no output of helm repo list -o json that can be read: look at line {}, column {}.",
            error.line(),
            error.column()
        ))
    })?;
    Ok(entries
        .into_iter()
        .enumerate()
        .map(|(n, entry)| ImportRow {
            place: format!("entry {}", n + 1),
            item: ImportItem::repository(&entry.name, &entry.url),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_urls_are_read() {
        let rows = rows(
            r#"[{"name":"bitnami","url":"https://charts.bitnami.com/bitnami"},
                {"name":"x","url":"ftp://a.example"},{"name":"y","url":"https://u:canary@a.example"}]"#,
        )
        .unwrap();
        let first = rows[0].item.as_ref().unwrap();
        assert_eq!((first.name.as_str(), first.host.as_str()), ("bitnami", "charts.bitnami.com"));
        assert_eq!(first.repository.as_ref().unwrap().credential, "automatic");
        for bad in &rows[1..] {
            let why = bad.item.as_ref().unwrap_err();
            assert!(!why.is_empty() && !why.contains("canary"), "{why}");
        }
    }
}
