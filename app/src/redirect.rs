//! What comes after a form that was answered.

use crate::services::Undo;

/// Where to go after success, and what to say there.
pub(crate) struct Redirect {
    pub(crate) path: String,
    pub(crate) notice: Option<String>,
    pub(crate) doubt: Option<String>,
    pub(crate) begun: Option<String>,
    pub(crate) undo: Option<Undo>,
}

impl Redirect {
    /// Goes to a path of ours without a word.
    pub fn to(path: impl Into<String>) -> Self {
        Self { path: path.into(), notice: None, doubt: None, begun: None, undo: None }
    }

    /// Says what was done on the page that comes next.
    pub fn flash(mut self, notice: impl Into<String>) -> Self {
        self.notice = Some(notice.into());
        self
    }

    /// Says on the page that comes next what somebody has to look at.
    pub fn doubting(mut self, doubt: impl Into<String>) -> Self {
        self.doubt = Some(doubt.into());
        self
    }

    /// Offers to undo what was done, by another form of ours.
    pub fn undo<Name: Into<String>>(
        mut self,
        action: &str,
        fields: impl IntoIterator<Item = (Name, String)>,
    ) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
        self.undo = Some(Undo { action: action.to_owned(), fields });
        self
    }

    /// Says what the service said besides, if it did.
    pub fn warning(self, warning: Option<String>) -> Self {
        match warning {
            Some(warning) => self.doubting(warning),
            None => self,
        }
    }

    /// Says what has begun; a page that waits for its end takes the words away then.
    pub fn beginning(mut self, begun: impl Into<String>) -> Self {
        self.begun = Some(begun.into());
        self
    }
}
