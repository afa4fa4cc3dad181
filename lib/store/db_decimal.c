/* SPDX-License-Identifier: MIT */
#include "store/db_decimal.h"

#include "base/util.h"
#include "value/decimal.h"

#include <sqlite3.h>

#define FLAGS (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)

struct sum { /* zeroed by SQLite: no number yet */
	struct decimal total;
};

static void fail(sqlite3_context *context, const struct err *e)
{
	sqlite3_result_error(context, e->text, -1);
}

static int take(struct decimal *d, sqlite3_value *value, struct err *e)
{
	const char *text = (const char *)sqlite3_value_text(value);

	if (!text)
		return err_set(e, ERR_STORE, "out of memory");
	return decimal_parse_wide(d, (struct span){ text, (size_t)sqlite3_value_bytes(value) }, e);
}

/* Whether there are two numbers to work with; else the result is set. */
static bool take_both(sqlite3_context *context, sqlite3_value **values, struct decimal *a, struct decimal *b)
{
	struct err e = ERR_INIT;

	if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL)
		return false; /* the result is NULL unless another is set */
	if (take(a, values[0], &e) == 0 && take(b, values[1], &e) == 0)
		return true;
	fail(context, &e);
	return false;
}

static void give(sqlite3_context *context, struct decimal d)
{
	char text[DECIMAL_TEXT_MAX];
	size_t n = decimal_print(d, text);

	sqlite3_result_text(context, text, (int)n, SQLITE_TRANSIENT);
}

/* The same value with at least SCALE digits behind the point, and no zeros behind those. */
static int trim(struct decimal *d, int16_t scale, struct err *e)
{
	return decimal_add(d, decimal_normal(*d), (struct decimal){ .scale = scale }, e);
}

static int multiply(struct decimal *product, struct decimal a, struct decimal b, struct err *e)
{
	if (decimal_multiply(product, a, b, e) == -1)
		return -1;
	return trim(product, a.scale < b.scale ? a.scale : b.scale, e);
}

typedef int binary_fn(struct decimal *result, struct decimal a, struct decimal b, struct err *e);

/* What the names stand for: SQLite hands each function its entry. */
static const struct binary {
	const char *name;
	binary_fn *compute;
} binaries[] = {
	{ "decimal_add", decimal_add },
	{ "decimal_sub", decimal_subtract },
	{ "decimal_mul", multiply },
};

static void on_binary(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct binary *binary = sqlite3_user_data(context);
	struct err e = ERR_INIT;
	struct decimal a, b;

	(void)count;
	if (!take_both(context, values, &a, &b))
		return;
	if (binary->compute(&a, a, b, &e) == -1)
		fail(context, &e);
	else
		give(context, a);
}

static void on_compare(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct decimal a, b;
	int order;

	(void)count;
	if (!take_both(context, values, &a, &b))
		return;
	order = decimal_compare(a, b);
	sqlite3_result_int(context, (order > 0) - (order < 0));
}

/* A row comes into the sum, or leaves it when a window moves on. */
static void change_sum(sqlite3_context *context, sqlite3_value *value, binary_fn *change)
{
	struct sum *sum = sqlite3_aggregate_context(context, sizeof(*sum));
	struct err e = ERR_INIT;
	struct decimal d;

	if (!sum)
		sqlite3_result_error_nomem(context);
	else if (sqlite3_value_type(value) != SQLITE_NULL &&
		 (take(&d, value, &e) == -1 || change(&sum->total, sum->total, d, &e) == -1))
		fail(context, &e);
}

static void on_sum_step(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	change_sum(context, values[0], decimal_add);
}

static void on_sum_inverse(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	change_sum(context, values[0], decimal_subtract);
}

/* The value so far, and the last one. Of no rows at all: NULL. */
static void on_sum_value(sqlite3_context *context)
{
	const struct sum *sum = sqlite3_aggregate_context(context, 0);

	if (sum)
		give(context, sum->total);
}

int db_decimal_register(sqlite3 *handle)
{
	int rc;

	for (size_t i = 0; i < countof(binaries); i++) {
		rc = sqlite3_create_function_v2(handle, binaries[i].name, 2, FLAGS, (void *)(uintptr_t)&binaries[i], on_binary, NULL,
						NULL, NULL);
		if (rc != SQLITE_OK)
			return rc;
	}
	rc = sqlite3_create_function_v2(handle, "decimal_cmp", 2, FLAGS, NULL, on_compare, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return rc;
	return sqlite3_create_window_function(handle, "decimal_sum", 1, FLAGS, NULL, on_sum_step, on_sum_value, on_sum_value,
					      on_sum_inverse, NULL);
}
