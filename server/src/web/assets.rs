//! The browser bundle, read into memory once. A request is a look-up in a map, so no path can lead
//! out of the folder.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use app::services::Bundle;
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use super::{compress::accepts, refusal::refuse};

/// Names under `/pkg/` hold the hash of the content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Other files keep their name when they change.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The files of the bundle.
#[derive(Clone, Default)]
pub struct Assets(Arc<Inner>);

#[derive(Default)]
struct Inner {
    bundle: Bundle,
    files: HashMap<String, File>,
}

struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    kind: HeaderValue,
    cache: HeaderValue,
    etag: HeaderValue,
}

/// The bundle could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// A file or folder could not be read.
    #[error("reading {}; `cargo xtask bundle` builds the browser bundle, HAWSER_ASSETS names its folder", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The manifest is no JSON object with the URLs.
    #[error("reading {}: it must name `js`, `wasm`, `css`, `awake`, `follow`, `palette` and `forms`", .0.display())]
    Manifest(PathBuf),
}

impl Assets {
    /// Reads a bundle that `cargo xtask bundle` built.
    ///
    /// # Errors
    /// When a file cannot be read, or the manifest names none.
    pub fn read(folder: &Path) -> Result<Self, AssetsError> {
        let path = folder.join("manifest.json");
        let manifest: HashMap<String, String> = serde_json::from_slice(&content(&path)?)
            .map_err(|_| AssetsError::Manifest(path.clone()))?;
        let entry = |name: &str| {
            manifest.get(name).cloned().ok_or_else(|| AssetsError::Manifest(path.clone()))
        };
        let bundle = Bundle {
            js: entry("js")?,
            wasm: entry("wasm")?,
            css: entry("css")?,
            awake: entry("awake")?,
            follow: entry("follow")?,
            palette: entry("palette")?,
            forms: entry("forms")?,
        };
        let mut files = HashMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(inner) = folders.pop() {
            let read = |source| AssetsError::Read { path: inner.clone(), source };
            for item in fs::read_dir(&inner).map_err(read)? {
                let path = item.map_err(read)?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Some(url) = url_of(folder, &path) {
                    let file = File::read(&path, &url)?;
                    files.insert(url, file);
                }
            }
        }
        Ok(Self(Arc::new(Inner { bundle, files })))
    }

    /// The URLs that pages name.
    #[must_use]
    pub fn bundle(&self) -> &Bundle {
        &self.0.bundle
    }
}

fn content(path: &Path) -> Result<Vec<u8>, AssetsError> {
    fs::read(path).map_err(|source| AssetsError::Read { path: path.to_owned(), source })
}

/// Where browsers find a file: what lies in `public` at the root, the rest under its folder. `None`
/// for the manifest and for compressed siblings.
fn url_of(folder: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(folder).ok()?.to_str()?;
    let compressed = matches!(path.extension()?.to_str()?, "br" | "gz");
    (!compressed && below != "manifest.json")
        .then(|| format!("/{}", below.strip_prefix("public/").unwrap_or(below)))
}

impl File {
    fn read(path: &Path, url: &str) -> Result<Self, AssetsError> {
        let plain = content(path)?;
        let sibling = |extension: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(extension);
            fs::read(name).ok().map(Bytes::from)
        };
        let digest = hex::encode(Sha256::digest(&plain));
        let etag = format!("W/\"{}\"", digest.get(..32).unwrap_or_default());
        Ok(Self {
            brotli: sibling(".br"),
            gzip: sibling(".gz"),
            kind: kind_of(path),
            cache: if url.starts_with("/pkg/") { FOREVER } else { AN_HOUR },
            etag: HeaderValue::try_from(etag).unwrap_or(HeaderValue::from_static("W/\"\"")),
            plain: plain.into(),
        })
    }

    /// The smallest form the browser takes.
    fn choose(&self, asked: &HeaderMap) -> (&Bytes, Option<HeaderValue>) {
        let takes = |coding: &str| accepts(asked, coding);
        match (&self.brotli, &self.gzip) {
            (Some(bytes), _) if takes("br") => (bytes, Some(HeaderValue::from_static("br"))),
            (_, Some(bytes)) if takes("gzip") => (bytes, Some(HeaderValue::from_static("gzip"))),
            _ => (&self.plain, None),
        }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let text = |name| {
            asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default()
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::CACHE_CONTROL, self.cache.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let known = text(header::IF_NONE_MATCH);
        if known.split(',').any(|tag| tag.trim().as_bytes() == self.etag.as_bytes()) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, self.kind.clone());
        let (bytes, coding) = self.choose(asked);
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, coding);
        }
        (headers, bytes.clone()).into_response()
    }
}

