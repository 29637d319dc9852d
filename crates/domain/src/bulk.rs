//! Bulk runs: one action on many rows of a list, row by row in the background.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use crate::{
    Action, BulkRunId, Field, ServiceError, Status, Timestamp,
    credentials::{CredentialQuery, CredentialSelection},
    repositories::{RepositoryQuery, RepositorySelection},
};

/// Rows of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection<Id, Query> {
    /// These.
    These(Vec<Id>),
    /// All that the page finds, on whichever of its pages.
    Found(Query),
}

impl<Id: Copy, Query: Default> Selection<Id, Query> {
    /// Every row of the organization.
    #[must_use]
    pub fn all() -> Self {
        Self::Found(Query::default())
    }

    /// The only one, where one is named.
    #[must_use]
    pub fn single(&self) -> Option<Id> {
        match self {
            Self::These(ids) => ids.first().copied().filter(|_| ids.len() == 1),
            Self::Found(_) => None,
        }
    }

    /// How many of the named rows are not among the `found` ones that are there.
    #[must_use]
    pub fn missing(&self, found: u32) -> u32 {
        match self {
            Self::These(ids) => u32::try_from(ids.len()).unwrap_or(u32::MAX).saturating_sub(found),
            Self::Found(_) => 0,
        }
    }
}

/// Rows of one of the lists that have bulk actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectedRows {
    /// Repositories.
    Repositories(RepositorySelection),
    /// Credentials.
    Credentials(CredentialSelection),
}

impl SelectedRows {
    /// What they are.
    #[must_use]
    pub const fn thing(&self) -> BulkThing {
        match self {
            Self::Repositories(_) => BulkThing::Repository,
            Self::Credentials(_) => BulkThing::Credential,
        }
    }

    /// As [`Selection::missing`].
    #[must_use]
    pub fn missing(&self, found: u32) -> u32 {
        match self {
            Self::Repositories(rows) => rows.missing(found),
            Self::Credentials(rows) => rows.missing(found),
        }
    }
}

/// Which rows of a list, as its page sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SelectionForm {
    /// `found` for all that the filters find; anything else for the ticked ones.
    pub which: String,
    /// `found`, when the box for all that the filters find is ticked.
    pub all: String,
    /// The ticked ones.
    pub ids: Vec<String>,
    /// The filters of the page.
    pub search: String,
    /// A status.
    pub state: String,
    /// The id of a credential.
    pub credential: String,
    /// The id of a project.
    pub project: String,
    /// The code of a provider.
    pub provider: String,
}

impl SelectionForm {
    /// The repositories it names.
    ///
    /// # Errors
    /// When nothing is ticked, or a filter cannot be read.
    pub fn repositories(&self) -> Result<RepositorySelection, ServiceError> {
        if !self.is_found() {
            return Ok(Selection::These(ticked(&self.ids, "repository")?));
        }
        Ok(Selection::Found(RepositoryQuery {
            search: self.search.clone(),
            credential: filter(&self.credential)?,
            project: filter(&self.project)?,
            status: filter_by(&self.state, Status::parse)?,
            ..RepositoryQuery::default()
        }))
    }

    /// The credentials it names.
    ///
    /// # Errors
    /// When nothing is ticked, or a filter cannot be read.
    pub fn credentials(&self) -> Result<CredentialSelection, ServiceError> {
        if !self.is_found() {
            return Ok(Selection::These(ticked(&self.ids, "credential")?));
        }
        Ok(Selection::Found(CredentialQuery {
            search: self.search.clone(),
            provider: self.provider.clone(),
            project: filter(&self.project)?,
            ..CredentialQuery::default()
        }))
    }

    fn is_found(&self) -> bool {
        self.which == "found" || self.all == "found"
    }
}

/// The ids that were ticked, each once. What is no id names nothing, and is looked for in vain.
fn ticked<Id: From<Uuid>>(ids: &[String], what: &str) -> Result<Vec<Id>, ServiceError> {
    if ids.is_empty() {
        return Err(Field::Name.problem(format!("Select at least one {what}.")).into());
    }
    let ids: std::collections::BTreeSet<Uuid> =
        ids.iter().map(|id| id.parse().unwrap_or_default()).collect();
    Ok(ids.into_iter().map(Id::from).collect())
}

/// An id to filter by. What cannot be read finds nothing, and never everything.
fn filter<T: std::str::FromStr>(text: &str) -> Result<Option<T>, ServiceError> {
    filter_by(text, |text| text.parse().ok())
}

fn filter_by<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ServiceError> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some).ok_or(ServiceError::NotFound) }
}

/// What is done to each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum BulkAction {
    /// Connection tests of repositories.
    TestRepositories,
    /// Repositories are deleted with their charts.
    DeleteRepositories,
    /// The interval of repositories is set; done at once, and kept so that it can be undone.
    SetInterval,
    /// Connection tests of credentials.
    TestCredentials,
    /// Credentials are deleted; those in use are refused.
    DeleteCredentials,
    /// The rows of a file are added.
    Import,
}

spelled!(BulkAction);

