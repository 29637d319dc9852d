//! `cargo xtask bundle` builds the browser's half into `dist/`; `cargo xtask walls` checks who
//! depends on whom.

mod compress;
mod css;
mod error;
mod project;
mod scripts;
mod sizes;
mod transactions;
mod walls;
mod wasm;

use std::{error::Error as _, process::ExitCode};

use error::Error;
use project::Project;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  bundle             build dist/ from crates/browser, style/ and public/, and print its sizes
  bundle --budget    the same, and fail when the bundle is larger than its budget
  walls              check that the crates know only what the design lets them know, and that
                     transactions begin on a right";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = Project::here().and_then(|project| match arguments.as_slice() {
        ["bundle"] => bundle(&project).map(|_| ()),
        ["bundle", "--budget"] => bundle(&project)?.keep_budget(),
        ["walls"] => walls::check(&project),
        _ => Err(Error::new(USAGE)),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            let mut cause = error.source();
            while let Some(deeper) = cause {
                eprintln!("  because: {deeper}");
                cause = deeper.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// Builds what changed, forgets what is no longer used, and prints the table of sizes.
fn bundle(project: &Project) -> Result<sizes::Sizes, Error> {
    let mut bundle = project::Bundle::open(project)?;
    wasm::build(project, &mut bundle)?;
    css::build(project, &mut bundle)?;
    scripts::build(project, &mut bundle)?;
    bundle.add_folder(&project.path("public"), "/public/")?;
    bundle.finish()?;
    let sizes = sizes::Sizes::of(bundle.files())?;
    print!("{sizes}");
    Ok(sizes)
}
