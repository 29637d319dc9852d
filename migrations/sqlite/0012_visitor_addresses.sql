-- The address of the visit in which something was done; null for Hawser itself, and for what is older.
alter table audit_events add column address text;
