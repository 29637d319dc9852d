//! The documents name what is there, and a name means one thing.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The folders of the code map: the lines that begin with "- `path/` —".
fn listed() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let map = text.split("## Code map").nth(1).unwrap();
    let map = map.split("\n## ").next().unwrap();
    map.lines()
        .filter_map(|line| line.strip_prefix("- `"))
        .filter_map(|line| line.split_once("/` — "))
        .map(|(path, _)| path.to_owned())
        .collect()
}

fn folders_in(folder: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return BTreeSet::new() };
    entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir() && entry.file_name() != "tests")
        .map(|entry| format!("{folder}/{}", entry.file_name().to_str().unwrap()))
        .collect()
}

#[test]
fn every_listed_folder_is_there() {
    let listed = listed();
    assert!(listed.len() > 20, "the code map was not found: {listed:?}");
    let missing: Vec<_> = listed.iter().filter(|path| !root().join(path).is_dir()).collect();
    assert!(missing.is_empty(), "listed in ARCHITECTURE.md, but not there: {missing:?}");
}

#[test]
fn every_crate_and_feature_is_listed() {
    let mut there: BTreeSet<String> = [
        "app",
        "server",
        "xtask",
        "benches",
        "migrations",
        "style",
        "public",
        "end2end",
        "scripts",
    ]
    .map(String::from)
    .into();
    let mut crates = folders_in("crates");
    let inner = folders_in("crates/connectors").into_iter().filter(|path| !path.ends_with("/src"));
    crates.extend(inner);
    let sources: Vec<String> =
        ["app", "server"].map(String::from).into_iter().chain(crates.iter().cloned()).collect();
    for source in sources {
        there.extend(folders_in(&format!("{source}/src")));
    }
    there.extend(crates);
    let listed = listed();
    let unlisted: Vec<_> = there.difference(&listed).collect();
    assert!(unlisted.is_empty(), "there, but not listed in ARCHITECTURE.md: {unlisted:?}");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root().join("migrations").join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

/// All files below a folder, as paths from the root of the repository.
fn files_below(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let is_skipped = ["target", "node_modules", ".git", ".cache", "results", "data", "dist"]
            .contains(&name.to_str().unwrap());
        if is_skipped {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            files_below(&entry.path(), into);
        } else {
            into.push(entry.path().strip_prefix(root()).unwrap().to_owned());
        }
    }
}

/// What looks like a path of this repository: it begins with one of its folders, or is a Rust file.
fn looks_like_path(text: &str) -> bool {
    const FOLDERS: [&str; 12] = [
        "app/",
        "server/",
        "crates/",
        "xtask/",
        "benches/",
        "migrations/",
        "style/",
        "public/",
        "end2end/",
        "scripts/",
        "docs/",
        ".ci/",
    ];
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'));
    let is_rust = Path::new(text).extension().is_some_and(|extension| extension == "rs");
    is_plain && (FOLDERS.iter().any(|folder| text.starts_with(folder)) || is_rust)
}

#[test]
fn every_path_in_the_documents_is_there() {
    let mut files = Vec::new();
    files_below(&root(), &mut files);
    let mut seen = 0;
    let mut missing = Vec::new();
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for path in text.split('`').skip(1).step_by(2).filter(|text| looks_like_path(text)) {
            seen += 1;
            let is_there =
                root().join(path).exists() || files.iter().any(|file| file.ends_with(path));
            if !is_there {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(seen > 50, "the paths were not found: {seen}");
    assert!(missing.is_empty(), "named in a document, but not there: {missing:#?}");
}

/// The name of a type that a line defines for more than its own file.
fn exported_type(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')')?.1,
        None => rest,
    };
    let (keyword, rest) = rest.trim_start().split_once(' ')?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
    ["struct", "enum", "trait", "type", "union"].contains(&keyword).then_some(&rest[..end])
}

#[test]
fn a_type_name_means_at_most_two_things() {
    /// Names that Rust's own libraries use for a thing of each module.
    const CONVENTIONAL: [&str; 8] =
        ["Error", "Row", "Kind", "State", "Config", "Request", "Response", "Inner"];
    let mut files = Vec::new();
    files_below(&root(), &mut files);
    let mut defined: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let sources = files.iter().filter(|file| {
        file.extension().is_some_and(|extension| extension == "rs")
            && file.components().any(|part| part.as_os_str() == "src")
    });
    for file in sources {
        let text = fs::read_to_string(root().join(file)).unwrap();
        for name in text.lines().filter_map(exported_type) {
            defined.entry(name.to_owned()).or_default().push(file.display().to_string());
        }
    }
    assert!(defined.len() > 300, "the types were not found: {}", defined.len());
    defined.retain(|name, at| at.len() > 2 && !CONVENTIONAL.contains(&name.as_str()));
    assert!(defined.is_empty(), "defined more than twice: {defined:#?}");
}
