-- A small number for each name that devices of a tenant send values under; chunks and their index carry it.
create table signal (
  tenant_id int   not null default current_setting('app.tenant_id')::int,
  signal_id int   not null generated always as identity,
  component text  not null,
  name      text  not null,
  -- of component and name: they come from devices and may be longer than an index takes
  digest    bytea not null,
  primary key (tenant_id, signal_id),
  unique (tenant_id, digest)
);
alter table signal enable row level security;
alter table signal force row level security;
create policy tenant on signal to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on signal to iot_system, iot_owner using (true) with check (true);
grant select on signal to iot_app;
grant select, insert, delete on signal to iot_system;

-- Sealed points: one row a series, stretch of message time and kind of value; docs/telemetry-store.md says what is in data.
-- Level 0 is an hour, 1 a day, 2 thirty-two days; a series has its points of a stretch in one level only. Parts are
-- filled one after the other where a stretch has more points than a chunk holds.
create table chunk (
  device_key bigint      not null,
  start      timestamptz not null,
  min        float8,
  max        float8,
  sum        float8,
  first      float8,
  last       float8,
  tenant_id  int         not null default current_setting('app.tenant_id')::int,
  signal_id  int         not null,
  n          int         not null,
  written    date        not null,
  level      smallint    not null,
  kind       smallint    not null,
  part       smallint    not null default 0,
  data       bytea       not null,
  primary key (tenant_id, device_key, signal_id, level, start, kind, part) include (n, min, max, sum, first, last)
) with (toast_tuple_target = 8160);
-- packed already: trying again costs time and gains nothing
alter table chunk alter column data set storage external;
-- for retention
create index chunk_written on chunk using brin (written);
alter table chunk enable row level security;
alter table chunk force row level security;
create policy tenant on chunk to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on chunk to iot_system, iot_owner using (true) with check (true);
grant select on chunk to iot_app;
grant select, insert, update, delete on chunk to iot_system;

-- How far each shard's log is sealed: messages up to this position are in chunks, those after it are read from the log.
create table seal (
  shard    smallint    primary key,
  position bigint      not null,
  -- of the newest sealed message; what comes after it was received at most an hour before
  received timestamptz not null
) with (fillfactor = 10);
grant select on seal to iot_app;
grant select, insert, update on seal to iot_system;
insert into seal (shard, position, received) values (0, 0, '-infinity');
