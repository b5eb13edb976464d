-- Hourly sums of numbers whose points are past their time: 32 days of a series in a row.
create table rollup (
  device_key bigint      not null,
  start      timestamptz not null,
  tenant_id  int         not null default current_setting('app.tenant_id')::int references application (tenant_id),
  signal_id  int         not null,
  data       bytea       not null,
  primary key (tenant_id, device_key, signal_id, start)
);
alter table rollup alter column data set storage external;
alter table rollup enable row level security;
alter table rollup force row level security;
create policy tenant on rollup to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on rollup to iot_system, iot_owner using (true) with check (true);
grant select on rollup to iot_app;
grant select, insert, update, delete on rollup to iot_system;

-- Up to when an application has any, so that questions about what is newer need not look.
create table rollup_reach (
  tenant_id int         not null primary key default current_setting('app.tenant_id')::int
                        references application (tenant_id),
  until     timestamptz not null
);
alter table rollup_reach enable row level security;
alter table rollup_reach force row level security;
create policy tenant on rollup_reach to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on rollup_reach to iot_system, iot_owner using (true) with check (true);
grant select on rollup_reach to iot_app;
grant select, insert, update on rollup_reach to iot_system;

-- 0: for ever; null: as the application says, or the installation
alter table retention_rule add column rollup_days int check (rollup_days between 0 and 36500);

-- As before, and the sums.
create or replace function remove_device_data(
  of_tenant int, of_devices bigint[], out messages bigint, out points bigint, out last_values bigint, out remaining bigint
)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part bigint;
begin
  with gone as (delete from chunk where tenant_id = of_tenant and device_key = any(of_devices) returning n)
  select coalesce(sum(n), 0) from gone into points;
  delete from rollup where tenant_id = of_tenant and device_key = any(of_devices);
  with gone as (delete from message_pack where tenant_id = of_tenant and device_key = any(of_devices) returning n)
  select coalesce(sum(n), 0) from gone into messages;
  -- what is sealed may lie in the log too, and is counted already
  with gone as (
    delete from message_log where tenant_id = of_tenant and device_key = any(of_devices) returning shard, position
  )
  select count(*) from gone join seal using (shard) where gone.position > seal.position into part;
  messages := messages + part;
  with gone as (delete from message_rejected where tenant_id = of_tenant and device_key = any(of_devices) returning 1)
  select count(*) from gone into part;
  messages := messages + part;
  with gone as (delete from last_value where tenant_id = of_tenant and device_key = any(of_devices) returning 1)
  select count(*) from gone into last_values;
  select (select count(*) from chunk where tenant_id = of_tenant and device_key = any(of_devices))
    + (select count(*) from rollup where tenant_id = of_tenant and device_key = any(of_devices))
    + (select count(*) from message_pack where tenant_id = of_tenant and device_key = any(of_devices))
  into remaining;
end $$;
