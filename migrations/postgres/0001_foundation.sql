-- Times are milliseconds since the Unix epoch. Every tenant row carries its organization, and
-- every reference between tenant rows is composite, so no row can point into another organization.
create table organizations (
  id uuid primary key not null,
  name text not null,
  audit_sequence bigint not null default 0,
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

create table credentials (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  provider text not null,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  username text not null,
  description text not null,
  state text not null check (state in ('creating', 'active', 'updating', 'deleting', 'destroyed', 'lost')),
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
  primary key (organization_id, id)
);
create unique index credentials_by_name on credentials (organization_id, name_key) where deleted_at is null;

-- One intended write of a secret to Vault, with everything but the secret that takes effect when it
-- is committed. `prior_state` is what the credential goes back to when it is not.
create table secret_operations (
  organization_id uuid not null,
  id uuid not null,
  credential_id uuid not null,
  kind text not null check (kind in ('create', 'update')),
  state text not null check (state in ('intent', 'applied', 'aborted')),
  prior_state text not null,
  name text not null,
  name_key text not null,
  description text not null,
  username text not null,
  fingerprint text not null,
  actor text not null,
  created_at bigint not null,
  deadline_at bigint not null,
  primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id)
);
create index secret_operations_open on secret_operations (deadline_at) where state = 'intent';

create table repositories (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 255),
  name_key text not null,
  kind text not null check (kind in ('helm', 'oci')),
  url text not null check (length(url) <= 2048),
  origin text not null,
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
  primary key (organization_id, id)
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

-- Background work other than deliveries: `sync` of a repository, `destroy` of a secret. One row per
-- target: asking twice queues once, and asking while it runs (`again_at`) runs it once more.
-- `run_at` is as in deliveries. `fence` starts at the time of insertion, so it never repeats.
create table jobs (
  organization_id uuid not null references organizations (id),
  kind text not null check (kind in ('sync', 'destroy')),
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
