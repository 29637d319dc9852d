//! What an auth method needs besides user name and password. None of it is secret.

use serde::{Deserialize, Serialize};

/// The public parameters of a credential, as typed or as stored; what an auth method does not need is
/// empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// The AWS region; empty to read it from the host.
    pub region: String,
    /// The AWS account, 12 digits.
    pub account: String,
    /// The Entra directory.
    pub tenant: String,
    /// The installation of a GitHub App.
    pub installation: String,
    /// Names of the repositories a GitHub token is limited to, separated by white space or commas.
    pub repositories: String,
    /// The Google Cloud project.
    pub gcp_project: String,
    /// A client certificate with its chain, in PEM.
    pub certificate: String,
}

impl Parameters {
    /// Only what the form of `shape` has.
    #[must_use]
    pub fn of(self, shape: crate::AuthMethod) -> Self {
        use crate::Field;
        let kept = |field: Field, value: String| {
            let has = shape.facts().fields.iter().any(|known| known.field == field);
            if has { value.trim().to_owned() } else { String::new() }
        };
        Self {
            region: kept(Field::Region, self.region),
            account: kept(Field::Account, self.account),
            tenant: kept(Field::Tenant, self.tenant),
            installation: kept(Field::Installation, self.installation),
            repositories: kept(Field::Repositories, self.repositories),
            gcp_project: kept(Field::GcpProject, self.gcp_project),
            certificate: kept(Field::Certificate, self.certificate),
        }
    }

    /// The value of a field; empty when it has none or is no parameter.
    #[must_use]
    pub fn get(&self, field: crate::Field) -> &str {
        use crate::Field;
        match field {
            Field::Region => &self.region,
            Field::Account => &self.account,
            Field::Tenant => &self.tenant,
            Field::Installation => &self.installation,
            Field::Repositories => &self.repositories,
            Field::GcpProject => &self.gcp_project,
            Field::Certificate => &self.certificate,
            _ => "",
        }
    }
}
