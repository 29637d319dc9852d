//! What a server says it has: its references, and what it can do.
//! Source: <https://git-scm.com/docs/http-protocol#_smart_server_response>.

use std::collections::BTreeMap;

use domain::Cause;
use git2::Oid;

use super::packets::{Packet, Packets};
use egress::Failure;

/// Before the name of a branch.
const HEADS: &str = "refs/heads/";

/// The two services of a Git server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Fetching.
    UploadPack,
    /// Pushing.
    ReceivePack,
}

impl Service {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }

    /// What is attempted, at the end of "could not …".
    pub(super) const fn attempt(self) -> &'static str {
        match self {
            Self::UploadPack => "read the Git repository",
            Self::ReceivePack => "push to the Git repository",
        }
    }

    pub(super) const fn advertisement_type(self) -> &'static str {
        match self {
            Self::UploadPack => "application/x-git-upload-pack-advertisement",
            Self::ReceivePack => "application/x-git-receive-pack-advertisement",
        }
    }

    pub(super) const fn request_type(self) -> &'static str {
        match self {
            Self::UploadPack => "application/x-git-upload-pack-request",
            Self::ReceivePack => "application/x-git-receive-pack-request",
        }
    }

    pub(super) const fn result_type(self) -> &'static str {
        match self {
            Self::UploadPack => "application/x-git-upload-pack-result",
            Self::ReceivePack => "application/x-git-receive-pack-result",
        }
    }
}

/// What a server can do, in the words of
/// <https://git-scm.com/docs/gitprotocol-capabilities>.
#[derive(Debug, Clone, Default)]
pub(super) struct Capabilities(Vec<String>);

impl Capabilities {
    /// Whether the server can do this.
    pub(super) fn can(&self, capability: &str) -> bool {
        self.0.iter().any(|held| held == capability)
    }
}

impl From<&str> for Capabilities {
    fn from(words: &str) -> Self {
        Self(words.split_ascii_whitespace().map(Into::into).collect())
    }
}

/// What a server says it has.
#[derive(Debug, Default)]
pub(super) struct Advertisement {
    references: BTreeMap<String, Oid>,
    /// Its ids have 64 digits, which libgit2 does not read.
    is_sha256: bool,
    pub(super) capabilities: Capabilities,
}

impl Advertisement {
    /// The most bytes of an advertisement: some hundred thousand references.
    pub(super) const MOST: u64 = 32 * 1024 * 1024;

    /// Reads the answer to `info/refs`.
    pub(super) async fn read(mut packets: Packets, service: Service) -> Result<Self, Failure> {
        let announced = packets.line().await?;
        let is_ours =
            announced.trim_ascii_end() == format!("# service={}", service.name()).as_bytes();
        if !is_ours || packets.next().await? != Packet::Flush {
            return Err(packets.nonsense());
        }
        let mut found = Self::default();
        loop {
            match packets.next().await? {
                Packet::Flush => break,
                Packet::End => return Err(packets.nonsense()),
                Packet::Line(line) => {
                    found.read_line(&line).ok_or_else(|| refused(&packets, &line))?;
                }
            }
        }
        if found.is_sha256 {
            return Err(packets.failure(Cause::ObjectFormat));
        }
        if found.can("object-format=sha256") {
            return Err(packets.nonsense());
        }
        Ok(found)
    }

