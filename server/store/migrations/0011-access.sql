-- What versions were found by when they were current: who may see a version is judged by it. A deletion has that of the
-- version before it. Versions that are older than these columns have none.
alter table history add column patient bigint, add column terms bigint[];

-- A row for each statement that wrote consents, so that all processes notice: no writer waits for another. The old ones go.
create table consent_change (number bigint generated always as identity primary key);

create function consents_changed() returns trigger language plpgsql as $$
declare
  v_number bigint;
begin
  insert into consent_change default values returning number into v_number;
  if v_number % 1000 = 0 then delete from consent_change where number < v_number - 1000; end if;
  return null;
end $$;
