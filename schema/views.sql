-- SPDX-License-Identifier: MIT
-- The public views: what people, spreadsheets and billing systems read. Made anew when the program brings others; a released view
-- only gains columns. Singular names are private helpers. Every column is explained in data_dictionary (dictionary.sql).
--
-- A total as exact text, of UNITS and RESTS, which stand below. The sums of whole units and of rests are carried over, with one sign for both.
--! EXACT = iif({{UNITS}} < 0 OR ({{UNITS}} = 0 AND {{RESTS}} < 0), '-', '') || format('%d.%09d', abs(iif({{UNITS}} > 0 AND {{RESTS}} < 0, {{UNITS}} - 1, iif({{UNITS}} < 0 AND {{RESTS}} > 0, {{UNITS}} + 1, {{UNITS}}))), abs(iif({{UNITS}} > 0 AND {{RESTS}} < 0, {{RESTS}} + 1000000000, iif({{UNITS}} < 0 AND {{RESTS}} > 0, {{RESTS}} - 1000000000, {{RESTS}}))))
-- A database has one currency, that of its cards.
--! CURRENCY = (SELECT currency FROM rate_card ORDER BY id DESC LIMIT 1)
--! SAME_PURCHASE = u.part_id = h.part_id AND u.meter_id = h.meter_id AND u.resource_id = h.resource_id AND u.usage_start = h.usage_start AND u.usage_end = h.usage_end AND u.ordinal = h.ordinal
-- The columns that every total has. The amounts are NULL when nothing is priced.
--! TOTALS = {{CURRENCY}} AS currency, iif({{PRICED}} = 0, NULL, {{UNITS}} + {{RESTS}} / 1e9) AS amount, iif({{PRICED}} = 0, NULL, {{EXACT}}) AS amount_exact, {{PURCHASES}} AS purchases, {{UNPRICED}} AS unpriced
-- In this order (CROSS JOIN) the months and customers that a query does not ask for are never read. For that each view groups by the
-- very expressions that it shows; behind the ids, in whose order the parts come.
--! PARTS = FROM period p CROSS JOIN customer c CROSS JOIN subscription s ON s.customer_id = c.id CROSS JOIN part g INDEXED BY part_by_period ON g.subscription_id = s.id AND g.period = p.period
--! TOTALED = {{PARTS}} CROSS JOIN usage_fact u ON u.part_id = g.id AND u.status = 0

-- The period f in which the usage of u lies, and its purchase o there, in the part q: periods are few, so they come first (CROSS JOIN).
--! USAGE_PERIOD = u.usage_start / 86400 >= f.starts AND u.usage_start / 86400 < f.ends
--! SAME_SLICE = q.subscription_id = u.subscription_id AND q.reported_day = u.reported_day
--! CORRECTED = o.part_id = q.id AND o.meter_id = u.meter_id AND o.resource_id = u.resource_id AND o.usage_start = u.usage_start AND o.usage_end = u.usage_end AND o.ordinal = u.ordinal
--! HAS_CORRECTED = EXISTS (SELECT 1 FROM period f CROSS JOIN part q ON q.period = f.period AND {{SAME_SLICE}} CROSS JOIN usage_fact o ON {{CORRECTED}} WHERE {{USAGE_PERIOD}})
--! CHARGE_CLASS = iif(u.kind = 2, 'correction', NULL)
--! USAGE_PERIOD_NAME = iif(u.kind = 2, (SELECT name FROM period f WHERE {{USAGE_PERIOD}}), u.period_name)
--! CORRECTS = iif(u.kind = 2 AND {{HAS_CORRECTED}}, substr(u.purchase_reference, 1, length(u.purchase_reference) - length(':c' || u.period)), NULL)

--! ONE_PRICE = u.rating = 0 AND x.tier_count = 1 AND CAST(x.included AS REAL) = 0

--! PERIOD_STATE = CASE p.state WHEN 0 THEN 'open' WHEN 1 THEN 'settling' ELSE 'closed' END

