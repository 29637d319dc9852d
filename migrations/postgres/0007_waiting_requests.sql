-- `waits_since` is since when the branch lacks something that was pushed, and that somebody may merge: what was
-- written before that moment was merged. Null when the branch has everything, and when the pull request, which
-- `pull_request_url` still names, was closed.
alter table git_targets add column waits_since bigint;
update git_targets set waits_since = coalesce(pushed_at, created_at) where is_waiting;
alter table git_targets drop column is_waiting;
