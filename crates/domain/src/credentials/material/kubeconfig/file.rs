//! The keys of a kubeconfig, as the documentation of the format names them.

use serde::{Deserialize, de::IgnoredAny};

use crate::Secret;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct File {
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) current_context: String,
    #[serde(default)]
    pub(super) clusters: Vec<NamedCluster>,
    #[serde(default)]
    pub(super) contexts: Vec<NamedContext>,
    #[serde(default)]
    pub(super) users: Vec<NamedUser>,
}

#[derive(Deserialize)]
pub(super) struct NamedCluster {
    pub(super) name: String,
    pub(super) cluster: Cluster,
}

#[derive(Deserialize)]
pub(super) struct NamedContext {
    pub(super) name: String,
    pub(super) context: Context,
}

#[derive(Deserialize)]
pub(super) struct NamedUser {
    pub(super) name: String,
    pub(super) user: User,
}

#[derive(Deserialize)]
pub(super) struct Context {
    pub(super) cluster: String,
    pub(super) user: String,
    #[serde(default)]
    pub(super) namespace: String,
}

/// Every key is named, so that one which means something new is refused and not passed over.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Cluster {
    pub(super) server: String,
    pub(super) certificate_authority_data: Option<String>,
    pub(super) certificate_authority: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) insecure_skip_tls_verify: bool,
    pub(super) proxy_url: Option<IgnoredAny>,
    pub(super) tls_server_name: Option<IgnoredAny>,
    #[serde(rename = "disable-compression")]
    pub(super) _disable_compression: Option<IgnoredAny>,
    #[serde(rename = "extensions")]
    pub(super) _extensions: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct User {
    pub(super) token: Option<Secret>,
    #[serde(rename = "tokenFile")]
    pub(super) token_file: Option<IgnoredAny>,
    pub(super) client_certificate_data: Option<String>,
    pub(super) client_key_data: Option<Secret>,
    pub(super) client_certificate: Option<IgnoredAny>,
    pub(super) client_key: Option<IgnoredAny>,
    pub(super) username: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) exec: Option<IgnoredAny>,
    pub(super) auth_provider: Option<IgnoredAny>,
    #[serde(rename = "as")]
    pub(super) impersonated: Option<IgnoredAny>,
    pub(super) as_uid: Option<IgnoredAny>,
    pub(super) as_groups: Option<IgnoredAny>,
    pub(super) as_user_extra: Option<IgnoredAny>,
    #[serde(rename = "extensions")]
    pub(super) _extensions: Option<IgnoredAny>,
}