-- The first reported day that is not due yet: a day is due two hours after its end.
--! DUE = ((CAST(strftime('%s', 'now') AS INTEGER) - 7200) / 86400)

-- The purchases, with what they share.
CREATE VIEW usage AS
SELECT g.subscription_id, g.period, g.reported_day, fact.* FROM part g JOIN usage_fact fact ON fact.part_id = g.id;

-- A purchase by its reference: the fact with the dimensions that name it. A correction (kind 2) has the reference of what it corrects, and
-- behind that the period in which it is booked.
CREATE VIEW usage_reference AS
SELECT s.reference || ':' || strftime('%Y%m%d', u.reported_day * 86400, 'unixepoch') || ':' ||
       strftime('%Y%m%dT%H%M%SZ', u.usage_start, 'unixepoch') || '+' || (u.usage_end - u.usage_start) || ':' || m.guid || ':' ||
       lower(hex(r.digest)) || ':' || u.ordinal || iif(u.kind = 2, ':c' || u.period, '') AS purchase_reference,
       u.*, s.customer_id, s.guid AS subscription_guid, s.name AS subscription_name, s.offer_id, m.guid AS meter_guid,
       r.uri, r.resource_group, r.name AS resource_name, r.location, r.part_number, r.order_number, r.tags, r.additional_info,
       r.info_fields
  FROM usage u
  JOIN subscription s ON s.id = u.subscription_id
  JOIN meter m ON m.id = u.meter_id
  JOIN resource r ON r.id = u.resource_id;

-- With its customer and period, below every UNION: a query's conditions on them reach its halves, also when it sums, which those on tables
-- joined to the whole do not.
CREATE VIEW usage_named AS
SELECT u.*, c.guid AS customer_guid, c.name AS customer_name, p.name AS period_name, {{PERIOD_STATE}} AS period_state
  FROM usage_reference u
  JOIN customer c ON c.id = u.customer_id
  JOIN period p ON p.period = u.period;

CREATE VIEW purchases AS
SELECT u.seq,
       u.purchase_reference,
       u.revision,
       iif(u.status = 0, 'active', 'withdrawn') AS status,
       strftime('%Y-%m-%dT%H:%M:%SZ', run.dated, 'unixepoch') AS source_update_date,
       'utilization' AS source,
       u.customer_guid AS customer_id,
       u.customer_name,
       u.subscription_guid AS subscription_id,
       u.subscription_name,
       u.offer_id,
       date(u.reported_day * 86400, 'unixepoch') AS reported_day,
       strftime('%Y-%m-%dT%H:%M:%SZ', u.usage_start, 'unixepoch') AS usage_start,
       strftime('%Y-%m-%dT%H:%M:%SZ', u.usage_end, 'unixepoch') AS usage_end,
       u.period_name AS billing_period,
       u.period_state,
       u.meter_guid AS meter_id,
       t.name AS meter_name,
       t.category AS meter_category,
       t.subcategory AS meter_subcategory,
       t.region AS meter_region,
       t.unit,
       nullif(u.uri, '') AS resource_uri,
       nullif(u.resource_group, '') AS resource_group,
       nullif(u.resource_name, '') AS resource_name,
       nullif(u.location, '') AS location,
       nullif(u.part_number, '') AS part_number,
       nullif(u.order_number, '') AS order_number,
       nullif(u.tags, '') AS tags,
       nullif(u.additional_info, '') AS additional_info,
       nullif(u.info_fields, '') AS info_fields,
       CAST(u.quantity AS REAL) AS quantity,
       u.quantity AS quantity_exact,
       x.included AS included_quantity_exact,
       iif({{ONE_PRICE}}, CAST(x.unit_price AS REAL), NULL) AS unit_price,
       iif({{ONE_PRICE}}, x.unit_price, NULL) AS unit_price_exact,
       u.amount_nanos / 1e9 AS amount,
       u.amount_nanos,
       iif(u.amount_nanos IS NULL, NULL, x.currency) AS currency,
       CASE u.rating WHEN 0 THEN 'rated' WHEN 1 THEN 'unpriced' WHEN 2 THEN 'unit_mismatch' ELSE 'future_price' END AS rating_status,
       u.rate_id,
       x.first_card_id AS rate_card_id,
       {{CHARGE_CLASS}} AS charge_class,
       u.first_run_id,
       u.last_run_id,
       {{USAGE_PERIOD_NAME}} AS usage_period,
       {{CORRECTS}} AS corrects
  FROM usage_named u
  JOIN product t ON t.id = u.product_id
  JOIN run ON run.id = u.last_run_id
  LEFT JOIN rate x ON x.id = u.rate_id;

