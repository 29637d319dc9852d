//! `hawser-server`.

use std::{io::Write as _, process::ExitCode};

use server::{
    config::{self, Config},
    telemetry,
};

/// A page is thousands of short strings, made by many threads at once; the allocator of the C library has
/// them wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
Hawser keeps registry credentials in Vault and every chart repository that uses them in step.

usage: hawser-server [COMMAND]

  (none)         run until SIGINT or SIGTERM
  check-config   say whether the configuration can be used
  --help         print this
  --version      print the version

settings, from the environment or the file that HAWSER_CONFIG names:
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => run(),
        ["check-config"] => check(),
        ["--help" | "-h" | "help"] => say(&format!("{USAGE}{}", config::table())),
        ["--version" | "-V"] => say(concat!("hawser-server ", env!("CARGO_PKG_VERSION"), "\n")),
        other => {
            eprintln!("hawser-server: unknown arguments: {}; try --help", other.join(" "));
            ExitCode::from(2)
        }
    }
}

fn check() -> ExitCode {
    match Config::load() {
        Ok(config) => say(&format!("{config:#?}\nThis configuration can be used.\n")),
        Err(problems) => failed(&problems.to_string()),
    }
}

fn run() -> ExitCode {
    let config = match Config::load() {
        Ok(config) => config,
        Err(problems) => return failed(&problems.to_string()),
    };
    telemetry::start_logging(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("starting the runtime: {error}")),
    };
    match runtime.block_on(server::run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.chain()),
    }
}

fn say(text: &str) -> ExitCode {
    // Somebody who reads only the first lines closes the pipe; that is no failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn failed(why: &str) -> ExitCode {
    eprintln!("hawser-server: {why}");
    ExitCode::FAILURE
}
