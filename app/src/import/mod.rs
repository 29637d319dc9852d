//! Import of a file that another program wrote.

mod page;
mod preview;

use domain::{ServiceError, import::ImportPreview};

pub(crate) use page::import;

/// What came of a file that was sent; the page shows it, and nothing keeps it.
#[derive(Debug, Clone)]
pub enum ImportAnswer {
    /// It was previewed.
    Preview(ImportPreview),
    /// It is another file than the one that was previewed before, so that it is previewed first.
    Other(ImportPreview),
    /// It cannot be imported.
    Refused(ServiceError),
}

impl ImportAnswer {
    /// The preview of a file that was sent with the fingerprint `before`.
    #[must_use]
    pub fn again(preview: ImportPreview, before: &str) -> Self {
        if preview.fingerprint == before { Self::Preview(preview) } else { Self::Other(preview) }
    }
}
