//! What people send, and the rules it must pass.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Parameters, Placement, Remarks};
#[cfg(feature = "host")]
use super::{Placed, SecretMaterial};
use crate::{
    AuthMethod, CredentialId, Field, FieldProblem, Name, Secret, ServiceError, Username,
    access::parse_id, error::all,
};
#[cfg(feature = "host")]
use crate::{CredentialKind, Provider, error::every};

/// The form that adds a credential, as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateCredential {
    /// The code of a provider.
    pub provider: String,
    /// The code of one of its auth methods; empty takes the first.
    pub shape: String,
    /// Its name.
    pub name: String,
    /// The user name at the registry, or the id that the auth method asks for.
    pub username: String,
    /// The password, token or key.
    #[serde(deserialize_with = "typed_secret")]
    pub password: Secret,
    /// What the auth method needs besides.
    #[serde(flatten)]
    pub parameters: Parameters,
    /// What people note about it.
    #[serde(flatten)]
    pub remarks: Remarks,
    /// Where it applies.
    #[serde(flatten)]
    pub placement: Placement,
    /// `yes` stores also what can hardly be meant.
    pub anyway: String,
}

/// A credential that passed the rules.
#[derive(Debug, Clone)]
#[cfg(feature = "host")]
#[expect(missing_docs, reason = "the fields of `CreateCredential`, checked")]
pub struct NewCredential {
    pub provider: Provider,
    pub name: Name,
    pub material: SecretMaterial,
    pub parameters: Parameters,
    pub remarks: Remarks,
    pub placed: Placed,
}

#[cfg(feature = "host")]
impl CreateCredential {
    /// Checks every field; what provider or auth method fix is filled in.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<NewCredential, ServiceError> {
        let provider = Provider::parse(&self.provider)
            .ok_or_else(|| Field::Provider.problem("Choose a provider type."));
        let known = provider.as_ref().ok().copied();
        let (material, parameters) = material(
            known.unwrap_or(Provider::GenericRegistry),
            &self.shape,
            &self.username,
            self.password,
            self.parameters,
        );
        let kind = known.map_or(CredentialKind::Registry, |provider| provider.facts().kind);
        let ((provider, name), material, (remarks, placed)) = every!(
            both(provider, Name::parse(&self.name)),
            material,
            both_many(self.remarks.parse(), self.placement.parse(kind)),
        );
        Ok(NewCredential { provider, name, material, parameters, remarks, placed })
    }
}

/// The form that changes what a credential is made of, as typed. An empty password keeps the old one
/// (F11).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateCredential {
    /// The credential.
    pub credential: String,
    /// The row version the person saw.
    pub row_version: String,
    /// The code of an auth method; empty keeps the present one. Another auth method needs a new password.
    pub shape: String,
    /// The user name at the registry, or the id that the auth method asks for.
    pub username: String,
    /// The new password; empty keeps the old one.
    #[serde(deserialize_with = "typed_secret")]
    pub password: Secret,
    /// What the auth method needs besides.
    #[serde(flatten)]
    pub parameters: Parameters,
    /// `candidate` stores the new secret beside the old one and tests it first; anything else saves
    /// it at once.
    pub mode: String,
    /// `yes` stores also what can hardly be meant.
    pub anyway: String,
}

/// A change whose plain fields passed the rules. Its content is checked when the
/// stored one is known, because what was left out comes from there.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `UpdateCredential`, checked")]
pub struct CredentialChange {
    pub credential: CredentialId,
    pub row_version: i64,
    /// `None` keeps the present one.
    pub shape: Option<AuthMethod>,
    pub username: String,
    /// `None` keeps the stored one.
    pub password: Option<Secret>,
    pub parameters: Parameters,
    pub mode: SaveMode,
}

/// When a new secret begins to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveMode {
    /// At once.
    AtOnce,
    /// After it was tested at every linked repository; the old one counts until then.
    Candidate,
}

impl UpdateCredential {
    /// Checks the fields that do not depend on what is stored.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<CredentialChange, ServiceError> {
        let shape = match self.shape.as_str() {
            "" => Ok(None),
            code => AuthMethod::parse(code).map(Some).ok_or_else(unknown_shape),
        };
        let (credential, username, shape) = all!(
            parse_id(Field::Credential, &self.credential),
            Username::parse(&self.username),
            shape,
        );
        let row_version = self.row_version.parse().map_err(|_| ServiceError::NotFound)?;
        Ok(CredentialChange {
            credential,
            row_version,
            shape,
            username: username.to_string(),
            password: (!self.password.is_empty()).then_some(self.password),
            parameters: self.parameters,
            mode: if self.mode == "candidate" { SaveMode::Candidate } else { SaveMode::AtOnce },
        })
    }
}

