-- SPDX-License-Identifier: MIT
-- The private tables (singular names). People and programs read the public views of views.sql (plural names).
--
-- Integers stand for: instant = seconds since 1970-01-01T00:00:00Z; day = days since 1970-01-01 (UTC); period = year * 100 + month
-- of the first day of a billing period; nanos = 1e-9 of the currency unit. Quantities and prices are exact decimal TEXT as the
-- service printed them. GUIDs are lower case TEXT. Facts hold integers alone; every text stands once in a dimension table.

-- What this database is bound to, set when it is made: partner, period_start_day.
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One pull. status: 0 running, 1 ok, 2 partial, 3 failed, 4 aborted (found running at the next start).
CREATE TABLE run (
  id             INTEGER PRIMARY KEY,
  trigger        TEXT NOT NULL,
  slot           INTEGER NOT NULL,          -- the schedule's instant that it served, 0: none
  started        INTEGER NOT NULL,
  ended          INTEGER NOT NULL DEFAULT 0,
  status         INTEGER NOT NULL DEFAULT 0,
  correlation_id TEXT NOT NULL,             -- MS-CorrelationId of all its calls: what Microsoft's support asks for
  customers      INTEGER NOT NULL DEFAULT 0,
  subscriptions  INTEGER NOT NULL DEFAULT 0,
  not_covered    INTEGER NOT NULL DEFAULT 0,
  slices         INTEGER NOT NULL DEFAULT 0,
  slices_failed  INTEGER NOT NULL DEFAULT 0,
  rows_added     INTEGER NOT NULL DEFAULT 0,
  rows_changed   INTEGER NOT NULL DEFAULT 0,
  rows_withdrawn INTEGER NOT NULL DEFAULT 0,
  unpriced       INTEGER NOT NULL DEFAULT 0, -- purchases without an amount when it ended
  requests       INTEGER NOT NULL DEFAULT 0,
  retries        INTEGER NOT NULL DEFAULT 0,
  throttled      INTEGER NOT NULL DEFAULT 0,
  bytes          INTEGER NOT NULL DEFAULT 0,
  duration_ms    INTEGER NOT NULL DEFAULT 0,
  code           TEXT,
  error          TEXT,
  remedy         TEXT
) STRICT;

