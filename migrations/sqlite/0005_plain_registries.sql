-- Whether an OCI registry answered its last sync without TLS; who reads exports has to be told.
alter table repositories add column speaks_plain boolean not null default false;