fn kind_of(path: &Path) -> HeaderValue {
    HeaderValue::from_static(
        match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
            "css" => "text/css; charset=utf-8",
            "ico" => "image/x-icon",
            "js" => "text/javascript; charset=utf-8",
            "json" => "application/json",
            "png" => "image/png",
            "svg" => "image/svg+xml",
            "txt" => "text/plain; charset=utf-8",
            "wasm" => "application/wasm",
            "webmanifest" => "application/manifest+json",
            "woff2" => "font/woff2",
            _ => "application/octet-stream",
        },
    )
}

/// Answers with a file, or 404.
pub(super) async fn serve(State(assets): State<Assets>, request: Request) -> Response {
    match assets.0.files.get(request.uri().path()) {
        Some(file) => file.answer(request.headers()),
        None => refuse(StatusCode::NOT_FOUND, "There is no such file."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> (tempfile::TempDir, Assets) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            (
                "manifest.json",
                r#"{"js":"/pkg/a.1.js","wasm":"/pkg/a.1.wasm","css":"/pkg/a.1.css","awake":"/pkg/w.1.js","follow":"/pkg/f.1.js","palette":"/pkg/p.1.js","forms":"/pkg/o.1.js"}"#,
            ),
            ("pkg/a.1.wasm", "wasm"),
            ("pkg/a.1.wasm.br", "br"),
            ("pkg/a.1.wasm.gz", "gz"),
            ("public/icons.svg", "<svg/>"),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let assets = Assets::read(folder.path()).unwrap();
        (folder, assets)
    }

    #[test]
    fn the_smallest_form_that_the_browser_takes() {
        let (_folder, assets) = bundle();
        let file = &assets.0.files["/pkg/a.1.wasm"];
        for (accept, coding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip;q=1.0, br;q=0", Some("gzip")),
            ("identity", None),
            ("", None),
            ("brotli", None),
        ] {
            let mut asked = HeaderMap::new();
            asked.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
            let (_, chosen) = file.choose(&asked);
            assert_eq!(chosen.as_ref().map(|value| value.to_str().unwrap()), coding, "{accept}");
        }
    }

    #[test]
    fn only_files_of_the_bundle_are_known() {
        let (_folder, assets) = bundle();
        let mut known: Vec<_> = assets.0.files.keys().map(String::as_str).collect();
        known.sort_unstable();
        assert_eq!(known, ["/icons.svg", "/pkg/a.1.wasm"]);
        assert_eq!(assets.bundle().css, "/pkg/a.1.css");
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let (_folder, assets) = bundle();
        let file = &assets.0.files["/icons.svg"];
        let first = file.answer(&HeaderMap::new());
        assert_eq!(first.headers()[header::CONTENT_TYPE], "image/svg+xml");
        assert_eq!(first.headers()[header::CACHE_CONTROL], "public, max-age=3600");
        let mut asked = HeaderMap::new();
        asked.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(file.answer(&asked).status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn a_missing_bundle_says_how_to_build_it() {
        let Err(error) = Assets::read(Path::new("/nonexistent")) else { panic!("read") };
        assert!(error.to_string().contains("cargo xtask bundle"), "{error}");
    }
}