-- A customer tenant. missing_since: the instant from which the partner's list no longer named it; 0: named.
CREATE TABLE customer (
  id            INTEGER PRIMARY KEY,
  guid          TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  domain        TEXT NOT NULL,
  relationship  TEXT NOT NULL,
  first_seen    INTEGER NOT NULL,
  missing_since INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A subscription of a customer. reference is the first part of its purchases' references: the guid; when a subscription moves to
-- another customer it is a new row (what was bought stays with who bought it) whose reference has the customer's guid behind "~".
-- usage_source: 0 utilization, 1 azure_plan, 2 not_found, 3 forbidden, 4 none.
CREATE TABLE subscription (
  id            INTEGER PRIMARY KEY,
  customer_id   INTEGER NOT NULL REFERENCES customer(id),
  guid          TEXT NOT NULL,
  reference     TEXT NOT NULL UNIQUE,
  entitlement   TEXT NOT NULL,
  name          TEXT NOT NULL,
  offer_id      TEXT NOT NULL,
  offer_name    TEXT NOT NULL,
  status        TEXT NOT NULL,
  billing_type  TEXT NOT NULL,
  unit_type     TEXT NOT NULL,
  created       TEXT NOT NULL,
  first_seen    INTEGER NOT NULL,
  missing_since INTEGER NOT NULL DEFAULT 0,
  usage_source  INTEGER NOT NULL,
  source_since  INTEGER NOT NULL,
  source_reason TEXT NOT NULL DEFAULT '',
  UNIQUE (guid, customer_id)
) STRICT;
CREATE INDEX subscription_by_customer ON subscription (customer_id);

-- A meter of Azure: the key that joins usage and rates. banded: 1 once any of its rates has several tiers or an included quantity,
-- so that its purchases depend on each other within a billing period.
CREATE TABLE meter (
  id     INTEGER PRIMARY KEY,
  guid   TEXT NOT NULL UNIQUE,
  banded INTEGER NOT NULL DEFAULT 0
) STRICT;

-- How a usage record names its meter, as received: names change with time and locale, the meter does not.
CREATE TABLE product (
  id          INTEGER PRIMARY KEY,
  digest      BLOB NOT NULL UNIQUE,
  meter_id    INTEGER NOT NULL REFERENCES meter(id),
  name        TEXT NOT NULL,
  category    TEXT NOT NULL,
  subcategory TEXT NOT NULL,
  region      TEXT NOT NULL,
  unit        TEXT NOT NULL
) STRICT;

-- What used the meter: everything of instanceData and infoFields. digest covers the partner and all of these, tags and the like with
-- sorted keys; it is part of the purchase references. Kept by subscription, because digests alone would make every insert a visit to
-- another page.
CREATE TABLE resource (
  id              INTEGER PRIMARY KEY,
  subscription_id INTEGER NOT NULL REFERENCES subscription(id),
  digest          BLOB NOT NULL,
  uri             TEXT NOT NULL,
  resource_group  TEXT NOT NULL,
  name            TEXT NOT NULL,
  location        TEXT NOT NULL,
  part_number     TEXT NOT NULL,
  order_number    TEXT NOT NULL,
  tags            TEXT NOT NULL,   -- JSON as received but for white space, '' when absent
  additional_info TEXT NOT NULL,
  info_fields     TEXT NOT NULL,
  UNIQUE (subscription_id, digest)
) STRICT;

-- The unit of fetching: what was reported on one UTC day for one subscription.
-- state: 1 complete, 2 empty, 3 unconfirmed (an empty 204), 4 failed. first_run_id and stored_run_id are 0 while nothing is stored.
CREATE TABLE slice (
  subscription_id INTEGER NOT NULL REFERENCES subscription(id),
  reported_day    INTEGER NOT NULL,
  state           INTEGER NOT NULL,
  row_count       INTEGER NOT NULL DEFAULT 0,
  first_period    INTEGER NOT NULL DEFAULT 0,  -- periods of its rows, 0 when it has none
  last_period     INTEGER NOT NULL DEFAULT 0,
  first_run_id    INTEGER NOT NULL DEFAULT 0,
  stored_run_id   INTEGER NOT NULL DEFAULT 0,
  failed_at       INTEGER NOT NULL DEFAULT 0,  -- instant of the last failure, 0 when the last reading was good
  code            TEXT,
  error           TEXT,
  remedy          TEXT,
  PRIMARY KEY (subscription_id, reported_day)
) STRICT, WITHOUT ROWID;

-- The facts: one row for each row of a slice. The key holds no quantity, price or name.
-- status: 0 active, 1 withdrawn. rating: 0 rated, 1 unpriced, 2 unit_mismatch, 3 future_price. ordinal: the place, from 1 on, among
-- rows of the slice that differ in nothing else, by ascending quantity, then unit. revision 1 is the row as first stored.
CREATE TABLE usage (
  subscription_id INTEGER NOT NULL,
  period          INTEGER NOT NULL,
  reported_day    INTEGER NOT NULL,
  meter_id        INTEGER NOT NULL,
  resource_id     INTEGER NOT NULL,
  usage_start     INTEGER NOT NULL,
  usage_end       INTEGER NOT NULL,
  ordinal         INTEGER NOT NULL,
  product_id      INTEGER NOT NULL,
  quantity        TEXT NOT NULL,
  banded          INTEGER NOT NULL,
  rating          INTEGER NOT NULL,
  rate_id         INTEGER,            -- the rate that applies (also of a unit mismatch), NULL when there is none
  amount_nanos    INTEGER,            -- NULL while not rated
  status          INTEGER NOT NULL,
  revision        INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  first_run_id    INTEGER NOT NULL,
  last_run_id     INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, period, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX usage_by_seq ON usage (seq);
CREATE INDEX usage_banded ON usage (subscription_id, period, meter_id, usage_start, reported_day) WHERE banded = 1;
CREATE INDEX usage_without_amount ON usage (meter_id) WHERE rating <> 0 AND status = 0;

-- The bands of purchases of banded meters; those of the others are the purchase itself.
CREATE TABLE usage_band (
  subscription_id INTEGER NOT NULL,
  period          INTEGER NOT NULL,
  reported_day    INTEGER NOT NULL,
  meter_id        INTEGER NOT NULL,
  resource_id     INTEGER NOT NULL,
  usage_start     INTEGER NOT NULL,
  usage_end       INTEGER NOT NULL,
  ordinal         INTEGER NOT NULL,
  band_no         INTEGER NOT NULL,
  band_from       TEXT NOT NULL,      -- the band [from, to) of the period's quantity; to NULL: no end
  band_to         TEXT,
  unit_price      TEXT NOT NULL,
  quantity        TEXT NOT NULL,
  amount_nanos    INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, period, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal, band_no)
) STRICT, WITHOUT ROWID;

-- Every revision after the first of a purchase. The first is told by the purchase itself and by the `old` columns of its second.
-- reason: 0 late_usage, 1 restated, 2 withdrawn, 3 rerated_tier, 4 rerated_price, 5 priced.
CREATE TABLE usage_change (
  seq             INTEGER PRIMARY KEY,
  subscription_id INTEGER NOT NULL,
  period          INTEGER NOT NULL,
  reported_day    INTEGER NOT NULL,
  meter_id        INTEGER NOT NULL,
  resource_id     INTEGER NOT NULL,
  usage_start     INTEGER NOT NULL,
  usage_end       INTEGER NOT NULL,
  ordinal         INTEGER NOT NULL,
  revision        INTEGER NOT NULL,
  reason          INTEGER NOT NULL,
  run_id          INTEGER NOT NULL,
  old_seq         INTEGER NOT NULL,
  old_run_id      INTEGER NOT NULL,
  old_quantity    TEXT NOT NULL,
  new_quantity    TEXT NOT NULL,
  old_amount      INTEGER,
  new_amount      INTEGER
) STRICT;
CREATE INDEX usage_change_by_purchase ON usage_change
  (subscription_id, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal);

-- Polling the changes by number meets the first revisions by the old number of the second.
CREATE INDEX usage_change_by_old_seq ON usage_change (old_seq) WHERE revision = 2;

-- A billing period. state: 0 open, 1 settling (ended; late usage still arrives).
CREATE TABLE period (
  period INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE, -- "2026-11": year and month of its first day
  starts INTEGER NOT NULL,  -- day
  ends   INTEGER NOT NULL,  -- day, exclusive
  state  INTEGER NOT NULL
) STRICT;

-- A rate card as received, kept once: the set of its rates (by digest), with what stands around them.
CREATE TABLE rate_card (
  id           INTEGER PRIMARY KEY,
  digest       BLOB NOT NULL,
  currency     TEXT NOT NULL,
  region       TEXT NOT NULL,
  locale       TEXT NOT NULL,
  tax_included INTEGER NOT NULL,
  offer_terms  TEXT NOT NULL,      -- JSON: information; the discount is inside the rates already
  meters       INTEGER NOT NULL,
  first_run_id INTEGER NOT NULL,
  first_seen   INTEGER NOT NULL
) STRICT;

-- Every version of a meter's price ever seen, kept once. In the cards first_card_id .. last_card_id (NULL: still in the newest); a
-- version that comes back has its range opened again from then on.
CREATE TABLE rate (
  id            INTEGER PRIMARY KEY,
  meter_id      INTEGER NOT NULL REFERENCES meter(id),
  digest        BLOB NOT NULL,
  currency      TEXT NOT NULL,
  region        TEXT NOT NULL,
  effective     INTEGER NOT NULL,   -- instant
  unit          TEXT NOT NULL,
  included      TEXT NOT NULL,      -- free quantity of a period, taken first
  tier_count    INTEGER NOT NULL,
  unit_price    TEXT,               -- of the first tier, which begins at 0; NULL: there is none, so nothing can be priced
  name          TEXT NOT NULL,
  category      TEXT NOT NULL,
  subcategory   TEXT NOT NULL,
  meter_region  TEXT NOT NULL,
  tags          TEXT NOT NULL,
  first_card_id INTEGER NOT NULL REFERENCES rate_card(id),
  last_card_id  INTEGER REFERENCES rate_card(id),
  seen_order    INTEGER NOT NULL,   -- id of the card in which this version last became the current one
  UNIQUE (meter_id, currency, region, effective, digest)
) STRICT;

-- The tiers of rates that have several, from the first on.
CREATE TABLE rate_tier (
  rate_id       INTEGER NOT NULL REFERENCES rate(id),
  tier_no       INTEGER NOT NULL,
  from_quantity TEXT NOT NULL,
  unit_price    TEXT NOT NULL,
  PRIMARY KEY (rate_id, tier_no)
) STRICT, WITHOUT ROWID;
