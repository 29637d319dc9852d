//! Words that go into a repository, and words that a server says.

use domain::Cause;

use egress::Login;

/// The most bytes of a message.
const MESSAGE: usize = 16 * 1024;
/// The most characters of a name, an e-mail address or a title.
const NAME: usize = 200;
/// The most characters of what a server said.
const REASON: usize = 600;

/// A name or an e-mail address as a commit can hold it: one line, without angle brackets.
pub(super) fn name(text: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '<' | '>');
    let plain: String = text.chars().filter(|c| !odd(*c)).take(NAME).collect();
    let plain = plain.trim();
    if plain.is_empty() { "Hawser".to_owned() } else { plain.to_owned() }
}

/// A message without control characters, at most so long.
pub(super) fn message(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars().filter(|c| *c == '\n' || !c.is_control()) {
        if plain.len() + c.len_utf8() > MESSAGE {
            break;
        }
        plain.push(c);
    }
    plain
}

/// A title: one line, bounded, not beginning with a dash (R-GIT-05).
pub(super) fn title(text: &str) -> String {
    let line: String = one_line(text).trim_start_matches(['-', ' ']).chars().take(NAME).collect();
    if line.is_empty() { "Update from Hawser".to_owned() } else { line }
}

/// What a server said, for people: one line, bounded, without control characters, and without the
/// login if the server repeats it.
pub(super) fn reason(text: &str, login: &Login) -> String {
    let line = one_line(&login.redactor().redact(text));
    match line.char_indices().nth(REASON) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Words in one line, a space between each two, without what nobody sees.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if is_shown(c) { c } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters drive terminals, and marks of direction reorder what people read.
fn is_shown(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'))
}

/// What the refusal of a push means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Somebody else pushed meanwhile.
    Moved,
    /// The server will not take it.
    Refused(Cause),
}

/// Reads a refusal: `status` is Git's own word for it, `words` what hooks said beside it.
pub(super) fn meaning(status: &str, words: &str) -> Meaning {
    let status = status.to_ascii_lowercase();
    let all = format!("{status}\n{}", words.to_ascii_lowercase());
    let fits = |place: &MessageScope, texts: &[&str]| {
        let said = match place {
            MessageScope::Status => &status,
            MessageScope::Anywhere => &all,
        };
        texts.iter().any(|text| said.contains(text))
    };
    let known = MEANINGS.iter().find(|(place, texts, _)| fits(place, texts));
    known.map_or(Meaning::Refused(Cause::PushRejected), |(.., meaning)| *meaning)
}

/// Where a server says what counts.
enum MessageScope {
    /// In Git's own word: hooks say all sorts of things.
    Status,
    Anywhere,
}

/// What words mean; the first that fit count.
const MEANINGS: [(MessageScope, &[&str], Meaning); 4] = [
    (MessageScope::Anywhere, PUSH_PROTECTION, Meaning::Refused(Cause::PushRejected)),
    (MessageScope::Anywhere, PROTECTED, Meaning::Refused(Cause::BranchProtected)),
    (MessageScope::Anywhere, SCOPE, Meaning::Refused(Cause::InsufficientScope)),
    (MessageScope::Status, MOVED, Meaning::Moved),
];

/// The words of GitHub and GitLab for a commit in which they find a secret. GitHub calls this a rule
/// of the repository too (GH013).
const PUSH_PROTECTION: &[&str] = &["push protection", "push cannot contain secrets"];

/// The words of GitHub (GH006, GH013), GitLab, Gitea and Forgejo, Bitbucket Cloud and Data Center,
/// and Azure DevOps (TF402455) for a branch that takes no direct push.
const PROTECTED: &[&str] = &[
    "protected branch",
    "gh006",
    "gh013",
    "repository rule violations",
    "permission denied to update branch",
    "can only be modified through pull requests",
    "tf402455",
    "pushes to this branch are not permitted",
];

/// The words for a token that may not do this, such as change workflows at GitHub.
const SCOPE: &[&str] =
    &["without `workflow` scope", "without `workflows` permission", "without workflow scope"];

/// The words of Git, of its Java library and of GitHub for a branch that is not where it was.
const MOVED: &[&str] = &[
    "non-fast-forward",
    "non-fast forward",
    "fetch first",
    "stale info",
    "failed to update ref",
    "cannot lock ref",
    "failed to lock",
    "lock_failure",
    "reference already exists",
    "incorrect old value",
];

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        let refused = Meaning::Refused;
        for (status, words, expected) in [
            ("non-fast-forward", "", Meaning::Moved),
            ("failed to update ref", "", Meaning::Moved),
            ("cannot lock ref 'refs/heads/main': is at a but expected b", "", Meaning::Moved),
            (
                "protected branch hook declined",
                "error: GH006: Protected branch update failed for refs/heads/main.",
                refused(Cause::BranchProtected),
            ),
            (
                "push declined due to repository rule violations",
                "error: GH013: Repository rule violations found for refs/heads/main.",
                refused(Cause::BranchProtected),
            ),
            (
                "push declined due to repository rule violations",
                "error: GH013: Repository rule violations found. - GITHUB PUSH PROTECTION",
                refused(Cause::PushRejected),
            ),
            (
                "pre-receive hook declined",
                "GitLab: You are not allowed to push code to protected branches on this project.",
                refused(Cause::BranchProtected),
            ),
            (
                "pre-receive hook declined",
                "Gitea: Not allowed to push to protected branch main",
                refused(Cause::BranchProtected),
            ),
            (
                "pre-receive hook declined",
                "Permission denied to update branch main.",
                refused(Cause::BranchProtected),
            ),
            (
                "refusing to allow an OAuth App to create or update workflow `.github/workflows/x.yml` without `workflow` scope",
                "",
                refused(Cause::InsufficientScope),
            ),
            (
                "pre-receive hook declined",
                "say non-fast-forward to Fridays",
                refused(Cause::PushRejected),
            ),
        ] {
            assert_eq!(meaning(status, words), expected, "{status}");
        }
    }

    #[test]
    fn words_of_servers_are_plain_and_hold_no_login() {
        let login = Login::stored("ann".into(), Secret::new("canary-7".into()));
        let said = reason("\u{1b}[31mno\r\n\tcanary-7 \u{202e}x  YW5uOmNhbmFyeS03", &login);
        assert_eq!(said, "[31mno … x …");
        assert_eq!(reason(&"é".repeat(2_000), &login).chars().count(), REASON + 1);
        let login = Login::stored("ann".into(), Secret::new("git-token-äé1".into()));
        for said in [
            "fatal: https://ann:git-token-%C3%A4%c3%a91@git.example/x.git rejected",
            "{\"token\": \"git-token-\\u00e4\\u00e91\"} rejected",
            "Authorization: Basic YW5uOmdpdC10b2tlbi3DpMOpMQ== rejected",
        ] {
            let said = reason(said, &login);
            assert!(said.contains('…') && said.ends_with("rejected"), "{said}");
            assert!(!said.contains("git-token") && !said.contains("YW5u"), "{said}");
        }
    }

    #[test]
    fn r_git_05_names_and_messages_are_bounded() {
        assert_eq!(name("A <b@c>\nD"), "A b@cD");
        assert_eq!(name("<>"), "Hawser");
        assert_eq!(title("--force\r\nX: y"), "force X: y");
        assert_eq!(title("-"), "Update from Hawser");
        assert_eq!(title(&"é ".repeat(500)).chars().count(), NAME);
        assert_eq!(message("a\n\0b\r"), "a\nb");
        assert_eq!(message(&"é".repeat(20_000)).len(), MESSAGE);
    }
}
