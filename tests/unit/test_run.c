/* SPDX-License-Identifier: MIT */
/* A whole run against a partner in the test's own loop: two customers, three subscriptions (the third not covered), one rate. Each
 * request fails once; the run is stopped and cancelled at each request. */
#include "daemon/run.h"

#include "auth/token_file.h"
#include "base/log.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/progress.h"
#include "net/http.h"
#include "partner/pc_json.h"
#include "pull/fetch.h"
#include "pull/plan.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"
#include "tests/support/tempdir.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CUSTOMER(n) "c000000" #n "-0000-0000-0000-000000000000"
#define SUBSCRIPTION(n) "5000000" #n "-0000-0000-0000-000000000000"
#define ENTITLEMENT(n) "e000000" #n "-0000-0000-0000-000000000000"
#define METER "a0000001-0000-0000-0000-000000000000"
#define DAYS 5 /* reported days asked for: slices of each subscription */

/* What stands for what in the requests, and how they are counted. */
enum what { TOKEN, RATECARD, CUSTOMERS, SUBSCRIPTIONS, USAGE, WHATS };
static const char *const marks[WHATS] = { "/oauth2/", "/ratecards/", "/v1/customers?", "/subscriptions HTTP", "/utilizations/" };

static struct {
	size_t asked[WHATS], total;
	enum what fail; /* the request NTH of this kind is refused with STATUS; 0: none */
	size_t nth;
	const char *status, *headers;
	const char *usage_of, *usage_status, *usage_body; /* the answer to each request for the usage of that subscription; NULL: as usual */
	int32_t days;   /* asked for */
	size_t act_at;  /* at this request, counted over all kinds: ACT */
	void (*act)(struct run_ask *ask);
} plan;

static char dir[TEMPDIR_SIZE], database[TEMPDIR_PATH], publish[TEMPDIR_PATH], reply_text[4000];
static struct fakehttp *fake;
static struct config config;
static struct boot boot;
static struct run_ask ask;
static bool over;
static int32_t last_day; /* fixed for a test: two in the morning may come meanwhile */

static const char *subscriptions_of(const char *request)
{
	if (strstr(request, CUSTOMER(1)))
		return "{\"items\":[{\"id\":\"" SUBSCRIPTION(1) "\",\"offerId\":\"MS-AZR-0145P\",\"billingType\":\"usage\"},"
		       "{\"id\":\"" SUBSCRIPTION(2) "\",\"offerId\":\"MS-AZR-0145P\",\"billingType\":\"usage\"}]}";
	return "{\"items\":[{\"id\":\"" SUBSCRIPTION(3) "\",\"entitlementId\":\"" ENTITLEMENT(3) "\",\"offerId\":\"MS-AZR-0145P\","
	       "\"billingType\":\"usage\"},{\"id\":\"" SUBSCRIPTION(4) "\",\"offerId\":\"DZH318Z0BPS6:0001:X\",\"billingType\":\"usage\"},"
	       "{\"id\":\"" SUBSCRIPTION(5) "\",\"offerId\":\"x\",\"billingType\":\"license\"}]}";
}

static const char *body_of(enum what what, const char *request)
{
	switch (what) {
	case TOKEN:
		return "{\"access_token\":\"a\",\"expires_in\":3599}";
	case RATECARD:
		return "{\"locale\":\"en\",\"currency\":\"EUR\",\"isTaxIncluded\":false,\"meters\":[{\"id\":\"" METER "\",\"name\":\"m\","
		       "\"unit\":\"Hours\",\"rates\":{\"0\":0.5},\"includedQuantity\":0,\"effectiveDate\":\"2015-10-01T00:00:00Z\"}]}";
	case CUSTOMERS:
		return "{\"items\":[{\"id\":\"" CUSTOMER(1) "\",\"companyProfile\":{\"companyName\":\"One\"},\"relationshipToPartner\":"
		       "\"reseller\"},{\"id\":\"" CUSTOMER(2) "\",\"companyProfile\":{\"companyName\":\"Two\"},"
		       "\"relationshipToPartner\":\"reseller\"},{\"id\":\"" CUSTOMER(3) "\",\"relationshipToPartner\":\"advisor\"}]}";
	case SUBSCRIPTIONS:
		return subscriptions_of(request);
	case USAGE:
	case WHATS:
		break;
	}
	return strstr(request, SUBSCRIPTION(3)) || strstr(request, ENTITLEMENT(3))
		       ? NULL
		       : "{\"items\":[{\"usageStartTime\":\"2026-01-01T00:00:00Z\",\"usageEndTime\":\"2026-01-02T00:00:00Z\",\"resource\":"
			 "{\"id\":\"" METER "\",\"name\":\"m\"},\"quantity\":3,\"unit\":\"Hours\",\"instanceData\":{\"resourceUri\":"
			 "\"/x\"}}]}";
}

