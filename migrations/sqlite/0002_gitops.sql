-- Exports, and the Git targets and clusters that take them.

-- `settings` is JSON and holds nothing secret.
create table exports (
  organization_id blob not null references organizations (id),
  id blob not null,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  consumer text not null,
  carrier text not null,
  settings text not null default '{}',
  row_version bigint not null default 1,
  created_at bigint not null,
  updated_at bigint not null,
  updated_by text not null,
  primary key (organization_id, id)
);
create unique index exports_by_name on exports (organization_id, name_key);

create table export_credentials (
  organization_id blob not null,
  export_id blob not null,
  credential_id blob not null,
  primary key (organization_id, export_id, credential_id),
  foreign key (organization_id, export_id) references exports (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create index export_credentials_by_credential on export_credentials (organization_id, credential_id);

create table export_repositories (
  organization_id blob not null,
  export_id blob not null,
  repository_id blob not null,
  primary key (organization_id, export_id, repository_id),
  foreign key (organization_id, export_id) references exports (organization_id, id),
  foreign key (organization_id, repository_id) references repositories (organization_id, id)
);
create index export_repositories_by_repository on export_repositories (organization_id, repository_id);

-- What is known of a credential that was made by connecting an account. `user_id` is who connected it,
-- and the only person who may bind it to a Git target. `scopes` is separated by spaces.
create table git_connections (
  organization_id blob not null,
  credential_id blob not null,
  way text not null check (way in ('web', 'device', 'installation')),
  host text not null,
  account_id bigint not null,
  account text not null,
  scopes text not null,
  user_id blob not null references users (id),
  connected_at bigint not null,
  broken text,
  primary key (organization_id, credential_id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);

-- An account is one connection of an organization, and so is an installation.
create unique index git_connections_by_account on git_connections (organization_id, host, account_id)
  where way <> 'installation';
create unique index git_connections_by_installation on git_connections (organization_id, host, account_id)
  where way = 'installation';

-- A renewal is an update that GitHub asks for: the login changes and the content does not, so nothing
-- is delivered.
alter table secret_operations add column is_renewal boolean not null default false;

-- The begin of a web flow. Only hashes are kept, and each row is used once.
create table oauth_states (
  state_hash blob primary key not null,
  browser_hash blob not null,
  organization_id blob not null references organizations (id),
  user_id blob not null references users (id),
  expires_at bigint not null
);
create index oauth_states_by_expiry on oauth_states (expires_at);

-- `pending_at` is set while something changed that was not pushed. `user_id` is who bound it to its
-- credential. `head` is the commit that Hawser pushed or found in step last. `work_branch` is the branch
-- of its own that commits go to where a pull request brings them to `branch`.
create table git_targets (
  organization_id blob not null references organizations (id),
  id blob not null,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  credential_id blob not null,
  url text not null check (length(url) <= 2048),
  branch text not null,
  base text not null default '',
  folder text not null default '',
  mode text not null check (mode in ('direct', 'pull_request')),
  state text not null check (state in ('new', 'pushing', 'in_step', 'failing')),
  cause text,
  detail text not null default '',
  head text not null default '',
  work_branch text not null default '',
  pull_request_url text not null default '',
  pending_at bigint,
  pushed_at bigint,
  check_at bigint,
  row_version bigint not null default 1,
  epoch bigint not null default 0,
  user_id blob not null references users (id),
  bound_by text not null,
  created_at bigint not null,
  primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create unique index git_targets_by_name on git_targets (organization_id, name_key);
create index git_targets_by_credential on git_targets (organization_id, credential_id);
create index git_targets_due on git_targets (check_at) where check_at is not null;

create table git_target_exports (
  organization_id blob not null,
  target_id blob not null,
  export_id blob not null,
  primary key (organization_id, target_id, export_id),
  foreign key (organization_id, target_id) references git_targets (organization_id, id),
  foreign key (organization_id, export_id) references exports (organization_id, id)
);
create index git_target_exports_by_export on git_target_exports (organization_id, export_id);

-- The files that Hawser wrote, and may change or delete. `identity` tells what a file was made from (a
-- keyed hash where that holds secrets), `blob` is its object id in Git; both are empty for a file that
-- was never seen there. `next_identity` and `next_blob` are what pushes write whose end is not known, lists
-- separated by spaces, so that a commit whose answer was lost is recognized.
create table git_target_files (
  organization_id blob not null,
  target_id blob not null,
  path text not null,
  identity text not null,
  blob text not null,
  next_identity text not null default '',
  next_blob text not null default '',
  primary key (organization_id, target_id, path),
  foreign key (organization_id, target_id) references git_targets (organization_id, id)
);

create table clusters (
  organization_id blob not null references organizations (id),
  id blob not null,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  credential_id blob not null,
  server text not null default '',
  state text not null check (state in ('new', 'pushing', 'in_step', 'failing')),
  cause text,
  detail text not null default '',
  pending_at bigint,
  applied_at bigint,
  check_at bigint,
  deleting boolean not null default false,
  row_version bigint not null default 1,
  epoch bigint not null default 0,
  created_at bigint not null,
  primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create unique index clusters_by_name on clusters (organization_id, name_key);
create index clusters_by_credential on clusters (organization_id, credential_id);
create index clusters_due on clusters (check_at) where check_at is not null;

create table cluster_exports (
  organization_id blob not null,
  cluster_id blob not null,
  export_id blob not null,
  primary key (organization_id, cluster_id, export_id),
  foreign key (organization_id, cluster_id) references clusters (organization_id, id),
  foreign key (organization_id, export_id) references exports (organization_id, id)
);
create index cluster_exports_by_export on cluster_exports (organization_id, export_id);

-- The objects that Hawser applied, and may delete.
create table cluster_objects (
  organization_id blob not null,
  cluster_id blob not null,
  api_version text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  state text not null check (state in ('in_step', 'changed', 'missing', 'new', 'conflict')),
  primary key (organization_id, cluster_id, api_version, kind, namespace, name),
  foreign key (organization_id, cluster_id) references clusters (organization_id, id)
);

-- The version of each credential that a Git target or cluster was last written with.
create table place_credentials (
  organization_id blob not null,
  place_id blob not null,
  credential_id blob not null,
  vault_version bigint not null,
  primary key (organization_id, place_id, credential_id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);

-- One update on its way to a Git target or cluster. The `push` or `apply` job of the place does the work
-- and settles all rows of its place that are open.
create table place_deliveries (
  organization_id blob not null,
  propagation_id blob not null,
  place_kind text not null check (place_kind in ('git_target', 'cluster')),
  place_id blob not null,
  state text not null check (state in ('waiting', 'running', 'healthy', 'retrying', 'needs_attention', 'superseded')),
  attempts bigint not null default 0,
  cause text,
  run_at bigint not null,
  finished_at bigint,
  primary key (organization_id, propagation_id, place_id),
  foreign key (organization_id, propagation_id) references propagations (organization_id, id)
);
create index place_deliveries_open on place_deliveries (organization_id, place_id)
  where state in ('waiting', 'running', 'retrying');

-- SQLite cannot change a check, so the table is made anew with two kinds of work more: `push` to a Git
-- target and `apply` to a cluster.
create table jobs_new (
  organization_id blob not null references organizations (id),
  kind text not null check (kind in ('sync', 'destroy', 'rotate', 'notice', 'push', 'apply')),
  target_id blob not null,
  reason text not null,
  state text not null check (state in ('waiting', 'running', 'retrying')),
  attempts bigint not null default 0,
  run_at bigint not null,
  again_at bigint,
  lease_owner text,
  fence bigint not null,
  primary key (organization_id, kind, target_id)
) without rowid;
insert into jobs_new (organization_id, kind, target_id, reason, state, attempts, run_at, again_at, lease_owner, fence)
  select organization_id, kind, target_id, reason, state, attempts, run_at, again_at, lease_owner, fence from jobs;
drop table jobs;
alter table jobs_new rename to jobs;
create index jobs_open on jobs (kind, organization_id, run_at);
create index jobs_running on jobs (lease_owner, organization_id) where state = 'running';
