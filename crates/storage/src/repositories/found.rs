//! What the Repositories page finds: one text for its rows, their number, and what Sync all takes.

use domain::{Cause, repositories::RepositoryQuery};

/// The cause that people are told: a repository whose credential was paused after it was asked last says
/// so, because that is what has to be mended. Of `repositories r` with `links l`.
macro_rules! present_cause {
    () => {
        "case when r.state = 'failing' and r.cause = 'invalid_credentials' and exists (
           select 1 from refusals f where f.organization_id = l.organization_id
             and f.credential_id = l.credential_id and f.origin = l.origin and f.paused_at is not null)
         then 'credential_paused' else r.cause end"
    };
}
pub(crate) use present_cause;

/// Which repositories a query finds, of `repositories r`: `$1` is the organization, `$3` a
/// credential, `$4` a project, `$5` a status, and `$6` is [`passing`]. What is searched for, `$2`, each statement
/// compares by itself, since the databases have different functions for it.
macro_rules! found {
    () => {
        concat!(
            " from repositories r
              join projects p on p.organization_id = r.organization_id and p.id = r.project_id
              left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
              left join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
              where r.organization_id = $1 and r.deleted_at is null
                and (l.credential_id = $3 or $3 is null) and (r.project_id = $4 or $4 is null)
                and ($5 = '' or $5 = case
                  when r.state = 'new' then 'not_synced'
                  when r.state <> 'failing' then r.state
                  when ",
            $crate::repositories::found::present_cause!(),
            " = 'credential_paused' then 'paused'
                  when r.last_success_at is not null and $6 like '%,' || r.cause || ',%' then 'stale'
                  else 'failing' end) "
        )
    };
}
pub(crate) use found;

/// The causes that may pass by themselves, between commas.
pub(crate) fn passing() -> String {
    let codes = Cause::ALL.into_iter().filter(|cause| cause.may_pass()).map(Cause::as_str);
    codes.fold(",".to_owned(), |all, code| all + code + ",")
}

/// The status that is looked for; empty for any.
pub(crate) fn status(query: &RepositoryQuery) -> &'static str {
    query.status.map_or("", domain::Status::as_str)
}
