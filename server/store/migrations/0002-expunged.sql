-- Versions up to this one were expunged: histories begin after it.
create table expunged (
  pk      bigint primary key,
  version int    not null
);
