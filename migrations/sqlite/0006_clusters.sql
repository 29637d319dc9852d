-- Who saved or deleted a cluster last, for whoever comes second.
alter table clusters add column updated_by text not null default '';
