//! Where a credential applies: project, purposes, pattern, environment, expiry.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{Access, CredentialKind, Field, FieldProblem, ProjectId, Purpose, Timestamp};

/// Which stage of the work something belongs to (F29).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Environment {
    /// Not said.
    #[default]
    #[strum(serialize = "")]
    Unset,
    /// Development.
    #[strum(serialize = "dev")]
    Development,
    /// Staging.
    Staging,
    /// Production.
    Production,
}

spelled!(Environment);

impl Environment {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unset => "Not set",
            Self::Development => "Development",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }

    /// Whether a repository of environment `self` should not use a credential of `credential`.
    #[must_use]
    pub fn clashes_with(self, credential: Self) -> bool {
        self == Self::Production && matches!(credential, Self::Development | Self::Staging)
    }
}

/// How a pattern is compared with a URL (F17, F18).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum PatternKind {
    /// There is none: only an explicit choice uses the credential.
    #[default]
    None,
    /// The whole URL.
    Exact,
    /// A regular expression.
    Regex,
}

spelled!(PatternKind);

/// In which projects a credential may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialScope {
    /// In one.
    Project(ProjectId),
    /// In all of the organization; an owner opted in (F23).
    Shared,
}

/// Where a credential applies, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Placement {
    /// The id of a project, `shared`, or empty for the default project.
    pub project: String,
    /// `git`, `helm`, `image`, separated by commas; empty takes those of the provider.
    pub purposes: String,
    /// A URL or a regular expression; empty for none.
    pub pattern: String,
    /// `exact` or `regex`; empty is `exact`.
    pub pattern_kind: String,
    /// `dev`, `staging`, `production`, or empty.
    pub environment: String,
    /// A day (`2027-01-31`), which ends at midnight UTC, or empty for never.
    pub expires: String,
    /// `read`, `push`, or empty for not said.
    pub access: String,
}

/// A placement that passed the rules of its form. Whether the pattern can be compiled is checked
/// by the server ([`crate::matching`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// `None` is the default project.
    pub reach: Option<CredentialScope>,
    /// At least one; none for a cluster.
    pub purposes: Vec<Purpose>,
    /// Trimmed; empty with [`PatternKind::None`].
    pub pattern: String,
    /// How it is compared.
    pub pattern_kind: PatternKind,
    /// The environment.
    pub environment: Environment,
    /// When it expires, as typed.
    pub expires_at: Option<Timestamp>,
    /// What it may do (F27, F56).
    pub access: Option<Access>,
}

impl Placement {
    /// The most bytes a pattern may have.
    pub const MAX_PATTERN_BYTES: usize = 1_024;

    /// Checks every field for a credential of `kind`.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(&self, kind: CredentialKind) -> Result<Placed, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut check = |problem: FieldProblem| problems.push(problem);
        let reach = match self.project.trim() {
            "" => None,
            "shared" => Some(CredentialScope::Shared),
            id => id.parse().map(CredentialScope::Project).ok().or_else(|| {
                check(Field::Project.problem("Choose a project from the list."));
                None
            }),
        };
        let purposes = self.purposes(kind).unwrap_or_else(|problem| {
            check(problem);
            Vec::new()
        });
        let pattern = self.pattern.trim().to_owned();
        if pattern.len() > Self::MAX_PATTERN_BYTES {
            check(Field::Pattern.problem("Too long: the limit is 1,024 bytes."));
        }
        if kind == CredentialKind::Cluster && !pattern.is_empty() {
            check(
                Field::Pattern.problem("Leave it empty: a kubeconfig says itself what it opens."),
            );
        }
        let pattern_kind = match (pattern.as_str(), self.pattern_kind.as_str()) {
            ("", _) => PatternKind::None,
            (_, "regex") => PatternKind::Regex,
            _ => PatternKind::Exact,
        };
        let environment = Environment::parse(self.environment.trim()).unwrap_or_else(|| {
            check(Field::Environment.problem("Choose an environment from the list."));
            Environment::Unset
        });
        let expires_at = match self.expires.trim() {
            "" => None,
            day => Timestamp::parse_day(day).or_else(|| {
                check(Field::Expires.problem("Type a day such as 2027-01-31."));
                None
            }),
        };
        let access = Access::parse(self.access.trim());
        let placed =
            Placed { reach, purposes, pattern, pattern_kind, environment, expires_at, access };
        if problems.is_empty() { Ok(placed) } else { Err(problems) }
    }

    fn purposes(&self, kind: CredentialKind) -> Result<Vec<Purpose>, FieldProblem> {
        let allowed: &[Purpose] = match kind {
            CredentialKind::Registry => &[Purpose::Helm, Purpose::Image],
            CredentialKind::Git => &[Purpose::Git],
            CredentialKind::Cluster => &[],
        };
        let mut purposes = Vec::new();
        for text in self.purposes.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let purpose = Purpose::parse(text)
                .filter(|purpose| allowed.contains(purpose))
                .ok_or_else(|| Field::Purposes.problem("Choose purposes from the list."))?;
            if !purposes.contains(&purpose) {
                purposes.push(purpose);
            }
        }
        if purposes.is_empty() {
            purposes.extend_from_slice(allowed);
        }
        purposes.sort_unstable();
        Ok(purposes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placement_fills_in_what_is_left_out() {
        let placed = Placement::default().parse(CredentialKind::Registry).unwrap();
        assert_eq!(placed.purposes, [Purpose::Helm, Purpose::Image]);
        assert_eq!((placed.reach, placed.pattern_kind), (None, PatternKind::None));
        let typed = Placement {
            project: "shared".into(),
            pattern: " ^https://a ".into(),
            pattern_kind: "regex".into(),
            environment: "production".into(),
            expires: "2027-01-31".into(),
            purposes: "image".into(),
            access: "push".into(),
        };
        let placed = typed.parse(CredentialKind::Registry).unwrap();
        assert_eq!(
            (placed.reach, placed.pattern.as_str()),
            (Some(CredentialScope::Shared), "^https://a")
        );
        assert_eq!(placed.expires_at.unwrap().rfc3339(), "2027-01-31T00:00:00Z");
        assert_eq!(placed.access, Some(Access::Push));
        assert!(typed.parse(CredentialKind::Git).is_err());
    }

    #[test]
    fn production_does_not_take_what_is_made_for_development() {
        assert!(Environment::Production.clashes_with(Environment::Development));
        assert!(!Environment::Production.clashes_with(Environment::Unset));
        assert!(!Environment::Development.clashes_with(Environment::Production));
    }
}
