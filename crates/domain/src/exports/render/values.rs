//! A secret with its values: for SOPS, for a cluster, or for a person who may see them.

#![expect(clippy::disallowed_methods, reason = "writes manifests with their values")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    CredentialFacts,
    login::Form,
    plan::{Opened, Part, Piece, SecretPlan},
    secret::{Cover, SecretObject, SecretValue, Tone},
};
use crate::{Secret, credentials::SecretMaterial};

pub(super) fn object(plan: &SecretPlan<'_>, cover: Cover) -> SecretObject {
    let values = plan
        .pieces
        .iter()
        .map(|(key, piece)| SecretValue {
            key: (*key).to_owned(),
            value: value(piece),
            tone: tone(piece),
        })
        .collect();
    SecretObject { meta: plan.meta.clone(), kind: plan.kind, values, cover }
}

const fn tone(piece: &Piece<'_>) -> Tone {
    match piece {
        Piece::Text(_) | Piece::Stored(_, Part::Username, _) | Piece::Shown(_, Part::Username) => {
            Tone::Open
        }
        _ => Tone::Closed,
    }
}

/// The value of a piece; `None` when the content of a credential is not at hand.
fn value(piece: &Piece<'_>) -> Option<Secret> {
    match piece {
        Piece::Text(text) => Some(Secret::new(text.clone())),
        Piece::Stored(credential, part, form) => Some(formed(stored(credential, *part)?, *form)),
        Piece::Shown(opened, part) => shown(opened, *part),
        Piece::DockerConfig(auths) => docker_config(auths),
    }
}

fn stored(credential: &CredentialFacts, part: Part) -> Option<Secret> {
    let material = credential.material.as_ref()?;
    match part {
        Part::Username => Some(Secret::new(credential.username.clone())),
        Part::Password => material.secret().cloned(),
    }
}

fn shown(opened: &Opened<'_>, part: Part) -> Option<Secret> {
    // Without the content of the credential nothing of it is shown, so that a preview looks the
    // same whatever the content is.
    let _: &SecretMaterial = opened.credential.material.as_ref()?;
    match (part, opened.fixed_user()) {
        (Part::Username, Some(name)) => Some(Secret::new(name.to_owned())),
        (Part::Username, None) => stored(opened.credential, part),
        (Part::Password, _) => Some(formed(stored(opened.credential, part)?, opened.form())),
    }
}

fn formed(secret: Secret, form: Form) -> Secret {
    match form {
        Form::AsIs => secret,
        Form::Base64 => secret.to_base64(),
    }
}

/// A Docker configuration (docker/cli `cli/config/types.AuthConfig`).
#[derive(Serialize)]
struct Config<'a> {
    auths: Auths<'a>,
}

struct Auths<'a>(Vec<(&'a str, Entry)>);

#[derive(Serialize)]
struct Entry {
    username: Zeroizing<String>,
    password: Zeroizing<String>,
    auth: Zeroizing<String>,
}

impl Serialize for Auths<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(server, entry)| (server, entry)))
    }
}

fn docker_config(auths: &[(String, Opened<'_>)]) -> Option<Secret> {
    let mut entries = Vec::with_capacity(auths.len());
    for (server, opened) in auths {
        let (user, password) = (shown(opened, Part::Username)?, shown(opened, Part::Password)?);
        let both = Zeroizing::new(format!("{}:{}", user.expose(), password.expose()));
        entries.push((
            server.as_str(),
            Entry {
                username: Zeroizing::new(user.expose().to_owned()),
                password: Zeroizing::new(password.expose().to_owned()),
                auth: Zeroizing::new(STANDARD.encode(both.as_bytes())),
            },
        ));
    }
    serde_json::to_string(&Config { auths: Auths(entries) }).ok().map(Secret::new)
}
