//! `ARCHITECTURE.md` lists the folders that are there, and no others.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    collections::BTreeSet,
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
    let crates = folders_in("crates");
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