    /// Takes a line; `None` when it makes no sense.
    fn read_line(&mut self, line: &[u8]) -> Option<()> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let mut parts = line.splitn(2, |byte| *byte == 0);
        let reference = parts.next()?;
        if let Some(capabilities) = parts.next() {
            self.capabilities = String::from_utf8_lossy(capabilities).as_ref().into();
        }
        if reference.starts_with(b"shallow ") || reference == b"version 1" {
            return Some(());
        }
        if reference.get(64) == Some(&b' ') && reference.iter().take(64).all(u8::is_ascii_hexdigit)
        {
            self.is_sha256 = true;
            return Some(());
        }
        let (id, name) = reference.split_at_checked(40)?;
        let id = Oid::from_str(std::str::from_utf8(id).ok()?).ok()?;
        let name = name.strip_prefix(b" ")?;
        // A name that is no UTF-8 is nobody's branch here, and neither is the placeholder that
        // an empty repository sends.
        if let Ok(name) = std::str::from_utf8(name)
            && !id.is_zero()
        {
            self.references.insert(name.into(), id);
        }
        Some(())
    }

    /// Whether the server can do this.
    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.can(capability)
    }

    /// The branches and their commits.
    pub(super) fn branches(&self) -> impl Iterator<Item = (&str, Oid)> {
        self.references.iter().filter_map(|(name, id)| Some((name.strip_prefix(HEADS)?, *id)))
    }

    /// The commit of a branch.
    pub(super) fn branch(&self, name: &str) -> Option<Oid> {
        self.references.get(&reference(name)).copied()
    }

    /// The branch that `HEAD` is; of servers that do not say it, a branch with the same commit.
    pub(super) fn default_branch(&self) -> Option<&str> {
        let named = self
            .capabilities
            .0
            .iter()
            .find_map(|held| held.strip_prefix("symref=HEAD:")?.strip_prefix(HEADS));
        if let Some(named) = named {
            return self.branch(named).map(|_| named);
        }
        let head = *self.references.get("HEAD")?;
        let same = || self.branches().filter(|(_, id)| *id == head).map(|(name, _)| name);
        same().find(|name| matches!(*name, "main" | "master")).or_else(|| same().next())
    }
}

/// The reference of a branch.
pub(super) fn reference(branch: &str) -> String {
    format!("{HEADS}{branch}")
}

/// A line that makes no sense: either the server's own refusal, or no Git at all.
fn refused(packets: &Packets, line: &[u8]) -> Failure {
    packets.failure(if line.starts_with(b"ERR ") {
        Cause::ServerError
    } else {
        Cause::NotAGitRepository
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advertised(lines: &[&str]) -> Advertisement {
        let mut found = Advertisement::default();
        for line in lines {
            found.read_line(line.as_bytes()).unwrap();
        }
        found
    }

    #[test]
    fn references_and_capabilities_are_read() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let found = advertised(&[
            &format!("{a} HEAD\0multi_ack symref=HEAD:refs/heads/trunk side-band-64k\n"),
            &format!("{b} refs/heads/main\n"),
            &format!("{a} refs/heads/trunk"),
            &format!("{a} refs/tags/v1\n"),
        ]);
        assert_eq!(found.default_branch(), Some("trunk"));
        assert_eq!(found.branches().map(|(name, _)| name).collect::<Vec<_>>(), ["main", "trunk"]);
        assert!(found.can("side-band-64k") && !found.can("side-band"));
        assert_eq!(found.branch("main").map(|id| id.to_string()), Some(b));
    }

    #[test]
    fn the_default_branch_is_guessed_where_it_is_not_said() {
        let a = "a".repeat(40);
        let lines =
            [format!("{a} HEAD\0x"), format!("{a} refs/heads/abc"), format!("{a} refs/heads/main")];
        let found = advertised(&lines.each_ref().map(String::as_str));
        assert_eq!(found.default_branch(), Some("main"));
        let empty = advertised(&[&format!(
            "{} capabilities^{{}}\0symref=HEAD:refs/heads/main",
            "0".repeat(40)
        )]);
        assert_eq!((empty.default_branch(), empty.branches().count()), (None, 0));
    }

    #[test]
    fn nonsense_is_refused() {
        let short = format!("{} refs/heads/x", "a".repeat(39));
        for bad in ["", "ERR no", &short, &"z".repeat(60), &"a".repeat(41)] {
            assert_eq!(Advertisement::default().read_line(bad.as_bytes()), None, "{bad}");
        }
    }
}
