-- SPDX-License-Identifier: MIT
-- What holds in every database of csp-usaged, whatever happened to it. For the sqlite3 shell, which brings the decimal functions:
--
--     sqlite3 -readonly /var/lib/csp-usaged/usage.db < /usr/share/csp-usaged/invariants.sql
--
-- Prints nothing when all is well; else one row for each offence: the invariant's name, where, and what. All of it sees the database as it
-- was at one moment, also beside a run. The program runs the same text
-- (lib/store/invariants.c).
-- Quantities are decimal text, amounts integers of 1e-9. decimal_cmp tells 1.5 from 1.50 in some versions of the shell, so numbers are
-- compared by their difference: nothing but zeros is equal, "-" and another digit is less.

BEGIN;

-- A purchase with its key as one text (of a correction that of what it corrects), the period of its usage, and its place in the order in
-- which tiers fill: purchases, and behind them the corrections of usage of that period, as they were booked.
CREATE TEMP TABLE book AS
SELECT k.*, row_number() OVER (ORDER BY subscription_id, usage_period, meter_id, kind = 2, iif(kind = 2, period, 0), usage_start,
                                        reported_day, key) AS place
  FROM (SELECT purchase_reference AS ref, iif(kind = 2, substr(purchase_reference, 1, length(purchase_reference) - 8), purchase_reference)
               AS key, part_id, subscription_id, period, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal, product_id, quantity,
               kind, rating, rate_id, amount_nanos, status, revision, seq, first_run_id, last_run_id,
               iif(kind = 2, (SELECT f.period FROM period f WHERE u.usage_start >= f.starts * 86400 AND u.usage_start < f.ends * 86400),
                   period) AS usage_period
          FROM usage_reference u) k;
CREATE INDEX temp.book_by_place ON book (place);
CREATE UNIQUE INDEX temp.book_by_key ON book (part_id, meter_id, resource_id, usage_start, usage_end, ordinal);
CREATE TEMP TABLE band AS
SELECT k.ref, k.place, b.band_no, b.band_from, b.band_to, b.unit_price, b.quantity, b.amount_nanos
  FROM usage_band b
  LEFT JOIN book k USING (part_id, meter_id, resource_id, usage_start, usage_end, ordinal);
CREATE INDEX temp.band_by_place ON band (place, band_no);

-- The closed periods: when they were closed for good, and the newest rate card of that moment.
CREATE TEMP TABLE closing AS
SELECT p.period, e.at, e.card_id, e.run_id
  FROM period p JOIN period_event e ON e.id = (SELECT max(id) FROM period_event WHERE period = p.period AND closed = 1)
 WHERE p.state = 2;
CREATE UNIQUE INDEX temp.closing_by_period ON closing (period);

-- Each row of a key that has corrections, with how much of the key's quantity it has priced.
CREATE TEMP TABLE standing AS
SELECT k.*, CASE WHEN k.status <> 0 OR k.amount_nanos IS NULL THEN '0' WHEN k.kind <> 2 THEN k.quantity
                 ELSE coalesce((SELECT decimal_sum(b.quantity) FROM band b WHERE b.place = k.place), '0') END AS priced
  FROM book k JOIN (SELECT DISTINCT key FROM book WHERE kind = 2) c USING (key);
CREATE INDEX temp.standing_by_key ON standing (key, period);

-- -- what refers to what -----------------------------------------------------------------------------------------------------------

SELECT 'foreign_ids_exist', u.rowids, u.what
  FROM (SELECT subscription_id || '/' || reported_day AS rowids, 'usage without its ' ||
               CASE WHEN NOT EXISTS (SELECT 1 FROM subscription s WHERE s.id = u.subscription_id) THEN 'subscription'
                    WHEN NOT EXISTS (SELECT 1 FROM meter m WHERE m.id = u.meter_id) THEN 'meter'
                    WHEN NOT EXISTS (SELECT 1 FROM resource r WHERE r.id = u.resource_id AND r.subscription_id = u.subscription_id)
                    THEN 'resource'
                    WHEN NOT EXISTS (SELECT 1 FROM product t WHERE t.id = u.product_id AND t.meter_id = u.meter_id) THEN 'product'
                    WHEN u.rate_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rate x WHERE x.id = u.rate_id AND x.meter_id = u.meter_id)
                    THEN 'rate'
                    WHEN NOT EXISTS (SELECT 1 FROM period p WHERE p.period = u.period) THEN 'period'
                    WHEN NOT EXISTS (SELECT 1 FROM run WHERE run.id = u.first_run_id) THEN 'first run'
                    WHEN NOT EXISTS (SELECT 1 FROM run WHERE run.id = u.last_run_id) THEN 'last run' END AS what
          FROM usage u) u
 WHERE u.what IS NOT NULL;

