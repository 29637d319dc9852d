-- Times are milliseconds since the Unix epoch. Every tenant row carries its organization, and
-- every reference between tenant rows is composite, so no row can point into another organization.
create table organizations (
  id uuid primary key not null,
  name text not null,
  audit_sequence bigint not null default 0,
  placement_sequence bigint not null default 0,
  webhook text not null default '',
  created_at bigint not null
);

create table users (
  id uuid primary key not null,
  email text not null unique,
  name text not null,
  password_hash text not null,
  created_at bigint not null
);

create table members (
  organization_id uuid not null references organizations (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  created_at bigint not null,
  primary key (organization_id, user_id)
);
create index members_by_user on members (user_id);

create table set_up_tokens (
  token_hash bytea primary key not null,
  expires_at bigint not null,
  used_at bigint
);

-- A scope inside an organization. The default one takes what is not put into another.
create table projects (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  is_default boolean not null,
  created_at bigint not null,
  primary key (organization_id, id)
);
create unique index projects_by_name on projects (organization_id, name_key);
create unique index projects_default on projects (organization_id) where is_default;

-- `id_hash` is the SHA-256 of the cookie's value.
create table sessions (
  id_hash bytea primary key not null,
  user_id uuid references users (id),
  record text not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);
create index sessions_by_expiry on sessions (expires_at);

-- Keys and counters that every replica shares, such as the key of fingerprints.
create table settings (
  name text primary key not null,
  value text not null
);

-- `parameters` is JSON and holds nothing secret. A shared credential has no project. Every change of
-- what matching looks at takes the next `placement_sequence` of the organization, so that replicas
-- read what changed since they looked.
create table credentials (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  provider text not null,
  shape text not null,
  parameters text not null default '{}',
  project_id uuid,
  purposes text not null,
  pattern text not null default '',
  pattern_kind text not null default 'none' check (pattern_kind in ('none', 'exact', 'regex')),
  environment text not null default '' check (environment in ('', 'dev', 'staging', 'production')),
  expires_at bigint,
  expiry_source text check (expiry_source in ('typed', 'provider')),
  secret_at bigint,
  placement_sequence bigint not null default 0,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  username text not null,
  description text not null,
  state text not null check (state in ('creating', 'active', 'updating', 'rotating', 'deleting', 'destroyed', 'lost')),
  row_version bigint not null default 1,
  vault_version bigint not null default 0,
  epoch bigint not null default 0,
  fingerprint text not null default '',
  operation_id uuid,
  created_at bigint not null,
  created_by text not null,
  updated_at bigint not null,
  updated_by text not null,
  last_used_at bigint,
  deleted_at bigint,
  primary key (organization_id, id),
  foreign key (organization_id, project_id) references projects (organization_id, id)
);
create index credentials_by_placement on credentials (organization_id, placement_sequence);
create index credentials_by_expiry on credentials (expires_at) where expires_at is not null and deleted_at is null;
create unique index credentials_by_name on credentials (organization_id, name_key) where deleted_at is null;

-- One intended write of a secret to Vault, with everything but the secret that takes effect when it
-- is committed. `prior_state` is what the credential goes back to when it is not. A `candidate` stays
-- `staged` with its version in Vault until it is promoted or discarded.
create table secret_operations (
  organization_id uuid not null,
  id uuid not null,
  credential_id uuid not null,
  kind text not null check (kind in ('create', 'update', 'restore', 'candidate')),
  state text not null check (state in ('intent', 'staged', 'applied', 'aborted')),
  prior_state text not null,
  name text not null,
  name_key text not null,
  description text not null,
  username text not null,
  fingerprint text not null,
  shape text not null,
  parameters text not null default '{}',
  expires_at bigint,
  changed text not null default '',
  vault_version bigint,
  settled_at bigint,
  actor text not null,
  created_at bigint not null,
  deadline_at bigint not null,
  primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create index secret_operations_by_credential on secret_operations (organization_id, credential_id, vault_version);
create index secret_operations_open on secret_operations (deadline_at) where state = 'intent';

-- The test of a candidate at one linked repository.
create table candidate_tests (
  organization_id uuid not null,
  operation_id uuid not null,
  repository_id uuid not null,
  passed boolean not null,
  cause text,
  at bigint not null,
  primary key (organization_id, operation_id, repository_id),
  foreign key (organization_id, operation_id) references secret_operations (organization_id, id)
);

-- How often in a row a host refused a credential. `paused_at` stops its use there.
create table refusals (
  organization_id uuid not null,
  credential_id uuid not null,
  origin text not null,
  count bigint not null,
  paused_at bigint,
  primary key (organization_id, credential_id, origin),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);

-- One notice for each threshold of each expiry. `delivered` tells whether the webhook took it.
create table notices (
  organization_id uuid not null,
  id uuid not null,
  credential_id uuid not null,
  expires_at bigint not null,
  threshold bigint not null,
  at bigint not null,
  delivered boolean,
  primary key (organization_id, id),
  unique (organization_id, credential_id, expires_at, threshold),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create index notices_by_time on notices (organization_id, at);

-- `is_automatic`: the URL chooses the credential; the link is what it chose last.
create table repositories (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  kind text not null check (kind in ('helm', 'oci')),
  url text not null check (length(url) <= 2048),
  origin text not null,
  project_id uuid not null,
  is_automatic boolean not null default false,
  environment text not null default '' check (environment in ('', 'dev', 'staging', 'production')),
  ca text not null default '',
  proxy text not null default '',
  quota_limit bigint,
  quota_remaining bigint,
  quota_resets_at bigint,
  chart_names text not null default '',
  interval_seconds bigint not null,
  state text not null check (state in ('new', 'syncing', 'healthy', 'failing')),
  cause text,
  row_version bigint not null default 1,
  epoch bigint not null default 0,
  charts bigint not null default 0,
  failures bigint not null default 0,
  etag text,
  last_modified text,
  digest text,
  last_sync_at bigint,
  last_success_at bigint,
  next_sync_at bigint,
  created_at bigint not null,
  updated_by text not null,
  deleted_at bigint,
  primary key (organization_id, id),
  foreign key (organization_id, project_id) references projects (organization_id, id)
);
create unique index repositories_by_name on repositories (organization_id, name_key) where deleted_at is null;
create index repositories_due on repositories (next_sync_at) where deleted_at is null and next_sync_at is not null;

-- A stored credential is bound to the origin it was linked for.
create table links (
  organization_id uuid not null,
  repository_id uuid not null,
  credential_id uuid not null,
  origin text not null,
  state text not null check (state in ('active', 'suspended')),
  applied_version bigint not null default 0,
  created_at bigint not null,
  primary key (organization_id, repository_id),
  foreign key (organization_id, repository_id) references repositories (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create index links_by_credential on links (organization_id, credential_id);

-- `content_hash` covers all versions, so that a sync rewrites only charts that changed.
create table charts (
  organization_id uuid not null,
  id uuid not null,
  repository_id uuid not null,
  name text not null,
  version text not null,
  app_version text not null,
  description text not null,
  search_text text not null,
  versions bigint not null,
  deprecated boolean not null,
  content_hash text not null,
  primary key (organization_id, id),
  unique (organization_id, repository_id, name),
  foreign key (organization_id, repository_id) references repositories (organization_id, id)
);

-- `position` 0 is the newest version; `metadata` is JSON.
create table chart_versions (
  organization_id uuid not null,
  chart_id uuid not null,
  version text not null,
  position bigint not null,
  app_version text not null,
  digest text not null,
  url text not null,
  deprecated boolean not null,
  created_at bigint,
  metadata text not null,
  primary key (organization_id, chart_id, version),
  foreign key (organization_id, chart_id) references charts (organization_id, id)
);

-- The counts are those of the end; while `finished_at` is null the deliveries are counted.
create table propagations (
  organization_id uuid not null,
  id uuid not null,
  credential_id uuid not null,
  vault_version bigint not null,
  started_by text not null,
  started_at bigint not null,
  finished_at bigint,
  healthy bigint not null default 0,
  needs_attention bigint not null default 0,
  superseded bigint not null default 0,
  primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create index propagations_by_credential on propagations (organization_id, credential_id, started_at);
create index propagations_open on propagations (started_at) where finished_at is null;

-- `run_at` is when a worker may claim the row: the next try, or the end of the lease while it runs.
create table deliveries (
  organization_id uuid not null,
  propagation_id uuid not null,
  repository_id uuid not null,
  credential_id uuid not null,
  vault_version bigint not null,
  state text not null check (state in ('waiting', 'running', 'healthy', 'retrying', 'needs_attention', 'superseded')),
  attempts bigint not null default 0,
  cause text,
  run_at bigint not null,
  lease_owner text,
  fence bigint not null default 0,
  finished_at bigint,
  primary key (organization_id, propagation_id, repository_id),
  foreign key (organization_id, propagation_id) references propagations (organization_id, id),
  foreign key (organization_id, repository_id) references repositories (organization_id, id)
);
create index deliveries_open on deliveries (organization_id, run_at, state) where state in ('waiting', 'running', 'retrying');
create index deliveries_running on deliveries (lease_owner, organization_id) where state = 'running';

-- Background work other than deliveries: `sync` of a repository, `destroy` of a secret, `rotate` (the
-- test of a candidate), `notice` (a notice to the webhook). One row per
-- target: asking twice queues once, and asking while it runs (`again_at`) runs it once more.
-- `run_at` is as in deliveries. `fence` starts at the time of insertion, so it never repeats.
create table jobs (
  organization_id uuid not null references organizations (id),
  kind text not null check (kind in ('sync', 'destroy', 'rotate', 'notice')),
  target_id uuid not null,
  reason text not null,
  state text not null check (state in ('waiting', 'running', 'retrying')),
  attempts bigint not null default 0,
  run_at bigint not null,
  again_at bigint,
  lease_owner text,
  fence bigint not null,
  primary key (organization_id, kind, target_id)
);
create index jobs_open on jobs (kind, organization_id, run_at);
create index jobs_running on jobs (lease_owner, organization_id) where state = 'running';

create table sync_runs (
  organization_id uuid not null,
  id uuid not null,
  repository_id uuid not null,
  reason text not null,
  started_at bigint not null,
  finished_at bigint,
  cause text,
  status bigint,
  charts bigint,
  versions bigint,
  primary key (organization_id, id),
  foreign key (organization_id, repository_id) references repositories (organization_id, id)
);
create index sync_runs_by_repository on sync_runs (organization_id, repository_id, started_at);

-- Insert-only; `sequence` has no gaps inside an organization.
create table audit_events (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  sequence bigint not null,
  at bigint not null,
  actor_kind text not null check (actor_kind in ('person', 'hawser', 'nobody')),
  actor text not null,
  action text not null,
  target text not null,
  detail text not null,
  primary key (organization_id, id),
  unique (organization_id, sequence)
);
create function refuse_audit_change() returns trigger language plpgsql as $$ begin raise exception 'audit events are insert-only'; end $$;
create trigger audit_events_keep before update or delete on audit_events for each row execute function refuse_audit_change();
