-- What is shared by all resource types. Tables of one type are made from resource-type.sql.

create table setting (
  name  text primary key,
  value text not null
);

-- Keeps the keys that processes give out apart.
create sequence process_number minvalue 0 maxvalue 1023 cycle;

-- Resource types by number; numbers are never reused.
create table resource_type (
  number smallint primary key,
  name   text not null unique
);

-- Search paths whose presence has a bit in the column "present" of their type's table.
create table search_path (
  type     text not null,
  presence text not null,
  bit      smallint not null,
  primary key (type, presence),
  unique (type, bit)
);

-- Versions that are no longer current. A deletion is a version without content.
create table history (
  pk      bigint   not null,
  version int      not null,
  type    smallint not null,
  ts      bigint   not null,
  content text,
  primary key (pk, version)
);
create index history_type on history (type, ts desc, pk desc);

-- One row per version, in every transaction that writes one. Readers stay below pg_snapshot_xmin.
create table change_log (
  seq     bigint generated always as identity primary key,
  xid     xid8     not null default pg_current_xact_id(),
  pk      bigint   not null,
  ts      bigint   not null,
  version int      not null,
  type    smallint not null,
  op      "char"   not null
);

-- Side tables: values that do not fit the columns of a resource's row. "path" names the search path.
create table x_string (
  pk   bigint not null,
  path int    not null,
  v    text   not null collate "C"
);
create index x_string_v on x_string (path, v, pk);
create index x_string_pk on x_string (pk);

create table x_number (
  path   int    not null,
  code   bigint,
  system bigint,
  unit   bigint,
  low    float8 not null,
  high   float8 not null,
  pk     bigint not null
);
create index x_number_low on x_number (path, code, low, pk);
create index x_number_range on x_number (path, code, high) where low <> high;
create index x_number_pk on x_number (pk);

create table x_date (
  path int    not null,
  d0   bigint not null,
  d1   bigint not null,
  pk   bigint not null
);
create index x_date_d0 on x_date (path, d0, pk);
create index x_date_pk on x_date (pk);

-- Principal codes after the first, with what sorts and pins the first ones' index.
create table x_code (
  code    bigint not null,
  patient bigint,
  d0      bigint not null,
  pk      bigint not null
);
create index x_code_code on x_code (code, d0 desc, pk desc);
create index x_code_patient on x_code (patient, code, d0 desc, pk desc);
create index x_code_pk on x_code (pk);

create table x_narrative (
  pk    bigint primary key,
  type  smallint not null,
  words tsvector not null
);
create index x_narrative_words on x_narrative using gin (words);

-- Dictionaries: the distinct words of codes, the codes of systems, the distinct uris, the distinct units.
create table text_term (
  path int    not null,
  v    text   not null collate "C",
  term bigint not null,
  primary key (path, v, term)
);

create table unit (
  unit      bigint primary key,
  system    text not null,
  code      text not null,
  text      text not null,
  -- Of UCUM units that scale: units of one dimension compare.
  dimension text
);

-- Contained resources, searched with _contained: rows as in a resource type's table, with their container.
create table contained (
  pk             bigint primary key,
  type           smallint not null,
  id             text     not null,
  container      bigint   not null,
  container_type smallint not null,
  version        int      not null default 1,
  ts             bigint   not null,
  patient        bigint,
  d0             bigint   not null,
  d1             bigint,
  code           bigint,
  number         float8,
  unit           bigint,
  present        bigint   not null,
  terms          bigint[] not null,
  content        text     not null
);
create index contained_type on contained (type);
create index contained_container on contained (container);
create index contained_terms on contained using gin (terms);

