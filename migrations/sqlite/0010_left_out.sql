-- What the last sync that read everything left out, as counts by reason in JSON. Every repository is read as a whole
-- once more, so that it is told of those that do not change, and so that their versions are in the order of Helm.
alter table repositories add column left_out text not null default '{}';
update repositories set etag = null, last_modified = null, digest = null;
