-- What versions were found by when they were current: who may see a version is judged by it. A deletion has that of the
-- version before it. Versions that are older than these columns have none.
alter table history add column patient bigint, add column terms bigint[];