static void answer(size_t number, const char *request, struct fake_reply *reply)
{
	const char *status = "200 OK", *headers = "", *body;
	enum what what = TOKEN;
	int n;

	(void)number;
	while (what < USAGE && !strstr(request, marks[what]))
		what++;
	body = body_of(what, request);
	plan.asked[what]++;
	plan.total++;
	if (plan.nth && what == plan.fail && plan.asked[what] == plan.nth) {
		status = plan.status;
		headers = plan.headers ? plan.headers : "";
		body = "";
	} else if (what == USAGE && plan.usage_of && strstr(request, plan.usage_of)) {
		status = plan.usage_status;
		body = plan.usage_body;
	} else if (!body) {
		status = "404 Not Found";
		body = "{\"code\":20003,\"description\":\"not found\"}";
	}
	n = snprintf(reply_text, sizeof(reply_text), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, headers, strlen(body), body);
	assert_true(n > 0 && (size_t)n < sizeof(reply_text));
	*reply = (struct fake_reply){ .bytes = reply_text, .n = (size_t)n };
	if (plan.act && plan.total == plan.act_at)
		plan.act(&ask);
}

static void on_done(struct run_ask *a)
{
	assert_null(a->run);
	over = true;
}

/* boot_up's own token and fetch ask the configured service; the port of this one is known only when the loop is there, and it is asked
 * again without patience. */
static void point_at_fake(void)
{
	const struct fetch_options fetch = {
		.base_url = fakehttp_url(fake), .max_in_flight = 2, .requests_per_minute = 0, .backoff_base_ms = 1,
	};
	const struct token_options token = {
		.login_url = fakehttp_url(fake), .tenant_id = "t", .client = { .client_id = "c" }, .resource = "r", .state_dir = dir,
		.backoff_base_ms = 1,
	};
	static struct token_options kept; /* borrowed for the token's life */

	kept = token;
	fetch_free(boot.fetch);
	token_free(boot.token);
	boot.token = token_new(&boot.loop, boot.http, &kept);
	boot.fetch = fetch_new(&boot.loop, boot.http, boot.token, &fetch);
}

static void up(void)
{
	struct err e = ERR_INIT;

	boot = (struct boot){ .lock = LOCK_INIT };
	alarm(LOOP_PATIENCE_S);
	if (boot_up(&boot, &config, false, &e) == -1)
		fail_msg("%s", e.text);
	fake = fakehttp_new(&boot.loop);
	fakehttp_answer_by(fake, answer);
	point_at_fake();
}

static void down(void)
{
	fakehttp_free(fake);
	boot_down(&boot);
	alarm(0);
}

static void start(void)
{
	memset(plan.asked, 0, sizeof(plan.asked));
	plan.total = 0;
	over = false;
	ask = (struct run_ask){ .trigger = "test", .ranged = true, .from = last_day - plan.days + 1, .to = last_day, .done = on_done };
	run_start(&ask, &boot);
}

/* One run in a process of its own, as far as the run can tell. */
static void run_once(void)
{
	up();
	start();
	LOOP_UNTIL(&boot.loop, over);
	down();
}

static struct run_row last_row(void)
{
	struct store_options options = boot_store_options(&config);
	struct store *store = NULL;
	struct err e = ERR_INIT;
	struct run_row row;

	options.read_only = true;
	options.create = false;
	assert_int_equal(store_open(&store, &options, &e), 0);
	assert_int_equal(store_last_run(store, &row, &e), 0);
	store_close(store);
	return row;
}

static void refuse(enum what what, size_t nth, const char *status)
{
	plan.fail = what;
	plan.nth = nth;
	plan.status = status;
	run_once();
	plan.nth = 0;
}

