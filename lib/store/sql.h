/* SPDX-License-Identifier: MIT */
/* sql.h - every statement of the store, by name. Prepared on first use; a test looks at their plans. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

/* The key of a purchase, in the order of the table: of its part the id. */
#define SQL_KEY "part_id = ?1 AND meter_id = ?2 AND resource_id = ?3 AND usage_start = ?4 AND usage_end = ?5 AND ordinal = ?6"
#define SQL_ROW "g.period, g.reported_day, u.meter_id, u.resource_id, u.usage_start, u.usage_end, u.ordinal, u.product_id, u.quantity," \
		" u.kind, u.rating, u.rate_id, u.amount_nanos, u.status, u.revision, u.seq, u.last_run_id,"                  \
		" g.subscription_id"
#define SQL_PURCHASES "part g CROSS JOIN usage_fact u ON u.part_id = g.id"
#define SQL_NEW_PURCHASE "INSERT INTO usage_fact (part_id, meter_id, resource_id, usage_start, usage_end, ordinal, product_id, quantity," \
			 " kind, rating, rate_id, amount_nanos, status, revision, seq, first_run_id, last_run_id)"
#define SQL_IN_CLOSED "g.period IN (SELECT period FROM period WHERE state = 2)"
#define SQL_IN_OPEN "g.period NOT IN (SELECT period FROM period WHERE state = 2)"

