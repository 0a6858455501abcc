-- How far each file has been imported: written in the transactions that store its resources, so that an import that was
-- interrupted goes on where it stopped.
create table import_progress (
  -- Of the file's content: a file that was moved or renamed is the same.
  fingerprint text    primary key,
  file        text    not null,
  -- Bytes of the uncompressed text, and the lines in them, that are done.
  position    bigint  not null,
  line        bigint  not null,
  stored      bigint  not null,
  rejected    bigint  not null,
  finished    boolean not null,
  ts          bigint  not null
);
