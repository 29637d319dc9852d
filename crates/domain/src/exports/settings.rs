//! The settings of an export, read one by one.

use super::{Consumer, DeliveryMethod, ExportSettings, recipient::Recipient, requested_charts};
use crate::{Field, FieldProblem, repositories::RepositoryUrl};

/// The settings that consumer and delivery method ask for, checked; the others are empty.
pub(super) fn checked(
    typed: &ExportSettings,
    consumer: Consumer,
    carrier: DeliveryMethod,
    problems: &mut Vec<FieldProblem>,
) -> ExportSettings {
    let mut kept = ExportSettings::default();
    let asked = consumer.facts().settings.iter().chain(carrier.facts().settings);
    for setting in asked {
        let Some(text) = typed.get(setting.field) else { continue };
        let text = if text.trim().is_empty() { setting.usual } else { text.trim() };
        match read(setting.field, text, carrier) {
            Ok(text) => kept.set(setting.field, text),
            Err(message) => problems.push(setting.field.problem(message)),
        }
    }
    if !kept.packages.is_empty() && typed.service_account.trim().is_empty() {
        problems.push(Field::ServiceAccount.problem(
            "Type the service account that installs the packages; kapp-controller does nothing without one.",
        ));
    }
    kept
}

/// A setting as it is kept, or what is wrong with it.
fn read(field: Field, text: &str, carrier: DeliveryMethod) -> Result<String, String> {
    match field {
        Field::Namespace => label(text),
        Field::SecretName | Field::ArgoProject | Field::ServiceAccount => optional(text, subdomain),
        Field::ServiceAccounts => list(text, subdomain),
        Field::Template => one_of(text, &["repository", "template"]),
        Field::Label => label_value(text),
        Field::Registry => optional(text, registry),
        Field::ToNamespaces if text == "*" => Ok(text.to_owned()),
        Field::ToNamespaces if text.is_empty() => {
            Err("Type the namespaces that may read these credentials, or *.".to_owned())
        }
        Field::ToNamespaces if text.contains('*') => {
            Err("* means all namespaces and stands alone. Type only *, or only names.".to_owned())
        }
        Field::ToNamespaces => list(text, label),
        Field::Package => package(text),
        Field::Packages => requested_charts::packages(text, subdomain),
        Field::Charts => requested_charts::charts(text),
        Field::Store if carrier == DeliveryMethod::VaultStaticSecret => auth(text),
        Field::Store => subdomain(text),
        Field::StoreKind => one_of(text, &["ClusterSecretStore", "SecretStore"]),
        Field::Recipients => recipients(text),
        _ => Ok(String::new()),
    }
}

/// The name of a Kubernetes namespace that a person typed.
///
/// # Errors
/// What it has to look like; the problem belongs to [`Field::Namespace`].
pub fn namespace(text: &str) -> Result<String, FieldProblem> {
    label(text.trim()).map_err(|message| Field::Namespace.problem(message))
}

fn optional(text: &str, read: fn(&str) -> Result<String, String>) -> Result<String, String> {
    if text.is_empty() { Ok(String::new()) } else { read(text) }
}

/// A DNS-1123 label (kubernetes.io/docs/concepts/overview/working-with-objects/names).
fn label(text: &str) -> Result<String, String> {
    if text.len() <= 63 && is_label(text) {
        return Ok(text.to_owned());
    }
    Err("Use 1 to 63 lower-case letters, digits and dashes; a letter or digit at both ends."
        .to_owned())
}

