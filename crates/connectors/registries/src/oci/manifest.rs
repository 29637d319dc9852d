//! One version of a chart: its manifest and the config blob with `Chart.yaml`.

use domain::{
    Cause,
    charts::{FoundVersion, Version},
};
use http::header::HeaderValue;
use serde::{
    Deserialize,
    de::{DeserializeSeed, IgnoredAny},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    discover::Chart,
    session::{Session, Want},
};
use crate::chart::{Bounded, Origin, found, wanted};
use egress::{Failure, lenient};

const MANIFEST_BYTES: usize = 4 * 1024 * 1024;
const CONFIG_BYTES: usize = 1024 * 1024;
/// The most manifests of an index that are looked at for a chart.
const OF_AN_INDEX: usize = 8;
const HELM_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const ACCEPT: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json";

#[derive(Deserialize)]
struct Manifest {
    #[serde(default, deserialize_with = "lenient::optional")]
    config: Option<Descriptor>,
    /// Only an index has it.
    manifests: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "lenient::optional")]
    annotations: Option<Annotations>,
}

#[derive(Deserialize)]
struct Index {
    #[serde(deserialize_with = "lenient::list")]
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Annotations {
    #[serde(
        rename = "org.opencontainers.image.created",
        default,
        deserialize_with = "lenient::text"
    )]
    created: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    #[serde(default, deserialize_with = "lenient::text")]
    media_type: String,
    #[serde(default, deserialize_with = "lenient::text")]
    artifact_type: String,
    digest: String,
    /// What runs an image; charts have none.
    platform: Option<IgnoredAny>,
}

/// What stands behind a tag.
pub(super) enum Tagged {
    /// A version of a chart.
    Chart(Box<FoundVersion>),
    /// An image or something else.
    Other,
}

/// The digest that the registry names for a tag now. `None` when it names none or refuses: some
/// registries and proxies know no `HEAD`, so that only a `GET` tells whether a tag is there.
pub(super) async fn digest(
    session: &Session<'_>,
    chart: &Chart,
    version: &Version,
) -> Option<String> {
    let answer = session
        .get(
            manifest_url(session, chart, &version.tag()),
            &chart.scope(),
            HeaderValue::from_static(ACCEPT),
            Want::Head,
            "look at a manifest",
        )
        .await
        .ok()?;
    Some(answer.text("docker-content-digest").to_owned())
}

/// Reads the version behind a tag, unless it still is the `stored` one.
pub(super) async fn read(
    session: &Session<'_>,
    chart: &Chart,
    version: &Version,
    stored: Option<&FoundVersion>,
) -> Result<Tagged, Failure> {
    let tag = version.tag();
    let (body, digest) = manifest(session, chart, &tag).await?;
    if let Some(stored) = stored.filter(|stored| stored.version.digest == digest) {
        return Ok(Tagged::Chart(Box::new(stored.clone())));
    }
    let Some((config, annotations)) = described(session, chart, &body).await? else {
        return Ok(Tagged::Other);
    };
    let Value::Object(mut fields) = blob(session, chart, &config.digest).await? else {
        return Ok(Tagged::Other);
    };
    if let Some(created) = annotations.map(|annotations| annotations.created) {
        fields.insert("created".to_owned(), Value::String(created));
    }
    let origin = Origin {
        chart: chart.name.clone(),
        version: version.as_str().to_owned(),
        digest,
        url: format!("oci://{}/{}:{tag}", session.base().authority(), chart.repository),
    };
    Ok(found(fields, origin).map_or(Tagged::Other, |version| Tagged::Chart(Box::new(version))))
}

/// A manifest with its digest, which is the one that was asked for or that the registry named.
async fn manifest(
    session: &Session<'_>,
    chart: &Chart,
    reference: &str,
) -> Result<(Vec<u8>, String), Failure> {
    let url = manifest_url(session, chart, reference);
    let accept = HeaderValue::from_static(ACCEPT);
    let answer = session.get(url, &chart.scope(), accept, Want::All, "read a manifest").await?;
    let invalid = answer.failure(Cause::IndexInvalid);
    let named = answer.text("docker-content-digest").to_owned();
    let body = answer.body(MANIFEST_BYTES).await?;
    let digest = sha256(&body);
    let is_other = |expected: &str| expected.starts_with("sha256:") && expected != digest;
    if is_other(&named) || is_other(reference) {
        return Err(invalid);
    }
    Ok((body, digest))
}

/// The config of the chart that a manifest describes, or that the first chart in an index has;
/// `None` for anything else.
async fn described(
    session: &Session<'_>,
    chart: &Chart,
    body: &[u8],
) -> Result<Option<(Descriptor, Option<Annotations>)>, Failure> {
    let (own, index) = (helm_config(body), serde_json::from_slice::<Index>(body));
    let Ok(Index { manifests }) = index else { return Ok(own) };
    let mut candidates: Vec<_> = manifests
        .into_iter()
        .filter(|manifest| is_sha256(&manifest.digest) && !is_index(&manifest.media_type))
        .collect();
    // One that says it is a chart comes first, an image for a platform last.
    candidates.sort_by_key(|manifest| {
        let says_so = manifest.artifact_type == HELM_CONFIG;
        (!says_so, manifest.platform.is_some())
    });
    for candidate in candidates.into_iter().take(OF_AN_INDEX) {
        let child = match manifest(session, chart, &candidate.digest).await {
            // An index may name what was never pushed, such as platforms that were left out.
            Err(failure) if failure.cause == Cause::NotFound => continue,
            child => child?.0,
        };
        if let Some(found) = helm_config(&child) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The config of a chart's own manifest. A document that is both a list and a manifest is taken for
/// no manifest.
fn helm_config(body: &[u8]) -> Option<(Descriptor, Option<Annotations>)> {
    match serde_json::from_slice(body) {
        Ok(Manifest { config: Some(config), manifests: None, annotations })
            if config.media_type == HELM_CONFIG =>
        {
            Some((config, annotations))
        }
        _ => None,
    }
}

fn is_index(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.oci.image.index.v1+json"
            | "application/vnd.docker.distribution.manifest.list.v2+json"
    )
}

fn is_sha256(digest: &str) -> bool {
    digest.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

async fn blob(session: &Session<'_>, chart: &Chart, digest: &str) -> Result<Value, Failure> {
    const ATTEMPT: &str = "read a chart's description";
    let invalid = || {
        Failure::new(Cause::IndexInvalid, format!("{ATTEMPT} from {}", session.base().authority()))
    };
    let digest = digest.to_ascii_lowercase();
    if !is_sha256(&digest) {
        return Err(invalid());
    }
    let mut url = session.base().clone();
    url.set_path(&format!("/v2/{}/blobs/{digest}", chart.repository));
    let answer = session
        .get(url, &chart.scope(), HeaderValue::from_static("*/*"), Want::All, ATTEMPT)
        .await?;
    let body = answer.body(CONFIG_BYTES).await?;
    if sha256(&body) != digest {
        return Err(invalid());
    }
    let mut json = serde_json::Deserializer::from_slice(&body);
    Bounded { depth: 4, wanted }.deserialize(&mut json).map_err(|_| invalid())
}

fn manifest_url(session: &Session<'_>, chart: &Chart, reference: &str) -> Url {
    let mut url = session.base().clone();
    url.set_path(&format!("/v2/{}/manifests/{reference}", chart.repository));
    url
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}
