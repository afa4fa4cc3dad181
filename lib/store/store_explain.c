/* SPDX-License-Identifier: MIT */
#include "store/store_explain.h"

#include "store/books.h"

/* The key of row U in part G (of the view usage: U both) by the parts of a reference (bind_reference). An ordinary purchase is booked in
 * the period of its usage. */
#define OWNER "(SELECT id FROM subscription WHERE reference = ?1)"
#define USED "(SELECT period FROM period WHERE starts <= ?3 / 86400 AND ends > ?3 / 86400)"
#define BOOKED "iif(?8 <> 0, ?8, " USED ")"
#define OF_KEY(g, u)                                                                                                                  \
	" " g ".subscription_id = " OWNER " AND " g ".reported_day = ?2 AND " u ".meter_id = (SELECT id FROM meter WHERE guid = ?5)" \
	" AND " u ".resource_id = (SELECT id FROM resource WHERE subscription_id = " OWNER " AND digest = ?6)"                       \
	" AND " u ".usage_start = ?3 AND " u ".usage_end = ?4 AND " u ".ordinal = ?7"
#define OF_REFERENCE(g, u) OF_KEY(g, u) " AND " g ".period = " BOOKED

static const char seq_sql[] = "SELECT u.seq FROM usage u WHERE" OF_REFERENCE("u", "u");

#define CHANGES "part g JOIN usage_change h ON h.part_id = g.id"
static const char changes_sql[] = "SELECT u.seq FROM usage u WHERE" OF_REFERENCE("u", "u")
				  " UNION SELECT h.seq FROM " CHANGES " WHERE" OF_REFERENCE("g", "h")
				  " UNION SELECT h.old_seq FROM " CHANGES " WHERE h.revision = 2 AND" OF_REFERENCE("g", "h") " ORDER BY 1";

/* The purchase of the usage first, then its corrections as they were booked. */
static const char family_sql[] = "SELECT u.seq, 0 AS booked FROM usage u WHERE u.period = " USED " AND" OF_KEY("u", "u")
				 " UNION ALL SELECT u.seq, u.period FROM usage u WHERE u.kind = 2 AND" OF_KEY("u", "u") " ORDER BY 2";

/* In the order in which tiers fill. */
#define BEFORE(row) "(" row ".usage_start, " row ".reported_day, " row ".purchase_reference)"

static const char position_sql[] =
	"SELECT coalesce(decimal_sum(g.quantity), '0') FROM usage_reference u JOIN usage_reference g"
	" ON g.subscription_id = u.subscription_id AND g.period = u.period AND g.meter_id = u.meter_id AND g.kind = 1 AND g.status = 0"
	" AND g.rating = 0 AND " BEFORE("g") " < " BEFORE("u") " WHERE" OF_REFERENCE("u", "u");

/* A correction that may still change comes behind the purchases of its usage's period, and behind those of its kind that were booked before
 * it or, in the same period, are before it in the same order (all their references end alike, behind a number: ":1:c" and ":10:c"). What
 * they took of the tiers are their bands. Where one began that is fixed itself is not on record. */
#define BOOKED_BEFORE(row)                                                          \
	"(" row ".period, " row ".usage_start, " row ".reported_day,"               \
	" substr(" row ".purchase_reference, 1, length(" row ".purchase_reference) - 8))"

static const char correction_position_sql[] =
	"SELECT iif((SELECT state FROM period WHERE period = ?8) = 2, '', coalesce(decimal_sum(t.quantity), '0')) FROM ("
	" SELECT g.quantity FROM usage g WHERE g.subscription_id = " OWNER " AND g.period = " USED " AND g.kind <> 2 AND g.status = 0"
	"  AND g.meter_id = (SELECT id FROM meter WHERE guid = ?5) AND g.amount_nanos IS NOT NULL"
	" UNION ALL SELECT b.quantity FROM period f JOIN usage_reference u JOIN usage_reference g ON g.kind = 2 AND g.status = 0"
	"  AND g.meter_id = u.meter_id AND g.subscription_id = u.subscription_id AND g.usage_start >= f.starts * 86400"
	"  AND g.usage_start < f.ends * 86400 JOIN usage_band b ON b.part_id = g.part_id AND b.meter_id = g.meter_id"
	"  AND b.resource_id = g.resource_id AND b.usage_start = g.usage_start AND b.usage_end = g.usage_end AND b.ordinal = g.ordinal"
	"  WHERE f.period = " USED " AND " BOOKED_BEFORE("g") " < " BOOKED_BEFORE("u") " AND" OF_REFERENCE("u", "u") ") t";

/* ?9: how many. */
static const char beside_sql[] =
	"SELECT u.purchase_reference FROM usage_reference u WHERE u.subscription_id = " OWNER " AND u.period = " USED
	" AND u.reported_day = ?2 AND u.meter_id = (SELECT id FROM meter WHERE guid = ?5)"
	" ORDER BY u.usage_start <> ?3, u.purchase_reference LIMIT ?9";

static struct sqlite3_stmt *bind_reference(struct store *s, const char *sql, const struct reference *r, struct err *e)
{
	struct sqlite3_stmt *q = db_prepare(s->db, sql, e);

	if (!q)
		return NULL;
	db_bind_text(q, 1, r->subscription);
	db_bind_int(q, 2, r->reported_day);
	db_bind_int(q, 3, r->usage_start);
	db_bind_int(q, 4, r->usage_end);
	db_bind_text(q, 5, r->meter);
	db_bind_blob(q, 6, r->resource, sizeof(r->resource));
	db_bind_int(q, 7, r->ordinal);
	db_bind_int(q, 8, r->booked);
	return q;
}

int store_hold_still(struct store *s, struct err *e)
{
	return db_exec(s->db, "BEGIN", e);
}

int store_purchase_seq(struct store *s, const struct reference *r, int64_t *seq, struct err *e)
{
	struct sqlite3_stmt *q = bind_reference(s, seq_sql, r, e);
	int rc;

	if (!q)
		return -1;
	rc = db_step(s->db, q, e);
	*seq = rc == 1 ? db_int(q, 0) : 0;
	db_finalize(q);
	return rc == -1 ? -1 : 0;
}

int store_purchase_changes(struct store *s, const struct reference *r, struct store_rows *rows, struct err *e)
{
	return store_hand_out(s->db, bind_reference(s, changes_sql, r, e), rows, NULL, e);
}

int store_purchase_family(struct store *s, const struct reference *r, struct store_rows *rows, struct err *e)
{
	return store_hand_out(s->db, bind_reference(s, family_sql, r, e), rows, NULL, e);
}

int store_purchase_position(struct store *s, const struct reference *r, struct store_rows *rows, struct err *e)
{
	return store_hand_out(s->db, bind_reference(s, r->booked ? correction_position_sql : position_sql, r, e), rows, NULL, e);
}

int store_purchases_beside(struct store *s, const struct reference *r, int most, struct store_rows *rows, struct err *e)
{
	struct sqlite3_stmt *q = bind_reference(s, beside_sql, r, e);

	if (q)
		db_bind_int(q, 9, most);
	return store_hand_out(s->db, q, rows, NULL, e);
}