/// A DNS-1123 subdomain: labels with dots between them, at most 253 bytes.
fn subdomain(text: &str) -> Result<String, String> {
    if text.len() <= 253 && text.split('.').all(is_label) {
        return Ok(text.to_owned());
    }
    Err("Use up to 253 lower-case letters, digits, dashes and dots; a letter or digit at both ends of each part.".to_owned())
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The value of a label (kubernetes.io/docs/concepts/overview/working-with-objects/labels); not empty,
/// because every secret without the label would match an empty one.
fn label_value(text: &str) -> Result<String, String> {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let fine = text.len() <= 63
        && ends(text.chars().next())
        && ends(text.chars().last())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if fine {
        return Ok(text.to_owned());
    }
    Err("Use 1 to 63 letters, digits, dashes, underscores and dots; a letter or digit at both ends.".to_owned())
}

/// Entries separated by commas, spaces or lines, without doubles; kept with commas.
fn list(text: &str, read: fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut entries: Vec<String> = Vec::new();
    for entry in text.split([',', ' ', '\n', '\r', '\t']).filter(|entry| !entry.is_empty()) {
        let entry = read(entry)?;
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    if entries.len() > MOST {
        return Err(format!("At most {MOST} entries."));
    }
    Ok(entries.join(","))
}

/// The most entries of a list.
const MOST: usize = 100;

fn one_of(text: &str, known: &[&str]) -> Result<String, String> {
    match known.iter().find(|known| **known == text) {
        Some(known) => Ok((*known).to_owned()),
        None => Err(format!("Choose {}.", known.join(" or "))),
    }
}

/// `name` or `namespace/name` of a `VaultAuth`.
fn auth(text: &str) -> Result<String, String> {
    let (namespace, name) = text.split_once('/').unwrap_or(("default", text));
    label(namespace)?;
    subdomain(name)?;
    Ok(text.to_owned())
}

/// The host of a registry, perhaps with its port.
fn registry(text: &str) -> Result<String, String> {
    match RepositoryUrl::parse(text) {
        Ok(url) if url.path().is_empty() => Ok(url.authority().to_owned()),
        _ => Err("Type the host of a registry alone, such as ghcr.io.".to_owned()),
    }
}

/// The address of a package repository bundle. Earlier versions also took the name of a
/// `PackageInstall` here, and what they stored stays what it is.
fn package(text: &str) -> Result<String, String> {
    if text.is_empty() || !text.contains('/') {
        return optional(text, subdomain);
    }
    let text = text.strip_prefix("oci://").unwrap_or(text);
    let odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '"' | '\'' | '?' | '#');
    if text.len() > 2_048 || text.contains("://") || text.chars().any(odd) || text.starts_with('/')
    {
        return Err(
            "Write the bundle as registry.example.com/repository:tag, without a scheme.".to_owned()
        );
    }
    Ok(text.to_owned())
}

/// Public keys as they are pasted: one on a line or with commas between them, as `age-keygen` prints
/// them, as lines of a recipients file with its comments, or as a list in YAML.
fn recipients(text: &str) -> Result<String, String> {
    let mut kept: Vec<String> = Vec::new();
    for entry in text.lines().flat_map(|line| public_keys(line).split(',')) {
        let entry = entry.trim().trim_matches(['"', '\'']);
        if entry.is_empty() {
            continue;
        }
        let recipient = Recipient::parse(entry).map_err(|problem| problem.message)?.to_string();
        if !kept.contains(&recipient) {
            kept.push(recipient);
        }
    }
    match kept.len() {
        0 => Err("Paste at least one public key (age1…).".to_owned()),
        1..=20 => Ok(kept.join("\n")),
        _ => Err("At most 20 recipients.".to_owned()),
    }
}

/// The keys of one line, without what stands around them. `age-keygen` writes `# public key: age1…`
/// into a key file, and prints `Public key: age1…`; any other line that begins with `#` is a comment.
fn public_keys(line: &str) -> &str {
    const LABEL: &str = "public key:";
    let line = line.trim();
    let comment = line.strip_prefix('#').map(str::trim_start);
    let told = comment.unwrap_or(line);
    if told.get(..LABEL.len()).is_some_and(|label| label.eq_ignore_ascii_case(LABEL)) {
        return told.get(LABEL.len()..).unwrap_or_default();
    }
    if comment.is_some() {
        return "";
    }
    let line = line.strip_prefix("- ").unwrap_or(line);
    line.split_once(" #").map_or(line, |(keys, _)| keys)
}
