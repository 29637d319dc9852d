-- What the first page asks of an organization, answered from an index however large the organization is.
create index repositories_by_state on repositories (organization_id, state, charts, deleted_at)
  where deleted_at is null;
create index refusals_paused on refusals (organization_id, paused_at) where paused_at is not null;
create index credentials_at_risk on credentials (organization_id, state)
  where state in ('rotating', 'lost') and deleted_at is null;
create index cluster_objects_drifted on cluster_objects (organization_id, cluster_id)
  where state in ('changed', 'missing');
create index audit_events_of_people on audit_events (organization_id, sequence)
  where actor_kind = 'person' and action not in ('secret_read', 'signed_in', 'signed_out');

-- How many syncs ended in an hour (since the Unix epoch), and how many of them failed.
create table sync_hours (
  organization_id uuid not null references organizations (id),
  hour bigint not null,
  syncs bigint not null,
  failures bigint not null,
  primary key (organization_id, hour)
);
insert into sync_hours (organization_id, hour, syncs, failures)
  select organization_id, finished_at / 3600000, count(*), count(cause) from sync_runs
  where finished_at is not null group by organization_id, finished_at / 3600000;
