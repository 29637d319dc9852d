//! The configuration of the server: storage, seal, audit, and what it makes at its first start.

use std::{io, path::PathBuf};

use serde_json::to_string as quoted;
use url::Url;

use super::files::{Places, Ports};

/// Where the managed server keeps secrets.
pub const MOUNT: &str = "secret";
pub(super) const APPROLE: &str = "approle";

/// What Hawser may do: keep secrets under `orgs/`, and see that the store is there.
const POLICY: &str = r#"
path "secret/data/orgs/*" { capabilities = ["create", "update", "read"] }
path "secret/metadata/orgs/*" { capabilities = ["read", "list", "delete"] }
path "secret/destroy/orgs/*" { capabilities = ["update"] }
path "secret/config" { capabilities = ["read"] }
"#;

/// The address of this machine, to which the port is still to be added.
pub(super) fn loopback() -> Url {
    #[expect(clippy::expect_used, reason = "a constant that a test reads")]
    Url::parse("http://127.0.0.1/").expect("a URL")
}

pub(super) fn text(places: &Places, ports: Ports) -> io::Result<String> {
    let path = |name: &str| quote(places.file(name));
    let Ports { api, cluster } = ports;
    let (data, audit, role_id, secret_id) =
        (path("data")?, path("audit.log")?, path("role_id")?, path("secret_id")?);
    let key = quote(PathBuf::from(format!("file://{}", places.file("unseal.key").display())))?;
    let policy = quoted(POLICY)?;
    Ok(format!(
        r#"ui = false
api_addr = "http://127.0.0.1:{api}"
cluster_addr = "https://127.0.0.1:{cluster}"
listener "tcp" {{
  address = "127.0.0.1:{api}"
  cluster_address = "127.0.0.1:{cluster}"
  tls_disable = true
}}
storage "raft" {{
  path = {data}
  node_id = "local"
  performance_multiplier = 1
}}
seal "static" {{
  current_key_id = "1"
  current_key = {key}
}}
audit "file" "local" {{
  options {{
    file_path = {audit}
  }}
}}
initialize "app" {{
  request "kv" {{
    operation = "update"
    path = "sys/mounts/{MOUNT}"
    data = {{
      type = "kv"
      options = {{
        version = "2"
      }}
    }}
  }}
  request "policy" {{
    operation = "update"
    path = "sys/policies/acl/app"
    data = {{
      policy = {policy}
    }}
  }}
  request "approle" {{
    operation = "update"
    path = "sys/auth/{APPROLE}"
    data = {{
      type = "approle"
    }}
  }}
  request "role" {{
    operation = "update"
    path = "auth/{APPROLE}/role/app"
    data = {{
      token_policies = ["app"]
      token_period = "1h"
      role_id = {{
        eval_type = "string"
        eval_source = "file"
        path = {role_id}
      }}
    }}
  }}
  request "secret-id" {{
    operation = "update"
    path = "auth/{APPROLE}/role/app/custom-secret-id"
    data = {{
      secret_id = {{
        eval_type = "string"
        eval_source = "file"
        path = {secret_id}
      }}
    }}
  }}
}}
"#
    ))
}

fn quote(path: PathBuf) -> io::Result<String> {
    let text = path
        .into_os_string()
        .into_string()
        .map_err(|_| io::Error::other("the path is not UTF-8"))?;
    Ok(quoted(&text)?)
}
