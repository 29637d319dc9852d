-- Since when a repository fails; null while all is well. It ends with a good sync, or with another address.
alter table repositories add column failing_since bigint;
update repositories set failing_since = coalesce(last_success_at, created_at) where state = 'failing';
create index repositories_failing on repositories (organization_id, origin)
  where failing_since is not null and deleted_at is null;

-- Repositories that fail of one cause at one host are one trouble: `subject_id` is the first of them,
-- `repositories` how many they are, and `group_key` what they have in common.
create table troubles_new (
  organization_id blob not null references organizations (id),
  id blob not null,
  kind text not null check (kind in ('git_target', 'cluster', 'git_connection', 'repository')),
  subject_id blob not null,
  name text not null,
  cause text not null,
  began_at bigint not null,
  at bigint not null,
  ended_at bigint,
  delivered boolean,
  host text not null default '',
  repositories bigint not null default 0,
  group_key text not null default '',
  primary key (organization_id, id)
);
insert into troubles_new (organization_id, id, kind, subject_id, name, cause, began_at, at, ended_at, delivered)
  select organization_id, id, kind, subject_id, name, cause, began_at, at, ended_at, delivered from troubles;
drop table troubles;
alter table troubles_new rename to troubles;
create index troubles_by_time on troubles (organization_id, at);
create index troubles_open on troubles (organization_id) where ended_at is null;
create unique index troubles_of_subjects on troubles (organization_id, subject_id, began_at) where group_key = '';
create unique index troubles_of_groups on troubles (organization_id, group_key) where group_key <> '' and ended_at is null;

-- What a credential is made for; empty while nobody said.
alter table credentials add column access text not null default '' check (access in ('', 'read', 'push'));
