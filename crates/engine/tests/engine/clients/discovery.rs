//! A stub of an API server that answers what kubectl asks before it takes a manifest: which kinds there
//! are. It knows the kinds that it is told.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, Router, extract::State, http::Uri};
use serde_json::{Value, json};

use crate::clients::program::Shell;

/// `apiVersion` and kind.
pub type Kinds = BTreeSet<(String, String)>;

/// Starts one for this shell.
pub async fn serve(shell: &Shell, kinds: Kinds) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer).with_state(Arc::new(kinds));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "stub",
        "clusters": [{"name": "stub", "cluster": {"server": format!("http://{host}")}}],
        "contexts": [{"name": "stub", "context": {"cluster": "stub", "user": "stub"}}],
        "users": [{"name": "stub", "user": {}}],
    });
    shell.write("kubeconfig", &config.to_string());
}

async fn answer(State(kinds): State<Arc<Kinds>>, uri: Uri) -> Json<Value> {
    let path = uri.path().trim_matches('/');
    let version = path.strip_prefix("apis/").or_else(|| path.strip_prefix("api/"));
    Json(match (path, version) {
        ("api", _) => json!({"kind": "APIVersions", "versions": ["v1"]}),
        ("apis", _) => groups(&kinds),
        (_, Some(version)) => resources(&kinds, version),
        _ => json!({"major": "1", "minor": "34", "gitVersion": "v1.34.0"}),
    })
}

fn groups(kinds: &Kinds) -> Value {
    let versions: BTreeSet<&str> = kinds.iter().map(|(version, _)| version.as_str()).collect();
    let group = |version: &&str| {
        let (group, short) = version.split_once('/')?;
        let version = json!({"groupVersion": version, "version": short});
        Some(json!({"name": group, "versions": [version], "preferredVersion": version}))
    };
    let groups: Vec<Value> = versions.iter().filter_map(group).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

fn resources(kinds: &Kinds, version: &str) -> Value {
    let plural = |kind: &str| {
        let name = kind.to_lowercase();
        name.strip_suffix('y').map_or_else(|| format!("{name}s"), |stem| format!("{stem}ies"))
    };
    let resources: Vec<Value> = kinds
        .iter()
        .filter(|(of, _)| of == version)
        .map(|(_, kind)| {
            json!({
                "name": plural(kind), "singularName": "", "namespaced": true, "kind": kind,
                "verbs": ["create", "get", "list"],
            })
        })
        .collect();
    json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources,
    })
}
