//! The words and rules of Hawser. No I/O; builds for the server and for the browser.
//!
//! Everything that crosses a wall is defined here: the types people see, the commands they give,
//! the rules both halves check, and the service traits that the engine implements and the pages,
//! the REST routes and the workers call.

pub mod access;
pub mod audit;
pub mod cause;
pub mod charts;
pub mod credentials;
mod error;
mod id;
pub mod organizations;
pub mod propagation;
mod provider;
pub mod repositories;
mod secret;
pub mod service;
pub mod sessions;
mod text;
mod timestamp;

pub use access::{Action, Actor, Role, Scope};
pub use cause::Cause;
pub use error::{Field, FieldProblem, ServiceError};
pub use id::{
    AuditEventId, ChartId, CredentialId, DeliveryId, JobId, OperationId, OrganizationId,
    PropagationId, RepositoryId, SyncRunId, UserId,
};
pub use provider::{CredentialKind, Provider, ProviderFacts, Purpose};
pub use secret::Secret;
pub use text::{Description, Email, Name, NewPassword, Username};
pub use timestamp::Timestamp;
