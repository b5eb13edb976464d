-- The devices of a group are counted and listed.
create index device_credential_group on device_credential (tenant_id, group_id, device_key) where group_id is not null;
