-- A right is read again before it has an effect, and counts only while its epochs are as they were when it was
-- given. The triggers raise them, so that no change can forget to. Whoever gives a membership a state, or suspends
-- an organization, adds that change here; a row that is gone gives no right at all.
alter table members add column epoch bigint not null default 0;
alter table users add column epoch bigint not null default 0;
alter table organizations add column epoch bigint not null default 0;
update members set epoch = created_at;

-- A membership that was deleted and made again is another one.
create trigger members_begin after insert on members begin
  update members set epoch = created_at where organization_id = new.organization_id and user_id = new.user_id;
end;
create trigger members_change after update of role on members when new.role <> old.role begin
  update members set epoch = epoch + 1 where organization_id = new.organization_id and user_id = new.user_id;
end;
-- A stronger hash of the same password counts as a change too: a request under way has to be sent again.
create trigger users_change after update of password_hash on users when new.password_hash <> old.password_hash begin
  update users set epoch = epoch + 1 where id = new.id;
end;
