//! What a version of a credential is made of besides its secret: what credentials and their operations have in
//! common. A new plain field of a credential is added to this file.

use domain::{
    AuthMethod, Timestamp,
    credentials::{Parameters, Remarks},
};
use serde_json::json;

use super::{parameters, shape, values::parameters_text};
use crate::{Json, Result};

/// A credential as it is to be once its secret counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialDraft {
    /// Its name.
    pub name: String,
    /// Its name as it is compared.
    pub name_key: String,
    /// What people note about it.
    pub remarks: Remarks,
    /// The user name at the registry.
    pub username: String,
    /// How it authenticates.
    pub shape: AuthMethod,
    /// What the auth method needs besides.
    pub parameters: Parameters,
    /// Tells whether a secret is the same, without telling which.
    pub fingerprint: String,
    /// When the secret expires, as it tells itself or as its provider fixes it.
    pub expires_at: Option<Timestamp>,
}

/// The columns that are copied as they are, each after the name of its table.
macro_rules! draft_columns {
    ($table:literal) => {
        $crate::sql::columns!($table, name, name_key, description, username, shape, parameters)
    };
}

/// The same from a record `r` of [`CredentialDraft::record`].
macro_rules! draft_values {
    () => {
        "r.value ->> 'name', r.value ->> 'name_key', r.value ->> 'description', r.value ->> 'username',
           r.value ->> 'shape', r.value ->> 'parameters'"
    };
}

/// The changes of name and remarks alone, which reach no registry.
macro_rules! remarks_changes {
    () => {
        "name = r.value ->> 'name', name_key = r.value ->> 'name_key', description = r.value ->> 'description'"
    };
}

/// The same as changes of a row.
macro_rules! draft_changes {
    () => {
        concat!(
            remarks_changes!(),
            ", username = r.value ->> 'username', shape = r.value ->> 'shape', parameters = r.value ->> 'parameters'"
        )
    };
}
pub(super) use {draft_changes, draft_columns, draft_values, remarks_changes};

impl CredentialDraft {
    /// The columns as one parameter.
    pub(super) fn record(&self) -> Result<Json<[serde_json::Value; 1]>> {
        Ok(Json([json!({
            "name": self.name, "name_key": self.name_key, "description": self.remarks.description, "username": self.username,
            "shape": self.shape.as_str(), "parameters": parameters_text(&self.parameters)?,
        })]))
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct DraftRow {
    name: String,
    name_key: String,
    description: String,
    username: String,
    shape: String,
    parameters: String,
    fingerprint: String,
    expires_at: Option<i64>,
}

impl DraftRow {
    pub(super) fn draft(self) -> Result<CredentialDraft> {
        Ok(CredentialDraft {
            name: self.name,
            name_key: self.name_key,
            remarks: Remarks { description: self.description },
            username: self.username,
            shape: shape(&self.shape)?,
            parameters: parameters(&self.parameters)?,
            fingerprint: self.fingerprint,
            expires_at: self.expires_at.map(Timestamp::from_millis),
        })
    }
}
