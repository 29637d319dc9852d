//! `hawser-server`.

use std::{io::Write as _, process::ExitCode};

use server::{
    check::{Format, Report},
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
  check-config   look at everything the configuration names, and say what is wrong with it; ends with
                 0 when all is well, 1 when somebody should look at it, 2 when it cannot be used
    --json       say it in JSON
  vault-policy   print the policy that Hawser's role needs in a Vault of yours
  --help         print this
  --version      print the version

settings, from the environment or the file that HAWSER_CONFIG names:
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => run(),
        ["check-config"] => check(Format::Table),
        ["check-config", "--json"] => check(Format::Json),
        ["vault-policy"] => policy(),
        ["--help" | "-h" | "help"] => say(&format!("{USAGE}{}", config::table())),
        ["--version" | "-V"] => say(concat!("hawser-server ", env!("CARGO_PKG_VERSION"), "\n")),
        other => {
            eprintln!("hawser-server: unknown arguments: {}; try --help", other.join(" "));
            ExitCode::from(2)
        }
    }
}

fn check(format: Format) -> ExitCode {
    let report = match Config::load() {
        Err(problems) => Report::of_problems(&problems),
        Ok(config) => match runtime() {
            Ok(runtime) => runtime.block_on(Report::of(&config)),
            Err(error) => return failed(&format!("starting the runtime: {error}")),
        },
    };
    say(&report.text(format));
    report.exit()
}

fn policy() -> ExitCode {
    match config::vault_mount() {
        Ok(mount) => say(&vault::policy(&mount)),
        Err(problems) => failed(&problems.to_string()),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn run() -> ExitCode {
    let config = match Config::load() {
        Ok(config) => config,
        Err(problems) => return failed(&problems.to_string()),
    };
    telemetry::start_logging(&config);
    let runtime = match runtime() {
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
