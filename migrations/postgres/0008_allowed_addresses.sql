-- The origins (scheme, host and port) to which the login of a credential may go, and the certificate
-- authorities and proxy it may be reached by; empty for the ordinary ones. `source` is 'upgrade' where
-- nobody has confirmed what was taken over from the links of before. Secrets are not part of a row.
create table allowed_addresses (
  organization_id uuid not null,
  id uuid not null,
  credential_id uuid not null,
  origin text not null,
  ca text not null default '',
  proxy text not null default '',
  source text not null check (source in ('person', 'upgrade')),
  allowed_by text not null,
  allowed_at bigint not null,
  primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id) on delete cascade
);
create index allowed_addresses_by_credential on allowed_addresses (organization_id, credential_id, origin);
create index allowed_addresses_unconfirmed on allowed_addresses (organization_id) where source = 'upgrade';

-- What somebody without the right wanted to use a credential at.
create table address_requests (
  organization_id uuid not null,
  id uuid not null,
  credential_id uuid not null,
  origin text not null,
  ca text not null default '',
  proxy text not null default '',
  requested_by text not null,
  requested_at bigint not null,
  primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credentials (organization_id, id) on delete cascade
);
create index address_requests_by_credential on address_requests (organization_id, credential_id, origin);

insert into allowed_addresses
  (organization_id, id, credential_id, origin, ca, proxy, source, allowed_by, allowed_at)
select organization_id, gen_random_uuid(), credential_id, origin, ca, proxy, 'upgrade', '', created_at from (
  select l.organization_id, l.credential_id, l.origin, r.ca, r.proxy, min(l.created_at) as created_at
  from links l
  join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
  where l.state = 'active' and r.origin = l.origin and r.deleted_at is null
  group by l.organization_id, l.credential_id, l.origin, r.ca, r.proxy
) as linked;

-- Token services at another host than their registry, to which the login of a credential may go for a
-- token of that registry; and the one that a registry named last and that was not allowed.
create table allowed_token_services (
  organization_id uuid not null,
  credential_id uuid not null,
  registry text not null,
  service text not null,
  allowed_by text not null,
  allowed_at bigint not null,
  primary key (organization_id, credential_id, registry, service),
  foreign key (organization_id, credential_id) references credentials (organization_id, id) on delete cascade
);
alter table repositories add column refused_service text not null default '';
