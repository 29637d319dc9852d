-- Why the last try of an object failed, where it was its own fault, and when it was compared with the
-- cluster. `tried_at` is when the cluster was tried last: what was compared before that waits.
alter table cluster_objects add column cause text;
alter table cluster_objects add column detail text not null default '';
alter table cluster_objects add column compared_at bigint;
alter table clusters add column tried_at bigint;

-- When a place began to fail, and since when GitHub does not take an account; null while all is well.
alter table git_targets add column failing_since bigint;
alter table clusters add column failing_since bigint;
alter table git_connections add column broken_at bigint;
update git_targets set failing_since = coalesce(pushed_at, created_at) where state = 'failing';
update clusters set failing_since = coalesce(applied_at, created_at) where state = 'failing';
update git_connections set broken_at = connected_at where broken is not null;
create index git_targets_failing on git_targets (organization_id, id) where failing_since is not null;
create index clusters_failing on clusters (organization_id, id) where failing_since is not null;
create index git_connections_broken on git_connections (organization_id, credential_id) where broken_at is not null;

-- One notice for each beginning of a trouble. `subject_id` is a Git target, a cluster, or the credential
-- of a connected account; `name` is what that was called then. `delivered` tells whether the webhook
-- took it.
create table troubles (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  kind text not null check (kind in ('git_target', 'cluster', 'git_connection')),
  subject_id uuid not null,
  name text not null,
  cause text not null,
  began_at bigint not null,
  at bigint not null,
  ended_at bigint,
  delivered boolean,
  primary key (organization_id, id),
  unique (organization_id, subject_id, began_at)
);
create index troubles_by_time on troubles (organization_id, at);
create index troubles_open on troubles (organization_id) where ended_at is null;
