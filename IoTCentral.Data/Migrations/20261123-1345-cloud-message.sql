-- Messages to devices: a queue each, oldest first. Rows that have ended stay a while as history and feedback.
create table cloud_message (
  tenant_id        int         not null default current_setting('app.tenant_id')::int,
  device_key       bigint      not null,
  sequence         bigint      not null generated always as identity,
  message_id       text        not null,
  correlation_id   text,
  user_id          text,
  content_type     text,
  content_encoding text,
  ack              smallint    not null,
  properties       jsonb       not null,
  body             bytea       not null,
  enqueued         timestamptz not null,
  expires          timestamptz not null,
  delivery_count   int         not null default 0,
  lock_token       uuid,
  locked_until     timestamptz,
  outcome          smallint,
  ended_at         timestamptz,
  primary key (tenant_id, device_key, sequence),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade,
  check ((outcome is null) = (ended_at is null))
);
create index cloud_message_waiting on cloud_message (tenant_id, device_key, sequence) where outcome is null;
create index cloud_message_expires on cloud_message (expires) where outcome is null;
create index cloud_message_locked on cloud_message (locked_until) where locked_until is not null;
create index cloud_message_ended on cloud_message (ended_at) where outcome is not null;
alter table cloud_message enable row level security;
alter table cloud_message force row level security;
create policy tenant on cloud_message to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on cloud_message to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on cloud_message to iot_app;
grant select, update, delete on cloud_message to iot_system;
