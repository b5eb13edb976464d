-- Bytes that no row refers to any more, whatever the reason was: the sweep removes them from where they lie, again and
-- again until that succeeds. Before, those of deleted devices stayed in stores that cannot be listed. It has no foreign
-- key, since it outlives the device, and its tenant is the row's that went.
create table file_removal (
  tenant_id  int         not null,
  place      text        not null,
  content_id uuid        not null,
  since      timestamptz not null default now(),
  -- put off when it fails, so that others have their turn
  next_at    timestamptz not null default now(),
  primary key (tenant_id, place, content_id)
);
-- the next ones of all tenants
create index file_removal_next on file_removal (next_at);
alter table file_removal enable row level security;
alter table file_removal force row level security;
create policy tenant on file_removal to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on file_removal to iot_system, iot_owner using (true) with check (true);
grant insert, select on file_removal to iot_app;
grant select, insert, update, delete on file_removal to iot_system;

create function remove_file_later() returns trigger language plpgsql as $$
begin
  insert into file_removal (tenant_id, place, content_id) values (old.tenant_id, old.place, old.content_id)
  on conflict do nothing;
  return null;
end $$;
revoke all on function remove_file_later() from public;
create trigger remove_later after delete on device_file
  for each row when (old.content_id is not null) execute function remove_file_later();
create trigger remove_replaced after update on device_file
  for each row when (old.content_id is not null and old.content_id is distinct from new.content_id)
  execute function remove_file_later();
