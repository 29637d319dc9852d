-- Since when a repository fails; null while all is well. It ends with a good sync, or with another address.
alter table repositories add column failing_since bigint;
update repositories set failing_since = coalesce(last_success_at, created_at) where state = 'failing';
create index repositories_failing on repositories (organization_id, origin)
  where failing_since is not null and deleted_at is null;

-- Repositories that fail of one cause at one host are one trouble: `subject_id` is the first of them,
-- `repositories` how many they are, and `group_key` what they have in common.
alter table troubles drop constraint troubles_kind_check;
alter table troubles add constraint troubles_kind_check
  check (kind in ('git_target', 'cluster', 'git_connection', 'repository'));
alter table troubles add column host text not null default '';
alter table troubles add column repositories bigint not null default 0;
alter table troubles add column group_key text not null default '';
alter table troubles drop constraint troubles_organization_id_subject_id_began_at_key;
create unique index troubles_of_subjects on troubles (organization_id, subject_id, began_at) where group_key = '';
create unique index troubles_of_groups on troubles (organization_id, group_key) where group_key <> '' and ended_at is null;

-- What a credential is made for; empty while nobody said.
alter table credentials add column access text not null default '' check (access in ('', 'read', 'push'));
