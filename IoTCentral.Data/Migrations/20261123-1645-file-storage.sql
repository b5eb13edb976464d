-- Where an application keeps its files, when that is not the program's own folder.
create table file_storage (
  tenant_id         int         not null primary key default current_setting('app.tenant_id')::int
                                references application (tenant_id),
  account           text        not null,
  container         text        not null,
  -- wrapped: it holds the account's key
  connection_string bytea       not null,
  sas_ttl           interval    not null,
  version           int         not null default 1,
  updated_at        timestamptz not null,
  updated_by        text        not null
);
alter table file_storage enable row level security;
alter table file_storage force row level security;
create policy tenant on file_storage to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on file_storage to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on file_storage to iot_app;
