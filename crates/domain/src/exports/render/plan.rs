//! A Kubernetes secret that a consumer wants, before a carrier brings it there.

use super::{
    CredentialFacts,
    login::{Form, Login, User},
    secret::Meta,
};

/// What a secret shall hold.
#[derive(Debug, Clone)]
pub(super) struct SecretPlan<'a> {
    pub meta: Meta,
    /// The type of the secret.
    pub kind: &'static str,
    /// Keys and what they hold, in order.
    pub pieces: Vec<(&'static str, Piece<'a>)>,
}

/// What a key of a secret holds.
#[derive(Debug, Clone)]
pub(super) enum Piece<'a> {
    /// A text that is no secret.
    Text(String),
    /// A part of what lies in Vault, as it lies there or in base64.
    Stored(&'a CredentialFacts, Part, Form),
    /// A part of what the registry is shown.
    Shown(Opened<'a>, Part),
    /// A Docker configuration: the keys of registries, and what they are shown.
    DockerConfig(Vec<(String, Opened<'a>)>),
}

/// A credential, and how a cluster logs in with it. Its login is never [`Login::Never`].
#[derive(Debug, Clone)]
pub(super) struct Opened<'a> {
    pub credential: &'a CredentialFacts,
    pub login: Login,
}

/// One half of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Username,
    Password,
}

impl Opened<'_> {
    /// The user name, when it is not the stored one.
    pub const fn fixed_user(&self) -> Option<&'static str> {
        match &self.login {
            Login::Stored { user: User::Fixed(name), .. } => Some(name),
            // The GithubAccessToken generator makes a token without a user name.
            Login::Made(super::login::Maker::Github) => Some("x-access-token"),
            _ => None,
        }
    }

    /// How the stored password is shown.
    pub const fn form(&self) -> Form {
        match &self.login {
            Login::Stored { form, .. } => *form,
            _ => Form::AsIs,
        }
    }
}

/// A credential as a source of a secret: which of its sides are read.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    pub credential: &'a CredentialFacts,
    /// What lies in Vault is read.
    pub stored: bool,
    /// A token that is made from it is read.
    pub made: Option<super::login::Maker>,
}

impl<'a> SecretPlan<'a> {
    /// The credentials it reads, each once, in the order of the pieces.
    pub fn sources(&self) -> Vec<Source<'a>> {
        let mut sources: Vec<Source<'a>> = Vec::new();
        for (_, piece) in &self.pieces {
            match piece {
                Piece::Text(_) => {}
                Piece::Stored(credential, ..) => source(&mut sources, credential).stored = true,
                Piece::Shown(opened, _) => opened.note(&mut sources),
                Piece::DockerConfig(auths) => {
                    auths.iter().for_each(|(_, opened)| opened.note(&mut sources));
                }
            }
        }
        sources
    }
}

impl<'a> Opened<'a> {
    fn note(&self, sources: &mut Vec<Source<'a>>) {
        let source = source(sources, self.credential);
        match &self.login {
            Login::Made(maker) => source.made = Some(maker.clone()),
            _ => source.stored = true,
        }
    }
}

fn source<'s, 'a>(
    sources: &'s mut Vec<Source<'a>>,
    credential: &'a CredentialFacts,
) -> &'s mut Source<'a> {
    let place = sources.iter().position(|source| source.credential.id == credential.id);
    let place = place.unwrap_or(sources.len());
    if place == sources.len() {
        sources.push(Source { credential, stored: false, made: None });
    }
    #[expect(clippy::indexing_slicing, reason = "it was found or just pushed")]
    &mut sources[place]
}

impl SecretPlan<'_> {
    /// The parts that it reads of what lies in Vault for a credential, each once.
    pub fn used(&self, credential: &CredentialFacts) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut note = |id, part| {
            if id == credential.id && !parts.contains(&part) {
                parts.push(part);
            }
        };
        for (_, piece) in &self.pieces {
            match piece {
                Piece::Text(_) => {}
                Piece::Stored(credential, part, _) => note(credential.id, *part),
                Piece::Shown(opened, part) => opened.used(*part, &mut note),
                Piece::DockerConfig(auths) => {
                    for (_, opened) in auths {
                        opened.used(Part::Username, &mut note);
                        opened.used(Part::Password, &mut note);
                    }
                }
            }
        }
        parts
    }

    /// Its texts, of a plan that reads no credential.
    pub fn texts(&self) -> serde_json::Value {
        let text = |piece: &Piece<'_>| match piece {
            Piece::Text(text) => Some(serde_json::Value::from(text.as_str())),
            _ => None,
        };
        self.pieces
            .iter()
            .filter_map(|(key, piece)| Some(((*key).to_owned(), text(piece)?)))
            .collect()
    }
}

impl Opened<'_> {
    fn used(&self, part: Part, note: &mut impl FnMut(crate::CredentialId, Part)) {
        let fixed = part == Part::Username && self.fixed_user().is_some();
        if matches!(self.login, Login::Stored { .. }) && !fixed {
            note(self.credential.id, part);
        }
    }
}
