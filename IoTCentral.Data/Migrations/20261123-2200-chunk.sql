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
  -- what was written up to this day is merged
  merged   date        not null
) with (fillfactor = 10);
grant select on seal to iot_app;
grant select, insert, update on seal to iot_system;
insert into seal (shard, position, merged) values (0, 0, current_date - 1);

-- Messages as they came, packed: those of a device and a stretch, in the order of their times. What is sealed is here and
-- no longer needed in the log, whose index finds what is not.
create table message_pack (
  device_key bigint      not null,
  first      timestamptz not null,
  last       timestamptz not null,
  received   timestamptz not null,
  position   bigint      not null,
  tenant_id  int         not null default current_setting('app.tenant_id')::int,
  n          int         not null,
  written    date        not null,
  data       bytea       not null,
  -- newest first; what a range or a look-back leaves out is left out by the index
  primary key (tenant_id, device_key, last, first, received, position)
) with (toast_tuple_target = 8160);
alter table message_pack alter column data set storage external;
create index message_pack_written on message_pack using brin (written);
alter table message_pack enable row level security;
alter table message_pack force row level security;
create policy tenant on message_pack to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on message_pack to iot_system, iot_owner using (true) with check (true);
grant select on message_pack to iot_app;
grant select, insert, delete on message_pack to iot_system;

drop index message_log_device;
create index message_log_device on message_log (device_key, position);

-- Drops the oldest partition that holds nothing but what is sealed and has been read by all who follow the log; null
-- when there is none. One a call: who writes waits until the call has ended.
create function drop_sealed_partition(before date) returns text
language plpgsql security definer set search_path = public, pg_temp
-- dropping waits for who reads, and who writes waits for it; the next call comes soon
set lock_timeout = '200ms'
as $$
declare
  done bigint;
  partition text;
  day timestamptz;
begin
  select least((select min(position) from seal), (select min(position) from consumer_checkpoint)) into done;
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.message_log'::regclass
      and c.relname < 'message_log_' || to_char(before, 'YYYYMMDD')
    order by c.relname
  loop
    -- read through the parent: a partition shows its rows to nobody
    day := to_date(right(partition, 8), 'YYYYMMDD')::timestamp at time zone 'UTC';
    if not exists (
      select from message_log
      where received >= day and received < day + interval '24 hours' and position > done
    ) then
      execute format('drop table %I', partition);
      return partition;
    end if;
  end loop;
  return null;
exception when lock_not_available then
  return null;
end $$;
revoke all on function drop_sealed_partition(date) from public;
grant execute on function drop_sealed_partition(date) to iot_system;