-- The strings of a resource's content (not its types, not encoded bytes; the narrative without markup), lower case and
-- without accents: what _content looks through.
create function content_text(p_content text) returns text language sql immutable parallel safe as $$
  select regexp_replace(normalize(lower(string_agg(s, ' ')), NFD), '[\u0300-\u036f]', '', 'g') from (
    select case when kv->>'key' = 'div' then regexp_replace(kv->>'value', '<[^>]*>', ' ', 'g') else kv->>'value' end as s
    from jsonb_path_query(p_content::jsonb, 'strict $.** ? (@.type() == "object").keyvalue()
      ? (@.value.type() == "string" && @.key != "data" && @.key != "resourceType")') kv
    union all
    select item #>> '{}'
    from jsonb_path_query(p_content::jsonb, 'strict $.** ? (@.type() == "array")[*] ? (@.type() == "string")') item
  ) strings
$$;

-- What follows the version's number in a content, at another time: see store/stamp.ts.
create function tail_at(p_ts bigint, p_tail text) returns text language sql immutable parallel safe as $$
  select overlay(p_tail placing to_char(timestamp 'epoch' + p_ts * interval '1 millisecond', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    from length('","lastUpdated":"') + 1 for length('2000-01-01T00:00:00.000Z'))
$$;

-- Removes what clear_side's caller knows to exist: rows of the side tables for one resource.
create function clear_side(p_pk bigint) returns void language plpgsql as $$
declare
  v_pks bigint[] := array[p_pk] || array(select pk from contained where container = p_pk);
begin
  delete from x_string where pk = any (v_pks);
  delete from x_number where pk = any (v_pks);
  delete from x_date where pk = any (v_pks);
  delete from x_code where pk = any (v_pks);
  delete from x_narrative where pk = any (v_pks);
  delete from contained where container = p_pk;
end $$;

-- Adds side rows. p_side has, each optional: s [[path, v]], n [[path, code, system, unit, low, high]],
-- d [[path, d0, d1]], k [[code, patient, d0]], t the narrative's words, c [contained rows, each with its own side "x"].
create function put_side(p_pk bigint, p_type smallint, p_side jsonb) returns void language plpgsql as $$
declare
  c jsonb;
begin
  if p_side ? 's' then
    insert into x_string (path, v, pk) select (e->>0)::int, e->>1, p_pk from jsonb_array_elements(p_side->'s') e;
  end if;
  if p_side ? 'n' then
    insert into x_number (path, code, system, unit, low, high, pk)
      select (e->>0)::int, (e->>1)::bigint, (e->>2)::bigint, (e->>3)::bigint, (e->>4)::float8, (e->>5)::float8, p_pk
      from jsonb_array_elements(p_side->'n') e;
  end if;
  if p_side ? 'd' then
    insert into x_date (path, d0, d1, pk)
      select (e->>0)::int, (e->>1)::bigint, (e->>2)::bigint, p_pk from jsonb_array_elements(p_side->'d') e;
  end if;
  if p_side ? 'k' then
    insert into x_code (code, patient, d0, pk)
      select (e->>0)::bigint, (e->>1)::bigint, (e->>2)::bigint, p_pk from jsonb_array_elements(p_side->'k') e;
  end if;
  if p_side ? 't' then
    insert into x_narrative (pk, type, words) values (p_pk, p_type, array_to_tsvector(string_to_array(p_side->>'t', ' ')));
  end if;
  if p_side ? 'c' then
    for c in select * from jsonb_array_elements(p_side->'c') loop
      insert into contained (pk, type, id, container, container_type, ts, patient, d0, d1, code, number, unit, present, terms, content)
        values ((c->>'pk')::bigint, (c->>'type')::smallint, c->>'id', p_pk, p_type, (c->>'ts')::bigint, (c->>'patient')::bigint,
          (c->>'d0')::bigint, (c->>'d1')::bigint, (c->>'code')::bigint, (c->>'number')::float8, (c->>'unit')::bigint,
          (c->>'present')::bigint, (c->>'terms')::bigint[], c->>'content');
      if c ? 'x' then perform put_side((c->>'pk')::bigint, (c->>'type')::smallint, c->'x'); end if;
    end loop;
  end if;
end $$;
