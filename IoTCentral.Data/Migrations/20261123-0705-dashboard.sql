create table dashboard (
  tenant_id       int  not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id              text not null,
  name            text not null check (length(name) between 1 and 148),
  organization_id int  not null,
  -- property whose values the scope picker offers
  scope_property  text,
  -- the one that opens first
  is_home         boolean not null default false,
  tiles           jsonb not null default '[]',
  version         int  not null default 1,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  created_by      text not null,
  updated_by      text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, organization_id) references organization (tenant_id, id)
);
alter table dashboard enable row level security;
alter table dashboard force row level security;
create policy tenant on dashboard to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on dashboard to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on dashboard to iot_app;
