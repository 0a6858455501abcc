-- Code systems that are imported from releases. Each release has tables of its own (see store/terminology/tables.ts), so
-- that a new one is loaded beside the old one and takes its place at once.
create table terminology_release (
  number     int generated always as identity primary key,
  url        text not null,
  version    text not null,
  -- Releases of different editions are there side by side; of one edition only the last.
  edition    text not null,
  name       text not null,
  -- The reader that it came from.
  kind       text not null,
  state      text not null check (state in ('current', 'replaced')),
  concepts   int not null,
  properties text[] not null,
  imported   timestamptz not null default now()
);
create unique index on terminology_release (url, edition) where state = 'current';

-- Value sets that came with a release: they go with it.
create table terminology_value_set (
  release int  not null references terminology_release (number) on delete cascade deferrable initially deferred,
  url     text not null,
  content text not null
);
create index on terminology_value_set (url);
create index on terminology_value_set (release);
