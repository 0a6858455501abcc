-- FHIR packages that are installed, several versions of one side by side, and their conformance resources.
create table package (
  -- In the order of installation.
  number    int generated always as identity primary key,
  name      text not null,
  version   text not null,
  -- Of the archive: "sha512-…".
  integrity text not null,
  -- Of the file of resources that every server makes of it for itself; see packages/resource-file.ts.
  digest    text not null,
  manifest  text not null,
  -- JSON: the files that were not taken, and why.
  problems  text not null,
  -- False: only because others depend on it; it goes with the last of them.
  requested boolean not null,
  installed timestamptz not null default now(),
  unique (name, version)
);

-- PostgreSQL compresses contents: they are large.
create table package_resource (
  package  int  not null references package (number) on delete cascade,
  position int  not null,
  file     text not null,
  type     text not null,
  url      text not null,
  -- Empty where it has none.
  version  text not null,
  content  text not null,
  primary key (package, position)
);
create index on package_resource (type, url);

-- One row; another generation after every change of packages and of stored profiles, so that all processes notice.
create table conformance (generation int not null);
insert into conformance (generation) values (1);

create function conformance_changed() returns trigger language plpgsql as $$
begin
  update conformance set generation = generation + 1;
  return null;
end $$;
