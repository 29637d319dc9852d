-- The disk of each machine's data folder, as it was seen last. `nearly_full_since` is null while there is room.
create table data_disks (
  machine text primary key,
  used_percent bigint not null,
  nearly_full_since bigint,
  seen_at bigint not null
);

-- One notice for an organization while a data folder's disk is nearly full, however many machines it is so on.
create table disk_notices (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  machine text not null,
  used_percent bigint not null,
  began_at bigint not null,
  at bigint not null,
  ended_at bigint,
  delivered boolean,
  primary key (organization_id, id)
);
create index disk_notices_by_time on disk_notices (organization_id, at);
create unique index disk_notices_open on disk_notices (organization_id) where ended_at is null;
