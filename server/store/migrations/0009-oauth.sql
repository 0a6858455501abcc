-- The authorization server: who may ask, what was granted, and what stands for it. Of secrets and tokens only what they
-- hash to is kept. https://www.rfc-editor.org/rfc/rfc6749

create table client (
  id            text primary key,
  name          text not null,
  -- A client that waits is approved by an administrator before it may do anything.
  state         text not null check (state in ('waiting', 'active', 'disabled')),
  -- Who said that it exists: an administrator, one of our own apps, the demo, or the client itself.
  source        text not null check (source in ('administrator', 'app', 'demo', 'registration')),
  auth_method   text not null check (auth_method in ('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt')),
  redirect_uris text[] not null,
  grant_types   text[] not null,
  -- The most that it is ever granted.
  scopes        text not null,
  jwks          jsonb,
  jwks_uri      text,
  -- Our own apps: nobody is asked whether they may.
  trusted       boolean not null default false,
  -- What else was said at registration: logo, addresses of pages, contacts.
  metadata      jsonb not null,
  created       timestamptz not null,
  check (jwks is null or jwks_uri is null)
);

-- Several at once while a secret is being changed.
create table client_secret (
  client  text not null references client (id) on delete cascade,
  hash    bytea not null,
  created timestamptz not null,
  expires timestamptz,
  primary key (client, hash)
);

-- One launch of an app by a person, or one token of a backend service.
create table grant_ (
  number     bigint generated always as identity primary key,
  client     text not null references client (id) on delete cascade,
  -- The number of the account; absent for backend services.
  account    bigint,
  scopes     text not null,
  patient    text,
  encounter  text,
  -- What else the token response tells: fhirContext, need_patient_banner, intent, …
  context    jsonb not null,
  nonce      text,
  auth_time  timestamptz,
  -- The session that it was made in: online_access ends with it.
  session    bytea,
  -- The person need not be asked again.
  remembered boolean not null default false,
  created    timestamptz not null,
  -- About when a token of it was used last; absent while there has been none.
  used       timestamptz,
  revoked    timestamptz,
  -- After that nothing of it can be used.
  expires    timestamptz not null
);
create index grant_account on grant_ (account, client);
create index grant_client on grant_ (client);
create index grant_expires on grant_ (expires);

create table token (
  hash    bytea primary key,
  kind    text not null check (kind in ('code', 'access', 'refresh')),
  grant_  bigint not null references grant_ (number) on delete cascade,
  scopes  text not null,
  -- Of codes: the redirect URI and the challenge.
  data    jsonb,
  created timestamptz not null,
  expires timestamptz not null,
  -- Codes and refresh tokens are used once.
  used    timestamptz
);
create index token_grant on token (grant_);
create index token_expires on token (expires);

-- Assertions that were used: each is taken once. https://www.rfc-editor.org/rfc/rfc7523#section-3
create table jti (
  client  text not null,
  hash    bytea not null,
  expires timestamptz not null,
  primary key (client, hash)
);
create index jti_expires on jti (expires);

-- What an app that is launched from inside is to be told. The handle is used once.
create table launch (
  hash      bytea primary key,
  account   bigint not null,
  -- The one client that may use it, where it is for one.
  client    text,
  patient   text,
  encounter text,
  context   jsonb not null,
  created   timestamptz not null,
  expires   timestamptz not null,
  used      timestamptz
);
create index launch_expires on launch (expires);

-- Requests for authorization while the person signs in and decides.
create table authorization_request (
  hash       bytea primary key,
  -- What the cookie of the browser that began it hashes to: no other goes on with it.
  browser    bytea not null,
  parameters jsonb not null,
  -- What was found out and chosen since.
  progress   jsonb not null,
  created    timestamptz not null,
  expires    timestamptz not null
);
create index authorization_request_expires on authorization_request (expires);

-- What id_tokens are signed with. The newest one signs; older ones stay known until what they signed has expired.
create table signing_key (
  kid         text primary key,
  algorithm   text not null,
  -- Sealed.
  private_key bytea not null,
  public_key  jsonb not null,
  created     timestamptz not null,
  -- Another one took its place.
  retired     timestamptz
);
-- Processes that start at once make one.
create unique index signing_key_current on signing_key (algorithm) where retired is null;
