-- Platform tables: they belong to the installation, not to a tenant, and have no row-level security.
-- The list of them is held by a test.

create table setting (
  key        text primary key,
  value      jsonb,
  secret     bytea,
  updated_at timestamptz not null default now()
);

create table person (
  id                            uuid primary key,
  email                         text not null,
  normalized_email              text not null unique,
  name                          text not null default '',
  password_hash                 text,
  security_stamp                text not null,
  concurrency_stamp             text not null,
  email_confirmed               boolean not null default false,
  lockout_end                   timestamptz,
  lockout_enabled               boolean not null default true,
  access_failed_count           int not null default 0,
  is_installation_administrator boolean not null default false,
  time_zone                     text,
  theme                         text check (theme in ('light', 'dark', 'system')),
  created_at                    timestamptz not null
);

create table application (
  tenant_id    int generated always as identity primary key,
  slug         text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])$'),
  name         text not null check (length(name) between 1 and 148),
  id_scope     text not null unique check (id_scope ~ '^[A-Za-z0-9]{4,32}$'),
  host_name    text unique,
  time_zone    text not null default 'Etc/UTC',
  is_suspended boolean not null default false,
  version      int not null default 1,
  created_at   timestamptz not null,
  created_by   text not null,
  updated_by   text not null
);

create table api_token (
  tenant_id       int not null references application (tenant_id),
  id              text not null,
  role_id         text not null,
  organization_id int not null,
  hash            bytea not null,
  expires_at      timestamptz not null,
  created_at      timestamptz not null,
  created_by      text not null,
  primary key (tenant_id, id)
);

-- One-time links (first administrator, later invitations); only the hash of the secret is kept.
create table one_time_link (
  hash       bytea primary key,
  purpose    text not null check (purpose in ('administrator')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);

-- Data-protection keys of ASP.NET Core, each wrapped by the master key.
create table data_protection_key (
  name       text primary key,
  wrapped    bytea not null,
  created_at timestamptz not null
);

-- Nodes of the program; presence rows name the epoch that wrote them, so that a kill -9 leaves no ghosts.
create table node (
  epoch        bigint generated always as identity primary key,
  name         text not null,
  started_at   timestamptz not null,
  heartbeat_at timestamptz not null,
  ended_at     timestamptz
);

-- Writers of the message log, one row a shard: the next batch must name the position it follows (a fence against a
-- second writer) and leaves its id, so that a retry after an in-doubt commit knows that it is done.
create table ingest_shard (
  shard    smallint primary key,
  position bigint not null,
  batch_id uuid
) with (fillfactor = 10);

create table consumer_checkpoint (
  consumer text not null,
  shard    smallint not null default 0,
  position bigint not null,
  primary key (consumer, shard)
) with (fillfactor = 10);

-- Connection attempts that belong to no application.
create table connection_attempt (
  id        bigint generated always as identity primary key,
  at        timestamptz not null,
  address   text not null,
  id_scope  text,
  device_id text,
  code      text not null,
  detail    text not null
);
create index connection_attempt_at on connection_attempt (at);

-- Acts on the installation itself: applications, people, mail set-up.
create table installation_audit (
  id          bigint generated always as identity primary key,
  at          timestamptz not null default now(),
  actor_kind  text not null,
  actor_id    text not null,
  actor_name  text not null,
  address     text,
  action      text not null,
  target_id   text not null,
  target_name text,
  before      jsonb,
  after       jsonb
);

grant select, insert, update on setting, person, application to iot_app;
grant select, insert, update, delete on api_token, one_time_link, data_protection_key to iot_app;
grant select, insert on installation_audit to iot_app;
grant select on connection_attempt to iot_app;
grant select on application, setting, person, api_token to iot_system;
grant select, insert, update, delete on node, ingest_shard, consumer_checkpoint, connection_attempt to iot_system;
-- Rule evaluation commits state, alerts, outbox and its checkpoint in one transaction as iot_app.
grant select, insert, update on consumer_checkpoint to iot_app;

insert into ingest_shard (shard, position) values (0, 0);
