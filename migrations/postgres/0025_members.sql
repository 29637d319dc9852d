-- A membership has a state, and only an active one gives rights. Its row stays when somebody goes, so that its epoch
-- never counts again.
alter table members add column state text not null default 'active'
  check (state in ('active', 'suspended', 'removed', 'left'));
create trigger members_state before update of state on members for each row
  when (new.state <> old.state) execute function next_epoch();

-- Invitations by a link, of which the SHA-256 is kept. One is open for an address at a time.
create table invitations (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  email text not null,
  role text not null check (role in ('admin', 'editor', 'viewer')),
  state text not null
    check (state in ('invited', 'accepted', 'active', 'revoked', 'expired', 'declined', 'void')),
  token_hash bytea not null,
  invited_by uuid not null references users (id),
  invited_at bigint not null,
  expires_at bigint not null,
  accepted_by uuid references users (id),
  primary key (organization_id, id)
);
create unique index invitations_by_token on invitations (token_hash);
create unique index invitations_open on invitations (organization_id, email) where state in ('invited', 'accepted');
create index invitations_by_inviter on invitations (organization_id, invited_by, invited_at);