-- The band of a meter with one price is its purchase: from 0 on without end. The casts give both halves columns of the same types:
-- only then does SQLite carry a query's conditions into each.
CREATE VIEW usage_banding AS
SELECT u.*, CAST(1 AS INTEGER) AS band_no, CAST('0' AS TEXT) AS band_from, CAST(NULL AS TEXT) AS band_to, x.unit_price, u.quantity AS band_quantity, u.amount_nanos AS band_nanos,
       x.currency
  FROM usage_named u
  JOIN rate x ON x.id = u.rate_id
 WHERE u.kind = 0 AND u.rating = 0 AND u.status = 0
UNION ALL
SELECT u.*, b.band_no, b.band_from, b.band_to, b.unit_price, b.quantity, b.amount_nanos, x.currency
  FROM usage_named u
  JOIN usage_band b ON b.part_id = u.part_id AND b.meter_id = u.meter_id AND b.resource_id = u.resource_id
   AND b.usage_start = u.usage_start AND b.usage_end = u.usage_end AND b.ordinal = u.ordinal
  JOIN rate x ON x.id = u.rate_id
 WHERE u.kind <> 0;

-- Each purchase with an amount, band by band.
CREATE VIEW purchase_bands AS
SELECT u.purchase_reference, u.band_no,
       CAST(u.band_from AS REAL) AS from_quantity, CAST(u.band_to AS REAL) AS to_quantity,
       CAST(u.unit_price AS REAL) AS unit_price, CAST(u.band_quantity AS REAL) AS quantity,
       u.band_nanos AS amount_nanos, u.band_nanos / 1e9 AS amount, u.currency,
       u.band_from AS from_quantity_exact, u.band_to AS to_quantity_exact, u.unit_price AS unit_price_exact,
       u.band_quantity AS quantity_exact, u.seq, u.customer_guid AS customer_id, u.subscription_guid AS subscription_id,
       u.period_name AS billing_period
  FROM usage_banding u;

-- The first revision of every purchase, and each later one. What the first said stands in the purchase while it is the only one, and
-- in the old columns of the second afterwards. Those of a run are found by their numbers, which lie between its own.
CREATE VIEW usage_history AS
SELECT u.*, u.seq AS change_seq, CAST(1 AS INTEGER) AS change_revision, CAST(-1 AS INTEGER) AS reason,
       CAST(NULL AS TEXT) AS old_quantity, u.quantity AS new_quantity, CAST(NULL AS INTEGER) AS old_amount,
       u.amount_nanos AS new_amount, y.id AS change_run_id
  FROM usage_named u
  JOIN run y ON y.id = u.first_run_id AND u.seq > y.seq_before AND u.seq <= y.seq_after
 WHERE u.revision = 1
UNION ALL
SELECT u.*, h.old_seq, CAST(1 AS INTEGER), CAST(-1 AS INTEGER), CAST(NULL AS TEXT), h.old_quantity, CAST(NULL AS INTEGER),
       h.old_amount, y.id
  FROM usage_change h
  JOIN usage_named u ON {{SAME_PURCHASE}}
  JOIN run y ON y.id = h.old_run_id AND h.old_seq > y.seq_before AND h.old_seq <= y.seq_after
 WHERE h.revision = 2
