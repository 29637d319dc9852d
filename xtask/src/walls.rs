//! Who may know whom. The rule is in ARCHITECTURE.md; this keeps it.

use serde_json::Value;

use crate::{
    error::{Attempted as _, Error},
    project::Project,
    transactions,
};

/// Which of our crates each of our crates may depend on, in any kind of dependency.
const MAY_KNOW: [(&str, &[&str]); 18] = [
    ("domain", &[]),
    ("storage", &["domain"]),
    ("egress", &["domain"]),
    ("git_http", &["domain", "egress"]),
    ("github", &["domain", "egress", "token_exchange"]),
    ("kubernetes", &["domain", "egress"]),
    ("registries", &["domain", "egress"]),
    ("sops", &["domain"]),
    ("token_exchange", &["domain", "egress"]),
    ("vault", &["domain", "egress"]),
    // Its tests run all of them.
    (
        "connectors",
        &[
            "domain",
            "egress",
            "git_http",
            "github",
            "kubernetes",
            "registries",
            "sops",
            "token_exchange",
            "vault",
        ],
    ),
    ("app", &["domain"]),
    (
        "engine",
        &[
            "domain",
            "egress",
            "git_http",
            "github",
            "kubernetes",
            "registries",
            "sops",
            "storage",
            "token_exchange",
            "vault",
        ],
    ),
    (
        "server",
        &[
            "app",
            "domain",
            "egress",
            "engine",
            "github",
            "registries",
            "storage",
            "token_exchange",
            "vault",
        ],
    ),
    ("browser", &["app"]),
    (
        "benches",
        &[
            "app",
            "domain",
            "egress",
            "engine",
            "registries",
            "server",
            "storage",
            "testkit",
            "token_exchange",
        ],
    ),
    ("testkit", &["domain", "egress", "git_http", "vault"]),
    ("xtask", &[]),
];

/// What tests share; any crate may have it as a dependency of its tests.
const OF_TESTS: &str = "testkit";

/// Crates that only some of ours may use at run time: SQL stays in storage, requests in egress.
const ONLY_IN: [(&str, &[&str]); 10] = [
    // A bench fills the database with more than it could add over HTTP.
    ("sqlx", &["storage", "benches"]),
    // The page written by hand that a bench compares with asks its database itself.
    ("rusqlite", &["benches"]),
    // Vault has a client of its own, with a fixed address.
    ("reqwest", &["benches", "egress", "vault"]),
    ("vaultrs", &["vault"]),
    ("git2", &["git_http"]),
    ("oauth2", &["github"]),
    ("aes-gcm", &["sops"]),
    ("leptos", &["app", "browser", "server"]),
    ("argon2", &["engine"]),
    ("tower-sessions", &["server"]),
];

/// What must never reach the browser: it is large, or it does what only the server may do.
const NEVER_IN_THE_BROWSER: [&str; 8] =
    ["sqlx", "tokio", "reqwest", "hyper", "axum", "vaultrs", "argon2", "chrono"];

/// Features of ours that belong to the server: `host` parses URLs with a large crate.
const SERVER_FEATURES: [(&str, &str); 2] = [("domain", "host"), ("app", "ssr")];

/// Checks all parts of the rule and tells every breach.
pub fn check(project: &Project) -> Result<(), Error> {
    let mut breaches = breaches_of_manifests(&metadata(project)?)?;
    breaches.extend(breaches_in_the_browser(&browser_tree(project)?)?);
    breaches.extend(transactions::breaches(project)?);
    if breaches.is_empty() {
        println!("walls: manifests, the browser's dependencies and transactions keep the rule");
        return Ok(());
    }
    Err(Error::new(format!("The walls are broken:\n  {}", breaches.join("\n  "))))
}

