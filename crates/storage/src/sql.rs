//! The texts of all statements, so that a test can prepare each of them on both databases.

/// A statement's text and where it stands.
#[derive(Debug)]
pub struct Statement {
    /// The SQL text.
    pub text: &'static str,
    /// The file it stands in.
    pub file: &'static str,
    /// The line.
    pub line: u32,
}

inventory::collect!(Statement);

/// Gives the SQL text back and registers it for the test that prepares every statement.
macro_rules! sql {
    ($text:expr) => {{
        #[cfg(test)]
        inventory::submit! { $crate::sql::Statement { text: $text, file: file!(), line: line!() } }
        $text
    }};
}
pub(crate) use sql;
