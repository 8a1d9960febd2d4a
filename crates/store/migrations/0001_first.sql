-- The whole schema, for SQLite and PostgreSQL alike: TEXT, BIGINT, BOOLEAN only; JSON as text, dates as YYYY-MM-DD,
-- instants as Unix milliseconds. On SQLite the engine turns each table into a STRICT one without row ids (engine/sqlite.rs).
-- Tenant first: network_id leads every key.
-- Versioned tables (what decisions read) keep every version: known_from_ms <= t < known_until_ms, the current one until
-- 9223372036854775807; since known_until_ms closes the primary key, there is at most one current version.

CREATE TABLE network (
  network_id TEXT NOT NULL,
  name TEXT NOT NULL,
  accent TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id)
);

-- Versioned: what decisions read ------------------------------------------------------------------------------------

CREATE TABLE location (
  network_id TEXT NOT NULL REFERENCES network (network_id),
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  zone TEXT NOT NULL,
  grace_before_minutes BIGINT NOT NULL,
  grace_after_minutes BIGINT NOT NULL,
  opening_hours TEXT NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);

CREATE TABLE person (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  cards TEXT NOT NULL,
  state TEXT NOT NULL,
  name_key TEXT NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE UNIQUE INDEX person_by_email ON person (network_id, email)
  WHERE known_until_ms = 9223372036854775807 AND state <> 'removed';
CREATE INDEX person_by_name ON person (network_id, name_key, id) WHERE known_until_ms = 9223372036854775807;

CREATE TABLE membership (
  network_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (network_id, person_id, location_id, known_until_ms)
);
CREATE INDEX membership_by_location ON membership (network_id, location_id, known_until_ms, person_id);

CREATE TABLE company_membership (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  company_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  joined_on TEXT NOT NULL,
  left_on TEXT,
  removed_at_ms BIGINT,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE INDEX company_membership_by_person ON company_membership (network_id, person_id, known_until_ms);
CREATE INDEX company_membership_by_company ON company_membership (network_id, company_id, known_until_ms);

CREATE TABLE plan (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  location_id TEXT NOT NULL,
  name TEXT NOT NULL,
  price_cents BIGINT NOT NULL,
  currency TEXT NOT NULL,
  period TEXT NOT NULL,
  description TEXT NOT NULL,
  groups_json TEXT NOT NULL,
  archived BOOLEAN NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);

CREATE TABLE resource (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  location_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  capacity BIGINT NOT NULL,
  groups_json TEXT NOT NULL,
  grace_before_minutes BIGINT,
  grace_after_minutes BIGINT,
  buffer_minutes BIGINT NOT NULL,
  min_minutes BIGINT NOT NULL,
  max_minutes BIGINT NOT NULL,
  step_minutes BIGINT NOT NULL,
  opening_hours TEXT,
  book_by TEXT NOT NULL,
  see_by TEXT NOT NULL,
  approval BOOLEAN NOT NULL,
  confirmation TEXT NOT NULL,
  archived BOOLEAN NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);

CREATE TABLE subscription (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  location_id TEXT NOT NULL,
  person_id TEXT,
  company_id TEXT,
  starts_on TEXT NOT NULL,
  ends_on TEXT,
  cancelled_at_ms BIGINT,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE INDEX subscription_by_person ON subscription (network_id, person_id, known_until_ms);
CREATE INDEX subscription_by_company ON subscription (network_id, company_id, known_until_ms);

CREATE TABLE item (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  subscription_id TEXT NOT NULL,
  plan_id TEXT,
  resource_id TEXT,
  access_json TEXT NOT NULL,
  reach_json TEXT NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE INDEX item_by_subscription ON item (network_id, subscription_id, known_until_ms);
CREATE INDEX item_by_plan ON item (network_id, plan_id, known_until_ms);
CREATE INDEX item_by_resource ON item (network_id, resource_id, known_until_ms);

CREATE TABLE booking (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  resource_id TEXT NOT NULL,
  booker_id TEXT NOT NULL,
  title TEXT NOT NULL,
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE INDEX booking_by_resource ON booking (network_id, resource_id, until_ms, known_until_ms);
CREATE INDEX booking_by_booker ON booking (network_id, booker_id, until_ms, known_until_ms);
CREATE INDEX booking_by_end ON booking (network_id, until_ms, known_until_ms);

CREATE TABLE invitee (
  network_id TEXT NOT NULL,
  booking_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, booking_id, person_id, known_until_ms)
);
CREATE INDEX invitee_by_person ON invitee (network_id, person_id, known_until_ms);

CREATE TABLE integration (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  location_id TEXT NOT NULL,
  vendor TEXT NOT NULL,
  state TEXT NOT NULL,
  visibility TEXT NOT NULL,
  site TEXT,
  site_name TEXT,
  vendor_login_id TEXT,
  PRIMARY KEY (network_id, id, known_until_ms)
);

CREATE TABLE access_group (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  integration_id TEXT NOT NULL,
  external TEXT NOT NULL,
  name TEXT NOT NULL,
  site TEXT,
  gone BOOLEAN NOT NULL,
  doors_json TEXT NOT NULL,
  restrictions_json TEXT NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE UNIQUE INDEX access_group_by_external ON access_group (network_id, integration_id, external, known_until_ms);

CREATE TABLE door (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  integration_id TEXT NOT NULL,
  external TEXT NOT NULL,
  name TEXT NOT NULL,
  site TEXT,
  position BIGINT NOT NULL,
  gone BOOLEAN NOT NULL,
  restrictions_json TEXT NOT NULL,
  online BOOLEAN,
  locked_down BOOLEAN NOT NULL,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE UNIQUE INDEX door_by_external ON door (network_id, integration_id, external, known_until_ms);

CREATE TABLE holder (
  network_id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  external TEXT,
  email TEXT NOT NULL,
  unconfirmed BOOLEAN NOT NULL,
  disabled BOOLEAN NOT NULL,
  refused TEXT,
  PRIMARY KEY (network_id, integration_id, person_id, known_until_ms)
);
CREATE INDEX holder_by_person ON holder (network_id, person_id, known_until_ms);

CREATE TABLE grant_row (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  known_from_ms BIGINT NOT NULL,
  known_until_ms BIGINT NOT NULL,
  integration_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  held_from_ms BIGINT,
  held_until_ms BIGINT,
  external TEXT,
  state TEXT NOT NULL,
  causes_json TEXT NOT NULL,
  intended_at_ms BIGINT NOT NULL,
  sent_at_ms BIGINT,
  confirmed_at_ms BIGINT,
  ended_at_ms BIGINT,
  last_error TEXT,
  PRIMARY KEY (network_id, id, known_until_ms)
);
CREATE INDEX grant_row_by_person ON grant_row (network_id, person_id, known_until_ms);
CREATE INDEX grant_row_by_integration ON grant_row (network_id, integration_id, known_until_ms, state);

-- Not versioned -----------------------------------------------------------------------------------------------------

CREATE TABLE company (
  network_id TEXT NOT NULL REFERENCES network (network_id),
  id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  PRIMARY KEY (network_id, id)
);

-- One row per resource; making or moving a booking counts it up first, so that racing bookings of one resource queue.
CREATE TABLE resource_turn (
  network_id TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  turns BIGINT NOT NULL,
  PRIMARY KEY (network_id, resource_id)
);

-- What the worker learned or last did at an integration; changes too often to keep versions of, and no decision reads it.
CREATE TABLE integration_status (
  network_id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  learned_json TEXT NOT NULL,
  settings_json TEXT NOT NULL,
  reading_due_at_ms BIGINT NOT NULL,
  hook_secret TEXT,
  last_round_at_ms BIGINT,
  last_complete_at_ms BIGINT,
  last_error TEXT,
  last_error_at_ms BIGINT,
  events_after TEXT,
  PRIMARY KEY (network_id, integration_id)
);

CREATE TABLE vendor_login (
  network_id TEXT NOT NULL REFERENCES network (network_id),
  id TEXT NOT NULL,
  vendor TEXT NOT NULL,
  account TEXT NOT NULL,
  shown TEXT NOT NULL,
  secret TEXT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, id)
);
CREATE UNIQUE INDEX vendor_login_by_account ON vendor_login (network_id, vendor, account);

-- A person's own login at a vendor, sealed, so that opening a door needs one call.
CREATE TABLE holder_secret (
  network_id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  secret TEXT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, integration_id, person_id)
);

CREATE TABLE account (
  network_id TEXT NOT NULL REFERENCES network (network_id),
  id TEXT NOT NULL,
  person_id TEXT,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  permissions_json TEXT NOT NULL,
  password_hash TEXT,
  totp TEXT,
  totp_step BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  locked_until_ms BIGINT,
  made_at_ms BIGINT NOT NULL,
  ended_at_ms BIGINT,
  PRIMARY KEY (network_id, id)
);
CREATE UNIQUE INDEX account_by_email ON account (network_id, email) WHERE ended_at_ms IS NULL;
CREATE INDEX account_by_person ON account (network_id, person_id);

CREATE TABLE session (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  seen_at_ms BIGINT NOT NULL,
  fresh_at_ms BIGINT NOT NULL,
  ends_at_ms BIGINT NOT NULL,
  device TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (network_id, id),
  FOREIGN KEY (network_id, account_id) REFERENCES account (network_id, id)
);
CREATE UNIQUE INDEX session_by_token ON session (token_hash);
CREATE INDEX session_by_account ON session (network_id, account_id);

CREATE TABLE sign_in_code (
  network_id TEXT NOT NULL,
  email TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  link_hash TEXT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  ends_at_ms BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  PRIMARY KEY (network_id, email)
);
CREATE INDEX sign_in_code_by_link ON sign_in_code (link_hash);

CREATE TABLE attempt (
  network_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  count BIGINT NOT NULL,
  since_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, subject)
);

CREATE TABLE api_token (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  used_at_ms BIGINT,
  ends_at_ms BIGINT,
  ended_at_ms BIGINT,
  PRIMARY KEY (network_id, id),
  FOREIGN KEY (network_id, account_id) REFERENCES account (network_id, id)
);
CREATE UNIQUE INDEX api_token_by_token ON api_token (token_hash);

-- Keys, not commands: which integration, or which person there, has to be computed anew.
CREATE TABLE wakeup (
  network_id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  lane BIGINT NOT NULL,
  due_at_ms BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  leased_until_ms BIGINT NOT NULL,
  token TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  last_error TEXT,
  PRIMARY KEY (network_id, integration_id, person_id)
);
CREATE INDEX wakeup_by_due ON wakeup (due_at_ms, leased_until_ms);

CREATE TABLE lease (
  network_id TEXT NOT NULL,
  name TEXT NOT NULL,
  token TEXT NOT NULL,
  until_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, name)
);

CREATE TABLE finding (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  person_id TEXT,
  key TEXT NOT NULL,
  note_json TEXT NOT NULL,
  first_at_ms BIGINT NOT NULL,
  last_at_ms BIGINT NOT NULL,
  resolved_at_ms BIGINT,
  PRIMARY KEY (network_id, id)
);
CREATE UNIQUE INDEX finding_open ON finding (network_id, integration_id, key) WHERE resolved_at_ms IS NULL;

CREATE TABLE round (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  person_id TEXT,
  cause TEXT NOT NULL,
  state TEXT NOT NULL,
  began_at_ms BIGINT NOT NULL,
  ended_at_ms BIGINT,
  complete BOOLEAN NOT NULL,
  changes BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  error TEXT,
  PRIMARY KEY (network_id, id)
);
CREATE INDEX round_by_integration ON round (network_id, integration_id, id);

CREATE TABLE change_row (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  grant_id TEXT NOT NULL,
  change_json TEXT NOT NULL,
  state TEXT NOT NULL,
  receipt_json TEXT,
  calls BIGINT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  ended_at_ms BIGINT,
  error TEXT,
  PRIMARY KEY (network_id, id),
  FOREIGN KEY (network_id, round_id) REFERENCES round (network_id, id)
);
CREATE INDEX change_row_by_round ON change_row (network_id, round_id, id);
CREATE INDEX change_row_by_person ON change_row (network_id, person_id, id);

CREATE TABLE door_event (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  external TEXT NOT NULL,
  door_id TEXT,
  person_id TEXT,
  kind TEXT NOT NULL,
  ok BOOLEAN NOT NULL,
  detail TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, id)
);
CREATE UNIQUE INDEX door_event_by_external ON door_event (network_id, integration_id, external);
CREATE INDEX door_event_by_time ON door_event (network_id, at_ms, id);
CREATE INDEX door_event_by_person ON door_event (network_id, person_id, at_ms, id);
CREATE INDEX door_event_by_door ON door_event (network_id, door_id, at_ms, id);

CREATE TABLE mail (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body_text TEXT NOT NULL,
  body_html TEXT,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at_ms BIGINT NOT NULL,
  leased_until_ms BIGINT NOT NULL,
  token TEXT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  sent_at_ms BIGINT,
  last_error TEXT,
  PRIMARY KEY (network_id, id)
);
CREATE INDEX mail_by_due ON mail (due_at_ms, network_id, id) WHERE state = 'queued';

CREATE TABLE audit (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  person_id TEXT,
  before_json TEXT,
  after_json TEXT,
  cause TEXT,
  PRIMARY KEY (network_id, id)
);
CREATE INDEX audit_by_object ON audit (network_id, object_id, id);
CREATE INDEX audit_by_person ON audit (network_id, person_id, id);

CREATE TABLE idempotency (
  network_id TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  answer TEXT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, key)
);

-- What vendors' webhooks brought, raw, until the worker has looked at it.
CREATE TABLE inbox (
  network_id TEXT NOT NULL,
  id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  headers_json TEXT NOT NULL,
  body TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (network_id, id)
);
CREATE INDEX inbox_by_integration ON inbox (network_id, integration_id);
