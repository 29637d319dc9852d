//! How the columns of a credential are spelled.

use domain::{
    Access, AuthMethod, Provider, Purpose, Timestamp,
    credentials::{
        CredentialScope, CredentialState, Environment, Expiry, ExpirySource, Parameters,
        PatternKind,
    },
};
use uuid::Uuid;

use crate::{Error, Result};

pub(crate) fn provider(code: &str) -> Result<Provider> {
    Provider::parse(code).ok_or(Error::Value { column: "credentials.provider" })
}

pub(crate) fn state(text: &str) -> Result<CredentialState> {
    CredentialState::parse(text).ok_or(Error::Value { column: "credentials.state" })
}

pub(crate) fn shape(code: &str) -> Result<AuthMethod> {
    AuthMethod::parse(code).ok_or(Error::Value { column: "credentials.shape" })
}

pub(crate) fn parameters(json: &str) -> Result<Parameters> {
    serde_json::from_str(json).map_err(|_| Error::Value { column: "credentials.parameters" })
}

pub(super) fn parameters_text(parameters: &Parameters) -> Result<String> {
    serde_json::to_string(parameters).map_err(|_| Error::Value { column: "credentials.parameters" })
}

pub(crate) fn pattern_kind(text: &str) -> Result<PatternKind> {
    PatternKind::parse(text).ok_or(Error::Value { column: "credentials.pattern_kind" })
}

pub(crate) fn environment(text: &str) -> Result<Environment> {
    Environment::parse(text).ok_or(Error::Value { column: "credentials.environment" })
}

pub(crate) fn access(text: &str) -> Option<Access> {
    Access::parse(text)
}

/// Writes what [`access`] reads.
pub(super) fn access_text(access: Option<Access>) -> &'static str {
    access.map_or("", Access::as_str)
}

/// Reads `helm,image`.
pub(crate) fn purposes(text: &str) -> Result<Vec<Purpose>> {
    text.split(',')
        .filter(|code| !code.is_empty())
        .map(|code| Purpose::parse(code).ok_or(Error::Value { column: "credentials.purposes" }))
        .collect()
}

/// Writes what [`purposes`] reads.
pub(crate) fn purposes_text(purposes: &[Purpose]) -> String {
    purposes.iter().map(|purpose| purpose.as_str()).collect::<Vec<_>>().join(",")
}

/// A credential without a project is shared.
pub(super) fn reach(project: Option<Uuid>) -> CredentialScope {
    project.map_or(CredentialScope::Shared, |id| CredentialScope::Project(id.into()))
}

pub(super) const fn project_of(reach: CredentialScope) -> Option<Uuid> {
    match reach {
        CredentialScope::Project(id) => Some(id.uuid()),
        CredentialScope::Shared => None,
    }
}

/// When it expires; `secret_at` is missing only while the first secret is on its way.
pub(crate) fn expiry(
    at: Option<i64>,
    source: Option<&str>,
    secret_at: Option<i64>,
    created_at: i64,
) -> Result<Option<Expiry>> {
    let Some(at) = at else { return Ok(None) };
    let source = source
        .and_then(ExpirySource::parse)
        .ok_or(Error::Value { column: "credentials.expiry_source" })?;
    Ok(Some(Expiry {
        at: Timestamp::from_millis(at),
        source,
        since: Timestamp::from_millis(secret_at.unwrap_or(created_at)),
    }))
}
