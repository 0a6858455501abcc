-- What people were about to send when their session had ended: sealed, until they have signed in again.
create table kept_form (
  account bigint not null references account on delete cascade,
  path text not null,
  sealed bytea not null,
  expires timestamptz not null,
  primary key (account, path)
);
