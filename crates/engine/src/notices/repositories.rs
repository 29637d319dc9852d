//! Announcing repositories that began to fail. Those that fail of one cause at one host are one
//! notice: a registry whose password was changed is one thing to mend, however many use it.

use std::collections::BTreeMap;

use domain::{
    Cause, NoticeId, Timestamp,
    audit::{AuditAction, AuditActor},
    cause::RemoteKind,
    notices::Group,
};
use storage::{
    Scope, jobs,
    notices::repositories::{self, Failing, Open, Said},
};

use super::troubles::PATIENCE;
use crate::{Engine, Error, audit};

/// Announces groups that are to be known, says of announced ones what holds now, and ends those that
/// are over; answers how many were announced.
pub(super) async fn announce(engine: &Engine, now: Timestamp) -> Result<u32, Error> {
    let mut groups = grouped(repositories::failing(&engine.db).await?);
    let (mut gone, mut told) = (Vec::new(), Vec::new());
    for open in repositories::open(&engine.db).await? {
        match groups.remove(&(open.scope, open.said.key.clone())) {
            Some(found) => told.push((open, found)),
            None => gone.push(open),
        }
    }
    for open in gone {
        let goes_on = continued(&groups, &open).and_then(|key| groups.remove(&key));
        if let Some(found) = goes_on {
            told.push((open, found));
        } else {
            let scope = open.scope;
            repositories::end(&engine.db, scope, open.id, now).await?;
            engine.changes.tell(open.scope.organization());
        }
    }
    for (open, found) in told {
        if open.said != found.said {
            let scope = open.scope;
            repositories::follow(&engine.db, scope, open.id, &found.said).await?;
            engine.changes.tell(open.scope.organization());
        }
    }
    let mut made = 0;
    for ((scope, _), found) in groups {
        if is_due(&found, now) {
            made += u32::from(make(engine, scope, &found, now).await?);
        }
    }
    Ok(made)
}

/// An organization, and what its repositories have in common.
type Key = (Scope, String);

/// A group of failing repositories, and since when the first of them fails.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FailingGroup {
    said: Said,
    since: Timestamp,
}

fn grouped(failing: Vec<Failing>) -> BTreeMap<Key, FailingGroup> {
    let mut groups: BTreeMap<Key, FailingGroup> = BTreeMap::new();
    for one in failing {
        let host = if is_ours(one.cause) { String::new() } else { host_of(&one.origin) };
        let origin = if is_ours(one.cause) { "" } else { &one.origin };
        let key = format!("{} {origin}", beginning_of(one.cause).as_str());
        let found = groups.entry((one.scope, key.clone())).or_insert_with(|| FailingGroup {
            said: Said {
                key,
                cause: one.cause,
                first: one.repository,
                name: one.name,
                group: Group { host, repositories: 0 },
            },
            since: one.since,
        });
        found.said.group.repositories += 1;
        // What has to be resumed says so first.
        if one.cause == Cause::CredentialPaused {
            found.said.cause = one.cause;
        }
    }
    groups
}

/// A pause is what becomes of refusals, and no new trouble.
const fn beginning_of(cause: Cause) -> Cause {
    match cause {
        Cause::CredentialPaused => Cause::InvalidCredentials,
        other => other,
    }
}

/// Whether no host has anything to do with it.
const fn is_ours(cause: Cause) -> bool {
    matches!(cause, Cause::VaultUnavailable | Cause::AmbientDisabled | Cause::Internal)
}

/// Host and port of an origin; the usual port is left out.
pub(crate) fn host_of(origin: &str) -> String {
    let (scheme, authority) = origin.split_once("://").unwrap_or(("", origin));
    let usual = if scheme == "http" { ":80" } else { ":443" };
    authority.strip_suffix(usual).unwrap_or(authority).to_owned()
}

/// The group that an announced one became: its repositories fail at that host ever since, of another
/// cause now.
fn continued(groups: &BTreeMap<Key, FailingGroup>, open: &Open) -> Option<Key> {
    groups
        .iter()
        .find(|((scope, _), found)| {
            *scope == open.scope
                && found.said.group.host == open.said.group.host
                && found.since <= open.at
        })
        .map(|(key, _)| key.clone())
}

fn is_due(found: &FailingGroup, now: Timestamp) -> bool {
    !found.said.cause.may_pass() || found.since.plus(PATIENCE) <= now
}

/// Makes a notice and queues its way to the webhook; `false` when another replica was quicker.
async fn make(
    engine: &Engine,
    scope: Scope,
    found: &FailingGroup,
    now: Timestamp,
) -> Result<bool, Error> {
    let id = NoticeId::new();
    let has_webhook = !storage::notices::webhook(&engine.db, scope).await?.is_empty();
    let mut tx = engine.db.begin_work(scope).await?;
    if repositories::begin(&mut tx, scope, id, &found.said, (found.since, now)).await? == 0 {
        return Ok(false);
    }
    if has_webhook {
        jobs::queue(&mut tx, scope, jobs::Kind::Notice, id.uuid(), "trouble", now, now).await?;
    }
    let title = found.said.cause.words(RemoteKind::Registry).title;
    let told = (found.said.name.as_str(), title.to_owned());
    audit::record(&mut tx, AuditActor::Hawser, scope, now, AuditAction::NoticeMade, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(true)
}

#[cfg(test)]
mod tests {
    use domain::RepositoryId;

    use super::*;

    fn failing(origin: &str, cause: Cause, since: i64) -> Failing {
        Failing {
            scope: crate::some_scope(),
            repository: RepositoryId::new(),
            name: format!("{since}"),
            origin: origin.to_owned(),
            cause,
            since: Timestamp::from_millis(since),
        }
    }

    #[test]
    fn one_cause_at_one_host_is_one_group() {
        let (a, b) = ("https://a.example.com:443", "http://b.example.com:8080");
        let groups = grouped(vec![
            failing(a, Cause::InvalidCredentials, 1),
            failing(a, Cause::CredentialPaused, 2),
            failing(a, Cause::Timeout, 3),
            failing(b, Cause::Timeout, 4),
            failing(a, Cause::VaultUnavailable, 5),
            failing(b, Cause::VaultUnavailable, 6),
        ]);
        let said = |found: &FailingGroup| {
            let group = found.said.group.clone();
            (group.host, group.repositories, found.said.cause, found.said.name.clone())
        };
        let mut told: Vec<_> = groups.values().map(said).collect();
        told.sort_by(|one, other| one.3.cmp(&other.3));
        let line = |host: &str, repositories, cause, name: &str| {
            (host.to_owned(), repositories, cause, name.to_owned())
        };
        assert_eq!(
            told,
            [
                line("a.example.com", 2, Cause::CredentialPaused, "1"),
                line("a.example.com", 1, Cause::Timeout, "3"),
                line("b.example.com:8080", 1, Cause::Timeout, "4"),
                line("", 2, Cause::VaultUnavailable, "5"),
            ]
        );
    }
}
