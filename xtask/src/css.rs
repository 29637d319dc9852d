//! One style sheet out of `style/main.css` and what it imports.

use std::path::Path;

use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
};

use crate::{
    error::{Attempted as _, Error},
    project::{Bundle, Project},
};

/// Bundles and minifies the style sheet.
pub fn build(project: &Project, bundle: &mut Bundle) -> Result<(), Error> {
    let css = bundled(&project.path("style/main.css"))?;
    bundle.add_hashed("css", "main", "css", css.as_bytes()).map(|_| ())
}

/// The style sheet at `path` with its imports in place. No browser targets are given, so that
/// `light-dark()`, `oklch()` and nesting reach the browser as they were written.
fn bundled(path: &Path) -> Result<String, Error> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(path).map_err(|error| error.to_string()).at("bundle", path)?;
    sheet.minify(MinifyOptions::default()).map_err(|error| error.to_string()).at("minify", path)?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, ..PrinterOptions::default() })
        .map_err(|error| error.to_string())
        .at("print", path)?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn imports_are_in_place_and_modern_css_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(&main, "@layer base, page;\n@import \"a.css\" layer(page);\n").unwrap();
        fs::write(
            folder.path().join("a.css"),
            "a { color: light-dark(oklch(20% 0.1 250), oklch(90% 0.1 250)); &:hover { color: red } }",
        )
        .unwrap();
        let css = bundled(&main).unwrap();
        for kept in ["@layer base;@layer page{", "light-dark(", "oklch(", "&:hover"] {
            assert!(css.contains(kept), "{kept} is missing from {css}");
        }
        assert!(!css.contains("@import"), "{css}");
    }

    #[test]
    fn a_missing_import_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(&main, "@import \"gone.css\";\n").unwrap();
        assert!(bundled(&main).is_err());
    }
}
