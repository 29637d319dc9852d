//! One chart of a registry as an `OCIRepository`, to which a `HelmRelease` refers by `chartRef`.
//!
//! Source: fluxcd/source-controller `docs/spec/v1/ocirepositories.md`; `ref.semver` is read by
//! Masterminds/semver.

use serde_json::{Value, json};

use super::{API, Draft, RenderedObject, RepositoryFacts, put};
use crate::{exports::RequestedChart, repositories::RepositoryKind};

/// The objects of the charts that are written for a repository with this `HelmRepository`. When no
/// chart is named at all, there is one to copy instead.
pub(super) fn objects(
    draft: &mut Draft<'_>,
    repository: &RepositoryFacts,
    stem: &str,
    of: &Value,
) -> Vec<RenderedObject> {
    let settings = &draft.fields.settings;
    if settings.charts.is_empty() {
        let name = repository.itself().map_or("CHART", |chart| &chart.name);
        let (meta, any) = (draft.meta("CHART").value(), RequestedChart { name, versions: "" });
        draft.snippet(
            &format!("{}: one chart as an OCIRepository", repository.name),
            &object(repository, of, any, &meta),
        );
        return Vec::new();
    }
    let mut objects = Vec::new();
    for asked in settings.asked_charts() {
        if !lies_in(draft, repository, asked.name) {
            continue;
        }
        let seed = format!("{} {}", repository.id, asked.name);
        let name = draft.names.take(&format!("{stem}-{}", asked.name), &seed);
        let meta = draft.meta(&name).value();
        objects.push(RenderedObject::Open(object(repository, of, asked, &meta)));
    }
    objects
}

fn object(
    repository: &RepositoryFacts,
    of: &Value,
    asked: RequestedChart<'_>,
    meta: &Value,
) -> Value {
    let mut spec = of.clone();
    if let Value::Object(fields) = &mut spec {
        fields.remove("type");
    }
    let versions = if asked.versions.is_empty() { "*" } else { asked.versions };
    put(&mut spec, "url", repository.place_of(asked.name).address());
    put(&mut spec, "ref", json!({"semver": versions}));
    let layer = json!({
        "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        "operation": "copy",
    });
    put(&mut spec, "layerSelector", layer);
    json!({"apiVersion": API, "kind": "OCIRepository", "metadata": meta, "spec": spec})
}

fn registries<'a>(draft: &Draft<'a>) -> Vec<&'a RepositoryFacts> {
    let mut repositories = draft.repositories();
    repositories.retain(|repository| repository.kind == RepositoryKind::Oci);
    repositories
}

fn holds(repository: &RepositoryFacts, chart: &str) -> bool {
    repository.charts.iter().any(|known| known.name == chart)
}

/// Whether a chart is written for a repository: it is known to lie in it, or in none of the chosen
/// ones.
fn lies_in(draft: &Draft<'_>, repository: &RepositoryFacts, chart: &str) -> bool {
    holds(repository, chart) || !registries(draft).iter().any(|other| holds(other, chart))
}

/// What to know of the charts that are named.
pub(super) fn remarks(draft: &mut Draft<'_>) {
    let settings = &draft.fields.settings;
    if settings.charts.is_empty() {
        return;
    }
    let registries = registries(draft);
    if registries.is_empty() {
        draft.warning(
            "Charts get an OCIRepository in OCI repositories only, and none of these is one. A HelmRelease names the charts of the others with its HelmRepository.",
        );
        return;
    }
    for asked in settings.asked_charts() {
        let known = registries.iter().any(|registry| holds(registry, asked.name));
        if !known && registries.len() > 1 {
            draft.warning(format!(
                "{}: the catalog knows this chart in none of the OCI repositories, so it is written for each of them. Sync the one that holds it, or export that one by itself.",
                asked.name
            ));
        }
    }
}