SELECT 'foreign_ids_exist', part_id, count(*) || ' purchases without their part'
  FROM usage_fact WHERE part_id NOT IN (SELECT id FROM part) GROUP BY part_id;

SELECT 'foreign_ids_exist', h.seq, 'a change without its ' || iif(k.ref IS NULL, 'purchase', 'run')
  FROM usage_change h
  LEFT JOIN book k USING (part_id, meter_id, resource_id, usage_start, usage_end, ordinal)
  LEFT JOIN run ON run.id = h.run_id
 WHERE k.ref IS NULL OR run.id IS NULL;

SELECT 'foreign_ids_exist', band_no, 'a band without its purchase' FROM band WHERE ref IS NULL;

SELECT 'foreign_keys_hold', "table" || coalesce(' ' || rowid, ''), 'no such ' || parent FROM pragma_foreign_key_check;

-- -- parts -------------------------------------------------------------------------------------------------------------------------

SELECT 'part_is_one', subscription_id || '/' || period || '/' || reported_day, group_concat(id)
  FROM part GROUP BY subscription_id, period, reported_day HAVING count(*) > 1;

-- What the totals of months add up.
SELECT 'part_sums_its_purchases', id, sums || ' is not ' || its
  FROM (SELECT g.id, format('%d %d %d %d %d', g.purchases, g.unpriced, g.priced, g.units, g.nanos) AS sums,
               format('%d %d %d %d %d', count(u.seq), sum(u.rating <> 0), count(u.amount_nanos), sum(u.amount_nanos / 1000000000),
                      sum(u.amount_nanos % 1000000000)) AS its
          FROM part g LEFT JOIN usage_fact u ON u.part_id = g.id AND u.status = 0
         GROUP BY g.id)
 WHERE sums <> its;

-- -- slices ------------------------------------------------------------------------------------------------------------------------

SELECT 'purchase_has_a_slice', k.ref, 'no slice was stored'
  FROM book k LEFT JOIN slice l USING (subscription_id, reported_day)
 WHERE l.first_run_id IS NULL OR l.first_run_id = 0;

-- What a slice has of a closed period stands in the purchase and its corrections together. Rows of quantity 0 leave no trace there, so
-- that a slice that was read after a closing has at least as many rows.
SELECT 'slice_counts_its_rows', l.subscription_id || '/' || date(l.reported_day * 86400, 'unixepoch'), l.row_count || ' but ' || count(k.key)
  FROM slice l
  LEFT JOIN run ON run.id = l.stored_run_id
  LEFT JOIN (SELECT subscription_id, reported_day, key, quantity NOT GLOB '*[1-9]*' AS is_zero
               FROM book WHERE status = 0 AND key NOT IN (SELECT key FROM standing)
             UNION ALL
             SELECT subscription_id, reported_day, key, decimal_sum(quantity) NOT GLOB '*[1-9]*'
               FROM standing WHERE status = 0 GROUP BY key) k
    ON k.subscription_id = l.subscription_id AND k.reported_day = l.reported_day
   AND NOT (k.is_zero AND EXISTS (SELECT 1 FROM period_event e WHERE run.ended = 0 OR run.ended > e.at))
 GROUP BY l.subscription_id, l.reported_day
HAVING l.row_count < count(k.key)
    OR (l.row_count > count(k.key) AND NOT EXISTS (SELECT 1 FROM period_event e WHERE run.ended = 0 OR run.ended > e.at))
    OR (l.state = 1 AND l.row_count = 0) OR (l.state IN (2, 3) AND l.row_count <> 0);

SELECT 'slice_spans_its_periods', k.ref, k.usage_period || ' is not in ' || l.first_period || '..' || l.last_period
  FROM book k JOIN slice l USING (subscription_id, reported_day)
 WHERE k.usage_period NOT BETWEEN l.first_period AND l.last_period;

