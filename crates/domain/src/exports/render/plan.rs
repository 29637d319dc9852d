//! A Kubernetes secret that a consumer wants, before a delivery method brings it there.

use super::{
    CredentialFacts,
    login::{ClusterLogin, Form, Maker, User},
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
    pub login: ClusterLogin,
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
            ClusterLogin::Stored { user: User::Fixed(name), .. } => Some(name),
            // The GithubAccessToken generator makes a token without a user name.
            ClusterLogin::Made(Maker::Github) => Some("x-access-token"),
            _ => None,
        }
    }

    /// How the stored password is shown.
    pub const fn form(&self) -> Form {
        match &self.login {
            ClusterLogin::Stored { form, .. } => *form,
            _ => Form::AsIs,
        }
    }
}

/// A credential as a source of a secret: what lies in Vault, or a token that is made from it.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    pub credential: &'a CredentialFacts,
    pub made: Option<Maker>,
}

impl<'a> SecretPlan<'a> {
    /// What it reads, each once, in the order of the pieces.
    pub fn sources(&self) -> Vec<Source<'a>> {
        let mut sources: Vec<Source<'a>> = Vec::new();
        let mut note = |source: Source<'a>| {
            if !sources.iter().any(|known| known.is(source.credential, source.made.as_ref())) {
                sources.push(source);
            }
        };
        for (_, piece) in &self.pieces {
            match piece {
                Piece::Text(_) => {}
                Piece::Stored(credential, ..) => note(Source { credential, made: None }),
                Piece::Shown(opened, _) => note(opened.source()),
                Piece::DockerConfig(auths) => {
                    for (_, opened) in auths {
                        note(opened.source());
                    }
                }
            }
        }
        sources
    }
}

impl Source<'_> {
    pub fn is(&self, credential: &CredentialFacts, made: Option<&Maker>) -> bool {
        self.credential.id == credential.id && self.made.as_ref() == made
    }
}

impl<'a> Opened<'a> {
    fn source(&self) -> Source<'a> {
        Source { credential: self.credential, made: self.maker().cloned() }
    }

    /// What makes its token.
    pub const fn maker(&self) -> Option<&Maker> {
        match &self.login {
            ClusterLogin::Made(maker) => Some(maker),
            ClusterLogin::Stored { .. } | ClusterLogin::Never(_) => None,
        }
    }
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
        if matches!(self.login, ClusterLogin::Stored { .. }) && !fixed {
            note(self.credential.id, part);
        }
    }
}
