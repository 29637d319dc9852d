//! The scripts that pages load by themselves, without WebAssembly.

use std::fs;

use crate::{
    error::{Attempted as _, Error},
    project::{Bundle, Project},
};

/// The entry of each in the manifest, and where it lies.
const SCRIPTS: [(&str, &str); 4] = [
    ("awake", "app/src/awake.js"),
    ("follow", "app/src/ui/follow.js"),
    ("palette", "app/src/search/palette.js"),
    ("forms", "app/src/ui/forms.js"),
];

/// Puts each script into the bundle under a name that holds the hash of its content.
pub fn build(project: &Project, bundle: &mut Bundle) -> Result<(), Error> {
    for (entry, path) in SCRIPTS {
        let path = project.path(path);
        let content = fs::read(&path).at("read", &path)?;
        bundle.add_hashed(entry, entry, "js", &content)?;
    }
    Ok(())
}
