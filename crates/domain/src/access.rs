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

/// Something a principal wants to do. The section *Members and roles* of `SECURITY.md` says for each what it covers.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See names, states, charts and history; never a secret.
    View,
    /// Have repositories synced now.
    SyncRepositories,
    /// Add, change or delete a repository.
    ManageRepositories,
    /// Choose which credential opens a repository, at the addresses that are allowed for it.
    LinkCredentials,
    /// Say to which origins the login of a credential may go.
    AllowOrigins,
    /// Create, update or delete a credential.
    ManageCredentials,
    /// Share a credential with every project (F23).
    ShareCredentials,
    /// Add, rename or delete a project.
    ManageProjects,
    /// See, set and test the webhook of notices.
    ManageWebhook,
    /// Add, change or delete exports and Git targets, and bring targets in step.
    ManageExports,
    /// Choose for whom exports are encrypted, and write below `.github` (R-GIT-01).
    ManageRecipients,
    /// Have the values of secrets leave for a person, who types their password again, or for a cluster.
    RevealSecrets,
    /// Add, change or delete clusters, and bring them in step; it takes [`Self::RevealSecrets`] too.
    ManageClusters,
    /// Connect a Git account of one's own, see its repositories, and disconnect it.
    ConnectAccounts,
    /// Disconnect a Git account that another person connected.
    DisconnectOthers,
    /// Read the audit log.
    ReadAudit,
    /// Invite viewers and editors, change who is which of both, suspend and remove them.
    ManageMembers,
    /// The same for admins and owners.
    ManageAdmins,
}

impl Action {
    /// The least role that may do it: the table of rights.
    #[must_use]
    pub const fn least_role(self) -> Role {
        match self {
            Self::View => Role::Viewer,
            Self::SyncRepositories | Self::ManageRepositories | Self::LinkCredentials => {
                Role::Editor
            }
            Self::AllowOrigins
            | Self::ManageCredentials
            | Self::ManageProjects
            | Self::ManageWebhook
            | Self::ManageExports
            | Self::RevealSecrets
            | Self::ManageClusters
            | Self::ConnectAccounts
            | Self::ReadAudit
            | Self::ManageMembers => Role::Admin,
            Self::ShareCredentials
            | Self::ManageRecipients
            | Self::DisconnectOthers
            | Self::ManageAdmins => Role::Owner,
        }
    }
}

impl Role {
    /// Whether this role includes `action`.
    #[must_use]
    pub const fn includes(self, action: Action) -> bool {
        // The roles are declared from the highest to the lowest.
        self as u8 <= action.least_role() as u8
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

    /// What `SECURITY.md` says is what the code does, in both directions: no cell differs, and no action is left out.
    #[test]
    fn r_authz_the_table_of_the_documentation_is_the_table_of_rights() {
        let rows = documented();
        for (right, cells) in &rows {
            let action = Action::VARIANTS.iter().find(|action| <&str>::from(**action) == right);
            let action = *action.unwrap_or_else(|| panic!("{right} is no action"));
            let roles = [Role::Viewer, Role::Editor, Role::Admin, Role::Owner];
            for (role, cell) in roles.into_iter().zip(cells) {
                let may = match cell.as_str() {
                    "✓" | "✓ c" | "S" | "S!" => true,
                    "–" => false,
                    other => panic!("{right}: {other:?} is no right"),
                };
                assert_eq!(role.includes(action), may, "{right}: {role:?}");
            }
        }
        for action in Action::VARIANTS {
            let name: &str = action.into();
            assert!(rows.iter().any(|(right, _)| right == name), "{name} is not documented");
        }
    }

    /// Each row of the matrix: the action, and the cells of viewer, editor, admin and owner.
    fn documented() -> Vec<(String, Vec<String>)> {
        let text = include_str!("../../../SECURITY.md");
        let (_, section) = text.split_once("\n## Members and roles\n").unwrap();
        let section = section.split("\n## ").next().unwrap();
        let cells = |row: &str| -> Vec<String> {
            row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        let rows: Vec<_> =
            section.lines().filter(|line| line.starts_with("| ")).map(cells).collect();
        let (head, rows) = rows.split_first().unwrap();
        assert_eq!(head[..], ["What", "Right", "Viewer", "Editor", "Admin", "Owner", "Remarks"]);
        rows.iter().map(|row| (row[1].trim_matches('`').to_owned(), row[2..6].to_vec())).collect()
    }
}
