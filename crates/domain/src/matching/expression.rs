//! A regular expression over URLs.

use std::sync::{Arc, PoisonError, RwLock};

use regex_syntax::{
    ParserBuilder,
    hir::{Hir, HirKind, Look},
};

use super::{
    literals::{Affix, Side, required},
    program::{Program, ProgramCache},
};
use crate::{Field, FieldProblem, registry_name};

/// The deepest nesting of an expression.
const MAX_NESTING: u32 = 50;

/// An expression that was read. It is compiled when it is first needed.
#[derive(Debug)]
pub(super) struct Expression {
    text: Arc<str>,
    /// In everything it matches, in lower case.
    required: Box<[Box<str>]>,
    affix: Option<Affix>,
    hosts: Hosts,
    program: RwLock<Option<Arc<Program>>>,
}

/// Which hosts an expression can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hosts {
    /// As far as can be told, those it names.
    Named,
    /// Any: it does not begin with `^`, so it may match in the middle of another URL.
    Anywhere,
    /// Others that begin alike: the host it names is not followed by a slash.
    Longer,
}

/// Reads an expression. URLs are plain ASCII, so classes such as `\w` mean ASCII. The engine takes
/// time linear in the length of the URL; its program may have 64 KiB.
///
/// # Errors
/// When it is no expression, or needs a larger program.
pub(super) fn parse(text: &str) -> Result<(Hir, Program), FieldProblem> {
    let hir = syntax(text).ok_or_else(|| {
        Field::Pattern.problem(
            "This is not a regular expression. Look-around and back references are not known.",
        )
    })?;
    let program = Program::compile(&hir).ok_or_else(|| {
        Field::Pattern
            .problem("This regular expression is too large. Use fewer or smaller repetitions.")
    })?;
    Ok((hir, program))
}

/// The expression as it is compared; `None` when it is none.
pub(super) fn syntax(text: &str) -> Option<Hir> {
    ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .nest_limit(MAX_NESTING)
        .build()
        .parse(&respelled(text))
        .ok()
}

impl Expression {
    /// Reads an expression that was checked when it was stored; `None` when it is none after all.
    pub fn read(text: &Arc<str>) -> Option<Self> {
        let hir = syntax(text)?;
        let affix = Affix::of(&hir);
        let mut required = required(&hir);
        // The longest text is the least likely one, and settles most comparisons.
        required.sort_unstable_by_key(|text| std::cmp::Reverse(text.len()));
        Some(Self {
            text: Arc::clone(text),
            required: required.into_iter().map(String::into_boxed_str).collect(),
            hosts: hosts(&hir, affix.as_ref()),
            affix,
            program: RwLock::new(None),
        })
    }

    /// What has to stand in a URL that matches.
    pub fn required(&self) -> &[Box<str>] {
        &self.required
    }

    /// The text whose place is all that it asks for.
    pub const fn affix(&self) -> Option<&Affix> {
        self.affix.as_ref()
    }

    /// Which hosts it can match.
    pub const fn hosts(&self) -> Hosts {
        self.hosts
    }

    /// Whether `url` matches; `lower` is `url` in lower case.
    pub fn matches(self: &Arc<Self>, url: &str, lower: &str, kept: &ProgramCache) -> bool {
        if let Some(affix) = &self.affix {
            return affix.matches(url);
        }
        self.required.iter().all(|text| lower.contains(&**text)) && self.runs(url, kept)
    }

    fn runs(self: &Arc<Self>, url: &str, kept: &ProgramCache) -> bool {
        let known = self.program.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(program) = known {
            return program.matches(url);
        }
        let Some(program) = syntax(&self.text).and_then(|hir| Program::compile(&hir)) else {
            return false;
        };
        let program = Arc::new(program);
        self.set_program(Some(Arc::clone(&program)));
        kept.note(self, program.bytes());
        program.matches(url)
    }

    /// Keeps the program, or drops it.
    pub fn set_program(&self, program: Option<Arc<Program>>) {
        *self.program.write().unwrap_or_else(PoisonError::into_inner) = program;
    }
}

fn hosts(hir: &Hir, affix: Option<&Affix>) -> Hosts {
    let anchored = hir.properties().look_set_prefix().contains(Look::Start);
    let past_host = |text: &str| text.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    match affix {
        _ if matches!(hir.kind(), HirKind::Empty) || !anchored => Hosts::Anywhere,
        Some(Affix { text, before: Side::Fixed, after: Side::Any | Side::Some })
            if !past_host(text) =>
        {
            Hosts::Longer
        }
        Some(Affix { before: Side::Any | Side::Some, .. }) => Hosts::Anywhere,
        _ => Hosts::Named,
    }
}

/// The expression over compared URLs: `oci://` is read as `https://`, `https://` stands before a host
/// name that follows `^` at once, as in `^ghcr\.io/`, and a name of Docker Hub after `//` is the one
/// that is compared.
fn respelled(text: &str) -> String {
    let text = text.replace("oci://", "https://").replace(r"oci:\/\/", "https://");
    let text = match text.strip_prefix('^') {
        Some(rest) if begins_with_host(rest) => format!("^https://{rest}"),
        _ => text,
    };
    match text.split_once("//") {
        Some((before, rest)) => format!("{before}//{}", one_name(rest)),
        None => text,
    }
}

