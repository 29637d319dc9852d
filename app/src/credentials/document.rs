//! A credential as YAML or JSON, with every secret replaced (F13). Only what is listed here is shown.

use domain::{
    Timestamp,
    credentials::{CredentialDetail, CredentialScope, PatternKind},
};
use leptos::prelude::*;
use serde_json::{Map, Value, json};

use super::path_of;
use crate::ui::{
    copy::CopyButton,
    frame::Section,
    page::{Page, page},
    path,
};

/// What stands where a secret would.
const REDACTED: &str = "*** REDACTED ***";

/// `/credentials/{id}/document`; `as` is `yaml` or `json`.
pub(crate) fn document() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let credential = request.services().credentials.get(&principal, request.id()?).await?;
        let is_json = request.query("as") == "json";
        let fields = fields(&credential);
        let text = if is_json { as_json(&fields) } else { as_yaml(&fields) };
        let href = path_of(credential.id);
        let to = |format: &'static str, label: &'static str, current: bool| {
            let href =
                path::with(&format!("{}/document", path_of(credential.id)), &[("as", format)]);
            view! {
                <li>
                    <a href=href aria-current=current.then_some("page")>{label}</a>
                </li>
            }
        };
        let body = view! {
            <p class="crumbs">
                <a href="/credentials">"Credentials"</a>
                " / "
                <a href=href>{credential.name.clone()}</a>
            </p>
            <div class="head">
                <div>
                    <h1>{format!("{} as {}", credential.name, if is_json { "JSON" } else { "YAML" })}</h1>
                    <p class="muted">
                        {format!("What Hawser knows of it. The secret stays in Vault: it reads {REDACTED} here.")}
                    </p>
                </div>
                <nav aria-label="Format">
                    <ul class="formats">{to("yaml", "YAML", !is_json)} {to("json", "JSON", is_json)}</ul>
                </nav>
            </div>
            <section class="card document">
                <pre tabindex="0" role="region" aria-label="Credential">{text.clone()}</pre>
                <div class="actions"><CopyButton text/></div>
            </section>
        };
        Ok(Page {
            title: format!("{} as a document", credential.name),
            section: Section::Credentials,
            body: body.into_any(),
        })
    })
}

type Fields = Vec<(&'static str, Value)>;

/// Everything that may be shown, in the order of reading.
fn fields(credential: &CredentialDetail) -> Fields {
    let facts = credential.provider.facts();
    let secret = if credential.shape.is_ambient() { Value::Null } else { json!(REDACTED) };
    let mut fields: Fields = vec![
        ("name", json!(credential.name)),
        ("type", json!(facts.kind.label())),
        ("provider", json!(credential.provider.as_str())),
        ("authentication", json!(credential.shape.as_str())),
        ("username", json!(credential.username)),
        ("password", secret),
        ("repoURL", json!(credential.pattern)),
        ("repoURLIsRegex", json!(credential.pattern_kind == PatternKind::Regex)),
        ("access", json!(credential.access.map_or("", domain::Access::as_str))),
        (
            "project",
            match credential.reach {
                CredentialScope::Shared => json!("shared"),
                CredentialScope::Project(_) => json!(credential.project),
            },
        ),
        ("purposes", json!(credential.purposes.iter().map(|one| one.as_str()).collect::<Vec<_>>())),
        ("environment", json!(credential.environment.as_str())),
        ("description", json!(credential.remarks.description)),
        ("expiresAt", json!(credential.expiry.map(|expiry| expiry.at.rfc3339()))),
        ("version", json!(credential.vault_version)),
        ("createdAt", json!(credential.created_at.rfc3339())),
        ("createdBy", json!(credential.created_by)),
        ("updatedAt", json!(credential.updated_at.rfc3339())),
        ("lastUsedAt", json!(credential.last_used_at.map(Timestamp::rfc3339))),
        ("repositories", json!(credential.links.iter().map(|link| &link.url).collect::<Vec<_>>())),
    ];
    if let Ok(Value::Object(parameters)) = serde_json::to_value(&credential.parameters) {
        let said: Map<_, _> = parameters.into_iter().filter(|(_, value)| value != "").collect();
        if !said.is_empty() {
            fields.insert(6, ("parameters", Value::Object(said)));
        }
    }
    fields
}

fn as_json(fields: &Fields) -> String {
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| {
            let value = serde_json::to_string_pretty(value).unwrap_or_default();
            format!("  {}: {}", json!(name), value.replace('\n', "\n  "))
        })
        .collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

fn as_yaml(fields: &Fields) -> String {
    fields.iter().fold(String::new(), |text, (name, value)| text + &entry(0, name, value))
}

fn entry(depth: usize, name: &str, value: &Value) -> String {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(inner) => {
            inner.iter().fold(format!("{indent}{name}:\n"), |text, (name, value)| {
                text + &entry(depth + 1, name, value)
            })
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().fold(format!("{indent}{name}:\n"), |text, item| {
                text + &format!("{indent}  - {}\n", scalar(item))
            })
        }
        value => format!("{indent}{name}: {}\n", scalar(value)),
    }
}

/// Plain where YAML reads it as the same text; otherwise in JSON's quotes, which YAML reads too.
fn scalar(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || "-_./@".contains(char))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if is_plain { text.clone() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Fields {
        vec![
            ("name", json!("ghcr-prod")),
            ("password", json!(REDACTED)),
            ("repoURL", json!("^oci://ghcr\\.io/\"a\"")),
            ("access", json!("no")),
            ("empty", json!("")),
            ("version", json!(3)),
            ("purposes", json!(["helm", "image: x"])),
            ("none", json!([])),
            ("expiresAt", json!(null)),
            ("parameters", json!({"account": "0123"})),
        ]
    }

    #[test]
    fn yaml_says_what_json_says() {
        let yaml = as_yaml(&some());
        for line in [
            "name: ghcr-prod\n",
            "password: \"*** REDACTED ***\"\n",
            "repoURL: \"^oci://ghcr\\\\.io/\\\"a\\\"\"\n",
            "access: \"no\"\n",
            "empty: \"\"\n",
            "version: 3\n",
            "purposes:\n  - helm\n  - \"image: x\"\n",
            "none: []\n",
            "expiresAt: null\n",
            "parameters:\n  account: \"0123\"\n",
        ] {
            assert!(yaml.contains(line), "{line}: {yaml}");
        }
        let read: Value = serde_json::from_str(&as_json(&some())).unwrap();
        for (name, value) in some() {
            assert_eq!(read[name], value);
        }
    }
}
