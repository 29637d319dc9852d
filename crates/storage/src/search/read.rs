//! Finding things by their words.

use domain::{
    Cause, Status,
    repositories::RepositoryState,
    search::{FoundKind, Hit, MOST_TERMS, Typed},
};
use uuid::Uuid;

use super::Kind;
use crate::{
    Db, Error, Result, Scope, credentials::provider, one_value, repositories::found::present_cause,
    rows,
};

pub use crate::credentials::Reader;

/// So many words that begin with the rarest term are looked at, where others have to be there too.
const LOOKED_AT: i64 = 2_000;
/// So many where there is one term: a thing may have several words that begin with it.
const OF_ONE: i64 = 500;
/// A term that begins more words than this is not rare.
const RARE: i64 = 300;
/// What no word comes after.
const LAST: char = char::MAX;

/// The things whose words begin with every term, as `m`, which stands first in a `cross join`, so that SQLite begins
/// with it instead of reading the organization: of the organization `$1` and the kind `$2`, with the
/// ranges of the terms in `$3` to `$10`, of which the first is looked up, at most `$11` words of it.
macro_rules! matched {
    () => {
        "(select f.object_id, min(f.word) as word from (
            select w.object_id, w.word from search_words w
            where w.organization_id = $1 and w.kind = $2 and w.word >= $3 and w.word < $4
            order by w.word limit $11) f
          where ($5 = '' or exists (select 1 from search_words o where o.organization_id = $1 and o.kind = $2
              and o.object_id = f.object_id and o.word >= $5 and o.word < $6))
            and ($7 = '' or exists (select 1 from search_words o where o.organization_id = $1 and o.kind = $2
              and o.object_id = f.object_id and o.word >= $7 and o.word < $8))
            and ($9 = '' or exists (select 1 from search_words o where o.organization_id = $1 and o.kind = $2
              and o.object_id = f.object_id and o.word >= $9 and o.word < $10))
          group by f.object_id) m"
    };
}

/// Runs the statement of one kind.
macro_rules! of_kind {
    ($db:expr, $scope:expr, $kind:expr, $terms:expr, $limit:expr, $text:tt) => {{
        let [a, b, c, d] = &$terms;
        rows!(
            $db,
            $text,
            [
                $scope,
                $kind.as_str(),
                a.0.as_str(),
                a.1.as_str(),
                b.0.as_str(),
                b.1.as_str(),
                c.0.as_str(),
                c.1.as_str(),
                d.0.as_str(),
                d.1.as_str(),
                looked_at(&$terms),
                $limit,
            ]
        )?
    }};
}

/// The range of the words that begin with a term.
type Range = (String, String);

fn ranges(typed: &Typed) -> [Range; MOST_TERMS] {
    let mut terms = typed.terms().iter();
    std::array::from_fn(|_| {
        terms.next().map_or_else(Range::default, |term| (term.clone(), format!("{term}{LAST}")))
    })
}

fn looked_at(terms: &[Range; MOST_TERMS]) -> i64 {
    let [_, second, ..] = terms;
    if second.0.is_empty() { OF_ONE } else { LOOKED_AT }
}

/// Puts the rarest term first: its words are looked up, and those of the others only compared.
async fn rarest_first(
    db: &Db,
    scope: Scope,
    kind: Kind,
    mut terms: [Range; MOST_TERMS],
) -> Result<[Range; MOST_TERMS]> {
    let (mut rarest, mut least) = (0, i64::MAX);
    for (n, (first, end)) in terms.iter().enumerate().filter(|(_, range)| !range.0.is_empty()) {
        let count: i64 = one_value!(
            db,
            "select count(*) from (select w.word from search_words w
               where w.organization_id = $1 and w.kind = $2 and w.word >= $3 and w.word < $4 limit $5) f",
            [scope, kind.as_str(), first.as_str(), end.as_str(), RARE]
        )?;
        if count < least {
            (rarest, least) = (n, count);
        }
    }
    terms.swap(0, rarest);
    Ok(terms)
}

