//! The configuration of the server: storage, seal, audit, and what it makes at its first start.

use std::{io, path::PathBuf};

use serde_json::to_string as quoted;
use url::Url;

use super::files::{Ports, VaultFiles};
use crate::policy;

/// Where the managed server keeps secrets.
pub const MOUNT: &str = "secret";
pub(super) const APPROLE: &str = "approle";

/// The address of this machine, to which the port is still to be added.
pub(super) fn loopback() -> Url {
    #[expect(clippy::expect_used, reason = "a constant that a test reads")]
    Url::parse("http://127.0.0.1/").expect("a URL")
}

/// The audit device. OpenBao remembers where its file is and refuses another place, so the place is
/// relative to the folder, in which the process runs: the folder may move. The device that earlier
/// versions named `local` has the whole path; OpenBao removes it when it finds this one instead.
const DEVICE: &str = "file";
/// The audit log in the folder.
pub(super) const AUDIT: &str = "audit.log";

pub(super) fn text(places: &VaultFiles, ports: Ports) -> io::Result<String> {
    let path = |name: &str| quote(places.file(name));
    let Ports { api, cluster } = ports;
    let (data, role_id, secret_id) = (path("data")?, path("role_id")?, path("secret_id")?);
    let key = quote(PathBuf::from(format!("file://{}", places.file("unseal.key").display())))?;
    let policy = quoted(&policy(MOUNT))?;
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
audit "file" "{DEVICE}" {{
  options {{
    file_path = "{AUDIT}"
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

/// The whole path of the audit log, where an earlier version wrote one into this configuration.
pub(super) fn audit_elsewhere(text: &str) -> Option<PathBuf> {
    let path = text.lines().find_map(|line| line.trim().strip_prefix("file_path = "))?;
    let path: PathBuf = serde_json::from_str(path).ok()?;
    path.is_absolute().then_some(path)
}

fn quote(path: PathBuf) -> io::Result<String> {
    let text = path
        .into_os_string()
        .into_string()
        .map_err(|_| io::Error::other("the path is not UTF-8"))?;
    Ok(quoted(&text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_of_an_earlier_version_is_found() {
        let before = "audit \"file\" \"local\" {\n  options {\n    file_path = \"/a \\\"b\\\"/audit.log\"\n  }\n}";
        assert_eq!(audit_elsewhere(before), Some(PathBuf::from("/a \"b\"/audit.log")));
        assert_eq!(audit_elsewhere("    file_path = \"audit.log\"\n"), None);
        assert_eq!(audit_elsewhere("ui = false"), None);
    }
}
