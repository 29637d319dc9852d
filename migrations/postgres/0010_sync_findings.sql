-- `left_out` is what the last sync that read everything left out, as counts by reason in JSON. `detail` is what the last
-- sync attempted when it failed, in a sentence for people; empty when it worked. Every repository is read as a whole once
-- more, so that this is told of those that do not change too, and so that their versions get the order of Helm.
alter table repositories add column left_out text not null default '{}';
alter table repositories add column detail text not null default '';
update repositories set etag = null, last_modified = null, digest = null;
