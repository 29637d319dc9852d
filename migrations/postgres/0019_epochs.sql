-- A right is read again before it has an effect, and counts only while its epochs are as they were when it was
-- given. The triggers raise them, so that no change can forget to. Whoever gives a membership a state, or suspends
-- an organization, adds that change here; a row that is gone gives no right at all.
alter table members add column epoch bigint not null default 0;
alter table users add column epoch bigint not null default 0;
alter table organizations add column epoch bigint not null default 0;
update members set epoch = created_at;

create function begin_epoch() returns trigger language plpgsql as $$ begin new.epoch := new.created_at; return new; end $$;
create function next_epoch() returns trigger language plpgsql as $$ begin new.epoch := old.epoch + 1; return new; end $$;

-- A membership that was deleted and made again is another one.
create trigger members_begin before insert on members for each row execute function begin_epoch();
create trigger members_change before update of role on members for each row
  when (new.role <> old.role) execute function next_epoch();
-- A stronger hash of the same password counts as a change too: a request under way has to be sent again.
create trigger users_change before update of password_hash on users for each row
  when (new.password_hash <> old.password_hash) execute function next_epoch();
