//! SQL of credentials: everything but the secret, which only Vault holds.

mod aborted_operations;
mod address_requests;
mod allowed_addresses;
mod candidate;
mod choices;
mod create;
mod delete;
mod draft;
mod expiry;
mod list;
mod operations;
mod placement;
mod read;
mod taken;
mod token_services;
mod update;
mod values;
mod versions;

pub use aborted_operations::{GivenUp, given_up};
pub use address_requests::{
    Undecided, dismiss_request, forget_requests, request, requested, undecided, who_may_allow,
};
pub use allowed_addresses::{
    allow, allowed, allowed_addresses, allowed_addresses_held, change_addresses, confirm, withdraw,
};
pub use candidate::{
    Staged, Tested, abandon, candidate, candidate_lines, is_testing, is_untested, note_test,
    rotating, stage, test_again,
};
pub use choices::{ChoicesWanted, any_of_providers, choices, of_providers};
pub use create::{NewRow, insert, name_is_taken, remove_unborn};
pub use delete::{Deleted, deleted, destroyed, tombstone, undestroyed};
pub use draft::CredentialDraft;
pub use expiry::set_expiry;
pub use list::{Reader, any, count, expiring, page};
pub use operations::{
    Kind, Operation, OperationEnd, OperationState, OperationStep, begin, hasten, overdue, settle,
    standing,
};
pub use placement::{PlacedRow, next_placement, place, stamp};
pub use read::{Committed, Existing, committed, existing, get, mark_used};
pub use taken::taken;
pub use token_services::{allow_token_service, token_services, withdraw_token_service};
pub use update::{commit, describe, give_back, lock_operation, take};
pub use versions::{Version, version, versions};

pub(crate) use values::{
    access, environment, expiry, parameters, pattern_kind, provider, purposes, shape, state,
};
