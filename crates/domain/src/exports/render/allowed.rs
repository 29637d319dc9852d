//! What an export may name: URLs at the allowed addresses of the credential that goes there
//! (R-CRED-03). Whatever a pattern, a link or a consumer says, the others are taken out of the facts
//! before anything is rendered of them.

use std::collections::BTreeSet;

use super::{CredentialFacts, ExportFacts, RepositoryFacts, go_regex, remark::Remark, servers};
use crate::{
    CredentialId, Purpose,
    credentials::{PatternKind, Route, readable_origin},
    exports::{ExportFields, NoteTone, Selects},
    matching::{Origins, origins},
    repositories::RepositoryUrl,
};

/// Facts without what may not be named, and what to say of that.
pub(super) struct Permitted {
    pub facts: ExportFacts,
    pub notes: Vec<(NoteTone, Remark)>,
}

/// The credentials of which something is written: the secrets that an export needs to read.
#[must_use]
pub fn written(fields: &ExportFields, facts: &ExportFacts) -> BTreeSet<CredentialId> {
    permitted(fields, facts).facts.credentials.iter().map(|credential| credential.id).collect()
}

pub(super) fn permitted(fields: &ExportFields, facts: &ExportFacts) -> Permitted {
    let mut notes = Vec::new();
    let selects = fields.consumer.facts().selects;
    let mut facts = facts.clone();
    // What is said comes in one order, as what is written does.
    facts.credentials.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    facts.repositories.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    facts.repositories.retain(|repository| {
        let credential = repository
            .credential
            .and_then(|id| facts.credentials.iter().find(|credential| credential.id == id));
        let refused = credential.and_then(|credential| {
            refused(credential, &repository.url).map(|origin| (credential, origin))
        });
        if let Some((credential, origin)) = &refused {
            notes.push((NoteTone::LeftOut, not_allowed_at(repository, credential, origin)));
        }
        refused.is_none()
    });
    if selects == Selects::Repositories {
        let linked: BTreeSet<_> =
            facts.repositories.iter().filter_map(|repository| repository.credential).collect();
        facts.credentials.retain(|credential| linked.contains(&credential.id));
        return Permitted { facts, notes };
    }
    facts.credentials.retain_mut(|credential| {
        addresses(credential, &mut notes);
        let names = fields.consumer.names_patterns() || servers::by_pattern(credential);
        !names || pattern(fields, credential, &mut notes)
    });
    Permitted { facts, notes }
}

/// The origins at which the consumer of a pattern uses it. Consumers read expressions as Go does, so one
/// that Go may read in another way fixes none.
#[must_use]
pub fn exported_origins(kind: PatternKind, pattern: &str, purposes: &[Purpose]) -> Origins {
    match kind {
        PatternKind::Regex if go_regex::differs(pattern).is_some() => Origins::Open,
        _ => origins(kind, pattern, purposes),
    }
}

/// Takes out the addresses that are not allowed.
fn addresses(credential: &mut CredentialFacts, notes: &mut Vec<(NoteTone, Remark)>) {
    let (kept, others) = std::mem::take(&mut credential.addresses)
        .into_iter()
        .partition::<Vec<_>, _>(|address| refused(credential, address).is_none());
    credential.addresses = kept;
    for address in others {
        let origin = refused(credential, &address).unwrap_or(address);
        let told = not_allowed(credential, &origin, ", so it is left out");
        notes.push((NoteTone::LeftOut, told));
    }
}

/// Whether the pattern of a credential may be written.
fn pattern(
    fields: &ExportFields,
    credential: &CredentialFacts,
    notes: &mut Vec<(NoteTone, Remark)>,
) -> bool {
    let agreed = fields.agreed.get(&credential.id) == Some(&credential.pattern);
    match exported_origins(credential.pattern_kind, &credential.pattern, &credential.purposes) {
        _ if credential.pattern_kind == PatternKind::None => true,
        Origins::Open if agreed => true,
        Origins::Open => {
            let told = Remark::of(credential).say(
                ": its pattern does not write out a host, so it would be used for any. It is left out until somebody who may allow addresses saves this export.",
            );
            notes.push((NoteTone::LeftOut, told));
            false
        }
        Origins::Fixed(origins) => {
            let other = origins
                .iter()
                .find(|origin| !credential.allowed.permits(origin, &Route::default()));
            let Some(origin) = other else { return true };
            let (tone, what) = if agreed {
                // What was exported before addresses were asked for is not taken from a cluster.
                (NoteTone::Warning, "; its pattern is written because it was before the upgrade")
            } else {
                (NoteTone::LeftOut, ", so its pattern is left out")
            };
            notes.push((tone, not_allowed(credential, origin, what)));
            agreed
        }
    }
}

/// The origin of an address that is not allowed for a credential.
fn refused(credential: &CredentialFacts, address: &str) -> Option<String> {
    let origin = RepositoryUrl::parse(address).ok()?.origin();
    // By which route the login goes there is asked for a link, and a link that may not be used is none.
    (!credential.allowed.permits(&origin, &Route::default())).then_some(origin)
}

fn not_allowed(credential: &CredentialFacts, origin: &str, what: &str) -> Remark {
    Remark::from(format!("{} is not an allowed address of ", readable_origin(origin)))
        .name(credential)
        .say(what)
        .say(". Allow it on the page of ")
        .name(credential)
        .say(".")
}

fn not_allowed_at(
    repository: &RepositoryFacts,
    credential: &CredentialFacts,
    origin: &str,
) -> Remark {
    Remark::from(format!(
        "{}: {} is not an allowed address of ",
        repository.name,
        readable_origin(origin)
    ))
    .name(credential)
    .say(", so it is left out. Allow it on the page of ")
    .name(credential)
    .say(".")
}
