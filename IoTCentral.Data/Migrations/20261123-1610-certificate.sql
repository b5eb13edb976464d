-- Devices with certificates: groups led by an authority, single devices by thumbprint; and what registering means.
alter table enrollment_group
  drop constraint enrollment_group_attestation_check,
  drop column attestation,
  alter column primary_key drop not null,
  alter column secondary_key drop not null,
  -- null keys: its devices have certificates
  add constraint enrollment_group_keys check ((primary_key is null) = (secondary_key is null)),
  add column needs_approval boolean not null default false,
  add column reprovisioning text not null default 'migrate' check (reprovisioning in ('migrate', 'reset', 'never')),
  add column initial_twin jsonb;

create table signing_certificate (
  tenant_id         int  not null default current_setting('app.tenant_id')::int,
  group_id          text not null,
  entry             text not null check (entry in ('primary', 'secondary')),
  -- DER; names and thumbprints are read from it
  certificate       bytea not null,
  is_verified       boolean not null default false,
  verification_code text,
  -- of its newest revocation list
  revoked_count     int,
  list_issued_at    timestamptz,
  list_next_due     timestamptz,
  version           int  not null default 1,
  uploaded_at       timestamptz not null,
  updated_by        text not null,
  primary key (tenant_id, group_id, entry),
  foreign key (tenant_id, group_id) references enrollment_group (tenant_id, id) on delete cascade
);
alter table signing_certificate enable row level security;
alter table signing_certificate force row level security;
create policy tenant on signing_certificate to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on signing_certificate to iot_system, iot_owner using (true) with check (true);
grant select, insert, update, delete on signing_certificate to iot_app;
grant select on signing_certificate to iot_system;

-- Serial numbers that an authority has taken back: one is looked up at each sign-in, a whole list would be megabytes.
create table revoked_certificate (
  tenant_id int  not null default current_setting('app.tenant_id')::int,
  group_id  text not null,
  entry     text not null,
  serial    text collate "C" not null,
  primary key (tenant_id, group_id, entry, serial),
  foreign key (tenant_id, group_id, entry) references signing_certificate (tenant_id, group_id, entry) on delete cascade
);
alter table revoked_certificate enable row level security;
alter table revoked_certificate force row level security;
create policy tenant on revoked_certificate to iot_app using (tenant_id = current_setting('app.tenant_id')::int);
create policy system on revoked_certificate to iot_system, iot_owner using (true) with check (true);
grant select, insert, delete on revoked_certificate to iot_app;
grant select on revoked_certificate to iot_system;

alter table individual_enrollment
  alter column primary_key drop not null,
  alter column secondary_key drop not null,
  -- SHA-1 or SHA-256 of the DER, upper-case hex
  add column primary_thumbprint text,
  add column secondary_thumbprint text,
  -- DER, when it is known
  add column primary_certificate bytea,
  add column secondary_certificate bytea,
  -- keys or certificates
  add constraint individual_enrollment_attestation check (
    (primary_key is null) = (secondary_key is null) and (primary_key is null) <> (primary_thumbprint is null)
    and (secondary_thumbprint is null or primary_thumbprint is not null)
  );

-- Registered with its credential: anybody may enrol anybody's certificate, only its holder proves it.
alter table device_credential add column is_proven boolean not null default false;
update device_credential c set is_proven = true
from device d where d.tenant_id = c.tenant_id and d.device_key = c.device_key and d.status = 'provisioned';

alter table device
  drop constraint device_status_check,
  add constraint device_status_check check (status in ('registered', 'provisioned', 'waiting'));
-- the approval queue
create index device_waiting on device (tenant_id, created_at) where status = 'waiting';
