//! The forms of an export.

use serde::{Deserialize, Serialize};

use super::DeliveryMethod;
use crate::{Field, Secret, address_form};

address_form! {
    /// The form that adds or changes an export, as typed.
    pub struct ExportForm {
        /// The export; empty for a new one.
        pub export: String,
        /// The row version the person saw; empty for a new one.
        pub row_version: String,
        /// Its name.
        pub name: String,
        /// The code of a [`super::Consumer`].
        pub consumer: String,
        /// The code of a [`super::DeliveryMethod`].
        pub carrier: String,
        /// Ids of credentials.
        pub credentials: Vec<String>,
        /// Ids of repositories.
        pub repositories: Vec<String>,
    }
    flatten {
        /// What consumer and delivery method ask for besides.
        pub settings: ExportSettings,
    }
}

address_form! {
    /// The form of an export as it is sent: two delivery methods ask for a store, and both stand in it.
    pub struct SentExport {
        /// The store of the method that names a `VaultAuth`.
        pub vault_auth: String,
    }
    flatten {
        /// Everything else.
        pub form: ExportForm,
    }
}

impl SentExport {
    /// The form with the store that its delivery method asks for.
    #[must_use]
    pub fn into_form(self) -> ExportForm {
        let mut form = self.form;
        if DeliveryMethod::parse(&form.carrier) == Some(DeliveryMethod::VaultStaticSecret) {
            form.settings.store = self.vault_auth;
        }
        form
    }
}

/// Every setting once: what it is called in what is stored, and the field of the form that asks for it.
macro_rules! settings {
    ($($(#[$doc:meta])+ $name:ident: $field:ident,)+) => {
        address_form! {
            /// What a consumer or delivery method asks for besides, as typed; what they do not need is empty.
            pub struct ExportSettings {
                $($(#[$doc])+ pub $name: String,)+
            }
        }

        impl ExportSettings {
            /// The fields of all settings.
            pub const FIELDS: &[Field] = &[$(Field::$field),+];

            /// The text of a setting; `None` for a field that is no setting of an export.
            #[must_use]
            pub fn get(&self, field: Field) -> Option<&str> {
                match field {
                    $(Field::$field => Some(&self.$name),)+
                    _ => None,
                }
            }

            /// Sets a setting; nothing happens for a field that is none.
            pub fn set(&mut self, field: Field, text: String) {
                match field {
                    $(Field::$field => self.$name = text,)+
                    _ => {}
                }
            }
        }
    };
}

settings! {
    /// The namespace of the objects.
    namespace: Namespace,
    /// The name of the Kubernetes secret.
    secret_name: SecretName,
    /// Service accounts, separated by commas.
    service_accounts: ServiceAccounts,
    /// The project of Argo CD.
    argo_project: ArgoProject,
    /// `repository` or `template`.
    template: Template,
    /// The value of Kyma's label.
    label: Label,
    /// The host of the one registry that a secret for Kyma opens; empty for the first.
    registry: Registry,
    /// Namespaces, separated by commas, or `*`.
    to_namespaces: ToNamespaces,
    /// A package repository bundle of Carvel; in exports of earlier versions also the name of a
    /// `PackageInstall` that a person keeps.
    package: Package,
    /// Packages of Carvel to install, separated by commas: `NAME` or `NAME@VERSIONS`.
    packages: Packages,
    /// The service account that installs these packages.
    service_account: ServiceAccount,
    /// Charts of OCI repositories, separated by commas: `NAME` or `NAME@VERSIONS`.
    charts: Charts,
    /// The secret store, or the `VaultAuth`.
    store: Store,
    /// `ClusterSecretStore` or `SecretStore`.
    store_kind: StoreKind,
    /// age recipients, one on a line.
    recipients: Recipients,
}

/// The form that asks for an export with its values: the person's own password is asked again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RevealForm {
    /// The export.
    pub export: String,
    /// The password of the person who asks.
    pub password: Secret,
}

/// The form that asks for a file of an export as Git targets write it, with its values encrypted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EncryptedForm {
    /// The export.
    pub export: String,
    /// The path of the file inside the export ([`super::ExportFile::path`]).
    pub path: String,
}

/// An export's form, read.
#[cfg(feature = "host")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFields {
    /// Its name.
    pub name: crate::Name,
    /// Who reads it.
    pub consumer: super::Consumer,
    /// How values get there.
    pub carrier: super::DeliveryMethod,
    /// The chosen credentials, without doubles; empty where repositories are chosen.
    pub credentials: Vec<crate::CredentialId>,
    /// The chosen repositories, without doubles; empty where credentials are chosen.
    pub repositories: Vec<crate::RepositoryId>,
    /// The settings that consumer and delivery method ask for, checked; the others are empty.
    pub settings: ExportSettings,
    /// Patterns that are written although they fix no allowed address, each as it was when somebody who
    /// may allow addresses agreed. A form has none; who saves it decides.
    pub agreed: std::collections::BTreeMap<crate::CredentialId, String>,
}
