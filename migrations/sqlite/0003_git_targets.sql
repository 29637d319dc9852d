-- The road to a Git server: `ca` is PEM, `proxy` the name of one that the operator configured.
alter table git_targets add column ca text not null default '';
alter table git_targets add column proxy text not null default '';

-- What was pushed last is on `work_branch`, until somebody merges it.
alter table git_targets add column is_waiting boolean not null default false;

-- What Hawser wrote to repositories and no Git target may know any more: what deleted and moved ones left,
-- and what pull requests replace that nobody merged yet. A target that comes to the same branch can take
-- it over. `repository` is the address in lower case, without `.git`.
create table left_files (
  organization_id blob not null references organizations (id),
  repository text not null,
  branch text not null,
  path text not null,
  blob text not null,
  identity text not null,
  primary key (organization_id, repository, branch, path, blob)
);
