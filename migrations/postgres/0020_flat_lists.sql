-- Lists read the rows of one page however many an organization has.
create index repositories_in_order on repositories
  (organization_id, (case when failing_since is null then 1 else 0 end), name_key, id) where deleted_at is null;
create index charts_by_name on charts (organization_id, name);
create index credentials_expiring on credentials (organization_id, expires_at)
  where expires_at is not null and deleted_at is null;
create index credentials_by_provider on credentials (organization_id, provider, name_key) where deleted_at is null;
-- In the order of the bytes, whatever the collation of the database: the beginning of an origin is a range.
create index links_by_origin on links (organization_id, origin collate "C", credential_id);
create index allowed_addresses_by_origin on allowed_addresses (organization_id, origin);
create index credentials_by_project on credentials (organization_id, project_id) where deleted_at is null;
create index repositories_by_project on repositories (organization_id, project_id) where deleted_at is null;
