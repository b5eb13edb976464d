-- Commands that were run on devices, with their answers.
create table command_call (
  tenant_id        int         not null default current_setting('app.tenant_id')::int,
  id               uuid        not null,
  device_key       bigint      not null,
  component        text        not null,
  name             text        not null,
  request          text,
  state            smallint    not null,
  response_code    int,
  response         text,
  failure          text,
  called_at        timestamptz not null,
  ended_at         timestamptz,
  called_by        text        not null,
  connect_seconds  int         not null,
  response_seconds int         not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
);
-- ids are in order of time
create index command_call_device on command_call (tenant_id, device_key, id);
create index command_call_name on command_call (tenant_id, device_key, component, name, id);
alter table command_call enable row level security;
alter table command_call force row level security;
create policy tenant on command_call to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on command_call to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on command_call to iot_app;