/// Checks what a credential is made of; an empty auth method is the first of the provider. Answers the
/// parameters that the auth method has, and no others.
///
/// # Errors
/// All problems at once.
#[cfg(feature = "host")]
pub fn material(
    provider: Provider,
    shape: &str,
    username: &str,
    password: Secret,
    parameters: Parameters,
) -> (Result<SecretMaterial, Vec<FieldProblem>>, Parameters) {
    let shapes = provider.facts().shapes;
    let shape = match shape {
        "" => shapes.first().copied(),
        code => AuthMethod::parse(code).filter(|shape| shapes.contains(shape)),
    };
    let Some(shape) = shape else { return (Err(vec![unknown_shape()]), Parameters::default()) };
    let parameters = parameters.of(shape);
    let typed = match Username::parse(username) {
        Ok(typed) => typed,
        Err(problem) => return (Err(vec![problem]), parameters),
    };
    let fixed = if shape == AuthMethod::Password { provider.facts().fixed_username } else { "" };
    let username = if typed.as_str().is_empty() { fixed } else { typed.as_str() };
    (SecretMaterial::parse(shape, username, password, &parameters), parameters)
}

/// Browsers send the line breaks of a key file as CR LF; the file has LF.
fn typed_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    Secret::deserialize(deserializer).map(Secret::with_unix_line_breaks)
}

fn unknown_shape() -> FieldProblem {
    Field::AuthMethod.problem("Choose how to authenticate from the list.")
}

/// The form that changes what a credential is called and what people note about it. No registry hears of
/// that.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DescribeCredential {
    /// The credential.
    pub credential: String,
    /// The row version the person saw.
    pub row_version: String,
    /// Its name.
    pub name: String,
    /// What people note about it.
    #[serde(flatten)]
    pub remarks: Remarks,
}

/// A description that passed the rules.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `DescribeCredential`, checked")]
pub struct Described {
    pub credential: CredentialId,
    pub row_version: i64,
    pub name: Name,
    pub remarks: Remarks,
}

impl DescribeCredential {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<Described, ServiceError> {
        let (credential, name, remarks) = all!(
            parse_id(Field::Credential, &self.credential),
            Name::parse(&self.name),
            self.remarks.parse(),
        );
        let row_version = self.row_version.parse().map_err(|_| ServiceError::NotFound)?;
        Ok(Described { credential, row_version, name, remarks })
    }
}

/// The form that says where a credential applies.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlaceCredential {
    /// The credential.
    pub credential: String,
    /// The row version the person saw.
    pub row_version: String,
    /// Where it applies.
    #[serde(flatten)]
    pub placement: Placement,
    /// `yes` keeps also a day that has passed.
    pub anyway: String,
}

#[cfg(feature = "host")]
fn both<A, B>(
    a: Result<A, FieldProblem>,
    b: Result<B, FieldProblem>,
) -> Result<(A, B), Vec<FieldProblem>> {
    both_many(a, b.map_err(|problem| vec![problem]))
}

#[cfg(feature = "host")]
fn both_many<A, B>(
    a: Result<A, FieldProblem>,
    b: Result<B, Vec<FieldProblem>>,
) -> Result<(A, B), Vec<FieldProblem>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Err(b)) => Err(std::iter::once(a).chain(b).collect()),
        (Err(a), Ok(_)) => Err(vec![a]),
        (Ok(_), Err(b)) => Err(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(provider: &str, name: &str, password: &str) -> CreateCredential {
        CreateCredential {
            provider: provider.into(),
            name: name.into(),
            password: Secret::new(password.into()),
            ..CreateCredential::default()
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let ServiceError::Invalid(problems) = form("nope", "", "").parse().unwrap_err() else {
            panic!("not invalid")
        };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, [Field::Provider, Field::Name, Field::Password]);
    }

    #[test]
    fn a_provider_fixes_the_user_name() {
        let typed =
            CreateCredential { shape: "password".into(), ..form("amazon_ecr", "e", "token") };
        assert_eq!(typed.parse().unwrap().material.username(), "AWS");
        let foreign = CreateCredential { shape: "acr_token".into(), ..form("harbor", "h", "x") };
        let problem = foreign.parse().unwrap_err();
        assert!(problem.problem_of(Field::AuthMethod).is_some());
    }

    #[test]
    fn passwords_up_to_64_kib_are_kept_as_they_are() {
        assert!(form("harbor", "a", &"x".repeat(65_536)).parse().is_ok());
        assert!(form("harbor", "a", &"x".repeat(65_537)).parse().is_err());
    }

    #[test]
    fn an_empty_password_keeps_the_old_one() {
        let id = "0190b0a0-0000-7000-8000-000000000001";
        let change = UpdateCredential {
            credential: id.into(),
            row_version: "3".into(),
            ..UpdateCredential::default()
        };
        assert!(change.parse().unwrap().password.is_none());
    }
}
