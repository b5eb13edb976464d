-- What devices reported, the newest of each: the twin itself knows only the outcome.
create table twin_report (
  tenant_id  int         not null default current_setting('app.tenant_id')::int,
  device_key bigint      not null,
  -- of the reported properties after it
  version    bigint      not null,
  at         timestamptz not null,
  patch      jsonb       not null,
  primary key (tenant_id, device_key, version),
  foreign key (tenant_id, device_key) references twin (tenant_id, device_key) on delete cascade
);
alter table twin_report enable row level security;
alter table twin_report force row level security;
create policy tenant on twin_report to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on twin_report to iot_system, iot_owner using (true) with check (true);
grant select, insert, delete on twin_report to iot_app;

-- Which version of the thing a change made, where it counts them.
alter table audit add column version bigint;