UNION ALL
SELECT u.*, h.seq, h.revision, h.reason, h.old_quantity, h.new_quantity, h.old_amount, h.new_amount, y.id
  FROM usage_change h
  JOIN usage_named u ON {{SAME_PURCHASE}}
  JOIN run y ON y.id = h.run_id AND h.seq > y.seq_before AND h.seq <= y.seq_after;

CREATE VIEW purchase_changes AS
SELECT u.change_seq AS seq, u.purchase_reference, u.change_revision AS revision,
       CASE u.reason WHEN -1 THEN 'added' WHEN 2 THEN 'withdrawn' ELSE 'changed' END AS change,
       CAST(u.old_quantity AS REAL) AS old_quantity, CAST(u.new_quantity AS REAL) AS new_quantity,
       u.old_quantity AS old_quantity_exact, u.new_quantity AS new_quantity_exact,
       u.old_amount / 1e9 AS old_amount, u.new_amount / 1e9 AS new_amount,
       u.old_amount AS old_amount_nanos, u.new_amount AS new_amount_nanos, {{CURRENCY}} AS currency, u.change_run_id AS run_id,
       CASE u.reason WHEN -1 THEN CASE WHEN u.kind = 2 AND u.new_quantity = '0' THEN 'priced'
                                       WHEN u.kind = 2 AND {{HAS_CORRECTED}} THEN 'restated'
                                       WHEN u.change_run_id > l.first_run_id OR u.kind = 2 THEN 'late_usage' ELSE 'first_read' END
                     WHEN 0 THEN 'late_usage' WHEN 1 THEN 'restated' WHEN 2 THEN 'withdrawn' WHEN 3 THEN 'rerated_tier'
                     WHEN 4 THEN 'rerated_price' WHEN 5 THEN 'priced' ELSE 'reopened' END AS reason,
       u.customer_guid AS customer_id, u.customer_name, u.subscription_guid AS subscription_id,
       date(u.reported_day * 86400, 'unixepoch') AS reported_day, u.period_name AS billing_period, u.meter_guid AS meter_id,
       t.name AS meter_name, t.unit, u.seq AS purchase_seq, {{CHARGE_CLASS}} AS charge_class, {{USAGE_PERIOD_NAME}} AS usage_period,
       {{CORRECTS}} AS corrects
  FROM usage_history u
  JOIN slice l ON l.subscription_id = u.subscription_id AND l.reported_day = u.reported_day
  JOIN product t ON t.id = u.product_id;

CREATE VIEW customers AS
SELECT guid AS customer_id, name AS customer_name, domain, relationship,
       strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, 'unixepoch') AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', nullif(missing_since, 0), 'unixepoch') AS missing_since
  FROM customer;

CREATE VIEW subscriptions AS
SELECT s.guid AS subscription_id, s.name AS subscription_name, c.guid AS customer_id, c.name AS customer_name,
       CASE s.usage_source WHEN 0 THEN 'utilization' WHEN 1 THEN 'azure_plan' WHEN 2 THEN 'not_found' WHEN 3 THEN 'forbidden'
                           ELSE 'none' END AS usage_source,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.source_since, 'unixepoch') AS usage_source_since,
       nullif(s.source_reason, '') AS usage_source_reason,
       nullif(s.entitlement, '') AS entitlement_id, s.offer_id, s.offer_name, s.status, s.billing_type, s.unit_type,
       nullif(s.created, '') AS created,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.first_seen, 'unixepoch') AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', nullif(s.missing_since, 0), 'unixepoch') AS missing_since
  FROM subscription s JOIN customer c ON c.id = s.customer_id;

