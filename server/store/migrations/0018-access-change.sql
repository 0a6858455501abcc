-- What roles may do is stored, too: its changes are noticed in the same way as those of consents.
alter table consent_change rename to access_change;

create function access_changed() returns trigger language plpgsql as $$
declare
  v_number bigint;
begin
  insert into access_change default values returning number into v_number;
  if v_number % 1000 = 0 then delete from access_change where number < v_number - 1000; end if;
  return null;
end $$;

drop trigger if exists consents_changed on r_consent;
drop function consents_changed();
