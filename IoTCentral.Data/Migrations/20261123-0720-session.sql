-- One row a sign-in: a cookie is good only while its session has not ended, so that signing out ends it on the server
-- too. A platform table.
create table session (
  id         uuid primary key,
  person_id  uuid not null references person (id),
  created_at timestamptz not null,
  address    text,
  ended_at   timestamptz
);
create index session_person on session (person_id, created_at);
grant select, insert, update, delete on session to iot_app;
