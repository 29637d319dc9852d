//! Who may do what. The engine asks here; nothing else decides.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{Field, FieldProblem, OrganizationId, ServiceError, UserId};

/// What a member may do in an organization; each role includes the ones after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Everything, and the organization itself.
    Owner,
    /// Members, credentials, repositories.
    Admin,
    /// Repositories and their links.
    Editor,
    /// Looks only.
    Viewer,
}

spelled!(Role);

/// Something a principal wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See names, states, charts and history; never a secret.
    View,
    /// Create, update or delete a credential.
    ManageCredentials,
    /// Choose which credential opens a repository, at the addresses that are allowed for it.
    LinkCredentials,
    /// Say to which origins the login of a credential may go.
    AllowOrigins,
    /// Add, change, delete or sync a repository.
    ManageRepositories,
    /// Read the audit log.
    ReadAudit,
    /// Share a credential with every project (F23).
    ShareCredentials,
    /// Add, rename or delete a project; set the webhook.
    ManageOrganization,
    /// Add, change or delete exports, Git targets and clusters, and bring them in step; connect Git
    /// accounts.
    ManageExports,
    /// Download an export with the values of its secrets, after typing the password again.
    RevealSecrets,
    /// Choose for whom exports are encrypted, and write below `.github` (R-GIT-01).
    ManageRecipients,
}

impl Role {
    /// Whether this role includes `action`.
    #[must_use]
    pub const fn includes(self, action: Action) -> bool {
        match action {
            Action::View => true,
            Action::LinkCredentials | Action::ManageRepositories => {
                matches!(self, Self::Owner | Self::Admin | Self::Editor)
            }
            Action::ManageCredentials
            | Action::AllowOrigins
            | Action::ReadAudit
            | Action::ManageOrganization
            | Action::ManageExports
            | Action::RevealSecrets => matches!(self, Self::Owner | Self::Admin),
            Action::ShareCredentials | Action::ManageRecipients => matches!(self, Self::Owner),
        }
    }
}

/// A signed-in person in the organization they work in, as they were when the request was recognized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub user: UserId,
    /// Their name, for the audit log and the page.
    pub name: String,
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// Their role in it.
    pub role: Role,
    /// Where they visit from, for the audit log; `None` when nobody knows.
    pub address: Option<IpAddr>,
    /// What their rights rested on.
    pub epochs: Epochs,
}

/// The epochs of a right, read together: each grows when what it stands for changes, so that a right of
/// before counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Epochs {
    /// Grows with each change of the membership's role or state.
    pub member: i64,
    /// Grows with each change of the person's password.
    pub user: i64,
    /// Grows when the organization is suspended or deleted.
    pub organization: i64,
}

/// Whose right it is.
///
/// API tokens, pull tokens and outside identities get their variants here when they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrincipalId {
    /// A member of the organization.
    Person(UserId),
}

impl Principal {
    /// The same person, visiting from `address`.
    #[must_use]
    pub fn visiting_from(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }

    /// The proof that this person may do `action`, which every query of tenant data needs.
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] when the role does not include it.
    pub const fn may(&self, action: Action) -> Result<Grant, ServiceError> {
        if self.role.includes(action) {
            Ok(Grant {
                principal: PrincipalId::Person(self.user),
                organization: self.organization,
                action,
                epochs: self.epochs,
            })
        } else {
            Err(ServiceError::NotAllowed)
        }
    }
}

/// The proof that somebody was allowed to do something in an organization when they asked. Made by
/// [`Principal::may`] alone; storage reads again what it rests on before it acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    principal: PrincipalId,
    organization: OrganizationId,
    action: Action,
    epochs: Epochs,
}

impl Grant {
    /// Whose right it is.
    #[must_use]
    pub const fn principal(&self) -> PrincipalId {
        self.principal
    }

    /// The organization it is a right in.
    #[must_use]
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// What it allows.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// What it rested on when it was given.
    #[must_use]
    pub const fn epochs(&self) -> Epochs {
        self.epochs
    }
}

/// Reads an id out of a form or path.
///
/// # Errors
/// The field's problem when the text is no id.
pub fn parse_id<T: std::str::FromStr>(field: Field, text: &str) -> Result<T, FieldProblem> {
    text.parse().map_err(|_| field.problem("Choose one from the list."))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the URL chooses the credential of a repository, those who manage credentials choose it;
    /// through an export it may go to a cluster.
    #[test]
    fn r_authz_who_manages_credentials_may_also_export_them() {
        for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
            let manages = role.includes(Action::ManageCredentials);
            assert!(!manages || role.includes(Action::ManageExports), "{role:?}");
            assert!(!manages || role.includes(Action::RevealSecrets), "{role:?}");
        }
    }

    #[test]
    fn rights_shrink_from_owner_to_viewer() {
        let may = |role: Role| {
            [
                Action::View,
                Action::ManageRepositories,
                Action::LinkCredentials,
                Action::AllowOrigins,
                Action::ManageCredentials,
                Action::ReadAudit,
                Action::ManageOrganization,
                Action::ManageExports,
                Action::RevealSecrets,
                Action::ShareCredentials,
                Action::ManageRecipients,
            ]
            .map(|action| role.includes(action))
        };
        assert_eq!(may(Role::Owner), [true; 11]);
        assert_eq!(
            may(Role::Admin),
            [true, true, true, true, true, true, true, true, true, false, false]
        );
        assert_eq!(
            may(Role::Editor),
            [true, true, true, false, false, false, false, false, false, false, false]
        );
        assert_eq!(
            may(Role::Viewer),
            [true, false, false, false, false, false, false, false, false, false, false]
        );
    }
}