/// At most `limit` things of one kind, in the order of the words that were found.
pub async fn find(
    db: &Db,
    scope: Scope,
    found: FoundKind,
    reader: Reader,
    typed: &Typed,
    limit: u32,
) -> Result<Vec<Hit>> {
    let (mut terms, kind) = (ranges(typed), Kind::of(found, reader));
    if typed.terms().len() > 1 {
        terms = rarest_first(db, scope, kind, terms).await?;
    }
    let plain: Vec<(Uuid, String, String)> = match found {
        FoundKind::Repository => return repositories(db, scope, &terms, limit).await,
        FoundKind::Credential => credentials(db, scope, kind, &terms, limit).await?,
        FoundKind::Chart => of_kind!(db, scope, kind, terms, limit, [
            "select c.id, c.name, c.version || ' in ' || r.name from " matched!() "
             cross join charts c cross join repositories r
             where c.organization_id = $1 and c.id = m.object_id
               and r.organization_id = $1 and r.id = c.repository_id and r.deleted_at is null
             order by m.word, c.name, c.id limit $12"
        ]),
        FoundKind::Export => of_kind!(db, scope, kind, terms, limit, [
            "select e.id, e.name, e.consumer from " matched!() "
             cross join exports e where e.organization_id = $1 and e.id = m.object_id
             order by m.word, e.name_key limit $12"
        ])
        .into_iter()
        .map(|(id, name, consumer): (Uuid, String, String)| (id, name, consumer_label(&consumer)))
        .collect(),
        FoundKind::GitTarget => of_kind!(db, scope, kind, terms, limit, [
            "select t.id, t.name, t.url || ' · ' || t.branch from " matched!() "
             cross join git_targets t where t.organization_id = $1 and t.id = m.object_id
             order by m.word, t.name_key limit $12"
        ]),
        FoundKind::Cluster => of_kind!(db, scope, kind, terms, limit, [
            "select k.id, k.name, k.server from " matched!() "
             cross join clusters k where k.organization_id = $1 and k.id = m.object_id
             order by m.word, k.name_key limit $12"
        ]),
        FoundKind::Project => of_kind!(db, scope, kind, terms, limit, [
            "select p.id, p.name, '' from " matched!() "
             cross join projects p where p.organization_id = $1 and p.id = m.object_id
             order by m.word, p.name_key limit $12"
        ]),
    };
    let hit = |(id, name, detail)| Hit { kind: found, id, name, detail, status: None };
    Ok(plain.into_iter().map(hit).collect())
}

fn consumer_label(code: &str) -> String {
    domain::exports::Consumer::parse(code)
        .map_or_else(|| code.to_owned(), |consumer| consumer.facts().label.to_owned())
}

async fn credentials(
    db: &Db,
    scope: Scope,
    kind: Kind,
    terms: &[Range; MOST_TERMS],
    limit: u32,
) -> Result<Vec<(Uuid, String, String)>> {
    let rows: Vec<(Uuid, String, String)> = of_kind!(db, scope, kind, *terms, limit, [
        "select c.id, c.name, c.provider from " matched!() "
         cross join credentials c
         where c.organization_id = $1 and c.id = m.object_id and c.deleted_at is null
         order by m.word, c.name_key limit $12"
    ]);
    rows.into_iter()
        .map(|(id, name, code)| Ok((id, name, provider(&code)?.facts().label.to_owned())))
        .collect()
}

async fn repositories(
    db: &Db,
    scope: Scope,
    terms: &[Range; MOST_TERMS],
    limit: u32,
) -> Result<Vec<Hit>> {
    type Row = (Uuid, String, String, String, Option<String>, Option<i64>);
    let rows: Vec<Row> = of_kind!(db, scope, Kind::Repository, *terms, limit, [
        "select r.id, r.name, r.url, r.state, " present_cause!() ", r.last_success_at from " matched!() "
         cross join repositories r
         left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
         where r.organization_id = $1 and r.id = m.object_id and r.deleted_at is null
         order by m.word, r.name_key, r.id limit $12"
    ]);
    rows.into_iter()
        .map(|(id, name, detail, state, cause, succeeded)| {
            let state = RepositoryState::parse(&state).ok_or(Error::Value { column: "state" })?;
            let cause = cause.as_deref().and_then(Cause::parse);
            let status: Status = state.status(cause, succeeded.is_some());
            Ok(Hit { kind: FoundKind::Repository, id, name, detail, status: Some(status) })
        })
        .collect()
}
