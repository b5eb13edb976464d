-- Other processes hear of changes when they are committed: origin|kind|tenant|device key|id on one channel. Only what
-- somebody keeps in memory is announced, and nothing that comes with each message or connection: commits of
-- announcing transactions follow one another.

create function announce() returns trigger language plpgsql as $$
declare
  kind   text := tg_argv[0];
  id     text;
  device text := '';
  tenant int;
begin
  if tg_op = 'DELETE' then
    tenant := old.tenant_id;
    execute format('select ($1).%I::text', tg_argv[1]) using old into id;
    if tg_nargs > 2 then
      execute format('select ($1).%I::text', tg_argv[2]) using old into device;
    end if;
  else
    tenant := new.tenant_id;
    execute format('select ($1).%I::text', tg_argv[1]) using new into id;
    if tg_nargs > 2 then
      execute format('select ($1).%I::text', tg_argv[2]) using new into device;
    end if;
  end if;
  -- A notice has at most 8,000 bytes; without an id it means all things of this kind.
  if octet_length(id) > 4000 then
    id := '';
  end if;
  perform pg_notify('iotcentral_change',
    concat_ws('|', current_setting('application_name'), kind, tenant, device, id));
  return null;
end $$;
revoke all on function announce() from public;

-- a new application is nothing anybody remembers
create trigger announce after update or delete on application
  for each row execute function announce('application', 'slug');
create trigger announce after insert or update or delete on membership
  for each row execute function announce('application', 'person_id');
create trigger announce after insert or update or delete on device_template
  for each row execute function announce('template', 'id');
create trigger announce after insert or update or delete on rule
  for each row execute function announce('rule', 'id');
create trigger announce after insert or update or delete on dashboard
  for each row execute function announce('dashboard', 'id');

-- rules meet a new device by its first message; a simulated one must be started
create trigger announce_new after insert on device
  for each row when (new.is_simulated) execute function announce('device', 'id', 'device_key');
create trigger announce_gone after delete on device
  for each row execute function announce('device', 'id', 'device_key');
create trigger announce after update on device
  for each row when (
    (old.name, old.organization_id, old.template_id, old.is_blocked, old.is_simulated)
    is distinct from (new.name, new.organization_id, new.template_id, new.is_blocked, new.is_simulated)
  )
  execute function announce('device', 'id', 'device_key');

create trigger announce_desired after update on twin
  for each row when (old.desired_version is distinct from new.desired_version)
  execute function announce('twin', 'device_key', 'device_key');
create trigger announce_cloud after update on twin
  for each row when (old.cloud_version is distinct from new.cloud_version)
  execute function announce('cloud-properties', 'device_key', 'device_key');

create trigger announce_new after insert on alert
  for each row execute function announce('alert', 'id', 'device_key');
create trigger announce after update on alert
  for each row when (old.status is distinct from new.status)
  execute function announce('alert', 'id', 'device_key');