-- Named as the newest usage names it, else as the newest price does.
CREATE VIEW meters AS
SELECT m.guid AS meter_id,
       coalesce(t.name, x.name) AS meter_name, coalesce(t.category, x.category) AS meter_category,
       coalesce(t.subcategory, x.subcategory) AS meter_subcategory, coalesce(t.region, x.meter_region) AS meter_region,
       coalesce(t.unit, x.unit) AS unit, t.id IS NOT NULL AS used, x.unit_price IS NOT NULL AS priced
  FROM meter m
  LEFT JOIN (SELECT meter_id, max(id) AS id FROM product GROUP BY meter_id) n ON n.meter_id = m.id
  LEFT JOIN product t ON t.id = n.id
  LEFT JOIN rate x ON x.id = (SELECT max(id) FROM rate WHERE meter_id = m.id);

-- Every version of every price, one row a tier. The only tier of most stands in the version itself.
CREATE VIEW rates AS
SELECT x.id AS rate_id, m.guid AS meter_id, x.name AS meter_name, x.category AS meter_category, x.subcategory AS meter_subcategory,
       x.meter_region, x.unit, x.currency, x.region,
       strftime('%Y-%m-%dT%H:%M:%SZ', x.effective, 'unixepoch') AS effective_date,
       CAST(x.included AS REAL) AS included_quantity, x.included AS included_quantity_exact,
       coalesce(t.tier_no, iif(x.unit_price IS NULL, NULL, 1)) AS tier_no,
       CAST(coalesce(t.from_quantity, iif(x.unit_price IS NULL, NULL, '0')) AS REAL) AS from_quantity,
       coalesce(t.from_quantity, iif(x.unit_price IS NULL, NULL, '0')) AS from_quantity_exact,
       CAST(coalesce(t.unit_price, x.unit_price) AS REAL) AS unit_price, coalesce(t.unit_price, x.unit_price) AS unit_price_exact,
       nullif(x.tags, '') AS tags,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.first_seen, 'unixepoch') AS first_seen, x.first_card_id, x.last_card_id,
       x.last_card_id IS NULL AS in_newest_card
  FROM rate x
  JOIN meter m ON m.id = x.meter_id
  JOIN rate_card f ON f.id = x.first_card_id
  LEFT JOIN rate_tier t ON t.rate_id = x.id;

CREATE VIEW rate_cards AS
SELECT id AS rate_card_id, currency, region, locale, tax_included, nullif(offer_terms, '') AS offer_terms, meters,
       first_run_id, strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, 'unixepoch') AS first_seen
  FROM rate_card;

-- What got dearer or cheaper: each version beside the one before it, for the first unit.
CREATE VIEW price_changes AS
SELECT m.guid AS meter_id, n.name AS meter_name, n.category AS meter_category, n.subcategory AS meter_subcategory,
       n.meter_region, n.unit, n.currency, n.region,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.first_seen, 'unixepoch') AS seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', n.effective, 'unixepoch') AS effective_date,
       CAST(o.unit_price AS REAL) AS old_unit_price, CAST(n.unit_price AS REAL) AS new_unit_price,
       o.unit_price AS old_unit_price_exact, n.unit_price AS new_unit_price_exact,
       round((CAST(n.unit_price AS REAL) / nullif(CAST(o.unit_price AS REAL), 0) - 1) * 100, 4) AS percent,
       o.id AS old_rate_id, n.id AS new_rate_id
  FROM rate n
  JOIN meter m ON m.id = n.meter_id
  JOIN rate_card f ON f.id = n.first_card_id
  JOIN rate o ON o.id = (SELECT max(b.id) FROM rate b WHERE b.meter_id = n.meter_id AND b.currency = n.currency
                            AND b.region = n.region AND b.id < n.id);

