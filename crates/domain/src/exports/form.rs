//! The forms of an export.

use serde::{Deserialize, Serialize};

use crate::{Field, Secret};

/// The form that adds or changes an export, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportForm {
    /// The export; empty for a new one.
    pub export: String,
    /// The row version the person saw; empty for a new one.
    pub row_version: String,
    /// Its name.
    pub name: String,
    /// The code of a [`super::Consumer`].
    pub consumer: String,
    /// The code of a [`super::Carrier`].
    pub carrier: String,
    /// Ids of credentials.
    pub credentials: Vec<String>,
    /// Ids of repositories.
    pub repositories: Vec<String>,
    /// What consumer and carrier ask for besides.
    pub settings: ExportSettings,
}

/// What a consumer or carrier asks for besides, as typed; what they do not need is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportSettings {
    /// The namespace of the objects.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The name of the Kubernetes secret.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub secret_name: String,
    /// Service accounts, separated by commas.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_accounts: String,
    /// The project of Argo CD.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub argo_project: String,
    /// `repository` or `template`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// The value of Kyma's label.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Namespaces, separated by commas, or `*`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to_namespaces: String,
    /// A package repository bundle of Carvel; in exports of earlier versions also the name of a
    /// `PackageInstall` that a person keeps.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// Packages of Carvel to install, separated by commas: `NAME` or `NAME@VERSIONS`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub packages: String,
    /// The service account that installs these packages.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_account: String,
    /// Charts of OCI repositories, separated by commas: `NAME` or `NAME@VERSIONS`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub charts: String,
    /// The secret store, or the `VaultAuth`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub store: String,
    /// `ClusterSecretStore` or `SecretStore`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub store_kind: String,
    /// age recipients, one on a line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub recipients: String,
}

impl ExportSettings {
    /// The text of a setting; `None` for a field that is no setting of an export.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        Some(match field {
            Field::Namespace => &self.namespace,
            Field::SecretName => &self.secret_name,
            Field::ServiceAccounts => &self.service_accounts,
            Field::ArgoProject => &self.argo_project,
            Field::Template => &self.template,
            Field::Label => &self.label,
            Field::ToNamespaces => &self.to_namespaces,
            Field::Package => &self.package,
            Field::Packages => &self.packages,
            Field::ServiceAccount => &self.service_account,
            Field::Charts => &self.charts,
            Field::Store => &self.store,
            Field::StoreKind => &self.store_kind,
            Field::Recipients => &self.recipients,
            _ => return None,
        })
    }

    /// Sets a setting; nothing happens for a field that is none.
    pub fn set(&mut self, field: Field, text: String) {
        let place = match field {
            Field::Namespace => &mut self.namespace,
            Field::SecretName => &mut self.secret_name,
            Field::ServiceAccounts => &mut self.service_accounts,
            Field::ArgoProject => &mut self.argo_project,
            Field::Template => &mut self.template,
            Field::Label => &mut self.label,
            Field::ToNamespaces => &mut self.to_namespaces,
            Field::Package => &mut self.package,
            Field::Packages => &mut self.packages,
            Field::ServiceAccount => &mut self.service_account,
            Field::Charts => &mut self.charts,
            Field::Store => &mut self.store,
            Field::StoreKind => &mut self.store_kind,
            Field::Recipients => &mut self.recipients,
            _ => return,
        };
        *place = text;
    }
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
    pub carrier: super::Carrier,
    /// The chosen credentials, without doubles; empty where repositories are chosen.
    pub credentials: Vec<crate::CredentialId>,
    /// The chosen repositories, without doubles; empty where credentials are chosen.
    pub repositories: Vec<crate::RepositoryId>,
    /// The settings that consumer and carrier ask for, checked; the others are empty.
    pub settings: ExportSettings,
}