impl BulkAction {
    /// The right that it takes, which is that of the action on one row.
    #[must_use]
    pub const fn needs(self) -> Action {
        match self {
            Self::TestRepositories
            | Self::DeleteRepositories
            | Self::SetInterval
            | Self::Import => Action::ManageRepositories,
            Self::TestCredentials | Self::DeleteCredentials => Action::ManageCredentials,
        }
    }

    /// Whether it destroys something, so that a person says yes to what it found first.
    #[must_use]
    pub const fn destroys(self) -> bool {
        matches!(self, Self::DeleteRepositories | Self::DeleteCredentials)
    }

    /// Whether rows are asked at other machines.
    #[must_use]
    pub const fn is_test(self) -> bool {
        matches!(self, Self::TestRepositories | Self::TestCredentials)
    }

    /// What its rows are.
    #[must_use]
    pub const fn thing(self) -> BulkThing {
        match self {
            Self::TestRepositories | Self::DeleteRepositories | Self::SetInterval => {
                BulkThing::Repository
            }
            Self::TestCredentials | Self::DeleteCredentials => BulkThing::Credential,
            Self::Import => BulkThing::Line,
        }
    }
}

/// What a row of a bulk run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkThing {
    /// A repository.
    Repository,
    /// A credential.
    Credential,
    /// A row of a file, which may become a repository.
    Line,
}

impl BulkThing {
    /// One, and many.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Repository => ("repository", "repositories"),
            Self::Credential => ("credential", "credentials"),
            Self::Line => ("row", "rows"),
        }
    }
}

/// How a row fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum BulkRowState {
    /// Its turn has not come.
    Waiting,
    /// It worked.
    Done,
    /// It did not, and the row says why.
    Failed,
    /// There was nothing to do, and the row says why.
    Skipped,
}

spelled!(BulkRowState);

/// One row of a bulk run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRow {
    /// Its name when the run began.
    pub name: String,
    /// What it is a row of; `None` when that was never made.
    pub target: Option<Uuid>,
    /// How it fares.
    pub state: BulkRowState,
    /// Why, in a sentence; empty when there is nothing to tell.
    pub detail: String,
}

/// How many rows are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the states of BulkRowState")]
pub struct BulkCounts {
    pub waiting: u32,
    pub done: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl BulkCounts {
    /// All rows.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.waiting + self.ended()
    }

    /// Those whose turn has come.
    #[must_use]
    pub const fn ended(self) -> u32 {
        self.done + self.failed + self.skipped
    }
}

/// A bulk run as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRun {
    /// Its id.
    pub id: BulkRunId,
    /// What it does.
    pub action: BulkAction,
    /// Who began it.
    pub by: String,
    /// When it began.
    pub started_at: Timestamp,
    /// What it would do, while nobody said yes to it.
    pub asks: Option<BulkPreview>,
    /// When its last row ended.
    pub finished_at: Option<Timestamp>,
    /// How many rows are in which state.
    pub counts: BulkCounts,
    /// How many rows were named that are not there.
    pub missing: u32,
    /// The rows that failed, then those that were skipped, then the others; at most [`BulkRun::SHOWN`].
    pub rows: Vec<BulkRow>,
}

impl BulkRun {
    /// The most rows that its page shows.
    pub const SHOWN: u32 = 200;
}

/// What a bulk run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    /// How many charts of its repositories leave the catalog.
    pub charts: u32,
    /// How many of its repositories are in an export.
    pub exported: u32,
    /// The names of its credentials that something uses, so that they are refused.
    pub in_use: Vec<String>,
}

/// The interval of many repositories was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntervalSet {
    /// What undoes it.
    pub run: BulkRunId,
    /// How many repositories have another interval now.
    pub changed: u32,
    /// How many were named and are there.
    pub rows: u32,
    /// How many rows were named that are not there.
    pub missing: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(ids: &[&str]) -> SelectionForm {
        SelectionForm {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..SelectionForm::default()
        }
    }

    #[test]
    fn ticked_rows_count_once_and_what_is_no_id_is_missing() {
        let id = "0190b0a0-0000-7000-8000-000000000001";
        let selected = form(&[id, id, "x", "<b>"]).repositories().unwrap();
        let Selection::These(ids) = &selected else { panic!("{selected:?}") };
        assert_eq!(ids.len(), 2, "what is no id is nobody's");
        assert_eq!(selected.missing(1), 1);
        assert_eq!(
            form(&[]).credentials().unwrap_err().problem_of(Field::Name),
            Some("Select at least one credential.")
        );
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_not_everything() {
        for filters in [
            SelectionForm { project: "x".into(), ..SelectionForm::default() },
            SelectionForm { state: "x".into(), ..SelectionForm::default() },
        ] {
            let all = SelectionForm { all: "found".into(), ..filters };
            assert_eq!(all.repositories().unwrap_err(), ServiceError::NotFound);
        }
        let all = SelectionForm { which: "found".into(), ..SelectionForm::default() };
        assert_eq!(all.repositories().unwrap(), Selection::all());
        assert_eq!(all.credentials().unwrap(), Selection::all());
    }
}
