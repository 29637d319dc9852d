-- The words of everything that can be found, written with it: runs of letters and digits in lower case. A
-- search compares ranges of words, so they are ordered by their bytes in both databases. `login` has the
-- words of credentials that only those find who manage them. What was stored before gets its words when
-- Hawser starts.
create table search_words (
  organization_id uuid not null references organizations (id),
  kind text not null check (kind in
    ('credential', 'login', 'repository', 'chart', 'export', 'git_target', 'cluster', 'project')),
  word text collate "C" not null,
  object_id uuid not null,
  primary key (organization_id, kind, word, object_id)
);
create index search_words_of_objects on search_words (organization_id, kind, object_id, word);
