-- Projects whose credentials are available to every project.
alter table projects add column is_shared boolean not null default false;

-- The pattern of a credential that is exported although it fixes no allowed address, as it was when somebody
-- who may allow addresses agreed. What was exported before stays in the clusters that have it.
alter table export_credentials add column agreed_pattern text not null default '';
update export_credentials set agreed_pattern = coalesce((
  select c.pattern from credentials c
  where c.organization_id = export_credentials.organization_id and c.id = export_credentials.credential_id), '');