/// The rest of an expression behind `//`, where a name of Docker Hub that is written out becomes the
/// one that is compared.
fn one_name(rest: &str) -> String {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '\\')));
    let (host, path) = rest.split_at(end.unwrap_or(rest.len()));
    // `\/` ends a host as well as `/` does.
    let (host, path) = match host.strip_suffix('\\') {
        Some(host) => (host, format!("\\{path}")),
        None => (host, path.to_owned()),
    };
    let plain = host.replace('\\', "");
    let name = registry_name(&plain);
    if name == plain {
        format!("{host}{path}")
    } else {
        format!("{}{path}", name.replace('.', r"\."))
    }
}

fn begins_with_host(text: &str) -> bool {
    let host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let plain = text.replace(r"\.", ".").replace(r"\-", "-").replace(r"\/", "/");
    let end = plain.find(|c| !host(c)).unwrap_or(plain.len());
    let (name, rest) = plain.split_at(end);
    let rest = match rest.strip_prefix(':') {
        Some(port) => port.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let known = name.contains('.') || name == "localhost";
    known && (rest.is_empty() || rest.starts_with(['/', '$'])) && !rest.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Arc<Expression> {
        Arc::new(Expression::read(&text.into()).unwrap())
    }

    fn matches(text: &str, url: &str) -> bool {
        read(text).matches(url, &url.to_ascii_lowercase(), &ProgramCache::default())
    }

    #[test]
    fn simple_expressions_need_no_engine() {
        for (text, plain) in [
            (r"^https://ghcr\.io/acme/", true),
            (r"^https://ghcr\.io/acme/.*", true),
            (r"^https://ghcr\.io/acme/.*$", true),
            (r"^(https://ghcr\.io)/acme/(.+)$", true),
            (r"^https://ghcr\.io/acme$", true),
            (r".*/charts$", true),
            (r"acme", true),
            (r"^https://[a-z]+\.io/", false),
            (r"^https?://ghcr\.io/", false),
            (r".+acme.+", false),
            (r"(?i)acme", false),
        ] {
            assert_eq!(read(text).affix().is_some(), plain, "{text}");
        }
        assert!(matches(r"^https://ghcr\.io/acme/.+$", "https://ghcr.io/acme/x"));
        assert!(!matches(r"^https://ghcr\.io/acme/.+$", "https://ghcr.io/acme/"));
    }

    #[test]
    fn what_has_to_be_there_is_known() {
        let texts = |text: &str| -> Vec<String> {
            read(text).required().iter().map(ToString::to_string).collect()
        };
        assert_eq!(texts(r"^https://[a-z]+\.dkr\.ECR\.aws/"), [".dkr.ecr.aws/", "https://"]);
        assert_eq!(texts(r"(?i)^https://Acme\.io"), ["https://acme.io"]);
        assert_eq!(texts(r"^https://(a|b)\.example/"), [".example/", "https://"]);
        assert_eq!(texts(r"(abc)?.*"), Vec::<String>::new());
        assert_eq!(texts(r"(abcd){2}x|y"), Vec::<String>::new());
    }

    #[test]
    fn schemes_are_those_of_compared_urls() {
        for text in
            [r"^oci://ghcr\.io/acme/", r"^oci:\/\/ghcr\.io\/acme", r"^ghcr\.io/acme", r"^ghcr.io/"]
        {
            assert!(matches(text, "https://ghcr.io/acme/charts"), "{text}");
        }
        assert!(matches(r"^localhost:5000/", "https://localhost:5000/a"));
        assert!(matches(r"^http://github.com/", "http://github.com/acme"));
        assert!(!matches(r"^http://github.com/", "https://github.com/acme"));
    }

    #[test]
    fn x11_every_name_of_docker_hub_matches() {
        for text in [
            r"^https://registry-1\.docker\.io/acme",
            r"^oci://index.docker.io/acme",
            r"^registry\-1\.docker\.io\/acme",
            r"^https://docker\.io/acme",
            r"^https://(index\.)?docker\.io/acme",
        ] {
            assert!(matches(text, "https://docker.io/acme/web"), "{text}");
            assert!(!matches(text, "https://docker.io.example/acme/web"), "{text}");
        }
        assert!(!matches(r"^https://registry-1\.docker\.io\.example/", "https://docker.io/acme"));
    }

    #[test]
    fn expressions_for_other_hosts_are_noticed() {
        for (text, hosts) in [
            (r"^https://ghcr\.io/", Hosts::Named),
            (r"^https://[a-z]+\.ghcr\.io/", Hosts::Named),
            (r"^https://ghcr\.io$", Hosts::Named),
            (r"^https://ghcr\.io", Hosts::Longer),
            (r"^https://", Hosts::Longer),
            (r"ghcr\.io/acme", Hosts::Anywhere),
            (r".*ghcr\.io/acme", Hosts::Anywhere),
            (r"^.*ghcr\.io/acme", Hosts::Anywhere),
        ] {
            assert_eq!(read(text).hosts(), hosts, "{text}");
        }
    }
}
