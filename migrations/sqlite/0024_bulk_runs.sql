-- One action on many rows of a list: who asked for it, and how each row fared.
create table bulk_runs (
  organization_id blob not null references organizations (id),
  id blob not null,
  action text not null,
  user_id blob not null,
  started_by text not null,
  -- What was named and is not there.
  missing bigint not null,
  -- What was set, for actions that set something.
  value bigint not null default 0,
  started_at bigint not null,
  -- Since when its rows wait for their turn; null while nobody said yes to it.
  queued_at bigint,
  finished_at bigint,
  primary key (organization_id, id)
) without rowid;
create index bulk_runs_by_age on bulk_runs (started_at);

create table bulk_rows (
  organization_id blob not null,
  run_id blob not null,
  position bigint not null,
  target_id blob,
  name text not null,
  state text not null,
  detail text not null default '',
  -- What the row had before, for actions that can be undone.
  before bigint not null default 0,
  primary key (organization_id, run_id, position),
  foreign key (organization_id, run_id) references bulk_runs (organization_id, id) on delete cascade
) without rowid;
create index bulk_rows_by_state on bulk_rows (organization_id, run_id, state, position);
create index bulk_rows_by_target on bulk_rows (organization_id, run_id, target_id);

-- SQLite cannot change a check, so the table is made anew with one kind of work more: `bulk`.
create table jobs_new (
  organization_id blob not null references organizations (id),
  kind text not null check (kind in ('sync', 'destroy', 'rotate', 'notice', 'push', 'apply', 'bulk')),
  target_id blob not null,
  reason text not null,
  state text not null check (state in ('waiting', 'running', 'retrying')),
  attempts bigint not null default 0,
  run_at bigint not null,
  again_at bigint,
  lease_owner text,
  fence bigint not null,
  cause text,
  primary key (organization_id, kind, target_id)
) without rowid;
insert into jobs_new
    (organization_id, kind, target_id, reason, state, attempts, run_at, again_at, lease_owner, fence, cause)
  select organization_id, kind, target_id, reason, state, attempts, run_at, again_at, lease_owner, fence, cause
  from jobs;
drop table jobs;
alter table jobs_new rename to jobs;
create index jobs_open on jobs (kind, organization_id, run_at);
create index jobs_running on jobs (lease_owner, organization_id) where state = 'running';
