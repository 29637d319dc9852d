//! Which pages show a secret, and leave uncompressed for that.

use std::{fs, path::Path};

/// Where a [`crate::ui::shown_once::ShownOnce`] is made.
const PAGES: [&str; 2] = ["members/invite.rs", "sessions/set_up.rs"];

fn made_in(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            made_in(&path, found);
        } else if fs::read_to_string(&path).unwrap().contains("ShownOnce(") {
            found.push(path.to_string_lossy().into_owned());
        }
    }
}

#[test]
fn every_page_that_shows_a_secret_is_named() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    made_in(&source, &mut found);
    let source = format!("{}/", source.display());
    let mut found: Vec<_> = found.iter().filter_map(|path| path.strip_prefix(&source)).collect();
    found.retain(|path| !path.starts_with("tests/") && *path != "ui/shown_once.rs");
    found.sort_unstable();
    assert_eq!(found, PAGES);
}
