create table device_template (
  tenant_id    int  not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id           text not null,
  model_id     text not null,
  display_name text not null,
  description  text not null default '',
  status       text not null check (status in ('draft', 'published')),
  -- IoT Central's deviceTemplate JSON: capability model, cloud properties, overrides
  document     jsonb not null,
  version      int  not null default 1,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  created_by   text not null,
  updated_by   text not null,
  primary key (tenant_id, id)
);
-- DPS payload and CONNECT announce the model; the newest published template with it is assigned.
create index device_template_model on device_template (tenant_id, model_id);
alter table device_template enable row level security;
alter table device_template force row level security;
create policy tenant on device_template to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_template to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device_template to iot_app;
grant select on device_template to iot_system;

create table device (
  tenant_id          int    not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id                 text   collate "C" not null check (id ~ '^[A-Za-z0-9\-:.+%_#*?!(),=@$'']{1,128}$'),
  device_key         bigint not null generated always as identity,
  name               text   not null check (length(name) between 1 and 148),
  -- sort key of lists; also keyset paging
  name_key           text   collate "C" not null generated always as (lower(name)) stored,
  id_lower           text   collate "C" not null generated always as (lower(id)) stored,
  organization_id    int    not null,
  template_id        text,
  status             text   not null default 'registered' check (status in ('registered', 'provisioned')),
  is_blocked         boolean not null default false,
  is_simulated       boolean not null default false,
  announced_model_id text,
  version            int    not null default 1,
  created_at         timestamptz not null,
  created_by         text   not null,
  updated_by         text   not null,
  primary key (tenant_id, id),
  unique (tenant_id, device_key),
  foreign key (tenant_id, organization_id) references organization (tenant_id, id),
  foreign key (tenant_id, template_id) references device_template (tenant_id, id)
);
-- list pages: by name; by template; look-up without case; sign-in looks an id up in all applications
create index device_name on device (tenant_id, name_key, id);
create index device_template_of on device (tenant_id, template_id, name_key, id);
create index device_id_lower on device (tenant_id, id_lower);
create index device_sign_in on device (id);
create index device_simulated on device (tenant_id) where is_simulated;
alter table device enable row level security;
alter table device force row level security;
create policy tenant on device to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device to iot_app;
grant select, update on device to iot_system;

-- Words that begin the id or a word of the name: prefix ranges instead of ilike, which no index serves under RLS.
create table device_word (
  tenant_id  int    not null default current_setting('app.tenant_id')::int,
  word       text   collate "C" not null,
  device_key bigint not null,
  primary key (tenant_id, word, device_key),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
);
create index device_word_device on device_word (tenant_id, device_key);
alter table device_word enable row level security;
alter table device_word force row level security;
create policy tenant on device_word to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_word to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device_word to iot_app;

-- History stays with the organization of its time.
create table device_organization (
  tenant_id       int    not null default current_setting('app.tenant_id')::int,
  device_key      bigint not null,
  organization_id int    not null,
  from_at         timestamptz not null,
  to_at           timestamptz,
  primary key (tenant_id, device_key, from_at),
  foreign key (tenant_id, organization_id) references organization (tenant_id, id)
);
alter table device_organization enable row level security;
alter table device_organization force row level security;
create policy tenant on device_organization to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_organization to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on device_organization to iot_app;
grant select on device_organization to iot_system;

-- Written often and by the hub; apart from device so that it stays small and HOT (no index on what changes).
create table device_presence (
  tenant_id       int    not null default current_setting('app.tenant_id')::int,
  device_key      bigint not null,
  is_connected    boolean not null default false,
  node_epoch      bigint,
  connected_at    timestamptz,
  disconnected_at timestamptz,
  last_message_at timestamptz,
  primary key (tenant_id, device_key),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
) with (fillfactor = 50);
alter table device_presence enable row level security;
alter table device_presence force row level security;
create policy tenant on device_presence to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_presence to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on device_presence to iot_app;
grant select, insert, update on device_presence to iot_system;

