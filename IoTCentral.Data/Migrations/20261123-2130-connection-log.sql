-- How somebody came: by what proof, with what program, through which group; and repeats of one reason as one line.
alter table connection_log
  add column proof    text not null default '',
  add column client   text not null default '',
  add column group_id text,
  add column count    int  not null default 1 check (count > 0),
  -- a line that is stored again changes its count
  add column run      uuid;
create unique index connection_log_run on connection_log (tenant_id, run) where run is not null;
-- what tried to register and is no device: few among many
create index connection_log_unknown on connection_log (tenant_id, id desc) where device_key is null;
grant update on connection_log to iot_system;

alter table connection_attempt
  add column protocol text not null default '',
  add column client   text not null default '';
