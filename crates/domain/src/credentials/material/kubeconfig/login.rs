//! How the user of a kubeconfig logs in.

use super::{ClusterLogin, file::User, name, path, problem, unpacked};
use crate::{FieldProblem, Secret};

pub(super) fn login(user: User) -> Result<ClusterLogin, FieldProblem> {
    if user.exec.is_some() || user.auth_provider.is_some() {
        return Err(problem(
            "This kubeconfig gets its login from a program (exec or auth-provider), and Hawser runs none. Make a service account with a token as the guide says.",
        ));
    }
    let paths = [
        ("tokenFile", user.token_file.is_some()),
        ("client-certificate", user.client_certificate.is_some()),
        ("client-key", user.client_key.is_some()),
    ];
    if let Some((key, _)) = paths.into_iter().find(|(_, present)| *present) {
        return Err(path(key));
    }
    let impersonates = [user.impersonated, user.as_uid, user.as_groups, user.as_user_extra];
    if impersonates.iter().any(Option::is_some) {
        return Err(problem(
            "Remove the impersonation (as, as-uid, as-groups, as-user-extra): log in as the account that has the rights.",
        ));
    }
    let given = (
        user.token.filter(|token| !token.is_empty()),
        user.client_certificate_data.zip(user.client_key_data),
        user.username.zip(user.password),
    );
    match given {
        (Some(token), None, None) if is_token(&token) => Ok(ClusterLogin::Token(token)),
        (Some(_), None, None) => Err(problem("The token has characters that no token has.")),
        (None, Some((certificate, key)), None) => self::certificate(&certificate, &key),
        (None, None, Some((username, password))) if !password.is_empty() => {
            Ok(ClusterLogin::Password { username: name(username)?, password })
        }
        (None, None, _) => Err(problem(
            "The user has neither a token, nor client-certificate-data with client-key-data, nor a username with a password.",
        )),
        _ => Err(problem("The user can log in in two ways. Leave one of them.")),
    }
}

fn is_token(token: &Secret) -> bool {
    token.is_made_of(|b| b.is_ascii_graphic())
}

fn certificate(certificate: &str, key: &Secret) -> Result<ClusterLogin, FieldProblem> {
    let certificate = unpacked(certificate).map(|pem| pem.to_string());
    let key = key.from_base64();
    match (certificate, key) {
        (Some(certificate), Some(key))
            if certificate.contains("-----BEGIN CERTIFICATE-----")
                && key.contains("PRIVATE KEY-----") =>
        {
            Ok(ClusterLogin::Certificate { certificate, key })
        }
        _ => Err(problem(
            "client-certificate-data and client-key-data have to be a certificate and its private key in PEM, in base64.",
        )),
    }
}