CREATE VIEW runs AS
SELECT id AS run_id, trigger,
       CASE status WHEN 0 THEN 'running' WHEN 1 THEN 'ok' WHEN 2 THEN 'partial' WHEN 3 THEN 'failed' ELSE 'aborted' END AS status,
       strftime('%Y-%m-%dT%H:%M:%SZ', nullif(slot, 0), 'unixepoch') AS slot,
       strftime('%Y-%m-%dT%H:%M:%SZ', started, 'unixepoch') AS started,
       strftime('%Y-%m-%dT%H:%M:%SZ', nullif(ended, 0), 'unixepoch') AS ended,
       customers, subscriptions, not_covered, slices, slices_failed, rows_added, rows_changed, rows_withdrawn, unpriced, requests,
       retries, throttled, bytes, duration_ms, correlation_id, code, error, remedy
  FROM run;

CREATE VIEW slices AS
SELECT c.guid AS customer_id, c.name AS customer_name, s.guid AS subscription_id, s.name AS subscription_name,
       date(l.reported_day * 86400, 'unixepoch') AS reported_day,
       CASE l.state WHEN 1 THEN 'complete' WHEN 2 THEN 'empty' WHEN 3 THEN 'unconfirmed' ELSE 'failed' END AS state,
       l.row_count AS rows, nullif(l.first_run_id, 0) AS first_run_id, nullif(l.stored_run_id, 0) AS stored_run_id,
       strftime('%Y-%m-%dT%H:%M:%SZ', nullif(l.failed_at, 0), 'unixepoch') AS failed_at, l.code, l.error, l.remedy
  FROM slice l
  JOIN subscription s ON s.id = l.subscription_id
  JOIN customer c ON c.id = s.customer_id;

-- The days from the first reported day on record to the last that is due now (two hours after its end), as far as Microsoft keeps them.
CREATE VIEW reported_calendar AS
WITH RECURSIVE known AS (SELECT min((SELECT min(reported_day) FROM slice WHERE subscription_id = s.id)) AS first,
                                max((SELECT max(reported_day) FROM slice WHERE subscription_id = s.id)) AS last FROM subscription s),
     bounds AS (SELECT first, max(last, min({{DUE}} - 1, last + 90)) AS last FROM known),
     calendar (day) AS (SELECT first FROM bounds WHERE first IS NOT NULL
                        UNION ALL SELECT day + 1 FROM calendar, bounds WHERE day < last)
SELECT day FROM calendar;

-- Each subscription of a reseller customer on each of these days. A day that nobody asked for yet is `missing`.
CREATE VIEW coverage AS
SELECT strftime('%Y-%m', d.day * 86400, 'unixepoch') AS month, date(d.day * 86400, 'unixepoch') AS reported_day,
       c.guid AS customer_id, c.name AS customer_name, s.guid AS subscription_id, s.name AS subscription_name,
       CASE WHEN s.usage_source IN (1, 2, 3) AND l.state IS NULL THEN 'not_covered'
            ELSE CASE l.state WHEN 1 THEN 'complete' WHEN 2 THEN 'empty' WHEN 3 THEN 'unconfirmed' WHEN 4 THEN 'failed'
                              ELSE 'missing' END END AS state,
       coalesce(l.row_count, 0) AS rows, l.code,
       iif(s.usage_source IN (1, 2, 3) AND l.state IS NULL,
           coalesce(nullif(s.source_reason, ''), iif(s.usage_source = 1, 'Azure plan: not served by the utilization API', NULL)), l.error) AS error,
       iif(s.usage_source IN (1, 2, 3) AND l.state IS NULL, CASE s.usage_source
             WHEN 1 THEN 'take its cost from Microsoft''s invoice and reconciliation file'
             WHEN 2 THEN 'it is asked for again each night; when it moved to an Azure plan, see Microsoft''s invoice'
             ELSE 'ask the customer to accept the reseller relationship or GDAP again; it is asked for each night' END, l.remedy) AS remedy
  FROM reported_calendar d
  JOIN subscription s ON s.usage_source <> 4 AND (s.missing_since = 0 OR d.day * 86400 < s.missing_since)
  JOIN customer c ON c.id = s.customer_id
  LEFT JOIN slice l ON l.subscription_id = s.id AND l.reported_day = d.day
 WHERE l.state IS NOT NULL OR s.usage_source <> 0
    OR (d.day >= {{DUE}} - 90 AND d.day > (SELECT min(reported_day) FROM slice WHERE subscription_id = s.id));