#define SQL_STATEMENTS(X)                                                                                                             \
	/* runs */                                                                                                                    \
	X(RUN_INSERT, "INSERT INTO run (trigger, slot, started, correlation_id, seq_before, dated)"                                   \
		      " VALUES (?1, ?2, ?3, ?4, ?5, max(?3, coalesce((SELECT dated + 1 FROM run ORDER BY id DESC LIMIT 1), 0)))")             \
	X(RUN_OPEN, "SELECT id FROM run WHERE status = 0 ORDER BY id DESC")                                                           \
	X(RUN_ABORT, "UPDATE run SET status = 4, ended = ?1, code = 'E-RUN-ABORTED', error = 'the program ended during this run',"     \
		     " seq_after = (SELECT coalesce(max(seq), 0) FROM usage_fact) WHERE status = 0")                                                                                             \
	X(RUN_END, "UPDATE run SET ended = ?2, status = ?3, customers = ?4, subscriptions = ?5, not_covered = ?6, slices = ?7,"       \
		   " slices_failed = ?8, rows_added = ?9, rows_changed = ?10, rows_withdrawn = ?11, unpriced = ?12, requests = ?13,"  \
		   " retries = ?14, throttled = ?15, bytes = ?16, duration_ms = ?17, seq_after = ?18, code = ?19, error = ?20,"       \
		   " remedy = ?21"                                                                                                    \
		   " WHERE id = ?1")                                                                                                  \
	X(RUN_LAST, "SELECT id, trigger, slot, started, ended, status, customers, subscriptions, not_covered, slices, slices_failed," \
		    " rows_added, rows_changed, rows_withdrawn, unpriced, requests, retries, throttled, bytes, duration_ms, code,"    \
		    " error, remedy FROM run ORDER BY id DESC LIMIT 1")                                                               \
	X(RUN_LAST_GOOD, "SELECT id, trigger, slot, started, ended, status, customers, subscriptions, not_covered, slices,"           \
			 " slices_failed, rows_added, rows_changed, rows_withdrawn, unpriced, requests, retries, throttled, bytes,"   \
			 " duration_ms, code, error, remedy FROM run WHERE status IN (1, 2) AND trigger <> 'reopen' ORDER BY id DESC LIMIT 1")                \
	X(RUN_LAST_SLOT, "SELECT coalesce(max(slot), 0) FROM run WHERE status IN (0, 1, 2)")                                          \
	X(UNPRICED_COUNT, "SELECT count(*) FROM usage_unpriced")                                                                  \
	X(SEQ_LAST, "SELECT coalesce(max(seq), 0) FROM usage_fact")                                                                      \
	X(PERIOD_INSERT, "INSERT OR IGNORE INTO period (period, name, starts, ends, state)"                                            \
			 " VALUES (?1, format('%04d-%02d', ?1 / 100, ?1 % 100), ?2, ?3, 0)")                                             \
	X(PERIOD_SETTLE, "UPDATE period SET state = 1 WHERE state = 0 AND ends <= ?1")                                                \
	X(PERIODS_CLOSED, "SELECT p.period, (SELECT card_id FROM period_event e WHERE e.period = p.period AND e.closed = 1"           \
			  " ORDER BY e.id DESC LIMIT 1) FROM period p WHERE p.state = 2")                                             \
	X(PERIOD_FIND, "SELECT state, ends, name FROM period WHERE period = ?1")                                                      \
	X(PERIOD_SET, "UPDATE period SET state = ?2 WHERE period = ?1")                                                               \
	X(PERIOD_EVENT, "INSERT INTO period_event (period, closed, at, card_id, run_id, reason)"                                      \
			" VALUES (?1, ?2, ?3, (SELECT coalesce(max(id), 0) FROM rate_card), ?4, ?5)")                                 \
	X(PERIOD_LAST_CLOSED, "SELECT coalesce(max(period), 0) FROM period WHERE state = 2")                                          \
	X(PERIODS_SETTLED, "SELECT name FROM period WHERE state <> 2 AND ends + ?2 <= ?1 ORDER BY period LIMIT ?3")                   \
	X(PERIOD_OLDEST_ENDED, "SELECT coalesce(min(period), 0) FROM period WHERE state <> 2 AND ends <= ?1")                         \
	/* those that may be closed by their date, were not opened again, and are known from their first day on */                    \
	/* (the newest of them: those that a gap holds for ever must not hold the others) */                                          \
	X(PERIODS_DUE, "SELECT * FROM (SELECT p.period, p.starts, p.ends FROM period p WHERE p.state <> 2 AND p.ends + ?2 <= ?1"      \
		       " AND NOT EXISTS (SELECT 1 FROM period_event e WHERE e.period = p.period)"                                     \
		       " AND p.starts >= (SELECT min((SELECT min(reported_day) FROM slice l WHERE l.subscription_id = s.id))"         \
		       " FROM subscription s) ORDER BY p.period DESC LIMIT ?3) ORDER BY 1")                                                            \
	/* days ?1 to ?2 of each subscription that were not read, from its first day on record to the one on which it went */           \
	X(PERIOD_GAPS, "SELECT coalesce(sum(max(0, ends - starts - (SELECT count(*) FROM slice l WHERE l.subscription_id = id"        \
		       " AND l.reported_day >= starts AND l.reported_day < ends AND l.state IN (1, 2, 3)))), 0)"                      \
		       " FROM (SELECT id, max(?1, coalesce((SELECT min(reported_day) FROM slice f WHERE f.subscription_id = s.id), ?1))"\
		       " AS starts, iif(missing_since = 0, ?2, min(?2, (missing_since + 86399) / 86400)) AS ends"                     \
		       " FROM subscription s WHERE usage_source IN (0, 3))")                                                                \
	X(PERIOD_OLDER_OPEN, "SELECT coalesce(min(p.period), 0) FROM period p WHERE p.state <> 2 AND p.period < ?1 AND p.period IN"    \
			     " (SELECT g.period FROM usage_fact u INDEXED BY usage_correction CROSS JOIN part g ON g.id = u.part_id"         \
			     " WHERE u.kind = 2)")                 \
	X(PERIOD_LACKS, "SELECT (SELECT count(*) FROM usage_unpriced u WHERE u.period = ?1), coalesce((SELECT"                        \
			" min((SELECT min(reported_day) FROM slice l WHERE l.subscription_id = s.id)) FROM subscription s), ?2) > ?2") \
	X(USAGE_SINCE, "SELECT count(*) FROM usage_fact WHERE seq > ?1")                                                                   \
	/* customers and subscriptions */                                                                                             \
	X(CUSTOMER_FIND, "SELECT id, name, domain, relationship, missing_since FROM customer WHERE guid = ?1")                        \
	X(CUSTOMER_INSERT, "INSERT INTO customer (guid, name, domain, relationship, first_seen) VALUES (?1, ?2, ?3, ?4, ?5)")         \
	X(CUSTOMER_UPDATE, "UPDATE customer SET name = ?2, domain = ?3, relationship = ?4, missing_since = 0 WHERE id = ?1")          \
	X(SUBSCRIPTION_FIND, "SELECT id, entitlement, name, offer_id, offer_name, status, billing_type, unit_type, created,"          \
			     " missing_since, usage_source FROM subscription WHERE guid = ?1 AND customer_id = ?2")                   \
	X(SUBSCRIPTION_TAKEN, "SELECT count(*) FROM subscription WHERE reference = ?1")                                               \
	X(SUBSCRIPTION_INSERT, "INSERT INTO subscription (customer_id, guid, reference, entitlement, name, offer_id, offer_name,"     \
			       " status, billing_type, unit_type, created, first_seen, usage_source, source_since)"                   \
			       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?12)")                               \
	X(SUBSCRIPTION_UPDATE, "UPDATE subscription SET entitlement = ?2, name = ?3, offer_id = ?4, offer_name = ?5, status = ?6,"    \
			       " billing_type = ?7, unit_type = ?8, created = ?9, missing_since = 0 WHERE id = ?1")                   \
	X(SUBSCRIPTION_SOURCE, "UPDATE subscription SET usage_source = ?2, source_reason = ?3, source_since = ?4"                     \
			       " WHERE id = ?1 AND (usage_source <> ?2 OR source_reason <> ?3)")                                      \
	X(CUSTOMER_SEEN, "INSERT OR IGNORE INTO temp.seen_customer VALUES (?1)")                                                      \
	X(SUBSCRIPTION_SEEN, "INSERT OR IGNORE INTO temp.seen_subscription VALUES (?1)")                                              \
	X(CUSTOMER_MISSING, "UPDATE customer SET missing_since = ?1 WHERE missing_since = 0"                                          \
			    " AND id NOT IN (SELECT id FROM temp.seen_customer)")                                                     \
	X(SUBSCRIPTION_MISSING, "UPDATE subscription SET missing_since = ?1 WHERE missing_since = 0"                                  \
				" AND id NOT IN (SELECT id FROM temp.seen_subscription)")                                             \
	/* dimensions */                                                                                                              \
	X(METER_FIND, "SELECT id FROM meter WHERE guid = ?1")                                                                         \
	X(METER_INSERT, "INSERT INTO meter (guid) VALUES (?1)")                                                                       \
	X(METER_BANDED, "SELECT banded FROM meter WHERE id = ?1")                                                                     \
	X(METER_SET_BANDED, "UPDATE meter SET banded = 1 WHERE id = ?1 AND banded = 0")                                               \
	X(PRODUCT_FIND, "SELECT id FROM product WHERE digest = ?1")                                                                   \
	X(PRODUCT_INSERT, "INSERT INTO product (digest, meter_id, name, category, subcategory, region, unit)"                         \
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                                     \
	X(PRODUCT_UNIT, "SELECT unit FROM product WHERE id = ?1")                                                                     \
	X(RESOURCE_FIND, "SELECT id FROM resource WHERE digest = ?1 AND subscription_id = ?2")                                                             \
	X(RESOURCE_INSERT, "INSERT INTO resource (digest, subscription_id, uri, resource_group, name, location, part_number,"         \
			   " order_number, tags, additional_info, info_fields) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")\
	/* slices */                                                                                                                  \
	X(SLICE_STATES, "SELECT reported_day, state FROM slice WHERE subscription_id = ?1 AND reported_day >= ?2"                     \
			" AND reported_day < ?3")                                                                                     \
	X(SLICE_FACTS, "SELECT (SELECT min(reported_day) FROM slice WHERE subscription_id = ?1), count(*), coalesce(sum(row_count), 0)"\
		       " FROM slice WHERE subscription_id = ?1 AND reported_day >= ?2 AND reported_day < ?3 AND state <> 4")           \
	X(SLICE_FIND, "SELECT state, row_count, first_period, last_period, first_run_id FROM slice"                                   \
		      " WHERE subscription_id = ?1 AND reported_day = ?2")                                                            \
	X(SLICE_STORED, "INSERT INTO slice (subscription_id, reported_day, state, row_count, first_period, last_period, first_run_id,"\
			" stored_run_id, pages) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)"                                          \
			" ON CONFLICT DO UPDATE SET state = excluded.state, pages = excluded.pages,"                                  \
			" row_count = excluded.row_count, first_period = excluded.first_period, last_period = excluded.last_period,"  \
			" first_run_id = iif(first_run_id = 0, excluded.first_run_id, first_run_id),"                                 \
			" stored_run_id = excluded.stored_run_id, failed_at = 0, code = NULL, error = NULL, remedy = NULL")           \
	X(SLICE_PAGES, "SELECT pages, row_count FROM slice WHERE subscription_id = ?1 AND reported_day = ?2 AND state = 1"            \
		       " AND pages IS NOT NULL")                                                                                      \
	X(SLICE_FAILED, "INSERT INTO slice (subscription_id, reported_day, state, failed_at, code, error, remedy)"                    \
			" VALUES (?1, ?2, 4, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET state = 4, failed_at = excluded.failed_at,"    \
			" code = excluded.code, error = excluded.error, remedy = excluded.remedy")                                    \
	/* purchases */                                                                                                               \
	/* the parts of a slice by period, the rows of a part by their key: in the order of merging */                               \
	X(USAGE_OF_SLICE, "SELECT " SQL_ROW " FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.reported_day = ?2"           \
			  " AND u.kind <> 2 ORDER BY g.period, u.meter_id, u.resource_id, u.usage_start, u.usage_end, u.ordinal")     \
	X(USAGE_INSERT, SQL_NEW_PURCHASE " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 1, ?13, ?14, ?14)")                           \
	X(USAGE_FILL, SQL_NEW_PURCHASE " SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, 0, 1, c12, c13, c13 FROM source")                    \
	X(USAGE_UPDATE, "UPDATE usage_fact SET product_id = ?7, quantity = ?8, kind = ?9, rating = ?10, rate_id = ?11,"              \
			" amount_nanos = ?12, status = ?13, revision = ?14, seq = ?15, last_run_id = ?16 WHERE " SQL_KEY)             \
	X(USAGE_AMOUNT, "UPDATE usage_fact SET rating = ?7, rate_id = ?8, amount_nanos = ?9 WHERE " SQL_KEY)                         \
	/* in no order: group.h knows it */                                                                                           \
	X(USAGE_OF_GROUP, "SELECT " SQL_ROW " FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.period = ?2"                  \
			  " AND u.meter_id = ?3 AND u.kind = 1")                                                                      \
	X(RESOURCE_DIGEST, "SELECT digest FROM resource WHERE id = ?1")                                                               \
	/* what a new price can change: purchases of periods that are not closed, and no corrections */                               \
	X(USAGE_OF_METERS, "SELECT " SQL_ROW " FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.period >= ?2"                \
			   " AND u.status = 0 AND u.meter_id IN (SELECT meter_id FROM temp.changed_meter) AND u.kind <> 2"            \
			   " AND " SQL_IN_OPEN)                                                                                       \
	/* the same of many meters: each purchase is looked at, for to look for each meter in each part would be more (hence the +) */\
	X(USAGE_OF_MANY_METERS, "SELECT " SQL_ROW " FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.period >= ?2"           \
				" AND u.status = 0 AND +u.meter_id IN (SELECT meter_id FROM temp.changed_meter) AND u.kind <> 2"      \
				" AND " SQL_IN_OPEN)                                                                                  \
	X(USAGE_OF_PERIOD, "SELECT " SQL_ROW " FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.period = ?2"                 \
			   " AND u.status = 0 AND u.kind <> 2")                                                                       \
	X(USAGE_FIND, "SELECT " SQL_ROW " FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.period = ?2"                      \
		      " AND g.reported_day = ?3 AND u.meter_id = ?4 AND u.resource_id = ?5 AND u.usage_start = ?6"                    \
		      " AND u.usage_end = ?7 AND u.ordinal = ?8")                                                                     \
	/* corrections; of a period P those whose usage lies in it */                                                                 \
	X(CORRECTIONS_OF_KEY, "SELECT " SQL_ROW " FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.period <> ?2"             \
			      " AND g.reported_day = ?3 AND u.meter_id = ?4 AND u.resource_id = ?5 AND u.usage_start = ?6"            \
			      " AND u.usage_end = ?7 AND u.ordinal = ?8 AND u.kind = 2 ORDER BY g.period")                            \
	X(CORRECTIONS_OF_SLICE, "SELECT " SQL_ROW " FROM part g CROSS JOIN usage_fact u INDEXED BY usage_correction"                  \
				" ON u.part_id = g.id AND u.kind = 2"                                                                 \
				" WHERE g.subscription_id = ?1 AND g.reported_day = ?2 AND u.status = 0")                             \
	/* those of usage of period ?6 are booked in later ones */                                                                    \
	X(CORRECTIONS_OF_GROUP, "SELECT " SQL_ROW " FROM part g CROSS JOIN usage_fact u INDEXED BY usage_correction"                  \
				" ON u.part_id = g.id AND u.kind = 2 CROSS JOIN resource r ON r.id = u.resource_id"                   \
				" WHERE g.subscription_id = ?1 AND g.period > ?6 AND u.meter_id = ?2"                                 \
				" AND u.usage_start >= ?3 AND u.usage_start < ?4 AND u.status = 0 AND u.seq > ?5"                     \
				" ORDER BY g.period, u.usage_start, g.reported_day, (u.usage_end - u.usage_start) || ':', r.digest,"  \
				" CAST(u.ordinal AS TEXT)")                                                                           \
	X(CORRECTIONS_OF_PERIOD, "SELECT " SQL_ROW " FROM usage_fact u INDEXED BY usage_correction CROSS JOIN part g"                 \
				 " ON g.id = u.part_id WHERE u.kind = 2 AND u.usage_start >= ?1 AND u.usage_start < ?2"               \
				 " AND u.status = 0")                                                                                 \
	/* what a new price can correct: usage of closed periods without one, and corrections that can still change */                \
	X(CORRECTIONS_TO_PRICE, "SELECT " SQL_ROW " FROM usage_fact u INDEXED BY usage_without_amount CROSS JOIN part g"              \
				" ON g.id = u.part_id WHERE u.rating <> 0 AND u.status = 0"                                           \
				" AND u.meter_id IN (SELECT meter_id FROM temp.changed_meter) AND " SQL_IN_CLOSED                     \
				" UNION ALL SELECT " SQL_ROW " FROM usage_fact u INDEXED BY usage_correction CROSS JOIN part g"       \
				" ON g.id = u.part_id WHERE u.kind = 2 AND u.status = 0"                                              \
				" AND u.meter_id IN (SELECT meter_id FROM temp.changed_meter) AND " SQL_IN_OPEN " ORDER BY 18")       \
	/* the active ones that can change of each key that has one in period ?1 */                                                   \
	X(CORRECTIONS_TO_JOIN, "SELECT " SQL_ROW " FROM usage_fact u INDEXED BY usage_correction CROSS JOIN part g"                   \
			       " ON g.id = u.part_id WHERE u.kind = 2 AND u.status = 0 AND g.period >= ?1 AND " SQL_IN_OPEN           \
			       " AND EXISTS (SELECT 1 FROM part k CROSS JOIN usage_fact r ON r.part_id = k.id"                        \
			       " WHERE k.subscription_id = g.subscription_id AND k.period = ?1 AND k.reported_day = g.reported_day"   \
			       " AND r.meter_id = u.meter_id AND r.resource_id = u.resource_id AND r.usage_start = u.usage_start"     \
			       " AND r.usage_end = u.usage_end AND r.ordinal = u.ordinal AND r.kind = 2)"                             \
			       " ORDER BY g.subscription_id, g.period DESC")                                                          \
	X(PRICED_OF_GROUP, "SELECT u.quantity FROM " SQL_PURCHASES " WHERE g.subscription_id = ?1 AND g.period = ?2"                  \
			   " AND u.meter_id = ?3 AND u.kind <> 2 AND u.status = 0 AND u.amount_nanos IS NOT NULL")                    \
	X(CHANGE_INSERT, "INSERT INTO usage_change (seq, part_id, meter_id, resource_id, usage_start, usage_end, ordinal, revision,"  \
			 " reason, run_id, old_seq, old_run_id, old_quantity, new_quantity, old_amount, new_amount)"                  \
			 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)")                           \
	X(CHANGE_AMOUNT, "UPDATE usage_change SET new_amount = ?2 WHERE seq = ?1")                                                    \
	X(BANDS_OF, "SELECT band_no, unit_price, quantity, amount_nanos, band_from, band_to FROM usage_band WHERE " SQL_KEY           \
		    " ORDER BY band_no")                                                                                              \
	X(BANDS_DELETE, "DELETE FROM usage_band WHERE " SQL_KEY)                                                                      \
	X(BAND_INSERT, "INSERT INTO usage_band (part_id, meter_id, resource_id, usage_start, usage_end, ordinal, band_no, band_from," \
		       " band_to, unit_price, quantity, amount_nanos) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")    \
	/* parts */                                                                                                                   \
	X(PART_FIND, "SELECT id FROM part WHERE subscription_id = ?1 AND period = ?2 AND reported_day = ?3")                          \
	X(PART_INSERT, "INSERT INTO part (subscription_id, period, reported_day) VALUES (?1, ?2, ?3)")                                \
	X(PART_ADD, "UPDATE part SET purchases = purchases + ?2, unpriced = unpriced + ?3, priced = priced + ?4, units = units + ?5," \
		    " nanos = nanos + ?6 WHERE id = ?1")                                                                              \
	/* a slice too large for memory */                                                                                            \
	X(LOADING_ADD, "INSERT INTO temp.loading (load, period, meter_id, resource_id, usage_start, usage_end, n, product_id,"        \
		       " quantity) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                                                      \
	X(LOADING_ALL, "SELECT period, meter_id, resource_id, usage_start, usage_end, product_id, quantity FROM temp.loading"         \
		       " WHERE load = ?1 ORDER BY period, meter_id, resource_id, usage_start, usage_end, n")                          \
	X(LOADING_DROP, "DELETE FROM temp.loading WHERE load = ?1")                                                                   \
	/* rates */                                                                                                                   \
	X(CARD_LAST, "SELECT id, digest, meters FROM rate_card WHERE currency = ?1 AND region = ?2 ORDER BY id DESC LIMIT 1")                 \
	X(CARD_INSERT, "INSERT INTO rate_card (digest, currency, region, locale, tax_included, offer_terms, meters, first_run_id,"    \
		       " first_seen) VALUES (zeroblob(16), ?1, ?2, '', 0, '', 0, ?3, ?4)")                                            \
	X(CARD_FILL, "UPDATE rate_card SET digest = ?2, locale = ?3, tax_included = ?4, offer_terms = ?5, meters = ?6 WHERE id = ?1") \
	X(RATE_FIND, "SELECT id, last_card_id FROM rate WHERE meter_id = ?1 AND currency = ?2 AND region = ?3 AND effective = ?4"     \
		     " AND digest = ?5")                                                                                              \
	X(RATE_KNOWN, "SELECT count(*) FROM rate WHERE meter_id = ?1 AND currency = ?2 AND region = ?3")                              \
	X(RATE_INSERT, "INSERT INTO rate (meter_id, digest, currency, region, effective, unit, included, tier_count, unit_price,"      \
		       " name, category, subcategory, meter_region, tags, first_card_id, seen_order)"                                       \
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15)")                             \
	X(RATE_REOPEN, "UPDATE rate SET last_card_id = NULL, seen_order = ?2 WHERE id = ?1")                                          \
	/* the newest card's, by their digests */                                                                                     \
	X(RATES_CURRENT, "SELECT id, digest FROM rate WHERE last_card_id IS NULL AND currency = ?1 AND region = ?2")                  \
	X(RATE_GONE, "INSERT INTO temp.gone_rate VALUES (?1)")                                                                        \
	/* only where another version of the same date takes its place is the price of stored usage another one */                    \
	X(RATE_GONE_METERS, "INSERT INTO temp.changed_meter (meter_id, effective) SELECT gone.meter_id, min(gone.effective)"          \
			    " FROM temp.gone_rate g CROSS JOIN rate gone ON gone.id = g.id WHERE EXISTS (SELECT 1 FROM rate other"    \
			    " WHERE other.meter_id = gone.meter_id AND other.currency = gone.currency AND other.region = gone.region" \
			    " AND other.effective = gone.effective AND other.id <> gone.id) GROUP BY gone.meter_id"                   \
			    " ON CONFLICT DO UPDATE SET effective = min(effective, excluded.effective)")                              \
	X(RATE_CLOSE_GONE, "UPDATE rate SET last_card_id = ?1 WHERE id IN (SELECT id FROM temp.gone_rate)")                           \
	/* once they are closed: the meters that have no price left in the newest card */                                             \
	X(METERS_GONE, "SELECT count(DISTINCT gone.meter_id) FROM temp.gone_rate g CROSS JOIN rate gone ON gone.id = g.id"            \
		       " WHERE NOT EXISTS (SELECT 1 FROM rate other WHERE other.meter_id = gone.meter_id"                             \
		       " AND other.currency = gone.currency AND other.region = gone.region AND other.last_card_id IS NULL)")          \
	X(METER_CHANGED, "INSERT INTO temp.changed_meter (meter_id, effective) VALUES (?1, ?2)"                                       \
			 " ON CONFLICT DO UPDATE SET effective = min(effective, excluded.effective)")                                 \
	/* those that nothing is stored of */                                                                                         \
	X(METERS_UNUSED, "DELETE FROM temp.changed_meter WHERE meter_id NOT IN (SELECT meter_id FROM product)")                       \
	/* usage before the first price of its meter: it is no longer unpriced, its price is a future one */                          \
	X(METERS_CHANGED, "SELECT count(*), min(coalesce(min(effective), 0), coalesce((SELECT min(u.usage_start) FROM usage_fact u"   \
			  " INDEXED BY usage_without_amount WHERE u.rating <> 0 AND u.rating = 1 AND u.status = 0"                    \
			  " AND u.meter_id IN (SELECT meter_id FROM temp.changed_meter)), min(effective), 0)) FROM temp.changed_meter")\
	X(RATE_TIER_INSERT, "INSERT INTO rate_tier (rate_id, tier_no, from_quantity, unit_price) VALUES (?1, ?2, ?3, ?4)")            \
	X(RATE_TIERS, "SELECT from_quantity, unit_price FROM rate_tier WHERE rate_id = ?1 ORDER BY tier_no")                          \
	X(RATES_OF_METER, "SELECT id, effective, unit, included, tier_count, unit_price, first_card_id, seen_order, last_card_id"      \
			  " FROM rate WHERE meter_id = ?1 AND currency = ?2 AND region = ?3 ORDER BY effective DESC")                 \
	X(RATE_RANGES, "SELECT first_card_id, last_card_id FROM rate_range WHERE rate_id = ?1 ORDER BY first_card_id DESC")           \
	X(RATE_RANGE_KEEP, "INSERT INTO rate_range SELECT id, seen_order, last_card_id FROM rate WHERE id = ?1")                      \
	X(SUBSCRIPTION_IDS, "SELECT id FROM subscription ORDER BY id")

#define SQL_NUMBER(name, text) SQL_##name,
enum sql_statement { SQL_STATEMENTS(SQL_NUMBER) SQL_COUNT };
#undef SQL_NUMBER

extern const char *const sql_texts[];

#endif
