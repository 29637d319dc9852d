-- Who and what an event is about, by id, and what a secret was read for. Rows from before have none.
alter table audit_events add column actor_id uuid;
alter table audit_events add column target_kind text;
alter table audit_events add column target_id uuid;
alter table audit_events add column purpose text;
alter table audit_events add column host text;
create index audit_events_by_target on audit_events (organization_id, target_kind, target_id, sequence);
-- `truncate` deletes every row without a trigger for rows.
create trigger audit_events_all before truncate on audit_events for each statement execute function refuse_audit_change();