-- Usage that has no amount: not that of a closed period whose price came later, as a correction.
CREATE VIEW usage_unpriced AS
SELECT u.* FROM usage u
 WHERE u.rating <> 0 AND u.status = 0
   AND (u.period IN (SELECT period FROM period WHERE state <> 2)
        OR NOT EXISTS (SELECT 1 FROM part q CROSS JOIN usage_fact o INDEXED BY usage_correction ON {{CORRECTED}}
                        WHERE {{SAME_SLICE}} AND q.period > u.period AND o.kind = 2 AND o.rating = 0 AND o.status = 0));

-- Meters without an amount: what to ask Microsoft, or to wait for. Summed before it gets its names: it may be much.
CREATE VIEW unpriced AS
SELECT m.guid AS meter_id, max(t.name) AS meter_name, max(t.category) AS meter_category,
       max(t.subcategory) AS meter_subcategory, max(t.region) AS meter_region, t.unit,
       CASE w.rating WHEN 1 THEN 'unpriced' WHEN 2 THEN 'unit_mismatch' ELSE 'future_price' END AS rating_status,
       date(min(w.first), 'unixepoch') AS first_usage_day, date(max(w.last), 'unixepoch') AS last_usage_day,
       sum(w.purchases) AS purchases, sum(w.quantity) AS quantity, count(DISTINCT s.customer_id) AS customers, max(x.unit) AS rate_unit
  FROM (SELECT meter_id, rating, product_id, rate_id, subscription_id, min(usage_start) AS first, max(usage_start) AS last,
               count(*) AS purchases, sum(CAST(quantity AS REAL)) AS quantity
          FROM usage_unpriced GROUP BY meter_id, rating, product_id, rate_id, subscription_id) w
  JOIN meter m ON m.id = w.meter_id
  JOIN product t ON t.id = w.product_id
  JOIN subscription s ON s.id = w.subscription_id
  LEFT JOIN rate x ON x.id = w.rate_id
 GROUP BY w.meter_id, w.rating, t.unit;

-- What importers and people must know of a billing period; of its closings the last.
CREATE VIEW billing_periods AS
SELECT p.name AS billing_period, date(p.starts * 86400, 'unixepoch') AS first_day, date(p.ends * 86400, 'unixepoch') AS end_day,
       {{PERIOD_STATE}} AS period_state,
       strftime('%Y-%m-%dT%H:%M:%SZ', c.at, 'unixepoch') AS closed_at, nullif(c.run_id, 0) AS closed_run_id,
       iif(c.run_id = 0, 'person', iif(c.id IS NULL, NULL, 'run')) AS closed_by, nullif(c.reason, '') AS close_reason,
       nullif(c.card_id, 0) AS rate_card_id, strftime('%Y-%m-%dT%H:%M:%SZ', o.at, 'unixepoch') AS reopened_at, o.reason AS reopen_reason,
       (SELECT count(*) FROM period_event e WHERE e.period = p.period AND e.closed = 0) AS times_reopened
  FROM period p
  LEFT JOIN period_event c ON c.id = (SELECT max(id) FROM period_event WHERE period = p.period AND closed = 1)
  LEFT JOIN period_event o ON o.id = (SELECT max(id) FROM period_event WHERE period = p.period AND closed = 0);

-- Of parts.
--! UNITS = (sum(g.units) + sum(g.nanos) / 1000000000)
--! RESTS = (sum(g.nanos) % 1000000000)
--! PRICED = sum(g.priced)
--! PURCHASES = sum(g.purchases)
--! UNPRICED = sum(g.unpriced)

