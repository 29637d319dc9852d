-- A person sees their sessions and ends them: where each began, and in which browser.
alter table sessions add column address text not null default '';
alter table sessions add column browser text not null default '';
create index sessions_by_user on sessions (user_id, last_seen_at);
