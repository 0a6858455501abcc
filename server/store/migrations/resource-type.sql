-- The table of one resource type. {name} is its name in lower case, {number} its number.

create table r_{name} (
  pk      bigint primary key,
  ts      bigint   not null,
  patient bigint,
  d0      bigint   not null,
  d1      bigint,
  code    bigint,
  number  float8,
  unit    bigint,
  present bigint   not null,
  -- Behind what is aligned to 8 bytes.
  version int      not null,
  terms   bigint[] not null,
  content text     not null
);
create index r_{name}_pcd on r_{name} (patient, code, d0 desc, pk desc);
create index r_{name}_pd on r_{name} (patient, d0 desc, pk desc);
create index r_{name}_cd on r_{name} (code, d0 desc, pk desc);
create index r_{name}_d on r_{name} (d0 desc, pk desc);
create index r_{name}_cn on r_{name} (code, number) where number is not null;
-- Without the key, so that what was stored at one moment shares an entry; few rows do, and they are sorted when read.
create index r_{name}_ts on r_{name} (ts);
create index r_{name}_terms on r_{name} using gin (terms) with (gin_pending_list_limit = 256);
alter table r_{name} set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
