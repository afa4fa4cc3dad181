-- SPDX-License-Identifier: MIT
-- Closed billing periods, and the corrections that late news of them becomes.

-- kind: 0 one price; 1 priced with its group, the bands in usage_band; 2 a correction: usage of a closed period, booked in `period`, an
-- open one. Its quantity and amount are differences; its bands are in usage_band, and it has no part in the tiers of `period`.
ALTER TABLE usage RENAME COLUMN banded TO kind;
CREATE INDEX usage_correction_of_slice ON usage
  (subscription_id, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal) WHERE kind = 2;
CREATE INDEX usage_correction_of_meter ON usage (meter_id, subscription_id, usage_start) WHERE kind = 2;

-- period.state: 0 open, 1 settling (ended; late usage still arrives), 2 closed. Here is each closing (closed = 1) and reopening (0), with
-- the newest rate card of the moment: what was seen later does not price usage that had its price then. run_id 0: a person closed it.
CREATE TABLE period_event (
  id      INTEGER PRIMARY KEY,
  period  INTEGER NOT NULL REFERENCES period(period),
  closed  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  card_id INTEGER NOT NULL,
  run_id  INTEGER NOT NULL,
  reason  TEXT NOT NULL
) STRICT;
CREATE INDEX period_event_by_period ON period_event (period);

-- The instant by which importers tell an older state of a purchase from a newer one: the run's start, but always behind that of the run
-- before it, which began in the same second or before the clock was set back.
ALTER TABLE run ADD COLUMN dated INTEGER NOT NULL DEFAULT 0;
UPDATE run SET dated = started;

-- The cards that had a version of a price before it went and came back; its latest range is rate.seen_order .. rate.last_card_id.
CREATE TABLE rate_range (
  rate_id       INTEGER NOT NULL REFERENCES rate(id),
  first_card_id INTEGER NOT NULL REFERENCES rate_card(id),
  last_card_id  INTEGER NOT NULL REFERENCES rate_card(id),
  PRIMARY KEY (rate_id, first_card_id)
) STRICT, WITHOUT ROWID;
