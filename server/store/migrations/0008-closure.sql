-- Tables of closure that clients keep of the concepts they use: see https://hl7.org/fhir/R4/terminology-service.html#closure.
create table closure (
  name    text primary key,
  version int not null
);

create table closure_concept (
  name    text not null references closure (name) on delete cascade,
  system  text not null,
  code    text not null,
  -- Of the table, when the concept came.
  version int not null,
  primary key (name, system, code)
);
