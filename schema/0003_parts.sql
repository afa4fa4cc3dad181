-- SPDX-License-Identifier: MIT
-- Parts: what one slice has put into one billing period. A purchase names its part in place of subscription, period and day, so that new
-- ones are written at the end of their table; and a part carries the sums of its purchases, so that totals need not read them.

CREATE TABLE part (
  id              INTEGER PRIMARY KEY,
  subscription_id INTEGER NOT NULL REFERENCES subscription(id),
  period          INTEGER NOT NULL,            -- in which its purchases are booked
  reported_day    INTEGER NOT NULL,
  purchases       INTEGER NOT NULL DEFAULT 0,  -- active ones, as all that follows
  unpriced        INTEGER NOT NULL DEFAULT 0,  -- of them those that are not rated
  priced          INTEGER NOT NULL DEFAULT 0,  -- those with an amount
  units           INTEGER NOT NULL DEFAULT 0,  -- sum of their amount_nanos / 1000000000
  nanos           INTEGER NOT NULL DEFAULT 0   -- sum of their amount_nanos % 1000000000
) STRICT;
CREATE UNIQUE INDEX part_by_period ON part (subscription_id, period, reported_day);
CREATE UNIQUE INDEX part_by_day ON part (subscription_id, reported_day, period);
INSERT INTO part (subscription_id, period, reported_day, purchases, unpriced, priced, units, nanos)
SELECT subscription_id, period, reported_day, sum(status = 0), sum(status = 0 AND rating <> 0),
       count(iif(status = 0, amount_nanos, NULL)), coalesce(sum(iif(status = 0, amount_nanos / 1000000000, 0)), 0),
       coalesce(sum(iif(status = 0, amount_nanos % 1000000000, 0)), 0)
  FROM usage GROUP BY subscription_id, period, reported_day;

-- As the table `usage`, which is a view now.
CREATE TABLE usage_fact (
  part_id      INTEGER NOT NULL,
  meter_id     INTEGER NOT NULL,
  resource_id  INTEGER NOT NULL,
  usage_start  INTEGER NOT NULL,
  usage_end    INTEGER NOT NULL,
  ordinal      INTEGER NOT NULL,
  product_id   INTEGER NOT NULL,
  quantity     TEXT NOT NULL,
  kind         INTEGER NOT NULL,
  rating       INTEGER NOT NULL,
  rate_id      INTEGER,
  amount_nanos INTEGER,
  status       INTEGER NOT NULL,
  revision     INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  first_run_id INTEGER NOT NULL,
  last_run_id  INTEGER NOT NULL,
  PRIMARY KEY (part_id, meter_id, resource_id, usage_start, usage_end, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_fact
SELECT g.id, u.meter_id, u.resource_id, u.usage_start, u.usage_end, u.ordinal, u.product_id, u.quantity, u.kind, u.rating, u.rate_id,
       u.amount_nanos, u.status, u.revision, u.seq, u.first_run_id, u.last_run_id
  FROM part g CROSS JOIN usage u ON u.subscription_id = g.subscription_id AND u.period = g.period AND u.reported_day = g.reported_day
 ORDER BY g.id;
DROP TABLE usage;
CREATE UNIQUE INDEX usage_by_seq ON usage_fact (seq);
CREATE INDEX usage_without_amount ON usage_fact (meter_id, rating, product_id, rate_id, part_id, status, quantity)
 WHERE rating <> 0 AND status = 0;
CREATE INDEX usage_correction ON usage_fact (part_id, meter_id) WHERE kind = 2;

CREATE TABLE band_of_part (
  part_id      INTEGER NOT NULL,
  meter_id     INTEGER NOT NULL,
  resource_id  INTEGER NOT NULL,
  usage_start  INTEGER NOT NULL,
  usage_end    INTEGER NOT NULL,
  ordinal      INTEGER NOT NULL,
  band_no      INTEGER NOT NULL,
  band_from    TEXT NOT NULL,
  band_to      TEXT,
  unit_price   TEXT NOT NULL,
  quantity     TEXT NOT NULL,
  amount_nanos INTEGER NOT NULL,
  PRIMARY KEY (part_id, meter_id, resource_id, usage_start, usage_end, ordinal, band_no)
) STRICT, WITHOUT ROWID;
INSERT INTO band_of_part
SELECT g.id, b.meter_id, b.resource_id, b.usage_start, b.usage_end, b.ordinal, b.band_no, b.band_from, b.band_to, b.unit_price,
       b.quantity, b.amount_nanos
  FROM part g CROSS JOIN usage_band b
    ON b.subscription_id = g.subscription_id AND b.period = g.period AND b.reported_day = g.reported_day
 ORDER BY g.id;
DROP TABLE usage_band;
ALTER TABLE band_of_part RENAME TO usage_band;

CREATE TABLE change_of_part (
  seq          INTEGER PRIMARY KEY,
  part_id      INTEGER NOT NULL,
  meter_id     INTEGER NOT NULL,
  resource_id  INTEGER NOT NULL,
  usage_start  INTEGER NOT NULL,
  usage_end    INTEGER NOT NULL,
  ordinal      INTEGER NOT NULL,
  revision     INTEGER NOT NULL,
  reason       INTEGER NOT NULL,
  run_id       INTEGER NOT NULL,
  old_seq      INTEGER NOT NULL,
  old_run_id   INTEGER NOT NULL,
  old_quantity TEXT NOT NULL,
  new_quantity TEXT NOT NULL,
  old_amount   INTEGER,
  new_amount   INTEGER
) STRICT;
INSERT INTO change_of_part
SELECT h.seq, g.id, h.meter_id, h.resource_id, h.usage_start, h.usage_end, h.ordinal, h.revision, h.reason, h.run_id, h.old_seq,
       h.old_run_id, h.old_quantity, h.new_quantity, h.old_amount, h.new_amount
  FROM usage_change h CROSS JOIN part g
    ON g.subscription_id = h.subscription_id AND g.period = h.period AND g.reported_day = h.reported_day
 ORDER BY h.seq;
DROP TABLE usage_change;
ALTER TABLE change_of_part RENAME TO usage_change;
CREATE INDEX usage_change_by_purchase ON usage_change (part_id, meter_id, resource_id, usage_start, usage_end, ordinal);
CREATE INDEX usage_change_by_old_seq ON usage_change (old_seq) WHERE revision = 2;

-- What the bytes of its pages were when the slice was stored, to know an unchanged one by; NULL: not known.
ALTER TABLE slice ADD COLUMN pages BLOB;

-- The changes of a run are those with a number behind seq_before, up to seq_after.
ALTER TABLE run ADD COLUMN seq_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN seq_after INTEGER NOT NULL DEFAULT 9223372036854775807;
UPDATE run SET seq_before = done.first - 1, seq_after = done.last
  FROM (SELECT run_id, min(seq) AS first, max(seq) AS last
          FROM (SELECT first_run_id AS run_id, seq FROM usage_fact WHERE revision = 1
                UNION ALL SELECT run_id, seq FROM usage_change
                UNION ALL SELECT old_run_id, old_seq FROM usage_change WHERE revision = 2)
         GROUP BY run_id) done
 WHERE done.run_id = run.id;
