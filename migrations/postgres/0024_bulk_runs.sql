-- One action on many rows of a list: who asked for it, and how each row fared.
create table bulk_runs (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  action text not null,
  user_id uuid not null,
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
);
create index bulk_runs_by_age on bulk_runs (started_at);

create table bulk_rows (
  organization_id uuid not null,
  run_id uuid not null,
  position bigint not null,
  target_id uuid,
  name text not null,
  state text not null,
  detail text not null default '',
  -- What the row had before, for actions that can be undone.
  before bigint not null default 0,
  primary key (organization_id, run_id, position),
  foreign key (organization_id, run_id) references bulk_runs (organization_id, id) on delete cascade
);
create index bulk_rows_by_state on bulk_rows (organization_id, run_id, state, position);
create index bulk_rows_by_target on bulk_rows (organization_id, run_id, target_id);

alter table jobs drop constraint jobs_kind_check;
alter table jobs add constraint jobs_kind_check
  check (kind in ('sync', 'destroy', 'rotate', 'notice', 'push', 'apply', 'bulk'));
