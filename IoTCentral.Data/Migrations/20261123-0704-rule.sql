create table rule (
  tenant_id   int  not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id          text not null,
  name        text not null check (length(name) between 1 and 148),
  template_id text not null,
  is_enabled  boolean not null default true,
  -- conditions, filter, window, hold time, hysteresis, actions without secrets
  definition  jsonb not null,
  -- webhook secrets, wrapped by the master key
  secret      bytea,
  -- why the program set it aside (it failed while judging); null: it runs
  stopped_reason text,
  stopped_at  timestamptz,
  version     int  not null default 1,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  created_by  text not null,
  updated_by  text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, template_id) references device_template (tenant_id, id)
);
alter table rule enable row level security;
alter table rule force row level security;
create policy tenant on rule to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on rule to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on rule to iot_app;
grant select on rule to iot_system;

-- Where a rule stands on a device; a row only while it is not in its resting state.
create table rule_state (
  tenant_id  int    not null default current_setting('app.tenant_id')::int,
  rule_id    text   not null,
  device_key bigint not null,
  -- holding (true, hold time running), firing (alert open), muted (resolved by hand while still true)
  phase      text   not null check (phase in ('holding', 'firing', 'muted')),
  since      timestamptz not null,
  -- when a timer must look again; null: only news can change it
  due_at     timestamptz,
  alert_id   uuid,
  -- what each condition saw
  detail     jsonb  not null default '[]',
  -- counts writes: who writes names the one it follows, since people resolve alerts while rules are judged
  version    int    not null default 1,
  primary key (tenant_id, rule_id, device_key),
  foreign key (tenant_id, rule_id) references rule (tenant_id, id) on delete cascade
);
create index rule_state_due on rule_state (due_at) where due_at is not null;
alter table rule_state enable row level security;
alter table rule_state force row level security;
create policy tenant on rule_state to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on rule_state to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on rule_state to iot_app;
grant select on rule_state to iot_system;

-- One episode of a rule on a device. It outlives rule and device, so it carries their names.
create table alert (
  tenant_id       int    not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id              uuid   not null,
  rule_id         text   not null,
  rule_name       text   not null,
  device_key      bigint not null,
  device_id       text   not null,
  device_name     text   not null,
  organization_id int    not null,
  severity        text   not null check (severity in ('information', 'warning', 'critical')),
  status          text   not null check (status in ('open', 'acknowledged', 'resolved')),
  opened_at       timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at     timestamptz,
  -- condition, person, rule-changed, device-removed
  resolved_by     text,
  resolved_reason text,
  -- what was seen: capability, value, limit, unit, worst value so far
  facts           jsonb  not null,
  version         int    not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, organization_id) references organization (tenant_id, id)
);
-- at most one unresolved alert per (rule, device)
create unique index alert_unresolved on alert (tenant_id, rule_id, device_key) where status <> 'resolved';
create index alert_opened on alert (tenant_id, opened_at desc, id);
create index alert_device on alert (tenant_id, device_key, opened_at desc);
create index alert_open_count on alert (tenant_id, status) where status <> 'resolved';
alter table alert enable row level security;
alter table alert force row level security;
create policy tenant on alert to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on alert to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on alert to iot_app;
grant select on alert to iot_system;

-- What happened to an alert: opened, acknowledged, note, resolved.
create table alert_event (
  tenant_id  int    not null default current_setting('app.tenant_id')::int,
  alert_id   uuid   not null,
  id         bigint not null generated always as identity,
  at         timestamptz not null,
  kind       text   not null,
  actor_name text   not null,
  note       text   not null default '',
  primary key (tenant_id, alert_id, id),
  foreign key (tenant_id, alert_id) references alert (tenant_id, id)
);
alter table alert_event enable row level security;
alter table alert_event force row level security;
create policy tenant on alert_event to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on alert_event to iot_system, iot_owner using (true) with check (true);
grant select, insert on alert_event to iot_app;

-- What must leave the program: written in the transaction that decides it, sent afterwards, at least once.
create table outbox (
  tenant_id       int  not null default current_setting('app.tenant_id')::int references application (tenant_id),
  id              uuid not null,
  -- alert + action + transition: the same thing is never put in twice
  key             text not null,
  kind            text not null check (kind in ('email', 'webhook')),
  target          text not null,
  -- mail as JSON, or the webhook's body; text, since a device's words may hold \u0000, which jsonb refuses
  payload         text not null,
  -- HMAC secret of a webhook, wrapped by the master key
  secret          bytea,
  alert_id        uuid,
  status          text not null default 'pending' check (status in ('pending', 'sent', 'failed', 'not-sent')),
  attempts        int  not null default 0,
  next_attempt_at timestamptz not null,
  last_error      text,
  created_at      timestamptz not null,
  sent_at         timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, key)
);
create index outbox_due on outbox (next_attempt_at) where status = 'pending';
-- old rows are swept
create index outbox_swept on outbox (created_at) where status <> 'pending';
create index outbox_alert on outbox (tenant_id, alert_id);
create index outbox_created on outbox (tenant_id, created_at desc, id);
alter table outbox enable row level security;
alter table outbox force row level security;
create policy tenant on outbox to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on outbox to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on outbox to iot_app;
grant select, delete on outbox to iot_system;
