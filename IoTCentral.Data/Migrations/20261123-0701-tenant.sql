-- Every tenant table: tenant_id first in the primary key and in every foreign key, row-level security forced, policy
-- "tenant" for iot_app, policy "system" for the roles that may cross tenants.

create table organization (
  tenant_id  int  not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id         int  not null,
  slug       text not null,
  name       text not null,
  parent_id  int,
  version    int  not null default 1,
  created_by text not null,
  updated_by text not null,
  primary key (tenant_id, id),
  unique (tenant_id, slug),
  foreign key (tenant_id, parent_id) references organization (tenant_id, id)
);
alter table organization enable row level security;
alter table organization force row level security;
create policy tenant on organization to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on organization to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on organization to iot_app;
grant select, insert on organization to iot_system;

-- Membership is readable by tenant or by the person it is about (her list of applications); writable by tenant only.
create table membership (
  tenant_id       int  not null default current_setting('app.tenant_id')::int,
  person_id       uuid not null references person (id),
  role_id         text not null,
  organization_id int  not null,
  created_at      timestamptz not null default now(),
  created_by      text not null,
  updated_by      text not null,
  primary key (tenant_id, person_id, organization_id),
  foreign key (tenant_id, organization_id) references organization (tenant_id, id)
);
create index membership_person on membership (person_id);
alter table membership enable row level security;
alter table membership force row level security;
create policy tenant on membership to iot_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::int);
create policy person on membership for select to iot_app
  using (person_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy system on membership to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on membership to iot_app;
grant select on membership to iot_system;

-- Append-only for tenants: iot_app has no update or delete.
create table audit (
  tenant_id   int    not null default current_setting('app.tenant_id')::int,
  id          bigint not null generated always as identity,
  at          timestamptz not null default now(),
  actor_kind  text   not null,
  actor_id    text   not null,
  actor_name  text   not null,
  address     text,
  action      text   not null,
  target_id   text   not null,
  target_name text,
  before      jsonb,
  after       jsonb,
  primary key (tenant_id, id)
);
alter table audit enable row level security;
alter table audit force row level security;
create policy tenant on audit to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on audit to iot_system, iot_owner using (true) with check (true);
grant select, insert on audit to iot_app;
grant insert on audit to iot_system;