SELECT 'period_fits_the_usage', k.ref, 'not in ' || p.name
  FROM book k JOIN period p USING (period)
 WHERE k.kind <> 2 AND (k.usage_start < p.starts * 86400 OR k.usage_start >= p.ends * 86400);

SELECT 'period_is_a_month', name, date(starts * 86400, 'unixepoch') || '..' || date(ends * 86400, 'unixepoch')
  FROM period
 WHERE name <> strftime('%Y-%m', starts * 86400, 'unixepoch') OR period <> CAST(strftime('%Y%m', starts * 86400, 'unixepoch') AS INTEGER)
    OR ends * 86400 <> CAST(strftime('%s', starts * 86400, 'unixepoch', '+1 month') AS INTEGER)
    OR strftime('%d', starts * 86400, 'unixepoch') <> format('%02d', (SELECT value FROM setting WHERE name = 'period_start_day'));

-- Rows that look alike are numbered from 1 on, the active ones first, by ascending quantity. Where a period was opened again, those of
-- quantity 0 that came or went meanwhile wait for the next reading of their slice.
CREATE TEMP TABLE numbered AS
SELECT * FROM book WHERE kind <> 2 AND period NOT IN (SELECT period FROM period_event WHERE closed = 0);

SELECT 'ordinals_have_no_gap', max(ref), count(*) || ' rows, ' || sum(status = 0) || ' active'
  FROM numbered
 GROUP BY part_id, meter_id, resource_id, usage_start, usage_end
HAVING max(ordinal) <> count(*) OR coalesce(max(iif(status = 0, ordinal, NULL)), 0) <> sum(status = 0);

SELECT 'ordinals_ascend', b.ref, b.quantity || ' after ' || a.quantity
  FROM numbered a JOIN book b USING (part_id, meter_id, resource_id, usage_start, usage_end)
 WHERE b.ordinal = a.ordinal + 1 AND b.kind <> 2 AND a.status = 0 AND b.status = 0 AND rtrim(decimal_sub(b.quantity, a.quantity), '0.') LIKE '-_%';

-- -- closed periods ----------------------------------------------------------------------------------------------------------------------

SELECT 'closed_period_was_closed', p.name, 'state ' || p.state || ', the last event ' || coalesce(e.closed, 'none')
  FROM period p LEFT JOIN period_event e ON e.id = (SELECT max(id) FROM period_event WHERE period = p.period)
 WHERE (p.state = 2) <> (coalesce(e.closed, 0) = 1) OR (p.state = 2 AND p.ends * 86400 > e.at) OR p.state NOT BETWEEN 0 AND 2;

-- What ran after the closing has left it alone.
SELECT 'closed_period_stays_as_it_is', k.ref, 'changed by run ' || k.last_run_id
  FROM book k JOIN closing c USING (period) JOIN run ON run.id = k.last_run_id
 WHERE iif(c.run_id <> 0, run.id > c.run_id, run.started > c.at);

SELECT 'correction_is_of_an_older_period', ref, 'booked in ' || period FROM book WHERE kind = 2 AND (usage_period IS NULL OR usage_period >= period);

SELECT 'correction_is_of_a_closed_period', k.ref, 'not closed: ' || k.usage_period
  FROM book k WHERE k.kind = 2 AND k.status = 0 AND k.usage_period NOT IN (SELECT period FROM closing);

SELECT 'correction_says_something', ref, 'no quantity and no amount'
  FROM book WHERE kind = 2 AND status = 0 AND amount_nanos IS NULL AND ltrim(decimal_sub(quantity, '0'), '-0.') = '';

SELECT 'one_correction_can_change', max(ref), count(*) || ' of them'
  FROM standing WHERE kind = 2 AND status = 0 AND period NOT IN (SELECT period FROM closing)
 GROUP BY key HAVING count(*) > 1;

-- -- status, price, amount -----------------------------------------------------------------------------------------------------------

SELECT 'withdrawn_is_nothing', ref, quantity || ', ' || coalesce(amount_nanos, 'NULL')
  FROM book WHERE status <> 0 AND (status <> 1 OR quantity <> '0' OR amount_nanos IS NOT 0 OR rating <> 0);

