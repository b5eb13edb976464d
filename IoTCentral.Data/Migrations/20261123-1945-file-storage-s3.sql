-- An application may keep its files in a bucket of S3 as well: a row is of one kind or the other.
alter table file_storage
  alter column account drop not null,
  alter column container drop not null,
  alter column connection_string drop not null,
  add column endpoint text,
  add column region text,
  add column bucket text,
  add column access_key_id text,
  add column path_style boolean,
  -- wrapped
  add column secret_key bytea,
  add constraint file_storage_kind check (
    num_nonnulls(account, container, connection_string) = 3
      and num_nonnulls(endpoint, region, bucket, access_key_id, path_style, secret_key) = 0
    or num_nonnulls(account, container, connection_string) = 0
      and num_nonnulls(endpoint, region, bucket, access_key_id, path_style, secret_key) = 6
  );
