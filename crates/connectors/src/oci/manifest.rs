//! One version of a chart: its manifest and the config blob with `Chart.yaml`.

use domain::{Cause, charts::FoundVersion};
use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde::de::DeserializeSeed;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    discover::Chart,
    session::{Session, Want},
};
use crate::{
    Failure,
    chart::{Bounded, Origin, found, wanted},
};

const MANIFEST_BYTES: usize = 4 * 1024 * 1024;
const CONFIG_BYTES: usize = 1024 * 1024;
const HELM_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const ACCEPT: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json";

#[derive(Deserialize)]
struct Manifest {
    config: Option<Descriptor>,
    manifests: Option<serde::de::IgnoredAny>,
    annotations: Option<Annotations>,
}

#[derive(Deserialize)]
struct Annotations {
    #[serde(rename = "org.opencontainers.image.created")]
    created: Option<String>,
}

#[derive(Deserialize)]
struct Descriptor {
    #[serde(rename = "mediaType")]
    media_type: String,
    digest: String,
}

/// What stands behind a tag.
pub(super) enum Tagged {
    /// A version of a chart.
    Chart(Box<FoundVersion>),
    /// An image or something else.
    Other,
}

/// The digest that the registry names for a tag now; empty when it names none.
pub(super) async fn digest(
    session: &Session<'_>,
    chart: &Chart,
    tag: &str,
) -> Result<String, Failure> {
    let answer = session
        .get(
            manifest_url(session, chart, tag),
            &chart.scope(),
            HeaderValue::from_static(ACCEPT),
            Want::Head,
            "look at a manifest",
        )
        .await?;
    Ok(answer.text("docker-content-digest").to_owned())
}

/// Reads the version behind a tag.
pub(super) async fn read(
    session: &Session<'_>,
    chart: &Chart,
    tag: &str,
) -> Result<Tagged, Failure> {
    let url = manifest_url(session, chart, tag);
    let answer = session
        .get(url, &chart.scope(), HeaderValue::from_static(ACCEPT), Want::All, "read a manifest")
        .await?;
    let invalid = answer.failure(Cause::IndexInvalid);
    let named = answer.text("docker-content-digest").to_owned();
    let body = answer.body(MANIFEST_BYTES).await?;
    let digest = sha256(&body);
    if named.starts_with("sha256:") && named != digest {
        return Err(invalid);
    }
    // A document that is both a list and a manifest is taken for neither.
    let Ok(Manifest { config: Some(config), manifests: None, annotations }) =
        serde_json::from_slice(&body)
    else {
        return Ok(Tagged::Other);
    };
    if config.media_type != HELM_CONFIG {
        return Ok(Tagged::Other);
    }
    let Value::Object(mut fields) = blob(session, chart, &config.digest).await? else {
        return Ok(Tagged::Other);
    };
    if let Some(created) = annotations.and_then(|annotations| annotations.created) {
        fields.insert("created".to_owned(), Value::String(created));
    }
    let origin = Origin {
        chart: chart.name.clone(),
        version: tag.replace('_', "+"),
        digest,
        url: format!("oci://{}/{}:{tag}", session.base().authority(), chart.repository),
    };
    Ok(found(fields, origin).map_or(Tagged::Other, |version| Tagged::Chart(Box::new(version))))
}

async fn blob(session: &Session<'_>, chart: &Chart, digest: &str) -> Result<Value, Failure> {
    const ATTEMPT: &str = "read a chart's description";
    let invalid = || {
        Failure::new(Cause::IndexInvalid, format!("{ATTEMPT} from {}", session.base().authority()))
    };
    let hex = digest.strip_prefix("sha256:").ok_or_else(invalid)?;
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(invalid());
    }
    let mut url = session.base().clone();
    url.set_path(&format!("/v2/{}/blobs/{digest}", chart.repository));
    let answer = session
        .get(url, &chart.scope(), HeaderValue::from_static("*/*"), Want::All, ATTEMPT)
        .await?;
    let body = answer.body(CONFIG_BYTES).await?;
    if sha256(&body) != digest.to_ascii_lowercase() {
        return Err(invalid());
    }
    let mut json = serde_json::Deserializer::from_slice(&body);
    Bounded { depth: 4, wanted }.deserialize(&mut json).map_err(|_| invalid())
}

fn manifest_url(session: &Session<'_>, chart: &Chart, tag: &str) -> Url {
    let mut url = session.base().clone();
    url.set_path(&format!("/v2/{}/manifests/{tag}", chart.repository));
    url
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}