SELECT 'amount_goes_with_the_rating', ref, 'rating ' || rating || ', rate ' || coalesce(rate_id, 'NULL') || ', ' || coalesce(amount_nanos, 'NULL')
  FROM book
 WHERE status = 0 AND ((rating = 0) <> (amount_nanos IS NOT NULL) OR rating NOT BETWEEN 0 AND 3 OR (rating IN (0, 2)) <> (rate_id IS NOT NULL));

SELECT 'unit_goes_with_the_rating', k.ref, t.unit || ' and ' || x.unit
  FROM book k JOIN product t ON t.id = k.product_id JOIN rate x ON x.id = k.rate_id
 WHERE k.status = 0 AND ((k.rating = 0 AND t.unit <> x.unit) OR (k.rating = 2 AND t.unit = x.unit));

-- Prices that were seen after a closing count only for what the earlier ones leave without a price; then those seen until the correction
-- itself was closed in.
SELECT 'price_is_the_newest', k.ref, 'rate ' || k.rate_id || ', not ' || n.id
  FROM book k JOIN rate x ON x.id = k.rate_id
  LEFT JOIN closing u ON u.period = k.usage_period
  LEFT JOIN closing b ON b.period = k.period
  JOIN rate n ON n.meter_id = x.meter_id AND n.currency = x.currency AND n.region = x.region
   AND n.effective > x.effective AND n.effective < (k.usage_start / 86400 + 1) * 86400
 WHERE k.status = 0 AND (n.first_card_id <= iif(x.first_card_id <= u.card_id, u.card_id, b.card_id)
                         OR iif(x.first_card_id <= u.card_id, u.card_id, b.card_id) IS NULL);

SELECT 'price_is_not_of_later', k.ref, 'rate ' || k.rate_id
  FROM book k JOIN rate x ON x.id = k.rate_id
 WHERE k.status = 0 AND x.effective >= (k.usage_start / 86400 + 1) * 86400;

SELECT 'currency_is_one', k.subscription_id || '/' || k.meter_id || '/' || k.usage_period, group_concat(DISTINCT x.currency)
  FROM book k JOIN rate x ON x.id = k.rate_id
 WHERE k.status = 0
 GROUP BY k.subscription_id, k.meter_id, k.usage_period
HAVING count(DISTINCT x.currency) > 1;

SELECT 'currency_is_the_cards', x.id, x.currency || ' in a card of ' || c.currency
  FROM rate x JOIN rate_card c ON c.id IN (x.first_card_id, x.last_card_id, x.seen_order)
 WHERE x.currency <> c.currency OR x.region <> c.region;

-- One price: quantity times price, rounded half away from zero.
SELECT 'amount_is_quantity_times_price', ref, quantity || ' x ' || unit_price || ' is not ' || amount_nanos
  FROM (SELECT k.ref, k.quantity, x.unit_price, k.amount_nanos, decimal_mul(decimal_mul(k.quantity, x.unit_price), '1000000000') AS exact
          FROM book k JOIN rate x ON x.id = k.rate_id
         WHERE k.status = 0 AND k.rating = 0 AND k.kind = 0
        UNION ALL
        SELECT b.ref, b.quantity, b.unit_price, b.amount_nanos, decimal_mul(decimal_mul(b.quantity, b.unit_price), '1000000000')
          FROM band b)
 WHERE rtrim(decimal_sub('0.5', ltrim(decimal_sub(exact, amount_nanos), '-')), '0.') LIKE '-_%'
    OR (ltrim(decimal_sub(ltrim(decimal_sub(exact, amount_nanos), '-'), '0.5'), '-0.') = ''
        AND rtrim(decimal_sub(ltrim(amount_nanos, '-'), ltrim(exact, '-')), '0.') LIKE '-_%');

-- -- bands ---------------------------------------------------------------------------------------------------------------------------

SELECT 'bands_where_they_belong', k.ref, count(b.band_no) || ' bands'
  FROM book k LEFT JOIN band b USING (place)
 GROUP BY k.place
HAVING (k.kind IN (1, 2) AND k.status = 0 AND k.rating = 0) <> (count(b.band_no) > 0) OR coalesce(max(b.band_no), 0) <> count(b.band_no);

SELECT 'bands_sum_to_the_amount', k.ref, k.amount_nanos || ' is not ' || sum(b.amount_nanos)
  FROM book k JOIN band b USING (place)
 GROUP BY k.place