fn run(project: &Project, arguments: &[&str]) -> Result<String, Error> {
    let what = format!("cargo {}", arguments.join(" "));
    let output = project
        .cargo()
        .args(arguments)
        .output()
        .attempted(format_args!("could not start {what}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(why).attempted(format_args!("{what} failed"));
    }
    String::from_utf8(output.stdout).attempted(format_args!("{what} printed no text"))
}

fn metadata(project: &Project) -> Result<Value, Error> {
    let text = run(project, &["metadata", "--locked", "--no-deps", "--format-version", "1"])?;
    serde_json::from_str(&text).attempted("could not read cargo metadata")
}

fn browser_tree(project: &Project) -> Result<String, Error> {
    let target = "wasm32-unknown-unknown";
    run(
        project,
        &[
            "tree",
            "--locked",
            "--package",
            "browser",
            "--target",
            target,
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--no-dedupe",
            "--format",
            "{p} [{f}]",
        ],
    )
}

fn breaches_in_the_browser(tree: &str) -> Result<Vec<String>, Error> {
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    // A tree that lacks what must be there was not read, and proves nothing.
    for expected in ["browser", "app", "domain", "wasm-bindgen"] {
        if !names.contains(&expected) {
            return Err(Error::new(format!(
                "cargo tree shows no {expected} in the browser's half"
            )));
        }
    }
    let mut breaches: Vec<String> = NEVER_IN_THE_BROWSER
        .iter()
        .filter(|never| names.contains(never))
        .map(|never| format!("browser depends on {never} (cargo tree -p browser -i {never} --target wasm32-unknown-unknown)"))
        .collect();
    for (owner, feature) in SERVER_FEATURES {
        let mut lines = tree.lines().filter(|line| line.split_whitespace().next() == Some(owner));
        if lines.any(|line| features(line).any(|on| on == feature)) {
            breaches.push(format!("browser turns on the feature {feature} of {owner}"));
        }
    }
    Ok(breaches)
}

/// The features at the end of a line such as `domain v0.1.0 (/path) [default,host]`.
fn features(line: &str) -> impl Iterator<Item = &str> {
    let (_, list) = line.trim_end().rsplit_once('[').unwrap_or_default();
    list.trim_end_matches(']').split(',')
}

fn breaches_of_manifests(metadata: &Value) -> Result<Vec<String>, Error> {
    let packages = metadata["packages"].as_array().filter(|packages| !packages.is_empty());
    let packages = packages.ok_or_else(|| Error::new("cargo metadata names no packages"))?;
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let ours: Vec<String> = packages.iter().map(name).collect();
    let mut breaches = Vec::new();
    for package in packages {
        let crate_name = name(package);
        let Some((_, may_know)) = MAY_KNOW.iter().find(|(known, _)| *known == crate_name) else {
            breaches.push(format!("{crate_name} is not in the table of xtask/src/walls.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = name(dependency);
            let at_run_time = dependency["kind"].is_null();
            let is_of_tests = used == OF_TESTS && dependency["kind"] == "dev";
            if ours.contains(&used) && !is_of_tests && !may_know.contains(&used.as_str()) {
                breaches.push(format!("{crate_name} must not know {used}"));
            }
            let reserved = ONLY_IN.iter().find(|(reserved, _)| *reserved == used);
            if let Some((_, users)) = reserved.filter(|_| at_run_time)
                && !users.contains(&crate_name.as_str())
            {
                breaches.push(format!(
                    "{crate_name} must not use {used}; it belongs to {}",
                    users.join(", ")
                ));
            }
        }
    }
    Ok(breaches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_server_crate_in_the_browser_is_a_breach() {
        let tree = "browser v0.1.0 []\napp v0.1.0 [hydrate]\ndomain v0.1.0 (/x) []\nwasm-bindgen v0.2.130 []\n";
        assert!(breaches_in_the_browser(tree).unwrap().is_empty());
        assert_eq!(breaches_in_the_browser(&format!("{tree}tokio v1.0.0 []\n")).unwrap().len(), 1);
        let parses_urls = tree.replace("(/x) []", "(/x) [default,host]");
        assert_eq!(
            breaches_in_the_browser(&parses_urls).unwrap(),
            ["browser turns on the feature host of domain"]
        );
    }

    #[test]
    fn an_unreadable_tree_is_no_proof() {
        assert!(breaches_in_the_browser("").is_err());
        assert!(breaches_of_manifests(&json!({})).is_err());
    }

    #[test]
    fn manifests_that_point_back_are_breaches() {
        let package =
            |name: &str, dependencies: Value| json!({ "name": name, "dependencies": dependencies });
        let workspace = json!({ "packages": [
            package("domain", json!([{ "name": "engine", "kind": "dev" }, { "name": "testkit", "kind": "dev" }])),
            package("engine", json!([{ "name": "domain", "kind": null }, { "name": "sqlx", "kind": null }])),
            package("storage", json!([{ "name": "testkit", "kind": null }])),
            package("testkit", json!([])),
            package("stranger", json!([])),
        ]});
        assert_eq!(
            breaches_of_manifests(&workspace).unwrap(),
            [
                "domain must not know engine",
                "engine must not use sqlx; it belongs to storage, benches",
                "storage must not know testkit",
                "stranger is not in the table of xtask/src/walls.rs",
            ]
        );
    }
}
