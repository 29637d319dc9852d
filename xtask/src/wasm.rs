//! The browser's half: cargo, wasm-bindgen, wasm-opt.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    error::{Attempted as _, Error},
    project::{Bundle, Project, short_hash},
};

/// What rustc may emit for this target; wasm-opt refuses features it is not told of.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds `crates/browser` and puts the module with its JavaScript into the bundle. When cargo's
/// output is the one of the last time, the two slow steps are skipped.
pub fn build(project: &Project, bundle: &mut Bundle) -> Result<(), Error> {
    let built = cargo_build(project)?;
    let content = fs::read(&built).at("read", &built)?;
    let optimizer = project.path("xtask/node_modules/binaryen/bin/wasm-opt");
    let key = format!("{} {}", short_hash(&content), optimizer_version(project));
    let folder = built.with_file_name("bundle");
    let stamp = folder.join("made-from");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(key.as_str()) {
        // Whatever is left of an interrupted run must not be taken for a whole one.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).at("make", &folder)?;
        bind(&built, &folder)?;
        if optimizer.exists() {
            optimize(&optimizer, &folder.join("hawser_bg.wasm"))?;
        } else {
            eprintln!("wasm-opt is missing (make setup installs it): the module stays large");
        }
        fs::write(&stamp, &key).at("write", &stamp)?;
    }
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).at("read", &path)
    };
    bundle.add_hashed("js", "hawser", "js", &read("hawser.js")?)?;
    bundle.add_hashed("wasm", "hawser_bg", "wasm", &read("hawser_bg.wasm")?)?;
    // JavaScript that crates bring along; the generated file imports it by these paths.
    bundle.add_folder(&folder.join("snippets"), "/pkg/snippets/")
}

/// Asks cargo for the module and for where it put it.
fn cargo_build(project: &Project) -> Result<PathBuf, Error> {
    let output = project
        .cargo()
        // Stripped by the linker, the module would not say which features it uses; wasm-opt strips it.
        .env("CARGO_PROFILE_WASM_RELEASE_STRIP", "none")
        .args(["build", "--locked", "--package", "browser", "--profile", "wasm-release"])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .attempted("could not start cargo")?;
    if !output.status.success() {
        return Err(Error::new("crates/browser does not build for wasm32-unknown-unknown"));
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.get("reason") == Some(&"compiler-artifact".into()))
        .filter(|message| message.pointer("/target/name") == Some(&"browser".into()))
        .flat_map(|message| {
            message.get("filenames").and_then(Value::as_array).cloned().unwrap_or_default()
        })
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .ok_or_else(|| Error::new("cargo built crates/browser but named no WebAssembly module"))
}

/// Makes the JavaScript that loads the module. The path of the module is given by the page, because
/// its name holds a hash.
fn bind(built: &Path, folder: &Path) -> Result<(), Error> {
    let bind = || {
        Bindgen::new()
            .input_path(built)
            .out_name("hawser")
            .web(true)?
            .typescript(false)
            .omit_default_module_path(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(folder)
    };
    bind().attempted("wasm-bindgen could not read the module")
}

fn optimize(optimizer: &Path, module: &Path) -> Result<(), Error> {
    let smaller = module.with_extension("smaller");
    let status = Command::new("node")
        .arg(optimizer)
        .args(["-Oz", "--strip-debug", "--strip-producers"])
        .args(FEATURES)
        .arg(module)
        .arg("--output")
        .arg(&smaller)
        .status()
        .attempted("could not start wasm-opt")?;
    if !status.success() {
        return Err(Error::new("wasm-opt could not read the module"));
    }
    fs::rename(&smaller, module).at("replace", module)
}

/// The version of binaryen, or `none`: another one makes another module.
fn optimizer_version(project: &Project) -> String {
    fs::read_to_string(project.path("xtask/node_modules/binaryen/package.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        .and_then(|package| package.get("version").and_then(Value::as_str).map(str::to_owned))
        .unwrap_or_else(|| "none".to_owned())
}
