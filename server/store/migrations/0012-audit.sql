-- What was accessed and is no AuditEvent yet: "record" tells one or several accesses, "version" what a write has stored.
-- A write adds its row in its own transaction.
create table audit_journal (
  number  bigint generated always as identity primary key,
  version int,
  record  text not null
);
-- It is there for a short time, and compressing it would cost more than everything else that is done with it.
alter table audit_journal alter column record set storage external;

-- The chain. Each segment tells which AuditEvents were stored together: "leaves" are the SHA-256 of their contents, one
-- after the other, "hash" that of the segment before, of the keys and of the leaves; "seal" proves that the server wrote it.
create table audit_segment (
  number  bigint   primary key,
  made    bigint   not null,
  -- The rows of the journal that were taken.
  journal bigint[] not null,
  pks     bigint[] not null,
  leaves  bytea    not null,
  hash    bytea    not null,
  seal    bytea    not null
);
alter table audit_segment alter column leaves set storage external;

-- Nobody who uses the application's connections changes or removes what was recorded.
create function audit_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'The audit trail is only ever added to.' using errcode = 'CA002';
end $$;

-- An AuditEvent may be indexed anew; what it says stays.
create function audit_event_unchanged() returns trigger language plpgsql as $$
begin
  if new.pk <> old.pk or new.version <> old.version or new.ts <> old.ts or new.content <> old.content then
    raise exception 'The audit trail is only ever added to.' using errcode = 'CA002';
  end if;
  return new;
end $$;

-- A row leaves the journal when a segment holds what it told.
create function audit_journal_kept() returns trigger language plpgsql as $$
begin
  if old.number = any ((select journal from audit_segment order by number desc limit 1)::bigint[]) then return old; end if;
  raise exception 'The audit trail is only ever added to.' using errcode = 'CA002';
end $$;

create trigger append_only before update or delete on audit_segment for each row execute function audit_append_only();
create trigger append_only_all before truncate on audit_segment for each statement execute function audit_append_only();
create trigger append_only before update on audit_journal for each row execute function audit_append_only();
create trigger append_only_all before truncate on audit_journal for each statement execute function audit_append_only();
create trigger kept before delete on audit_journal for each row execute function audit_journal_kept();
