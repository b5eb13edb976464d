-- A BRIN index knows new pages only once they are summarized; until then each read by position, of a consumer that is
-- behind, goes through all of them. Vacuum would do it, but comes long after the pages were filled and holds the lock
-- that summarizing needs. The log has nothing to vacuum: rows are never changed, partitions are dropped whole.
create function summarize_message_log(since date) returns int
language plpgsql security definer
set search_path = public, pg_temp
set lock_timeout = '100ms'
as $$
begin
  return (
    select coalesce(sum(brin_summarize_new_values(i.indexrelid::regclass)), 0)
    from pg_inherits h
    join pg_class p on p.oid = h.inhrelid
    join pg_index i on i.indrelid = p.oid
    join pg_class x on x.oid = i.indexrelid
    join pg_am a on a.oid = x.relam
    where h.inhparent = 'public.message_log'::regclass
      and p.relname >= 'message_log_' || to_char(since, 'YYYYMMDD')
      and pg_relation_size(p.oid) > 0
      and a.amname = 'brin'
  );
exception when lock_not_available then
  -- analyze is at it, or maintenance; the next call comes soon
  return -1;
end $$;
revoke all on function summarize_message_log(date) from public;
grant execute on function summarize_message_log(date) to iot_system;

create or replace function ensure_message_partition(day date) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  name text := 'message_log_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('public.' || name) is null then
    execute format(
      'create table %I partition of message_log for values from (%L) to (%L)',
      name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'alter table %I set (autovacuum_analyze_scale_factor = 0.2, autovacuum_vacuum_insert_threshold = -1)', name);
  end if;
  return name;
end $$;

do $$
declare
  partition regclass;
begin
  for partition in select inhrelid from pg_inherits where inhparent = 'public.message_log'::regclass loop
    execute format('alter table %s set (autovacuum_vacuum_insert_threshold = -1)', partition);
  end loop;
end $$;
