//! Exports: the manifests that bring credentials to the systems that use them, as references or
//! encrypted.
//!
//! An export says who reads it ([`Consumer`]), how the secret values get there ([`DeliveryMethod`]), and
//! which credentials or repositories it is about. Git targets and clusters take exports.

pub mod carvel;
mod consumer;
mod facts;
mod form;
#[cfg(feature = "host")]
pub mod kyma;
#[cfg(feature = "host")]
mod leak;
mod module_check;
#[cfg(feature = "host")]
mod recipient;
#[cfg(feature = "host")]
mod render;
#[cfg(feature = "host")]
mod requested_charts;
#[cfg(feature = "host")]
mod rules;
#[cfg(feature = "host")]
mod settings;
mod view;

pub use consumer::{
    CarrierFacts, Consumer, ConsumerFacts, DeliveryMethod, Selects, Setting, SopsReader,
};
#[cfg(feature = "host")]
pub use form::ExportFields;
pub use form::{EncryptedForm, ExportForm, ExportSettings, RevealForm, SentExport};
#[cfg(feature = "host")]
pub use leak::{looks_secret, secret_in};
pub use module_check::{LayerLabel, ModuleCheck, ModuleLayer};
#[cfg(feature = "host")]
pub use recipient::Recipient;
#[cfg(feature = "host")]
pub use render::{
    CredentialFacts, ExportFacts, KnownChart, Rendered, RenderedFile, RenderedObject,
    RepositoryFacts, SecretObject, Values, VaultFacts, exported_origins, leaves, render, written,
    yaml, yaml_stream,
};
#[cfg(feature = "host")]
pub use requested_charts::RequestedChart;
#[cfg(feature = "host")]
pub use settings::namespace;
pub use view::{
    ExportChoice, ExportChoices, ExportDetail, ExportFile, ExportNote, ExportPlace, ExportPreview,
    ExportSnippet, ExportSought, ExportSummary, Mention, NoteTone, Remedy, Revealed,
};
