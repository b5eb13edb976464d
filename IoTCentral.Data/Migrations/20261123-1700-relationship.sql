-- Which gateway a device is behind, as IoT Central has it: one parent at most.
create table device_relationship (
  tenant_id  int    not null default current_setting('app.tenant_id')::int,
  source_key bigint not null,
  id         text   collate "C" not null check (id ~ '^[A-Za-z0-9_-]{1,255}$'),
  target_key bigint not null,
  created_at timestamptz not null,
  created_by text   not null,
  primary key (tenant_id, source_key, id),
  unique (tenant_id, target_key),
  check (source_key <> target_key),
  foreign key (tenant_id, source_key) references device (tenant_id, device_key) on delete cascade,
  foreign key (tenant_id, target_key) references device (tenant_id, device_key) on delete cascade
);
alter table device_relationship enable row level security;
alter table device_relationship force row level security;
create policy tenant on device_relationship to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_relationship to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device_relationship to iot_app;
