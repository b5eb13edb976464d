-- Modules of devices: identities of their own, with a twin, a queue, commands and presence under a key of their own. Keys
-- of devices and modules come from one sequence, so that what belongs to an identity need not say which of the two it is.
create table device_module (
  tenant_id     int    not null default current_setting('app.tenant_id')::int,
  device_key    bigint not null,
  id            text   collate "C" not null check (id ~ '^[A-Za-z0-9\-:.+%_#*?!(),=@$'']{1,128}$'),
  module_key    bigint not null default nextval('device_device_key_seq'),
  -- iotEdge for those that a deployment made
  managed_by    text   not null default '',
  primary_key   bytea  not null,
  secondary_key bytea  not null,
  version       int    not null default 1,
  created_at    timestamptz not null,
  created_by    text   not null,
  updated_by    text   not null,
  primary key (tenant_id, device_key, id),
  unique (tenant_id, module_key),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
);
alter table device_module enable row level security;
alter table device_module force row level security;
create policy tenant on device_module to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_module to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device_module to iot_app;
grant select on device_module to iot_system;
grant usage on sequence device_device_key_seq to iot_app;

alter table twin drop constraint twin_tenant_id_device_key_fkey;
alter table device_presence drop constraint device_presence_tenant_id_device_key_fkey;
alter table cloud_message drop constraint cloud_message_tenant_id_device_key_fkey;
alter table command_call drop constraint command_call_tenant_id_device_key_fkey;
grant delete on twin, device_presence, cloud_message, command_call to iot_app;

-- What the foreign keys did, for both kinds of identity.
create function forget_identity() returns trigger language plpgsql as $$
declare
  gone bigint := case tg_argv[0] when 'module' then (to_jsonb(old) ->> 'module_key')::bigint else old.device_key end;
begin
  delete from twin where tenant_id = old.tenant_id and device_key = gone;
  delete from device_presence where tenant_id = old.tenant_id and device_key = gone;
  delete from cloud_message where tenant_id = old.tenant_id and device_key = gone;
  delete from command_call where tenant_id = old.tenant_id and device_key = gone;
  return null;
end $$;
revoke all on function forget_identity() from public;
create trigger forget after delete on device for each row execute function forget_identity('device');
create trigger forget after delete on device_module for each row execute function forget_identity('module');