HAVING k.amount_nanos IS NOT sum(b.amount_nanos);

SELECT 'bands_sum_to_the_quantity', k.ref, k.quantity || ' is not ' || decimal_sum(b.quantity)
  FROM book k JOIN band b USING (place)
 WHERE k.kind <> 2
 GROUP BY k.place
HAVING ltrim(decimal_sub(k.quantity, decimal_sum(b.quantity)), '-0.') <> '';

-- A correction with an amount prices what had none before it, too: up to it, all of the key's quantity is priced.
SELECT 'bands_sum_to_what_had_no_price', c.ref, decimal_sum(k.quantity) || ' is not ' || decimal_sum(k.priced)
  FROM standing c JOIN standing k ON k.key = c.key AND k.period <= c.period
 WHERE c.kind = 2 AND c.status = 0 AND c.rating = 0
 GROUP BY c.place
HAVING ltrim(decimal_sub(decimal_sum(k.quantity), decimal_sum(k.priced)), '-0.') <> '';

-- Within a group of purchases (subscription, meter, period) each begins where the one before it ended, and its bands fill from there:
-- each part lies within its band, and only the last band of a purchase is not filled to its end. What is given back (a negative
-- quantity) empties them from the top; below nothing there is the first band alone. Corrections of the usage go on from there, as far as
-- they can still change.
CREATE TEMP TABLE filled AS
SELECT k.place, k.ref, k.quantity, k.kind, k.period,
       coalesce(decimal_sum(k.quantity) OVER (PARTITION BY k.subscription_id, k.meter_id, k.usage_period ORDER BY k.place
                                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '0') AS position
  FROM (SELECT place, ref, kind, period, subscription_id, meter_id, usage_period, quantity FROM book
         WHERE status = 0 AND rating = 0 AND (kind = 1 OR (kind = 0 AND (subscription_id, meter_id, usage_period) IN
                                                            (SELECT subscription_id, meter_id, usage_period FROM book WHERE kind = 2)))
        UNION ALL
        SELECT place, ref, kind, period, subscription_id, meter_id, usage_period, priced FROM standing
         WHERE status = 0 AND rating = 0 AND kind = 2) k;
CREATE TEMP TABLE piece AS
SELECT *, decimal_add(low, ltrim(quantity, '-')) AS high
  FROM (SELECT f.ref, b.band_no, b.band_from, b.band_to, b.quantity, lead(b.band_from) OVER bands AS next_from,
               decimal_add(iif(f.quantity LIKE '-%', decimal_add(f.position, f.quantity), f.position),
                           coalesce(decimal_sum(ltrim(b.quantity, '-')) OVER (bands ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '0'))
               AS low
          FROM filled f JOIN band b USING (place)
         WHERE f.kind = 1 OR f.period NOT IN (SELECT period FROM closing)
        WINDOW bands AS (PARTITION BY f.place ORDER BY b.band_no));

SELECT 'bands_tile_the_quantity', ref,
       'band ' || band_no || ' [' || band_from || ', ' || coalesce(band_to, '') || ') has [' || low || ', ' || high || ')'
  FROM piece
 WHERE (rtrim(decimal_sub(low, band_from), '0.') LIKE '-_%' AND ltrim(decimal_sub(band_from, '0'), '-0.') <> '')
    OR rtrim(decimal_sub(band_to, high), '0.') LIKE '-_%'
    OR (next_from IS NOT NULL AND (band_to IS NULL OR ltrim(decimal_sub(high, band_to), '-0.') <> '' OR ltrim(decimal_sub(band_to, next_from), '-0.') <> ''));

-- -- history -------------------------------------------------------------------------------------------------------------------------

SELECT 'seq_is_given_once', seq, count(*) || ' times'
  FROM (SELECT seq FROM usage_fact WHERE revision = 1
        UNION ALL SELECT seq FROM usage_change
        UNION ALL SELECT old_seq FROM usage_change WHERE revision = 2)
 GROUP BY seq HAVING count(*) > 1;

-- By its numbers a run's changes are found.
SELECT 'run_spans_its_changes', h.seq, 'run ' || h.run_id || ' is (' || run.seq_before || ', ' || run.seq_after || ']'
  FROM (SELECT seq, first_run_id AS run_id FROM usage_fact WHERE revision = 1
        UNION ALL SELECT seq, run_id FROM usage_change
        UNION ALL SELECT old_seq, old_run_id FROM usage_change WHERE revision = 2) h
  JOIN run ON run.id = h.run_id
 WHERE h.seq <= run.seq_before OR h.seq > run.seq_after;

SELECT 'revisions_are_all_there', k.ref, k.revision || ' with ' || count(h.seq) || ' changes'
  FROM book k
  LEFT JOIN usage_change h USING (part_id, meter_id, resource_id, usage_start, usage_end, ordinal)
 GROUP BY k.place
HAVING count(h.seq) <> k.revision - 1 OR coalesce(min(h.revision), 2) <> 2 OR coalesce(max(h.revision), 1) <> k.revision;

SELECT 'revisions_follow_one_another', k.ref, 'revision ' || h.revision
  FROM book k JOIN usage_change h USING (part_id, meter_id, resource_id, usage_start, usage_end, ordinal)
  LEFT JOIN usage_change n ON n.part_id = h.part_id AND n.meter_id = h.meter_id AND n.resource_id = h.resource_id
   AND n.usage_start = h.usage_start AND n.usage_end = h.usage_end AND n.ordinal = h.ordinal AND n.revision = h.revision + 1
 WHERE h.old_seq >= h.seq OR h.old_run_id > h.run_id
    OR iif(n.seq IS NULL, h.seq IS NOT k.seq OR h.new_quantity IS NOT k.quantity OR h.new_amount IS NOT k.amount_nanos
                          OR h.run_id IS NOT k.last_run_id,
           h.seq IS NOT n.old_seq OR h.new_quantity IS NOT n.old_quantity OR h.new_amount IS NOT n.old_amount
                          OR h.run_id IS NOT n.old_run_id);

SELECT 'reason_is_true', h.seq, 'reason ' || h.reason
  FROM usage_change h
 WHERE (h.reason = 5 AND (h.old_amount IS NOT NULL OR h.new_amount IS NULL)) OR (h.reason = 2 AND h.new_quantity <> '0')
    OR (h.reason IN (3, 4, 5) AND h.old_quantity <> h.new_quantity) OR h.reason NOT BETWEEN 0 AND 6
    OR (h.reason = 6 AND NOT EXISTS (SELECT 1 FROM period_event WHERE closed = 0));

-- -- the views lose nothing ----------------------------------------------------------------------------------------------------------

SELECT 'totals_are_the_purchases', v.name, v.purchases || ' purchases, ' || v.total || ' is not ' || w.purchases || ', ' || w.total
  FROM (SELECT 'customer_months' AS name, coalesce(sum(purchases), 0) AS purchases, coalesce(decimal_sum(amount_exact), '0') AS total
          FROM customer_months
        UNION ALL SELECT 'subscription_months', coalesce(sum(purchases), 0), coalesce(decimal_sum(amount_exact), '0') FROM subscription_months
        UNION ALL SELECT 'meter_months', coalesce(sum(purchases), 0), coalesce(decimal_sum(amount_exact), '0') FROM meter_months
        UNION ALL SELECT 'resource_months', coalesce(sum(purchases), 0), coalesce(decimal_sum(amount_exact), '0') FROM resource_months
        UNION ALL SELECT 'daily_costs', coalesce(sum(purchases), 0), coalesce(decimal_sum(amount_exact), '0') FROM daily_costs
        UNION ALL SELECT 'purchases', coalesce(sum(status = 'active'), 0), coalesce(decimal_mul(decimal_sum(amount_nanos), '0.000000001'), '0')
          FROM purchases
        UNION ALL SELECT 'purchase_bands', (SELECT count(*) FROM usage_fact WHERE status = 0),
                         coalesce(decimal_mul(decimal_sum(amount_nanos), '0.000000001'), '0') FROM purchase_bands) v,
       (SELECT count(*) AS purchases, coalesce(decimal_mul(decimal_sum(amount_nanos), '0.000000001'), '0') AS total
          FROM usage_fact WHERE status = 0) w
 WHERE v.purchases <> w.purchases OR ltrim(decimal_sub(v.total, w.total), '-0.') <> '';

COMMIT;