CREATE VIEW customer_months AS
SELECT p.name AS billing_period, {{PERIOD_STATE}} AS period_state, c.guid AS customer_id,
       c.name AS customer_name, {{TOTALS}},
       max(0, (SELECT count(*) FROM subscription a WHERE a.customer_id = c.id AND a.usage_source = 0) *
              (min(p.ends, {{DUE}}) - p.starts) -
              (SELECT count(*) FROM subscription a JOIN slice l ON l.subscription_id = a.id AND l.reported_day >= p.starts
                  AND l.reported_day < p.ends AND l.state IN (1, 2, 3) WHERE a.customer_id = c.id AND a.usage_source = 0))
         AS missing_days,
       (SELECT count(*) FROM subscription a WHERE a.customer_id = c.id AND a.usage_source IN (1, 2, 3)) AS not_covered
  {{PARTS}}
 WHERE g.purchases > 0
 GROUP BY p.period, c.id, p.name, c.guid, c.name;

CREATE VIEW subscription_months AS
SELECT p.name AS billing_period, {{PERIOD_STATE}} AS period_state, c.guid AS customer_id,
       c.name AS customer_name, s.guid AS subscription_id, s.name AS subscription_name, {{TOTALS}}
  {{PARTS}}
 WHERE g.purchases > 0
 GROUP BY p.period, c.id, s.id, p.name, c.guid, c.name, s.guid, s.name;

-- Of purchases.
--! UNITS = (sum(u.amount_nanos / 1000000000) + sum(u.amount_nanos % 1000000000) / 1000000000)
--! RESTS = (sum(u.amount_nanos % 1000000000) % 1000000000)
--! PRICED = count(u.amount_nanos)
--! PURCHASES = count(*)
--! UNPRICED = sum(u.rating <> 0)

CREATE VIEW meter_months AS
SELECT p.name AS billing_period, {{PERIOD_STATE}} AS period_state, c.guid AS customer_id,
       c.name AS customer_name, s.guid AS subscription_id, s.name AS subscription_name, m.guid AS meter_id,
       max(t.name) AS meter_name, max(t.category) AS meter_category, max(t.subcategory) AS meter_subcategory,
       max(t.region) AS meter_region, t.unit, sum(CAST(u.quantity AS REAL)) AS quantity, {{TOTALS}}
  {{TOTALED}}
  CROSS JOIN meter m ON m.id = u.meter_id
  CROSS JOIN product t ON t.id = u.product_id
 GROUP BY p.period, s.id, m.id, t.unit, p.name, c.guid, c.name, s.guid, s.name, m.guid;

-- Azure tells no upper case from lower in resource uris.
CREATE VIEW resource_months AS
SELECT p.name AS billing_period, {{PERIOD_STATE}} AS period_state, c.guid AS customer_id,
       c.name AS customer_name, s.guid AS subscription_id, s.name AS subscription_name, nullif(min(r.uri), '') AS resource_uri,
       nullif(min(r.resource_group), '') AS resource_group, nullif(min(r.name), '') AS resource_name, {{TOTALS}}
  {{TOTALED}}
  CROSS JOIN resource r ON r.id = u.resource_id
 GROUP BY p.period, s.id, r.uri COLLATE NOCASE, p.name, c.guid, c.name, s.guid, s.name;

-- By usage day, which is what the customer did that day, whenever it was reported.
CREATE VIEW daily_costs AS
SELECT date(u.usage_start, 'unixepoch') AS usage_day, p.name AS billing_period, c.guid AS customer_id, c.name AS customer_name,
       s.guid AS subscription_id, s.name AS subscription_name, {{TOTALS}}
  {{TOTALED}}
 GROUP BY u.usage_start / 86400, p.period, s.id, p.name, c.guid, c.name, s.guid, s.name;

-- What this database is bound to and the rules it was priced by.
CREATE VIEW schema_info AS SELECT name, value FROM setting WHERE name <> 'views';
