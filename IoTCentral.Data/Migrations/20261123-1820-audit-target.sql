-- What was done to one thing, newest first: the history of a device's twin.
create index audit_target on audit (tenant_id, target_id, id desc);
