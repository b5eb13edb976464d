-- The newest value of signals that have not been replaced for a while. What devices send all the time is not written
-- here: it is among their newest messages in the log.
create table last_value (
  tenant_id    int              not null default current_setting('app.tenant_id')::int,
  device_key   bigint           not null,
  component    text             collate "C" not null,
  name         text             collate "C" not null,
  kind         smallint         not null,
  number       double precision not null,
  number2      double precision not null,
  number3      double precision not null,
  text         text,
  message_time timestamptz      not null,
  received     timestamptz      not null,
  primary key (tenant_id, device_key, component, name),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
);
alter table last_value enable row level security;
alter table last_value force row level security;
create policy tenant on last_value to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on last_value to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on last_value to iot_app;
