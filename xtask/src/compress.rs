//! Brotli and gzip beside each file, so that the server never compresses what does not change.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use crate::error::{Attempted as _, Error};

const SUFFIXES: [&str; 2] = ["br", "gz"];

/// Writes `FILE.br` and `FILE.gz` where they are missing. What is compressed already, such as PNG
/// and WOFF2, gets neither, because decoding them twice would cost time and save nothing.
pub fn beside(path: &Path, content: &[u8]) -> Result<(), Error> {
    let packed = path.extension().is_some_and(|extension| {
        ["png", "webp", "avif", "jpg", "woff2", "ico"].iter().any(|packed| extension == *packed)
    });
    if packed {
        return Ok(());
    }
    for suffix in SUFFIXES {
        let target = sibling(path, suffix);
        if target.exists() {
            continue;
        }
        let compressed = if suffix == "br" { brotli(content) } else { gzip(content) };
        let compressed = compressed.at("compress", path)?;
        fs::write(&target, compressed).at("write", &target)?;
    }
    Ok(())
}

/// Removes the compressed siblings of a file that is about to change.
pub fn forget(path: &Path) {
    for suffix in SUFFIXES {
        // Missing is what is wanted.
        let _ = fs::remove_file(sibling(path, suffix));
    }
}

/// The file and its compressed siblings.
pub fn with_siblings(path: &Path) -> [PathBuf; 3] {
    let [brotli, gzip] = SUFFIXES.map(|suffix| sibling(path, suffix));
    [path.to_owned(), brotli, gzip]
}

fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn brotli(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let settings =
        ::brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    ::brotli::BrotliCompress(&mut &*content, &mut compressed, &settings)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_gets_siblings_and_pictures_none() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("a.css");
        beside(&text, "a{color:red}".repeat(100).as_bytes()).unwrap();
        let [_, brotli, gzip] = with_siblings(&text);
        assert!(fs::metadata(brotli).unwrap().len() < 100);
        assert!(fs::metadata(gzip).unwrap().len() < 100);
        let picture = folder.path().join("a.png");
        beside(&picture, b"PNG").unwrap();
        assert!(!with_siblings(&picture)[1].exists());
        forget(&text);
        assert!(!with_siblings(&text)[1].exists());
    }
}
