-- Who and what an event is about, by id, and what a secret was read for. Rows from before have none.
alter table audit_events add column actor_id blob;
alter table audit_events add column target_kind text;
alter table audit_events add column target_id blob;
alter table audit_events add column purpose text;
alter table audit_events add column host text;
create index audit_events_by_target on audit_events (organization_id, target_kind, target_id, sequence);
-- `insert or replace` deletes the row that is in its way without a delete trigger.
create trigger audit_events_new before insert on audit_events
when exists (
  select 1 from audit_events
  where organization_id = new.organization_id and (id = new.id or sequence = new.sequence)
)
begin select raise(abort, 'audit events are insert-only'); end;
