-- The log: one row a message, in commit order. The one tenant table without a primary key: (shard, position) is
-- assigned by the shard's single writer, and a B-tree on it would cost as much as the row. Heap order is commit
-- order, so a BRIN index finds positions.
create table message_log (
  shard        smallint    not null,
  position     bigint      not null,
  tenant_id    int         not null default current_setting('app.tenant_id')::int,
  device_key   bigint      not null,
  received     timestamptz not null,
  message_time timestamptz not null,
  component    text        not null default '',
  flags        smallint    not null default 0,
  identity     bigint,
  body         bytea       not null,
  properties   bytea
) partition by range (received);
-- raw-data view, charts, repeats of a device
create index message_log_device on message_log (device_key, message_time);
create index message_log_position on message_log using brin (shard, position) with (pages_per_range = 32);
alter table message_log enable row level security;
alter table message_log force row level security;
create policy tenant on message_log to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on message_log to iot_system, iot_owner using (true) with check (true);
grant select on message_log to iot_app;
grant select, insert on message_log to iot_system;

-- A message that the database refused: kept with its reason, acknowledged, holding up nobody.
create table message_rejected (
  tenant_id    int         not null default current_setting('app.tenant_id')::int,
  id           bigint      not null generated always as identity,
  device_key   bigint      not null,
  received     timestamptz not null,
  reason       text        not null,
  component    bytea       not null,
  body         bytea       not null,
  properties   bytea,
  primary key (tenant_id, id)
);
create index message_rejected_device on message_rejected (tenant_id, device_key, received);
alter table message_rejected enable row level security;
alter table message_rejected force row level security;
create policy tenant on message_rejected to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on message_rejected to iot_system, iot_owner using (true) with check (true);
grant select on message_rejected to iot_app;
grant select, insert, delete on message_rejected to iot_system;

-- Partitions are a day of received time. They are made by a function of the owner, so that no other role owns or may
-- alter tables; a partition has row-level security without a policy and no grants: read directly it shows nothing.
create function ensure_message_partition(day date) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  name text := 'message_log_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('public.' || name) is null then
    execute format(
      'create table %I partition of message_log for values from (%L) to (%L)',
      name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('alter table %I set (autovacuum_analyze_scale_factor = 0.2)', name);
  end if;
  return name;
end $$;

create function drop_message_partitions(before date) returns setof text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  partition text;
begin
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.message_log'::regclass
      and c.relname < 'message_log_' || to_char(before, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition);
    return next partition;
  end loop;
end $$;

revoke all on function ensure_message_partition(date) from public;
revoke all on function drop_message_partitions(date) from public;
grant execute on function ensure_message_partition(date), drop_message_partitions(date) to iot_system;
