//! What kapp-controller installs: a `PackageRepository`, and a `PackageInstall` for each package that
//! is named.
//!
//! Source: carvel-dev/kapp-controller `pkg/apis/packaging/v1alpha1/package_install.go`, and "Package
//! consumption" and "Private registry authentication" in its manual.

use serde_json::json;

use super::{Draft, RenderedObject, Server};
use crate::exports::{ExportSettings, RequestedChart};

const API: &str = "packaging.carvel.dev/v1alpha1";

/// Names the secret for the first fetch stage of a package.
const FIRST_FETCH: &str = "ext.packaging.carvel.dev/fetch-0-secret-name";

/// Every version but pre-releases: those are taken where `versionSelection.prereleases` says so.
const ANY: &str = ">=0.0.0";

/// `keys` are the registries that `secret` opens.
pub(super) fn render(draft: &mut Draft<'_>, secret: &str, keys: &[String]) {
    let ExportSettings { package, packages, .. } = &draft.fields.settings;
    if package.contains('/') {
        repository(draft, package, secret, keys);
    } else if !package.is_empty() {
        annotation(draft, package, secret);
    }
    if !packages.is_empty() {
        installs(draft, secret);
    }
    if package.is_empty() && packages.is_empty() {
        draft.info(format!(
            "PackageRepository and PackageInstall make placeholders by themselves where no secret is named; that of the first fetch stage of prometheus.example.com is called {}.",
            placeholder_of("prometheus.example.com", 0)
        ));
    }
}

/// What kapp-controller calls the placeholder that it makes for a fetch stage without a secret (F54;
/// carvel-dev/kapp-controller, "Private registry authentication").
fn placeholder_of(resource: &str, stage: u8) -> String {
    format!("{resource}-fetch-{stage}")
}

fn repository(draft: &mut Draft<'_>, bundle: &str, secret: &str, keys: &[String]) {
    let name = draft.names.take(&format!("{}-packages", draft.fields.name.as_str()), bundle);
    let repository = json!({
        "apiVersion": API,
        "kind": "PackageRepository",
        "metadata": draft.meta(&name).value(),
        "spec": {"fetch": {"imgpkgBundle": {"image": bundle, "secretRef": {"name": secret}}}},
    });
    draft.file(&name, vec![RenderedObject::Open(repository)]);
    let host = Server::parse(&format!("oci://{bundle}")).map(|server| server.host);
    if host.is_none_or(|host| !keys.contains(&host)) {
        draft.warning(
            "None of these credentials is for the registry of the package repository. Check its address, or choose another credential.",
        );
    }
}

/// The name of a `PackageInstall` that a person keeps, as earlier versions stored it: nothing is
/// known of its package, so it gets its annotation by hand.
fn annotation(draft: &mut Draft<'_>, install: &str, secret: &str) {
    let mut meta = draft.meta(install);
    meta.annotations.push((FIRST_FETCH, secret.to_owned()));
    let install = json!({"apiVersion": API, "kind": "PackageInstall", "metadata": meta.value()});
    draft.snippet(
        "PackageInstall: add the annotation; fetch-1 and so on for further fetch stages",
        &install,
    );
}

fn installs(draft: &mut Draft<'_>, secret: &str) {
    let settings = &draft.fields.settings;
    for asked in settings.asked_packages() {
        let stem = draft.names.take_dotted(&format!("{}.install", asked.name), asked.name);
        let object = install(draft, asked, secret);
        draft.file(&stem, vec![RenderedObject::Open(object)]);
    }
    draft.info(format!(
        "kapp-controller installs the packages as the service account {} of the namespace {}, which needs the rights to all that they create. It finds packages of this namespace, and of the one for all namespaces.",
        settings.service_account,
        draft.namespace()
    ));
    let placeholders: Vec<String> =
        settings.asked_packages().map(|asked| placeholder_of(asked.name, 1)).collect();
    draft.info(format!(
        "The secret is for the first fetch stage of a package. For a second one kapp-controller makes a placeholder by itself ({}), which secretgen-controller fills where the export goes to the namespace {}; or add the annotation {} to the PackageInstall.",
        placeholders.join(", "),
        draft.namespace(),
        FIRST_FETCH.replace('0', "1")
    ));
}

/// It bears the name of its package: with another name, an update would remove what is installed and
/// install it again.
fn install(draft: &Draft<'_>, asked: RequestedChart<'_>, secret: &str) -> serde_json::Value {
    let mut meta = draft.meta(asked.name);
    meta.annotations.push((FIRST_FETCH, secret.to_owned()));
    let versions = if asked.versions.is_empty() { ANY } else { asked.versions };
    json!({
        "apiVersion": API,
        "kind": "PackageInstall",
        "metadata": meta.value(),
        "spec": {
            "serviceAccountName": draft.fields.settings.service_account,
            "packageRef": {
                "refName": asked.name,
                "versionSelection": {"constraints": versions},
            },
        },
    })
}
