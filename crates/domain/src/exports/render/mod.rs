//! Exports rendered: a function of facts, without I/O. Equal facts become equal bytes.
//!
//! A consumer says which objects it reads and which secrets they refer to (`SecretPlan`); a delivery method
//! says how such a secret gets to the cluster. So each consumer is one file, each delivery method is one
//! file, and every pair of them works.

mod access;
mod allowed;
mod argo_cd;
mod auths;
mod carvel;
mod consumers;
mod draft;
mod external_secret;
mod facts;
mod flux;
mod go_regex;
mod helm;
mod kargo;
mod kyma;
mod login;
mod names;
mod object;
mod plan;
mod pull_secret;
mod remark;
mod rendered;
mod secret;
mod servers;
mod template;
mod values;
mod vault_static_secret;
mod yaml;

pub use allowed::{exported_origins, written};
pub use carvel::sources;
pub use facts::{CredentialFacts, ExportFacts, KnownChart, RepositoryFacts, Values, VaultFacts};
pub use rendered::{Rendered, RenderedFile, RenderedObject};
pub use secret::SecretObject;
pub use yaml::{leaves, yaml, yaml_stream};

use super::ExportFields;

/// What an export writes. It never fails: what cannot be written is left out, and a note says why
/// and what to do.
#[must_use]
pub fn render(fields: &ExportFields, facts: &ExportFacts, values: Values) -> Rendered {
    let permitted = allowed::permitted(fields, facts);
    let mut draft = draft::Draft::new(fields, &permitted.facts, values);
    for (tone, remark) in permitted.notes {
        draft.note(tone, remark);
    }
    consumers::render(&mut draft);
    draft.rendered()
}
