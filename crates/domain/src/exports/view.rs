//! What people see of exports. No view holds the value of a secret but [`Revealed`], which never
//! serializes.

use serde::{Deserialize, Serialize};

use super::{Consumer, DeliveryMethod, ExportForm, ExportSettings};
use crate::{CredentialId, ExportId, Secret, Timestamp};

/// A row of the page of exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportSummary {
    /// Its id.
    pub id: ExportId,
    /// Its name.
    pub name: String,
    /// Who reads it.
    pub consumer: Consumer,
    /// How values get there.
    pub carrier: DeliveryMethod,
    /// How many credentials are in it.
    pub credentials: u32,
    /// How many repositories are in it.
    pub repositories: u32,
    /// How many Git targets and clusters take it.
    pub places: u32,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// One export with what it would write now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportDetail {
    /// Its id.
    pub id: ExportId,
    /// Its name.
    pub name: String,
    /// Who reads it.
    pub consumer: Consumer,
    /// How values get there.
    pub carrier: DeliveryMethod,
    /// Its settings, as typed.
    pub settings: ExportSettings,
    /// The chosen credentials.
    pub credentials: Vec<ExportChoice>,
    /// The chosen repositories.
    pub repositories: Vec<ExportChoice>,
    /// Counts every change.
    pub row_version: i64,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: Timestamp,
    /// Where it is delivered.
    pub places: Vec<ExportPlace>,
    /// What it writes now.
    pub preview: ExportPreview,
}

/// A Git target or cluster that takes an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPlace {
    /// Which one.
    pub place: crate::propagation::DeliveryTarget,
    /// Its name.
    pub name: String,
}

/// What an export writes, without the values of secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPreview {
    /// The files, by path.
    pub files: Vec<ExportFile>,
    /// What to look at: limits, warnings, what could not be written and why.
    pub notes: Vec<ExportNote>,
    /// What goes beside it by hand.
    pub snippets: Vec<ExportSnippet>,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFile {
    /// Its path inside the export, such as `regcred.yaml`.
    pub path: String,
    /// Its text; values that will be encrypted stand as `*** ENCRYPTED ***`.
    pub text: String,
}

/// Stands for an encrypted value in a preview.
pub(super) const ENCRYPTED: &str = "*** ENCRYPTED ***";

impl ExportFile {
    /// Whether values of it are still to be encrypted: what is shown of it is no manifest to apply.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.text.contains(ENCRYPTED)
    }
}

/// How grave a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteTone {
    /// Notes.
    Info,
    /// Something will not work as somebody may expect, or is seen by more people.
    Warning,
    /// Something is left out of the export.
    LeftOut,
}

/// A remark about an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportNote {
    /// How grave it is.
    pub tone: NoteTone,
    /// The remark, in whole sentences.
    pub text: String,
    /// The credentials that it speaks of by name, in the order of the text.
    #[serde(default)]
    pub mentions: Vec<Mention>,
    /// What can be done about it.
    #[serde(default)]
    pub remedy: Option<Box<Remedy>>,
}

/// Another export that writes what one leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What a person does, without a stop at the end.
    pub label: String,
    /// The form of the other export, filled; nothing is stored yet.
    pub form: ExportForm,
}

/// Where a note speaks of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The credential.
    pub credential: CredentialId,
    /// Where its name begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl ExportNote {
    /// A remark that speaks of no credential.
    pub fn new(tone: NoteTone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), mentions: Vec::new(), remedy: None }
    }

    /// The text in parts; a part that is the name of a credential comes with its id.
    #[must_use]
    pub fn parts(&self) -> Vec<(&str, Option<CredentialId>)> {
        let mut parts = Vec::new();
        let mut told = 0;
        for mention in &self.mentions {
            let before = self.text.get(told..mention.start);
            let name = self.text.get(mention.start..mention.end);
            let (Some(before), Some(name)) = (before, name) else { continue };
            parts.push((before, None));
            parts.push((name, Some(mention.credential)));
            told = mention.end;
        }
        parts.push((self.text.get(told..).unwrap_or_default(), None));
        parts.retain(|(text, _)| !text.is_empty());
        parts
    }
}

/// Something a person adds by hand, such as `imagePullSecrets` of a Pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportSnippet {
    /// What it is for.
    pub title: String,
    /// The text to copy.
    pub text: String,
}

/// Which of all that an export may be made of its form offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportSought {
    /// What names and URLs hold; empty finds everything.
    pub search: String,
    /// What is offered whatever is searched for: the ids of what is ticked.
    pub chosen: Vec<uuid::Uuid>,
}

/// What an export may be made of: what is chosen, and the first that are found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportChoices {
    /// The credentials that its consumer can use.
    pub credentials: Vec<ExportChoice>,
    /// Chart repositories.
    pub repositories: Vec<ExportChoice>,
    /// Whether more were found than are offered.
    pub has_more: bool,
}

impl ExportChoices {
    /// How many of those that are found are offered.
    pub const MOST: usize = 100;
}

/// A credential or repository to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportChoice {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its name.
    pub name: String,
    /// The provider of a credential, or the URL of a repository.
    pub detail: String,
    /// The credential that opens a repository; for a credential, itself.
    pub credential: Option<CredentialId>,
}

/// An export with its values: a file for the person who asked, and for nobody else.
#[derive(Debug, Clone)]
pub struct Revealed {
    /// The name of the file.
    pub file_name: String,
    /// All manifests, with their values.
    pub text: Secret,
}
