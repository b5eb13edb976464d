-- Uploads of devices and the files that came of them; the bytes lie in a file store, under content_id.
create table device_file (
  tenant_id          int         not null default current_setting('app.tenant_id')::int,
  -- the correlation id of the protocol
  id                 uuid        not null,
  device_key         bigint      not null,
  name               text        not null check (length(name) between 1 and 1024),
  opened_at          timestamptz not null,
  expires            timestamptz not null,
  -- room taken by blocks that are not a file yet
  staged             bigint      not null default 0 check (staged >= 0),
  -- new for each content, in order of time; the public id of the file
  content_id         uuid,
  place              text,
  size               bigint,
  content_type       text,
  md5                bytea,
  stored_at          timestamptz,
  -- the device's word of how it went
  ended_at           timestamptz,
  is_success         boolean,
  status_code        int,
  status_description text,
  primary key (tenant_id, id),
  foreign key (tenant_id, device_key) references device (tenant_id, device_key) on delete cascade,
  check ((content_id is null) = (place is null or size is null or content_type is null or md5 is null
    or stored_at is null)),
  check ((ended_at is null) = (is_success is null))
);
-- one file a name, as in any blob store; the list of a device, newest first; what is to be swept
create unique index device_file_name on device_file (tenant_id, device_key, name) where content_id is not null;
create unique index device_file_content on device_file (tenant_id, content_id) where content_id is not null;
create index device_file_list on device_file (tenant_id, device_key, content_id) where content_id is not null;
create index device_file_open on device_file (tenant_id, device_key) where ended_at is null;
create index device_file_expires on device_file (expires) where content_id is null or staged > 0;
create index device_file_stored on device_file (stored_at) where content_id is not null;
alter table device_file enable row level security;
alter table device_file force row level security;
create policy tenant on device_file to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on device_file to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on device_file to iot_app;
grant select, update, delete on device_file to iot_system;

-- The room that files and unfinished uploads take, kept by a trigger, since each block asks for it.
create table file_usage (
  tenant_id int    not null primary key references application (tenant_id),
  bytes     bigint not null default 0
);
alter table file_usage enable row level security;
alter table file_usage force row level security;
create policy tenant on file_usage to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on file_usage to iot_system, iot_owner using (true) with check (true);
grant select, insert, update on file_usage to iot_app;
grant select, insert, update on file_usage to iot_system;

create function count_file_room() returns trigger language plpgsql as $$
declare
  tenant int    := case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end;
  more   bigint := 0;
begin
  if tg_op <> 'INSERT' then
    more := more - old.staged - coalesce(old.size, 0);
  end if;
  if tg_op <> 'DELETE' then
    more := more + new.staged + coalesce(new.size, 0);
  end if;
  if more <> 0 then
    insert into file_usage as u (tenant_id, bytes) values (tenant, more)
    on conflict (tenant_id) do update set bytes = u.bytes + excluded.bytes;
  end if;
  return null;
end $$;
revoke all on function count_file_room() from public;
create trigger count_room after insert or update or delete on device_file
  for each row execute function count_file_room();

create trigger announce_stored after update on device_file
  for each row when (old.content_id is distinct from new.content_id) execute function announce('file', 'content_id', 'device_key');
create trigger announce_gone after delete on device_file
  for each row when (old.content_id is not null) execute function announce('file', 'content_id', 'device_key');
