//! The project's folders, the cargo to use, and the bundle that grows in `dist/`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

use crate::{
    compress,
    error::{Attempted as _, Error},
};

/// The root of the workspace, and the settings that `make setup` wrote.
pub struct Project {
    root: PathBuf,
    settings: BTreeMap<String, String>,
}

impl Project {
    /// The workspace this tool was built in.
    pub fn here() -> Result<Self, Error> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().ok_or_else(|| Error::new("xtask lies in no workspace"))?;
        let text = fs::read_to_string(root.join(".cache/cargo-env")).unwrap_or_default();
        Ok(Self { root: root.to_owned(), settings: settings(&text) })
    }

    /// A path below the root.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The cargo whose compiler has the WebAssembly target, started in the root.
    pub fn cargo(&self) -> Command {
        let mut words =
            self.settings.get("CARGO_COMMAND").map_or("cargo", String::as_str).split_whitespace();
        let mut command = Command::new(words.next().unwrap_or("cargo"));
        command.args(words).current_dir(&self.root);
        for (name, value) in &self.settings {
            if name != "CARGO_COMMAND" {
                command.env(name, value);
            }
        }
        // The outer cargo's choice must not overrule the one that was set up.
        if self.settings.contains_key("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER") {
            for name in ["RUSTUP_TOOLCHAIN", "RUSTC", "RUSTDOC", "CARGO"] {
                command.env_remove(name);
            }
        }
        command
    }
}

/// Reads lines of `NAME=value` or `NAME='value'`.
fn settings(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().trim_matches('\'').to_owned()))
        .collect()
}

/// A file of the bundle, with what makes it cheap to send.
pub struct BundleFile {
    /// Where browsers find it.
    pub url: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// The bundle: `dist/pkg` holds what never changes under its name, `dist/public` the rest.
pub struct Bundle {
    dist: PathBuf,
    files: Vec<BundleFile>,
    entries: BTreeMap<&'static str, String>,
}

impl Bundle {
    /// Opens `dist/`.
    pub fn open(project: &Project) -> Result<Self, Error> {
        let dist = project.path("dist");
        for folder in ["pkg", "public"] {
            let folder = dist.join(folder);
            fs::create_dir_all(&folder).at("make", &folder)?;
        }
        Ok(Self { dist, files: Vec::new(), entries: BTreeMap::new() })
    }

    /// The files so far.
    pub fn files(&self) -> &[BundleFile] {
        &self.files
    }

    /// Puts a file under a name that holds the hash of its content, and under `entry` in the
    /// manifest. Answers its URL.
    pub fn add_hashed(
        &mut self,
        entry: &'static str,
        stem: &str,
        extension: &str,
        content: &[u8],
    ) -> Result<String, Error> {
        let url = format!("/pkg/{stem}.{}.{extension}", short_hash(content));
        self.add(url.clone(), content)?;
        self.entries.insert(entry, url.clone());
        Ok(url)
    }

    /// Puts a file under a name of its own.
    pub fn add(&mut self, url: String, content: &[u8]) -> Result<(), Error> {
        let path = self.dist.join(url.trim_start_matches('/'));
        if fs::read(&path).ok().as_deref() != Some(content) {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).at("make", folder)?;
            }
            compress::forget(&path);
            fs::write(&path, content).at("write", &path)?;
        }
        compress::beside(&path, content)?;
        self.files.push(BundleFile { url, path });
        Ok(())
    }

    /// Puts every file of a folder below `url`, under its own name.
    pub fn add_folder(&mut self, folder: &Path, url: &str) -> Result<(), Error> {
        for path in files_below(folder)? {
            let content = fs::read(&path).at("read", &path)?;
            let name = path.strip_prefix(folder).at("find a name for", &path)?.to_string_lossy();
            self.add(format!("{url}{name}"), &content)?;
        }
        Ok(())
    }

    /// Writes the manifest, and removes the files of earlier builds.
    pub fn finish(&self) -> Result<(), Error> {
        let kept: BTreeSet<PathBuf> =
            self.files.iter().flat_map(|file| compress::with_siblings(&file.path)).collect();
        for folder in ["pkg", "public"] {
            for path in files_below(&self.dist.join(folder))? {
                if !kept.contains(&path) {
                    fs::remove_file(&path).at("remove", &path)?;
                }
            }
        }
        let manifest = self.dist.join("manifest.json");
        let text = serde_json::to_string_pretty(&self.entries).at("write", &manifest)?;
        fs::write(&manifest, text + "\n").at("write", &manifest)
    }
}

/// Enough of the SHA-256 to tell two builds apart.
pub fn short_hash(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content)).chars().take(16).collect()
}

/// Every file below a folder, in the order of their paths; none when there is no such folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).at("list", &folder)? {
            let path = entry.at("list", &folder)?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_with_and_without_quotes() {
        let settings = settings("CARGO_COMMAND='cargo +debian'\nLINKER=wasm-ld-22\n");
        assert_eq!(settings["CARGO_COMMAND"], "cargo +debian");
        assert_eq!(settings["LINKER"], "wasm-ld-22");
    }

    #[test]
    fn a_bundle_keeps_its_own_files_and_forgets_older_ones() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project { root: folder.path().to_owned(), settings: BTreeMap::new() };
        let css = "a{color:red}".repeat(50);
        for content in [css.clone(), css.replace("red", "blue")] {
            let mut bundle = Bundle::open(&project).unwrap();
            bundle.add_hashed("css", "main", "css", content.as_bytes()).unwrap();
            bundle.finish().unwrap();
        }
        let files = files_below(&project.path("dist/pkg")).unwrap();
        let names: Vec<_> =
            files.iter().map(|path| path.extension().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["css", "br", "gz"]);
        let manifest = fs::read_to_string(project.path("dist/manifest.json")).unwrap();
        assert!(manifest.contains("\"css\": \"/pkg/main."), "{manifest}");
    }
}
