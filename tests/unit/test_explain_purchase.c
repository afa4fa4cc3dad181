/* SPDX-License-Identifier: MIT */
/* `explain REFERENCE` of corrections to closed periods, and of what they correct. Figures by hand. What it tells of ordinary purchases is
 * tried by the integration tests. DAY0 is 2018-07-20. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/explain_purchase.h"
#include "tests/unit/books_fixture.h"

#define AUGUST_10 (DAY0 + 21)
#define SEPTEMBER_10 (DAY0 + 52)

static const struct rate_spec tiered = { .tiers = { "0", "0.5", "1024", "0.25" } };
static char *told;

/* A store that only reads tells of the purchase that WHERE finds. */
static void explain(struct books *b, const char *where)
{
	struct store_options options = { .path = b->path, .read_only = true };
	char sql[300], reference[sizeof(answer.text)];
	struct store *reader;
	size_t size;
	FILE *out;

	snprintf(sql, sizeof(sql), "SELECT purchase_reference FROM purchases WHERE %s", where);
	snprintf(reference, sizeof(reference), "%s", ask(b, sql));
	ok(store_open(&reader, &options, &e));
	free(told);
	out = open_memstream(&told, &size);
	ok(explain_purchase(reader, reference, false, out, &e));
	fclose(out);
	store_close(reader);
}

static void expect(const char *text)
{
	if (!strstr(told, text))
		fail_msg("\"%s\" is not in:\n%s", text, told);
}

static void expect_not(const char *text)
{
	if (strstr(told, text))
		fail_msg("\"%s\" is in:\n%s", text, told);
}

static void close_period(struct books *b, int32_t period, int32_t today)
{
	begin_run_on(b, today);
	ok(store_period_close(b->s, &period, "", day_start(today), &e));
}

static void test_a_correction_says_what_and_why_and_what_is_charged_in_all(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "745" } };

	load_rates(b, &flat, 1);
	load_slice(b, 0, specs, 1);
	close_period(b, 201807, AUGUST_10);
	specs[0].quantity = "755";
	load_slice(b, 0, specs, 1);
	explain(b, "charge_class = 'correction'");
	expect("What it corrects\n  usage of        2018-07, which was closed 2018-08-10T00:00:00Z by a person\n");
	expect("  charged in      2018-08, open: what was charged in a closed period stays");
	expect(":1\n\nWhere it comes from"); /* the reference of the purchase */
	expect("  billing period  2018-07, closed\n");
	expect("  quantity        10 Hours\n");
	expect("  band 1          from 0 on: 10 x 0.085 = 0.85\n");
	expect_not("begins at");
	expect("  2018-07         closed, active: 745 Hours, EUR 63.325\n");
	expect("  2018-08         correction, open, active: 10 Hours, EUR 0.85\n");
	expect("  in all          755 Hours, EUR 64.175\n");
	explain(b, "charge_class IS NULL");
	expect_not("What it corrects");
	expect("  in all          755 Hours, EUR 64.175\n");
}

static void test_corrections_say_where_in_the_tiers_they_begin(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "1000" } }, late[] = { { .quantity = "338", .day = 1 }, { .quantity = "10", .day = 2 } };

	load_rates(b, &tiered, 1);
	load_slice(b, 0, july, 1);
	close_period(b, 201807, AUGUST_10);
	load_slice(b, 21, late, 2);
	explain(b, "quantity = 338");
	expect("  it corrects     nothing that was charged: the closed period never had this usage\n");
	expect("  begins at       1000: so much of this meter the subscription used before it in 2018-07\n");
	expect("  band 1          from 0 to 1024: 24 x 0.5 = 12");
	expect("  band 2          from 1024 on: 314 x 0.25 = 78.5");
	explain(b, "quantity = 10");
	expect("  begins at       1338: ");
	/* once August is closed, July's bands are what they are, and the next correction comes behind them all */
	close_period(b, 201808, SEPTEMBER_10);
	explain(b, "quantity = 10");
	expect_not("begins at");
	july[0].quantity = "990";
	load_slice(b, 0, july, 1);
	explain(b, "billing_period = '2018-09'");
	expect("  begins at       1348: ");
	expect("  band 1          from 1024 on: -10 x 0.25 = -2.5");
	expect("  in all          990 Hours, EUR 497.5\n");
}

static void test_a_price_that_comes_after_the_closing_is_told_with_its_usage(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "8" } };

	load_slice(b, 0, specs, 1);
	close_period(b, 201807, AUGUST_10);
	explain(b, "charge_class IS NULL");
	expect("  what comes      2018-07 is closed, so this stays as it is; once a rate card has a price for it, that is charged as a correction");
	load_rates(b, &flat, 1);
	explain(b, "charge_class = 'correction'");
	expect("what is charged here is the price alone\n");
	expect("  quantity        0 Hours\n");
	expect("  band 1          from 0 on: 8 x 0.085 = 0.68\n");
	expect("  2018-07         closed, active: 8 Hours, none\n");
	expect("  in all          8 Hours, EUR 0.68\n");
	expect(": priced\n");
}

static void test_a_correction_that_is_no_longer_needed_is_nothing(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "745" } };

	load_rates(b, &flat, 1);
	load_slice(b, 0, specs, 1);
	close_period(b, 201807, AUGUST_10);
	specs[0].quantity = "755";
	load_slice(b, 0, specs, 1);
	specs[0].quantity = "745";
	load_slice(b, 0, specs, 1);
	explain(b, "charge_class = 'correction'");
	expect("  amount          0: it is withdrawn. Since run 2 nothing is left to correct");
	expect("  in all          745 Hours, EUR 63.325\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_correction_says_what_and_why_and_what_is_charged_in_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_corrections_say_where_in_the_tiers_they_begin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_price_that_comes_after_the_closing_is_told_with_its_usage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_correction_that_is_no_longer_needed_is_nothing, setup, teardown),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(told);
	return failed;
}
