-- The road to a Git server: `ca` is PEM, `proxy` the name of one that the operator configured.
alter table git_targets add column ca text not null default '';
alter table git_targets add column proxy text not null default '';

-- The files that deleted or moved Git targets left in their repositories, so that a target that comes
-- to the same branch can take them over. `repository` is the address in lower case, without `.git`.
-- `identities` and `blobs` are lists separated by spaces, as in `git_target_files`.
create table left_files (
  organization_id blob not null references organizations (id),
  repository text not null,
  branch text not null,
  path text not null,
  identities text not null,
  blobs text not null,
  primary key (organization_id, repository, branch, path)
);
