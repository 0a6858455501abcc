-- What apps keep for themselves: apart from resources, for nobody else is to find it.
-- https://hl7.org/fhir/smart-app-launch/STU2.2/app-state.html
create table app_state (
  id      uuid primary key default gen_random_uuid(),
  -- The client whose state it is; absent where an administrator lets several clients share its codes.
  client  text references client (id) on delete cascade,
  system  text not null,
  code    text not null,
  -- Relative to the base: Patient/1; absent for what is kept for all people.
  subject text,
  version integer not null default 1,
  -- The extensions, sealed: apps keep keys here.
  sealed  bytea not null,
  updated timestamptz not null
);
create index app_state_of on app_state (system, code, subject);
