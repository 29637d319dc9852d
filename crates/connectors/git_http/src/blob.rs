use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

/// The id that Git gives a file with this content: SHA-1 over `blob`, the length and the content
/// (<https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>), in 40 hexadecimal digits.
#[must_use]
pub fn blob_id(bytes: &[u8]) -> String {
    let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    digest.update(format!("blob {}\0", bytes.len()).as_bytes());
    digest.update(bytes);
    hex::encode(digest.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git() {
        assert_eq!(blob_id(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(blob_id(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    }
}