static void remove_database(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[TEMPDIR_PATH + 8];

	for (size_t i = 0; i < countof(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", database, suffixes[i]);
		unlink(path);
	}
}

/* What the database must hold after any history that ended with an undisturbed run. */
static void check_whole(void)
{
	struct store_options options = boot_store_options(&config);
	struct store *store = NULL;
	struct status_facts facts;
	struct err e = ERR_INIT;

	options.read_only = true;
	options.create = false;
	assert_int_equal(store_open(&store, &options, &e), 0);
	assert_int_equal(store_status(store, &facts, &e), 0);
	store_close(store);
	assert_int_equal(facts.purchases, 2 * DAYS);
	assert_int_equal(facts.unpriced, 0);
}

/* -- tests ------------------------------------------------------------------------------------------------------------------------- */

static void test_run_stores_prices_publishes_and_again_changes_nothing(void **state)
{
	struct run_row row;

	(void)state;
	run_once();
	row = last_row();
	assert_int_equal(ask.status, RUN_OK);
	assert_int_equal(row.status, RUN_OK);
	assert_int_equal(row.counts.customers, 2);
	assert_int_equal(row.counts.subscriptions, 2);
	assert_int_equal(row.counts.not_covered, 2); /* the third, and the Azure plan */
	assert_int_equal(row.counts.slices, 2 * DAYS);
	assert_int_equal(row.counts.rows_added, 2 * DAYS);
	assert_int_equal(access(publish, R_OK), 0);
	check_whole();
	run_once();
	row = last_row();
	assert_int_equal(row.counts.rows_added + row.counts.rows_changed + row.counts.rows_withdrawn, 0);
	check_whole();
}

static void test_subscription_not_covered_costs_one_question_for_each_id(void **state)
{
	(void)state;
	run_once();
	assert_int_equal(plan.asked[USAGE], 2 * DAYS + 2);
	run_once(); /* known by now, and asked about one day */
	assert_int_equal(plan.asked[USAGE], 2 * DAYS + 2);
}

static void test_each_kind_of_request_refused_once(void **state)
{
	static const struct {
		enum what what;
		enum run_status status;
		bool person;
	} cases[] = {
		{ TOKEN, RUN_FAILED, false },
		{ RATECARD, RUN_PARTIAL, false },
		{ CUSTOMERS, RUN_FAILED, false },
		{ SUBSCRIPTIONS, RUN_PARTIAL, false },
		{ USAGE, RUN_PARTIAL, false },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		refuse(cases[i].what, 1, "400 Bad Request");
		assert_int_equal(ask.status, cases[i].status);
		assert_int_equal(last_row().status, cases[i].status);
		assert_true(ask.err.kind != ERR_NONE);
		assert_true(ask.person == cases[i].person);
	}
	run_once();
	assert_int_equal(ask.status, RUN_OK);
	check_whole();
}

static void test_busy_service_is_asked_again(void **state)
{
	(void)state;
	for (enum what what = TOKEN; what < WHATS; what++) {
		refuse(what, 1, "503 Service Unavailable");
		assert_int_equal(ask.status, RUN_OK);
	}
	check_whole();
}

/* The first of them, which is broken for longer than the patience with a service that is down. */
static void test_broken_subscription_does_not_hold_up_the_others(void **state)
{
	(void)state;
	config.max_in_flight = 1;
	plan.days = 25;
	plan.usage_of = SUBSCRIPTION(1);
	plan.usage_status = "503 Service Unavailable\r\nRetry-After: 7200";
	plan.usage_body = "";
	run_once();
	assert_int_equal(ask.status, RUN_PARTIAL);
	assert_int_equal(last_row().counts.rows_added, 25);
	assert_in_range(last_row().counts.slices_failed, 1 + 20, 1 + 20 + 2); /* and those that were on their way by then */
}

static void test_an_answer_without_a_list_takes_no_purchase_back(void **state)
{
	static const char *const answers[][2] = {
		{ "204 No Content", "" },
		{ "400 Bad Request", "{\"code\":3000,\"description\":\"Customer does not have usage data\"}" },
		{ "200 OK", "{\"items\":[]}" },
	};

	(void)state;
	run_once();
	plan.usage_of = SUBSCRIPTION(1);
	for (size_t i = 0; i < countof(answers); i++) {
		plan.usage_status = answers[i][0];
		plan.usage_body = answers[i][1];
		run_once();
		assert_int_equal(ask.status, RUN_OK);
		assert_int_equal(last_row().counts.slices, 2 * DAYS);
		assert_int_equal(last_row().counts.rows_withdrawn, i < 2 ? 0 : DAYS); /* a list that lacks them does */
	}
}

/* Its slot must not count as served: nobody would make the copy before the next one. */
static void test_stop_before_the_copy_is_made_is_no_good_run(void **state)
{
	struct progress_facts facts = { .step = "" };

	(void)state;
	up();
	start();
	while (strcmp(facts.step, "CLOSE") != 0) {
		uv_run(&boot.loop, UV_RUN_ONCE);
		run_facts(&ask, &facts);
	}
	run_stop(&ask);
	LOOP_UNTIL(&boot.loop, over);
	down();
	assert_int_equal(ask.status, RUN_ABORTED);
	assert_int_equal(last_row().status, RUN_ABORTED);
	assert_int_equal(access(publish, F_OK), -1);
}

static void test_database_that_was_replaced_is_opened_anew(void **state)
{
	(void)state;
	up();
	start();
	LOOP_UNTIL(&boot.loop, over);
	remove_database();
	start();
	LOOP_UNTIL(&boot.loop, over);
	down();
	check_whole();
}

static void test_no_role_needs_a_person(void **state)
{
	(void)state;
	refuse(CUSTOMERS, 1, "403 Forbidden");
	assert_int_equal(ask.status, RUN_FAILED);
	assert_true(ask.person);
	assert_true(last_row().remedy[0]);
}

static void test_stop_at_each_request_then_an_undisturbed_run(void **state)
{
	size_t count;

	(void)state;
	config.publish_path = NULL; /* other tests do; copies take time */
	run_once();
	count = plan.total;
	for (size_t at = 1; at <= count; at++) {
		remove_database();
		plan.act_at = at;
		plan.act = run_stop;
		run_once();
		plan.act = NULL;
		assert_int_equal(ask.status, RUN_ABORTED);
		assert_int_equal(last_row().status, RUN_ABORTED);
		run_once();
		assert_int_equal(ask.status, RUN_OK);
		check_whole();
	}
}

static void test_cancel_at_each_request_is_silent_and_leaves_a_run_to_find(void **state)
{
	size_t count;

	(void)state;
	config.publish_path = NULL; /* other tests do; copies take time */
	run_once();
	count = plan.total;
	for (size_t at = 1; at <= count; at++) {
		remove_database();
		plan.act_at = at;
		plan.act = run_cancel;
		up();
		start();
		LOOP_UNTIL(&boot.loop, !ask.run);
		if (at % 2)
			loop_idle(&boot.loop, 5);
		down(); /* with the run's jobs still on the lane, every other time */
		plan.act = NULL;
		assert_false(over);
		assert_int_equal(last_row().status, RUN_RUNNING);
		run_once();
		assert_int_equal(ask.status, RUN_OK);
		check_whole();
	}
}

/* -- the room ---------------------------------------------------------------------------------------------------------------------- */

static int setup(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof(plan));
	plan.days = DAYS;
	last_day = plan_last_day(clock_now());
	tempdir_make(dir);
	snprintf(database, sizeof(database), "%s", tempdir_path(dir, "usage.db"));
	snprintf(publish, sizeof(publish), "%s", tempdir_path(dir, "published.db"));
	unsetenv("CREDENTIALS_DIRECTORY");
	config = (struct config){
		.state_dir = dir,
		.base_url = "http://127.0.0.1:1",
		.login_url = "http://127.0.0.1:1",
		.resource = "r",
		.timezone = "CET",
		.currency = "EUR",
		.region = "NL",
		.max_in_flight = 2,
		.requests_per_minute = 6000,
		.lookback_days = 2,
		.backfill_days = DAYS,
		.period_start_day = 1,
		.settle_days = 5,
		.database_path = database,
		.publish_path = publish,
	};
	tempdir_put(dir, TOKEN_FILE_NAME, "refresh\n", 0600);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(run_stores_prices_publishes_and_again_changes_nothing),
		T(subscription_not_covered_costs_one_question_for_each_id),
		T(each_kind_of_request_refused_once),
		T(busy_service_is_asked_again),
		T(broken_subscription_does_not_hold_up_the_others),
		T(an_answer_without_a_list_takes_no_purchase_back),
		T(stop_before_the_copy_is_made_is_no_good_run),
		T(database_that_was_replaced_is_opened_anew),
		T(no_role_needs_a_person),
		T(stop_at_each_request_then_an_undisturbed_run),
		T(cancel_at_each_request_is_silent_and_leaves_a_run_to_find),
#undef T
	};

	pc_json_setup();
	log_setup(LOG_ERROR, true);
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
