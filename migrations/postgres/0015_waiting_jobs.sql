-- Why the last try of a job came to nothing; null before its first try.
alter table jobs add column cause text;
