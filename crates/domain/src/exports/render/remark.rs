//! What a note says, and which credentials it speaks of.

use super::CredentialFacts;
use crate::exports::{ExportNote, Mention, NoteTone, Remedy};

/// The words of a note.
#[derive(Debug, Clone, Default)]
pub(super) struct Remark {
    text: String,
    mentions: Vec<Mention>,
    remedy: Option<Box<Remedy>>,
}

impl Remark {
    /// Begins with the name of a credential.
    pub fn of(credential: &CredentialFacts) -> Self {
        Self::default().name(credential)
    }

    /// Goes on with these words.
    pub fn say(mut self, words: impl AsRef<str>) -> Self {
        self.text.push_str(words.as_ref());
        self
    }

    /// Goes on with the name of a credential.
    pub fn name(mut self, credential: &CredentialFacts) -> Self {
        let start = self.text.len();
        self.text.push_str(&credential.name);
        let end = self.text.len();
        self.mentions.push(Mention { credential: credential.id, start, end });
        self
    }

    /// Says what can be done about it.
    pub fn mended_by(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(Box::new(remedy));
        self
    }

    pub fn note(self, tone: NoteTone) -> ExportNote {
        ExportNote { tone, text: self.text, mentions: self.mentions, remedy: self.remedy }
    }
}

impl From<&str> for Remark {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Remark {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}
