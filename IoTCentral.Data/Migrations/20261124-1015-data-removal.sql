-- Which key a deleted device had: what it sent stays for its time, and must be found when it is to go.
create table deleted_device (
  tenant_id  int         not null default current_setting('app.tenant_id')::int references application (tenant_id),
  device_key bigint      not null,
  id         text        not null,
  deleted_at timestamptz not null default now(),
  primary key (tenant_id, device_key)
);
create index deleted_device_id on deleted_device (tenant_id, id);
alter table deleted_device enable row level security;
alter table deleted_device force row level security;
create policy tenant on deleted_device to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on deleted_device to iot_system, iot_owner using (true) with check (true);
grant select, insert on deleted_device to iot_app;
grant select on deleted_device to iot_system;

create function remember_deleted_device() returns trigger language plpgsql as $$
begin
  insert into deleted_device (tenant_id, device_key, id) values (old.tenant_id, old.device_key, old.id)
  on conflict do nothing;
  return null;
end $$;
create trigger remember_deleted after delete on device for each row execute function remember_deleted_device();

-- Somebody wants all gone that a device has sent; the row is the proof that it has.
create table data_removal (
  tenant_id    int         not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id           uuid        not null,
  device_id    text        not null,
  -- the device's, and those of deleted ones of the same id
  device_keys  bigint[]    not null,
  requested_at timestamptz not null,
  requested_by text        not null,
  done_at      timestamptz,
  messages     bigint,
  points       bigint,
  last_values  bigint,
  primary key (tenant_id, id),
  check ((done_at is null) = (messages is null))
);
create index data_removal_open on data_removal (requested_at) where done_at is null;
alter table data_removal enable row level security;
alter table data_removal force row level security;
create policy tenant on data_removal to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on data_removal to iot_system, iot_owner using (true) with check (true);
grant select, insert on data_removal to iot_app;
grant select, update on data_removal to iot_system;

-- The one way in which messages leave the log one by one. The caller holds the row of seal, so that nothing that is
-- deleted here is written anew into a chunk or a pack.
create function remove_device_data(
  of_tenant int, of_devices bigint[], out messages bigint, out points bigint, out last_values bigint, out remaining bigint
)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part bigint;
begin
  with gone as (delete from chunk where tenant_id = of_tenant and device_key = any(of_devices) returning n)
  select coalesce(sum(n), 0) from gone into points;
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
    + (select count(*) from message_pack where tenant_id = of_tenant and device_key = any(of_devices))
  into remaining;
end $$;
revoke all on function remove_device_data(int, bigint[]) from public;
grant execute on function remove_device_data(int, bigint[]) to iot_system;
