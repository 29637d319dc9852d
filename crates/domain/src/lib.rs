//! The words and rules of Hawser. No I/O; builds for the server and for the browser.
//!
//! Everything that crosses a wall is defined here: the types people see, the commands they give,
//! the rules both halves check, and the service traits that the engine implements and the pages,
//! the the server's routes and the workers call.

#[macro_use]
mod spelled;

pub mod access;
pub mod account;
mod address_safe;
pub mod assumed;
pub mod audit;
pub mod bulk;
pub mod cause;
pub mod charts;
mod confirm;
pub mod connection_tests;
mod counted;
pub mod credentials;
#[cfg(feature = "host")]
mod dns_label;
mod error;
pub mod exports;
pub mod gitops;
mod id;
pub mod import;
pub mod matching;
pub mod members;
pub mod notices;
pub mod organizations;
pub mod overview;
mod packed;
pub mod projects;
pub mod propagation;
mod provider;
#[cfg(feature = "host")]
mod redaction;
mod registry_host;
pub mod repositories;
pub mod search;
mod secret;
pub mod service;
pub mod sessions;
mod status;
mod text;
mod timestamp;
mod total;
mod typed_url;
mod unverified_claims;

pub use access::{Action, Epochs, Grant, Principal, PrincipalId, Role};
pub use address_safe::{AddressForm, AddressSafe};
pub use cause::Cause;
pub use confirm::confirm;
pub use counted::counted;
pub use error::{Field, FieldProblem, FormChoice, ServiceError};
pub use id::{
    AddressRequestId, AllowedAddressId, AuditEventId, BulkRunId, ChartId, ClusterId, CredentialId,
    DeliveryId, ExportId, GitTargetId, InvitationId, JobId, NoticeId, OperationId, OrganizationId,
    ProjectId, PropagationId, RepositoryId, SyncRunId, UserId,
};
pub use provider::{
    Access, Advice, AuthMethod, CredentialKind, Guide, GuideStep, Link, Need, Provider,
    ProviderFacts, Purpose, Severity, ShapeFacts, ShapeField, Typed, advise, registry_place,
};
#[cfg(feature = "host")]
pub use redaction::Redactor;
pub use registry_host::{
    is_docker_hub, is_same_registry, origins_of_registry, registry_host, registry_name,
};
pub use secret::Secret;
pub use status::Status;
pub use text::{Description, Email, Name, NewPassword, Username};
pub use timestamp::Timestamp;
pub use total::Total;
pub use typed_url::{TypedUrl, redact_url};
pub use unverified_claims::UnverifiedClaims;
