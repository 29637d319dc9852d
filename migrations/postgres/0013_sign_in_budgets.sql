-- Failed passwords and tokens. A budget empties by the clock: `clear_at` is when nothing of it is left, and each
-- failure moves it on. `subject` is a hash of what is counted: an account, a network, a browser, a person.
create table failed_attempts (
  subject bytea primary key not null,
  clear_at bigint not null
);
create index failed_attempts_by_end on failed_attempts (clear_at);

-- Browsers that signed a person in before, by the SHA-256 of what their cookie holds.
create table known_browsers (
  token_hash bytea primary key not null,
  user_id uuid not null references users (id),
  ends_at bigint not null
);
create index known_browsers_by_user on known_browsers (user_id, ends_at);
create index known_browsers_by_end on known_browsers (ends_at);
