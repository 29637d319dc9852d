//! Exports as files: the manifests with references for every member, those that only the recipients can
//! decrypt for people who manage exports, and those with values for a person who types their password
//! again.

#![expect(clippy::disallowed_methods, reason = "gives a manifest to a person who may see it")]

use std::sync::Arc;

use app::services::{CurrentUser as _, Flash};
use axum::{
    Extension, Form,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    ExportId, Secret, ServiceError,
    exports::{EncryptedForm, ExportFile, RevealForm},
};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{
    current_user::SessionUser,
    refusal::{refuse, turned_away},
    site::Site,
};

/// The form of the page of an export, for what is left to it after a refusal.
const FORM: &str = "export-reveal";

/// Why a file is not given out whose values are still to be encrypted.
const SEALED: &str = "Git targets write this encrypted; what the page shows of it cannot be applied. To take it along, use Download on the page of the export.";

/// `/gitops/exports/{id}/all.yaml`: the files with references, in one.
pub(super) async fn all(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Path(id): Path<String>,
) -> Response {
    match written(&site, &visitor, &id).await {
        Ok((_, files)) if files.iter().any(ExportFile::is_sealed) => sealed(),
        Ok((name, files)) => {
            let texts: Vec<_> = files.iter().map(|file| file.text.as_str()).collect();
            attachment(&format!("{name}.yaml"), documents(&texts))
        }
        Err(problem) => refused(&problem),
    }
}

/// `/gitops/exports/{id}/files/{*path}`: one file with references.
pub(super) async fn one(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Path((id, path)): Path<(String, String)>,
) -> Response {
    let files = written(&site, &visitor, &id).await.map(|(_, files)| files);
    match files.map(|files| files.into_iter().find(|file| file.path == path)) {
        Ok(Some(file)) if file.is_sealed() => sealed(),
        Ok(Some(file)) => attachment(last(&path), file.text),
        Ok(None) => refused(&ServiceError::NotFound),
        Err(problem) => refused(&problem),
    }
}

/// The name of an export and what it writes now.
async fn written(
    site: &Site,
    visitor: &SessionUser,
    id: &str,
) -> Result<(String, Vec<ExportFile>), ServiceError> {
    let principal = visitor.principal().ok_or(ServiceError::NotSignedIn)?;
    let id: ExportId = id.parse().map_err(|_| ServiceError::NotFound)?;
    let export = site.services.exports.get(&principal, id).await?;
    Ok((export.name, export.preview.files))
}

/// The files with values, encrypted. Like those in the clear they are asked for by a form and no link,
/// because that is written to the audit log.
pub(super) async fn encrypted(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Form(form): Form<EncryptedForm>,
) -> Response {
    let Some(principal) = visitor.principal() else { return refused(&ServiceError::NotSignedIn) };
    match site.services.exports.encrypted(&principal, form).await {
        Ok(file) => attachment(last(&file.path), file.text),
        Err(problem) => refused(&problem),
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Revealing {
    #[serde(default)]
    export: String,
    #[serde(default)]
    password: Secret,
}

/// The files with values in the clear, for a password.
pub(super) async fn reveal_values(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Form(Revealing { export, password }): Form<Revealing>,
) -> Response {
    let Some(principal) = visitor.principal() else { return see_other("/sign-in") };
    let page = match export.parse::<ExportId>() {
        Ok(id) => format!("/gitops/exports/{id}"),
        Err(_) => return refused(&ServiceError::NotFound),
    };
    let form = RevealForm { export, password };
    match site.services.exports.reveal(&principal, form).await {
        Ok(revealed) => attachment(&revealed.file_name, revealed.text.expose().to_owned()),
        Err(problem @ ServiceError::Busy { .. }) => turned_away(&problem),
        Err(problem) => {
            let flash =
                Flash { problems: Some(problem), form: Some(FORM.to_owned()), ..Flash::default() };
            // A lost message must not hide that nothing was given out.
            let _ = visitor.set_flash(flash).await;
            see_other(&page)
        }
    }
}

/// The name of a file without its folder.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Several YAML documents as one stream (YAML 1.2.2, section 9.2).
fn documents(texts: &[&str]) -> String {
    texts.join("---\n")
}

/// A file to be saved and not shown: text of an export must not act as a page of ours (R-XSS-05). The
/// policy that lets nothing run comes with every answer that is no page.
fn attachment(name: &str, text: String) -> Response {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/yaml"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    response
}

fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// A `Secret` with words in place of its values would be applied as it is, and break what reads it.
fn sealed() -> Response {
    refuse(StatusCode::CONFLICT, SEALED)
}

fn refused(problem: &ServiceError) -> Response {
    match problem {
        ServiceError::NotSignedIn => see_other("/sign-in"),
        problem => turned_away(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_git_03_a_sealed_file_is_refused_with_its_reason() {
        let file = |text: &str| ExportFile { path: "a.yaml".into(), text: text.into() };
        assert!(file("stringData:\n  a: \"*** ENCRYPTED ***\"\n").is_sealed());
        assert!(!file("kind: ExternalSecret\n").is_sealed());
        assert_eq!(sealed().status(), StatusCode::CONFLICT);
    }

    #[test]
    fn r_xss_05_files_are_saved_and_not_shown() {
        let response = attachment("a\"b/ü.yaml", "x: 1\n".to_owned());
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-disposition"), "attachment; filename=\"a-b--.yaml\"");
        assert_eq!(header("content-type"), "application/yaml");
        assert_eq!(documents(&["a: 1\n", "b: 2\n"]), "a: 1\n---\nb: 2\n");
    }
}