-- Which enrollment yields a device's keys. The keys themselves are the enrollment's: panel, REST, registration and
-- sign-in agree because there is one truth.
create table device_credential (
  tenant_id       int    not null default current_setting('app.tenant_id')::int,
  device_key      bigint not null,
  -- null: the individual enrollment of the registration id
  group_id        text,
  -- as the device spelled it: keys of a group's devices derive from this text
  registration_id text   collate "C" not null,
  -- of two equal credentials in two applications the one that DPS assigned last is meant
  assigned_at     timestamptz not null,
  primary key (tenant_id, device_key),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
);
alter table device_credential enable row level security;
alter table device_credential force row level security;
create policy tenant on device_credential to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_credential to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device_credential to iot_app;
grant select on device_credential to iot_system;

create table enrollment_group (
  tenant_id     int  not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id            text not null check (id ~ '^[A-Za-z0-9-]{1,255}$'),
  display_name  text not null,
  is_enabled    boolean not null default true,
  type          text not null default 'iot' check (type in ('iot', 'iotEdge')),
  attestation   text not null default 'symmetricKey' check (attestation in ('symmetricKey')),
  primary_key   bytea not null,
  secondary_key bytea not null,
  version       int  not null default 1,
  created_at    timestamptz not null,
  created_by    text not null,
  updated_by    text not null,
  primary key (tenant_id, id)
);
alter table enrollment_group enable row level security;
alter table enrollment_group force row level security;
create policy tenant on enrollment_group to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on enrollment_group to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on enrollment_group to iot_app;
grant select on enrollment_group to iot_system;

create table individual_enrollment (
  tenant_id       int  not null default current_setting('app.tenant_id')::int references application (tenant_id),
  -- registration ids know no case
  registration_id text collate "C" not null check (registration_id = lower(registration_id)),
  device_id       text not null,
  is_enabled      boolean not null default true,
  primary_key     bytea not null,
  secondary_key   bytea not null,
  version         int  not null default 1,
  created_at      timestamptz not null,
  created_by      text not null,
  updated_by      text not null,
  primary key (tenant_id, registration_id)
);
alter table individual_enrollment enable row level security;
alter table individual_enrollment force row level security;
create policy tenant on individual_enrollment to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on individual_enrollment to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on individual_enrollment to iot_app;
grant select on individual_enrollment to iot_system;

create table twin (
  tenant_id         int    not null default current_setting('app.tenant_id')::int,
  device_key        bigint not null,
  desired           jsonb  not null default '{}',
  desired_version   bigint not null default 1,
  desired_metadata  jsonb  not null default '{}',
  reported          jsonb  not null default '{}',
  reported_version  bigint not null default 1,
  reported_metadata jsonb  not null default '{}',
  -- cloud properties: never sent to the device
  cloud             jsonb  not null default '{}',
  cloud_version     int    not null default 1,
  updated_at        timestamptz not null default now(),
  primary key (tenant_id, device_key),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
);
alter table twin enable row level security;
alter table twin force row level security;
create policy tenant on twin to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on twin to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on twin to iot_app;
grant select on twin to iot_system;

-- Scalar reported and cloud properties as text, for filters (jsonb @> is not leakproof, so no index serves it).
create table device_property (
  tenant_id  int    not null default current_setting('app.tenant_id')::int,
  device_key bigint not null,
  source     text   not null check (source in ('reported', 'cloud')),
  component  text   collate "C" not null default '',
  name       text   collate "C" not null,
  value      text   collate "C" not null,
  primary key (tenant_id, device_key, component, name, source),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade
);
create index device_property_value on device_property (tenant_id, component, name, value);
alter table device_property enable row level security;
alter table device_property force row level security;
create policy tenant on device_property to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_property to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device_property to iot_app;

-- Why a device could or could not connect, in words.
create table connection_log (
  tenant_id  int    not null default current_setting('app.tenant_id')::int,
  id         bigint not null generated always as identity,
  device_key bigint,
  device_id  text   collate "C" not null,
  at         timestamptz not null,
  -- connected, disconnected, refused, provisioned, slowed, …
  kind       text   not null,
  -- stable code, e.g. wrong-key, expired, replaced, bad-topic
  code       text   not null,
  detail     text   not null,
  address    text   not null,
  protocol   text   not null,
  primary key (tenant_id, id)
);
create index connection_log_device on connection_log (tenant_id, device_id, id desc);
create index connection_log_at on connection_log (at);
alter table connection_log enable row level security;
alter table connection_log force row level security;
create policy tenant on connection_log to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on connection_log to iot_system, iot_owner using (true) with check (true);
grant select, insert on connection_log to iot_app;
grant select, insert, delete on connection_log to iot_system;
