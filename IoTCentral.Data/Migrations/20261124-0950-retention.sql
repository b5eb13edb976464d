-- How long an application keeps what its devices send, where it is not as long as the installation says.
create table retention_rule (
  tenant_id    int         not null default current_setting('app.tenant_id')::int references application (tenant_id),
  -- devices of this template; empty: all that no other row is about
  template_id  text        not null,
  -- 0: for ever; null: as the application says, or the installation
  message_days int         check (message_days between 0 and 36500),
  point_days   int         check (point_days between 0 and 36500),
  updated_at   timestamptz not null,
  updated_by   text        not null,
  primary key (tenant_id, template_id)
);
alter table retention_rule enable row level security;
alter table retention_rule force row level security;
create policy tenant on retention_rule to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on retention_rule to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on retention_rule to iot_app;
grant select on retention_rule to iot_system;

-- What must stay, whatever the rules say.
create table legal_hold (
  tenant_id  int         not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id         uuid        not null,
  -- null: all devices
  device_key bigint,
  device_id  text,
  reason     text        not null,
  placed_at  timestamptz not null,
  placed_by  text        not null,
  primary key (tenant_id, id),
  check ((device_key is null) = (device_id is null))
);
alter table legal_hold enable row level security;
alter table legal_hold force row level security;
create policy tenant on legal_hold to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on legal_hold to iot_system, iot_owner using (true) with check (true);
grant select, insert, delete on legal_hold to iot_app;
grant select on legal_hold to iot_system;

-- What an application's data takes, counted in the background: to count it for who looks would read all of it.
create table storage_use (
  tenant_id     int         not null primary key default current_setting('app.tenant_id')::int
                            references application (tenant_id),
  counted_at    timestamptz not null,
  messages      bigint      not null,
  message_bytes bigint      not null,
  points        bigint      not null,
  point_bytes   bigint      not null,
  oldest_point  timestamptz
);
alter table storage_use enable row level security;
alter table storage_use force row level security;
create policy tenant on storage_use to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on storage_use to iot_system, iot_owner using (true) with check (true);
grant select on storage_use to iot_app;
grant select, insert, update on storage_use to iot_system;
