-- Search parameters beyond the base specification's, and the work of indexing what was stored before them.

-- One row. "generation": what is to be written; every statement that writes rows compares it with what they were made by.
-- "version": every change, so that processes notice. See store/generation.ts for why that misses no row.
create table search_index (
  version    int not null,
  generation int not null
);
insert into search_index (version, generation) values (1, 1);

-- "building": written for every resource that is stored, not yet for those that were stored before; not to be searched.
-- A changed definition is built beside the active one of the same url.
create table search_parameter (
  url        text not null,
  state      text not null check (state in ('building', 'active')),
  definition text not null,
  -- The job that makes it active.
  job        bigint,
  primary key (url, state)
);

-- Indexing again, in the order of jobs, one at a time.
create table reindex_job (
  job        bigint generated always as identity primary key,
  state      text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  urls       text[] not null,
  types      text[] not null,
  -- The whole index, by this version of the code.
  code       text,
  -- How far it is: the types before this one are done, and of this one the keys up to "position".
  type       text,
  position   bigint,
  done       bigint not null default 0,
  -- Resources whose row was different.
  changed    bigint not null default 0,
  -- Resources whose content could not be read.
  skipped    bigint not null default 0,
  total      bigint,
  -- OperationOutcome: what could not be used, or why the job failed.
  outcome    text,
  created    timestamptz not null default now(),
  started    timestamptz,
  -- Who works on it, and when it last said so.
  runner     text,
  alive      timestamptz
);

-- Ends a statement whose rows were made by an earlier generation of the index.
create function stale_index() returns bigint language plpgsql as $$
begin
  raise exception using errcode = 'CA001', message = 'The search index has changed since this row was made.';
end $$;
