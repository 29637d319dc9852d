//! Kubeconfig files: which API server, which authority, which login.
//!
//! The format is <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>. Of what it allows, only
//! what stands in the file itself is taken: `exec` and `auth-provider` would run programs, and paths would
//! read the disk of this server.

#![expect(clippy::disallowed_methods, reason = "reads a kubeconfig as the document it is")]

mod file;
mod login;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::Url;
use zeroize::Zeroizing;

use self::{
    file::{Cluster, File, NamedCluster, NamedContext, NamedUser},
    login::login,
};
use crate::{Field, FieldProblem, Secret};

/// A kubeconfig with one context.
#[derive(Debug, Clone)]
pub struct Kubeconfig {
    /// The address of the API server: `https`, without user, query and fragment.
    pub server: Url,
    /// The authority that signed the server's certificate, in PEM; empty for those of the system.
    pub authority: String,
    /// The name of the user in the file; not a secret.
    pub user: String,
    /// The namespace of the context; empty for none.
    pub namespace: String,
    /// How the user logs in.
    pub login: ClusterLogin,
    /// The whole file.
    pub text: Secret,
}

/// How a kubeconfig logs in.
#[derive(Debug, Clone)]
pub enum ClusterLogin {
    /// A bearer token, such as that of a service account.
    Token(Secret),
    /// A client certificate.
    Certificate {
        /// The certificate with its chain, in PEM.
        certificate: String,
        /// Its private key, in PEM.
        key: Secret,
    },
    /// A user name and password, for proxies in front of an API server.
    Password {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    },
}

/// Makes a kubeconfig that holds one context and no paths.
const COMMAND: &str = "kubectl config view --minify --flatten --raw";

impl Kubeconfig {
    /// Reads a kubeconfig in YAML or JSON.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence that does not repeat it.
    pub fn parse(text: Secret) -> Result<Self, FieldProblem> {
        let file: File = serde_saphyr::from_str_with_options(text.expose(), bounds())
            .map_err(|_| problem("This is not a kubeconfig that Hawser can read. Paste the whole file; in clusters and users it may hold only keys of the documented format."))?;
        if !matches!(file.kind.as_str(), "" | "Config") {
            return Err(problem("The file's kind has to be Config."));
        }
        let (context, cluster, user) = chosen(file)?;
        Ok(Self {
            server: server(&cluster.cluster)?,
            authority: authority(&cluster.cluster)?,
            user: name(user.name)?,
            namespace: namespace(context.context.namespace)?,
            login: login(user.user)?,
            text,
        })
    }
}

/// A kubeconfig is small and flat, and has no reason for anchors.
fn bounds() -> serde_saphyr::Options {
    serde_saphyr::options! {
        emit_comments: false,
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_depth: 16,
            max_events: 20_000,
            max_documents: 1,
        },
    }
}

/// The current context with what it names. Others would lie in Vault for nothing.
fn chosen(file: File) -> Result<(NamedContext, NamedCluster, NamedUser), FieldProblem> {
    let many = || {
        problem(format!(
            "Leave one context, one cluster and one user in the file, as this prints it: {COMMAND}"
        ))
    };
    let one = |count: usize| if count == 1 { Ok(()) } else { Err(many()) };
    one(file.contexts.len()).and(one(file.clusters.len())).and(one(file.users.len()))?;
    let context = file.contexts.into_iter().next().ok_or_else(many)?;
    let cluster = file.clusters.into_iter().next().ok_or_else(many)?;
    let user = file.users.into_iter().next().ok_or_else(many)?;
    if file.current_context != context.name {
        return Err(problem("The file's current-context has to name its context."));
    }
    if context.context.cluster != cluster.name || context.context.user != user.name {
        return Err(problem("The context has to name the cluster and the user of the file."));
    }
    Ok((context, cluster, user))
}

fn server(cluster: &Cluster) -> Result<Url, FieldProblem> {
    if cluster.insecure_skip_tls_verify {
        return Err(problem(
            "Remove insecure-skip-tls-verify and add certificate-authority-data. Only the operator of Hawser can except a host from the check of certificates.",
        ));
    }
    if cluster.proxy_url.is_some() {
        return Err(problem("Remove proxy-url: which proxies are used is the operator's to say."));
    }
    if cluster.tls_server_name.is_some() {
        return Err(problem(
            "Remove tls-server-name and use an address that the server's certificate is made for.",
        ));
    }
    let url = Url::parse(cluster.server.trim())
        .ok()
        .filter(|url| {
            url.scheme() == "https" && url.host().is_some() && url.as_str().len() <= 2_048
        })
        .ok_or_else(|| problem("The server has to be an https address."))?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain {
        Ok(url)
    } else {
        Err(problem("The server's address may have no user, query and fragment."))
    }
}

fn authority(cluster: &Cluster) -> Result<String, FieldProblem> {
    if cluster.certificate_authority.is_some() {
        return Err(path("certificate-authority"));
    }
    let Some(data) = &cluster.certificate_authority_data else { return Ok(String::new()) };
    let pem = unpacked(data).map(|pem| pem.to_string());
    pem.filter(|pem| pem.contains("-----BEGIN CERTIFICATE-----")).ok_or_else(|| {
        problem("certificate-authority-data has to be a certificate in PEM, in base64.")
    })
}

fn unpacked(data: &str) -> Option<Zeroizing<String>> {
    let packed: Zeroizing<String> =
        Zeroizing::new(data.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    let bytes = Zeroizing::new(STANDARD.decode(packed.as_bytes()).ok()?);
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

fn name(name: String) -> Result<String, FieldProblem> {
    let fine = !name.is_empty() && name.len() <= 255 && !name.chars().any(char::is_control);
    if fine { Ok(name) } else { Err(problem("The user needs a name of at most 255 bytes.")) }
}

fn namespace(namespace: String) -> Result<String, FieldProblem> {
    let fine = namespace.len() <= 63
        && namespace.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fine { Ok(namespace) } else { Err(problem("The namespace of the context is no name.")) }
}

fn path(key: &str) -> FieldProblem {
    problem(format!(
        "{key} is a path, and Hawser reads no files of its own machine for it. This prints a kubeconfig with the contents: {COMMAND}"
    ))
}

fn problem(message: impl Into<String>) -> FieldProblem {
    Field::Password.problem(message)
}

#[cfg(test)]
mod tests;
