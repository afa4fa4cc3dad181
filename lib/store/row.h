/* SPDX-License-Identifier: MIT */
/* row.h - a purchase as the books hold it, and its writing: first stored, revised, its bands. Inside the store. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "store/books.h"
#include "store/db_source.h"

/* A quantity as text: what decimal_parse accepts is at most this long in plain notation. */
#define QUANTITY_TEXT_MAX DECIMAL_TEXT_MAX

enum change_reason {
	REASON_LATE_USAGE, REASON_RESTATED, REASON_WITHDRAWN, REASON_RERATED_TIER, REASON_RERATED_PRICE, REASON_PRICED, REASON_REOPENED
};

/* How a purchase gets its amount: by its one price; with the other purchases of its group, which fill the tiers one after the other
 * (rerate.h); or as a correction of a closed period (correction.h). The last two have their bands stored. */
enum row_kind { ROW_FLAT, ROW_GROUPED, ROW_CORRECTION };

struct row_key { /* in the order of the table's key, the subscription in front of it */
	int64_t subscription, period, day, meter, resource, start, end, ordinal;
};

struct row {
	struct row_key key;
	int64_t product;
	char quantity[QUANTITY_TEXT_MAX];
	enum row_kind kind;
	enum rating_status rating;
	int64_t rate_id; /* 0: none */
	bool has_amount;
	int64_t amount;
	bool withdrawn;
	int64_t revision, seq, run_id;
};

struct row_list { /* zeroed: empty */
	size_t count, room;
	struct row *items;
};

/* From a statement that selects SQL_ROW. */
void row_read(struct sqlite3_stmt *q, struct row *row);
/* All that the statement still gives. */
int row_list_read(struct store *s, struct sqlite3_stmt *q, struct row_list *list, struct err *e) MUST_CHECK;
void row_list_fini(struct row_list *list);
/* As parameters 1 to 8. */
void row_key_bind(struct sqlite3_stmt *q, const struct row_key *key);
/* Period, meter, resource, start, end: the order of merging. The ordinal too when WITH_ORDINAL. */
int row_key_compare(const struct row_key *a, const struct row_key *b, bool with_ordinal);

/* NUMBER in plain notation, as it is stored; ERR_FORMAT when that could not be read again (1e30 has too many digits). */
int row_number_text(struct decimal number, char text[DECIMAL_TEXT_MAX], struct err *e) MUST_CHECK;

/* Sets kind, rating, rate and amount of a purchase that is no correction; the amount of a grouped one is left open for its group. */
int row_rate(struct store *s, struct row *row, struct err *e) MUST_CHECK;
/* What a row looks like that is no longer there: quantity and amount 0. */
void row_withdraw(struct row *row);
/* ROW becomes a new purchase: sets seq, revision 1 and run. Its part is needed already. */
void row_first(struct store *s, int64_t run_id, struct row *row);
/* As USAGE_FILL wants it; the quantity is borrowed. */
void row_values(const struct row *row, int64_t part, struct db_value values[DB_SOURCE_COLUMNS]);
/* The same for a single one, and inserts it. */
int row_insert(struct store *s, int64_t run_id, struct row *row, struct err *e) MUST_CHECK;
int row_quantity(const struct row *row, struct decimal *quantity, struct err *e) MUST_CHECK;
/* ROW replaces OLD (same key): the next revision, noted with its reason. Sets seq, revision and run of ROW. */
int row_revise(struct store *s, int64_t run_id, const struct row *old, struct row *row, enum change_reason reason,
	       struct err *e) MUST_CHECK;
/* The amount of a row that was written in the transaction at hand, as OLD: no revision of its own. */
int row_settle_amount(struct store *s, const struct row *old, const struct row *row, struct err *e) MUST_CHECK;

/* The stored bands of a purchase, to be stepped through: number, price, quantity, amount, from, to. NULL with E. */
struct sqlite3_stmt *row_bands_of(struct store *s, const struct row_key *key, struct err *e);
/* Whether they are these. */
int row_bands_equal(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count, bool *equal,
		    struct err *e) MUST_CHECK;
/* Of a purchase that has none yet. */
int row_bands_insert(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count,
		     struct err *e) MUST_CHECK;
/* In place of those that it has. */
int row_bands_write(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count,
		    struct err *e) MUST_CHECK;

#endif
