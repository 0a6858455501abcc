-- What belongs to accounts besides the accounts themselves: second factors, links that are sent by mail, invitations,
-- terms of use, proxies, broken glass; and the notices that wait to be sent. "account" is the number of an account.

-- People who sign in.
create table account (
  number         bigint generated always as identity primary key,
  -- Without an @: an address can never be taken for a user name.
  username       text not null check (username !~ '[@[:space:]]' and username <> ''),
  -- How the person is addressed.
  name           text not null,
  email          text,
  email_verified boolean not null default false,
  -- A PHC string; absent where the person signs in in another way.
  password       text,
  -- Names of role policies.
  roles          text[] not null,
  -- `Patient/1`, `Practitioner/2`, …; absent until it is known who the person is.
  fhir_user      text,
  state          text not null default 'active' check (state in ('active', 'disabled')),
  -- Of the demo clinic: its password is known to everybody.
  demo           boolean not null default false,
  created        timestamptz not null,
  check (email is not null or not email_verified)
);
create unique index account_username on account (lower(username));
create unique index account_email on account (lower(email)) where email_verified;
create index account_fhir_user on account (fhir_user);

-- Browsers that somebody is signed in on.
create table session (
  hash       bytea primary key,
  account    bigint not null references account (number) on delete cascade,
  created    timestamptz not null,
  -- About when it was used last.
  seen       timestamptz not null,
  -- How the person was recognized: RFC 8176.
  methods    text[] not null,
  address    text not null,
  user_agent text
);
create index session_account on session (account);

-- RFC 6238. A secret that is not confirmed by a code yet is "pending" beside the active one.
create table account_totp (
  account   bigint not null,
  state     text not null check (state in ('pending', 'active')),
  -- Sealed.
  secret    bytea not null,
  -- The last time step of which a code was used: no code is used twice.
  last_step bigint not null default 0,
  created   timestamptz not null,
  primary key (account, state)
);

create table account_backup_code (
  account bigint not null,
  hash    bytea not null,
  created timestamptz not null,
  used    timestamptz,
  primary key (account, hash)
);

-- WebAuthn credentials.
create table account_passkey (
  credential  bytea primary key,
  account     bigint not null,
  public_key  bytea not null,
  counter     bigint not null,
  transports  text[] not null,
  backed_up   boolean not null,
  name        text not null,
  created     timestamptz not null,
  used        timestamptz
);
create index account_passkey_account on account_passkey (account);

-- "account" is absent while somebody signs in without saying who they are.
create table passkey_challenge (
  hash    bytea primary key,
  purpose text not null check (purpose in ('register', 'sign-in')),
  account bigint,
  expires timestamptz not null
);
create index passkey_challenge_expires on passkey_challenge (expires);

-- Links in mails. Only what the token hashes to is kept; a link is used once.
create table mail_token (
  hash    bytea primary key,
  purpose text not null,
  account bigint not null,
  -- Where it was sent: using it proves that this address is the account's.
  address text not null,
  created timestamptz not null,
  expires timestamptz not null,
  used    timestamptz,
  -- Another one took its place.
  revoked timestamptz
);
create index mail_token_account on mail_token (account, purpose);

-- Codes that link an account to a patient, handed over on paper.
create table invitation (
  number         bigint generated always as identity primary key,
  hash           bytea not null unique,
  patient        text not null,
  -- The person that the account will be: the patient, or a RelatedPerson who acts for the patient.
  fhir_user      text not null,
  created        timestamptz not null,
  created_by     text not null,
  expires        timestamptz not null,
  used           timestamptz,
  used_by        bigint,
  revoked        timestamptz,
  revoked_by     text,
  check ((used is null) = (used_by is null)),
  check (used is null or revoked is null)
);
create index invitation_patient on invitation (patient);

-- Accounts without an invitation that wait for staff to say whose they are.
create table link_request (
  number     bigint generated always as identity primary key,
  account    bigint not null,
  -- The Task.
  task       text,
  created    timestamptz not null,
  state      text not null default 'waiting' check (state in ('waiting', 'approved', 'refused', 'withdrawn')),
  decided    timestamptz,
  decided_by text,
  fhir_user  text,
  check ((state = 'waiting') = (decided is null)),
  check ((state = 'approved') = (fhir_user is not null))
);
create unique index link_request_waiting on link_request (account) where state = 'waiting';

create table terms_of_use (
  version   text primary key,
  title     text not null,
  -- Paragraphs, divided by empty lines.
  content   text not null,
  published timestamptz not null,
  effective timestamptz not null
);

-- Every acceptance is kept.
create table terms_acceptance (
  account  bigint not null,
  version  text not null references terms_of_use (version),
  accepted timestamptz not null,
  -- The Consent that says so.
  consent  text,
  primary key (account, version)
);

-- Who may act for which patient, from when to when.
create table proxy (
  number         bigint generated always as identity primary key,
  account        bigint not null,
  patient        text not null,
  related_person text not null,
  starts         timestamptz not null,
  ends           timestamptz,
  created        timestamptz not null,
  created_by     text not null,
  revoked        timestamptz,
  revoked_by     text,
  check (ends is null or ends > starts)
);
create index proxy_account on proxy (account);
create index proxy_patient on proxy (patient);

-- Access in an emergency, to one patient, for a while.
create table break_glass (
  number      bigint generated always as identity primary key,
  account     bigint not null,
  patient     text not null,
  reason      text not null,
  started     timestamptz not null,
  until       timestamptz not null,
  ended       timestamptz,
  reviewed    timestamptz,
  reviewed_by text,
  finding     text,
  check (until > started),
  check ((reviewed is null) = (reviewed_by is null))
);
create index break_glass_account on break_glass (account, until);
create index break_glass_unreviewed on break_glass (number) where reviewed is null;

-- How often a sign-in failed lately, by who and from where. What is lost in a crash is forgiven.
create unlogged table sign_in_failure (
  key      bytea primary key,
  failures int not null,
  last     timestamptz not null,
  -- No earlier than this is it tried again.
  next     timestamptz not null
);
create index sign_in_failure_last on sign_in_failure (last);

-- From where an account has signed in: what others do elsewhere does not hold it up here.
create table account_network (
  account bigint not null,
  network text not null,
  last    timestamptz not null,
  primary key (account, network)
);

create unlogged table rate_limit (
  key   bytea primary key,
  count int not null,
  ends  timestamptz not null
);
create index rate_limit_ends on rate_limit (ends);

-- Notices that wait to be sent, and those that were. The parameters are sealed, and removed once it is sent.
create table outbox (
  number     bigint generated always as identity primary key,
  address    text not null,
  template   text not null,
  parameters bytea,
  created    timestamptz not null,
  state      text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  -- When it is tried next. While it is being sent: when another process may think that this one has died.
  due        timestamptz not null,
  attempts   int not null default 0,
  sent       timestamptz,
  error      text
);
create index outbox_due on outbox (due) where state = 'waiting';

-- People as external OpenID providers know them.
create table account_identity (
  issuer  text not null,
  subject text not null,
  account bigint not null,
  created timestamptz not null,
  -- When somebody signed in that way last.
  used    timestamptz,
  primary key (issuer, subject)
);
create index account_identity_account on account_identity (account);
