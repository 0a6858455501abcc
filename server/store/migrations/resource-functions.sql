-- What writes to the table of one resource type. {name} is its name in lower case, {number} its number. Made again for all
-- types whenever this file has changed.

-- Writes one version and all that belongs to it. "expected": null = any version or none, 0 = must not exist yet,
-- n = must be at version n. Answers the new version (plus 2^30 where there was no current one: the resource is new, or
-- back after its deletion), or minus the current one (0 for none) where "expected" differs. No version is older than the
-- one before it, whatever the clocks say and however long the row was waited for: it takes that one's time, and the
-- answer has the milliseconds that this is later than p_ts above its 31 bits.
create or replace function put_{name}(
  p_pk bigint, p_expected int, p_ts bigint, p_patient bigint, p_d0 bigint, p_d1 bigint, p_code bigint,
  p_number float8, p_unit bigint, p_present bigint, p_terms bigint[], p_head text, p_tail text, p_side jsonb
) returns bigint language plpgsql as $$
declare
  v_current int;
  v_new int;
  v_present bigint;
  v_created int := 0;
  v_ts bigint;
  v_late bigint := 0;
begin
  select version, present, ts into v_current, v_present, v_ts from r_{name} where pk = p_pk for update;
  if found then
    if p_expected is not null and p_expected <> v_current then return -v_current; end if;
    v_new := v_current + 1;
    if v_ts > p_ts then
      v_late := v_ts - p_ts;
      p_ts := v_ts;
      p_tail := tail_at(v_ts, p_tail);
    end if;
    insert into history (pk, version, type, ts, patient, terms, content)
      select pk, version, {number}, ts, patient, terms, content from r_{name} where pk = p_pk;
    update r_{name} set version = v_new, ts = p_ts, patient = p_patient, d0 = p_d0, d1 = p_d1, code = p_code,
      number = p_number, unit = p_unit, present = p_present, terms = p_terms, content = p_head || v_new || p_tail
      where pk = p_pk;
    -- Bit 62: the resource has rows in side tables.
    if v_present & (1::bigint << 62) <> 0 then perform clear_side(p_pk); end if;
  else
    if p_expected > 0 then return 0; end if;
    v_created := 1 << 30;
    select coalesce(max(version), 0) + 1, max(ts) into v_new, v_ts from history where pk = p_pk;
    if v_ts > p_ts then
      v_late := v_ts - p_ts;
      p_ts := v_ts;
      p_tail := tail_at(v_ts, p_tail);
    end if;
    insert into r_{name} (pk, version, ts, patient, d0, d1, code, number, unit, present, terms, content)
      values (p_pk, v_new, p_ts, p_patient, p_d0, p_d1, p_code, p_number, p_unit, p_present, p_terms,
        p_head || v_new || p_tail);
    -- Between the two statements above another may have created and deleted the resource, under the same number.
    if exists (select from history where pk = p_pk and version >= v_new) then
      raise exception 'created and deleted meanwhile' using errcode = 'serialization_failure';
    end if;
  end if;
  if p_side is not null then perform put_side(p_pk, {number}::smallint, p_side); end if;
  insert into change_log (type, pk, version, op, ts)
    values ({number}, p_pk, v_new, case when v_new = 1 then 'C' else 'U' end, p_ts);
  if v_late >= 1::bigint << 32 then
    raise exception 'The clock is more than 49 days behind the last version of the resource.';
  end if;
  return (v_late << 31) + v_new + v_created;
end $$;

-- Deletes: the current version moves to the history and a version without content follows it, which keeps what that one
-- was found by: whoever could see it may know that it was deleted. Answers as put does; null when there is nothing to
-- delete.
create or replace function delete_{name}(p_pk bigint, p_expected int, p_ts bigint) returns int language plpgsql as $$
declare
  v_current int;
  v_present bigint;
  v_ts bigint;
begin
  select version, present, greatest(ts, p_ts) into v_current, v_present, v_ts from r_{name} where pk = p_pk for update;
  if not found then return null; end if;
  if p_expected is not null and p_expected <> v_current then return -v_current; end if;
  insert into history (pk, version, type, ts, patient, terms, content)
    select pk, version, {number}, ts, patient, terms, content from r_{name} where pk = p_pk;
  insert into history (pk, version, type, ts, patient, terms, content)
    select pk, v_current + 1, {number}, v_ts, patient, terms, null from r_{name} where pk = p_pk;
  delete from r_{name} where pk = p_pk;
  if v_present & (1::bigint << 62) <> 0 then perform clear_side(p_pk); end if;
  insert into change_log (type, pk, version, op, ts) values ({number}, p_pk, v_current + 1, 'D', v_ts);
  return v_current + 1;
end $$;
