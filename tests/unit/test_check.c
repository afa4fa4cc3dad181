/* SPDX-License-Identifier: MIT */
/* What the doctor makes of facts; that they are found is for the integration tests. */
#include "daemon/check.c"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LINE_INIT { .level = CHECK_NOT_TRIED }

static void test_space_is_judged_by_the_named_minimums(void **state)
{
	struct check_line l = LINE_INIT;

	(void)state;
	check_judge_space(&l, "/x", CHECK_FREE_FAIL_BYTES - 1, 0);
	assert_int_equal(l.level, CHECK_FAIL);
	assert_string_equal(l.code, "E-CHECK-DISK");
	assert_true(l.remedy[0]);
	check_judge_space(&l, "/x", CHECK_FREE_FAIL_BYTES, 0);
	assert_int_equal(l.level, CHECK_WARN);
	check_judge_space(&l, "/x", CHECK_FREE_WARN_BYTES, 0);
	assert_int_equal(l.level, CHECK_OK);
	assert_string_equal(l.remedy, "");
	/* a copy of a large database must fit */
	check_judge_space(&l, "/x", CHECK_FREE_WARN_BYTES, CHECK_FREE_WARN_BYTES + 1);
	assert_int_equal(l.level, CHECK_WARN);
	check_judge_space(&l, "/x", UINT64_MAX, UINT64_MAX);
	assert_int_equal(l.level, CHECK_OK);
}

static enum check_level clock_level(int64_t skew_s)
{
	struct check c = { .facts = { .clock = { .state = PROBE_ANSWERED }, .dated = true, .skew_s = skew_s } };
	struct check_line l = LINE_INIT;

	check_clock(&c, &l);
	assert_int_equal(l.level != CHECK_OK, l.remedy[0] != '\0');
	return l.level;
}

static void test_clock_is_judged_either_way(void **state)
{
	(void)state;
	assert_int_equal(clock_level(0), CHECK_OK);
	assert_int_equal(clock_level(CHECK_SKEW_WARN_S), CHECK_OK);
	assert_int_equal(clock_level(CHECK_SKEW_WARN_S + 1), CHECK_WARN);
	assert_int_equal(clock_level(-CHECK_SKEW_WARN_S - 1), CHECK_WARN);
	assert_int_equal(clock_level(CHECK_SKEW_FAIL_S + 1), CHECK_FAIL);
	assert_int_equal(clock_level(-CHECK_SKEW_FAIL_S - 1), CHECK_FAIL);
}

static void refuse(struct probe_outcome *o, const char *code)
{
	o->state = PROBE_REFUSED;
	err_set(&o->err, ERR_AUTH, "HTTP 403");
	err_advise(&o->err, code, "general");
}

static void answer_all(struct check *c)
{
	struct probe_facts *f = &c->facts;

	f->clock.state = f->token.state = f->customers.state = f->subscriptions.state = f->usage.state = f->rates.state = PROBE_ANSWERED;
	f->has_meters = true;
}

static void roles_are(const struct check *c, enum check_level level, const char *part)
{
	struct check copy = *c;
	struct check_line l = LINE_INIT;

	check_roles(&copy, &l);
	assert_int_equal(l.level, level);
	assert_non_null(strstr(l.seen, part));
	if (level == CHECK_FAIL) {
		assert_int_equal(l.kind, ERR_AUTH);
		assert_non_null(strstr(l.remedy, "Admin agent"));
		assert_non_null(strstr(l.remedy, "csp-usaged login"));
	}
}

static void test_refusals_together_tell_the_roles(void **state)
{
	struct check all = { .probed = true }, c;

	(void)state;
	answer_all(&all);
	roles_are(&all, CHECK_OK, "usage");
	c = all;
	refuse(&c.facts.usage, "E-PC-900150");
	refuse(&c.facts.rates, "E-PC-HTTP-403");
	roles_are(&c, CHECK_FAIL, "Global admin with Sales agent");
	c = all;
	refuse(&c.facts.rates, "E-PC-900308");
	roles_are(&c, CHECK_FAIL, "prices are not");
	c = all;
	refuse(&c.facts.customers, "E-PC-HTTP-403");
	c.facts.subscriptions.state = c.facts.usage.state = PROBE_UNTRIED;
	roles_are(&c, CHECK_FAIL, "no agent's role");
	c = all;
	/* about sign-in, and no matter of roles */
	refuse(&c.facts.rates, "E-PC-900421");
	roles_are(&c, CHECK_NOT_TRIED, "can't be told");
	c = all;
	c.facts.token.state = PROBE_REFUSED;
	roles_are(&c, CHECK_NOT_TRIED, "sign-in failed");
}

static void test_a_refused_call_names_the_role_and_needs_a_person(void **state)
{
	struct check c = { .probed = true };
	struct check_line l = LINE_INIT;

	(void)state;
	answer_all(&c);
	refuse(&c.facts.rates, "E-PC-HTTP-403");
	check_rates(&c, &l);
	assert_int_equal(l.level, CHECK_FAIL);
	assert_int_equal(l.kind, ERR_AUTH);
	assert_non_null(strstr(l.remedy, "Global admin with Sales agent does not suffice"));
	refuse(&c.facts.customers, "E-PC-900149");
	check_customers(&c, &l);
	assert_string_equal(l.remedy, "general");
}

static void test_a_faulty_ca_file_is_no_faulty_configuration(void **state)
{
	struct check c = { .probed = true };
	struct check_line l = LINE_INIT;

	(void)state;
	c.facts.clock.state = PROBE_REFUSED;
	err_set(&c.facts.clock.err, ERR_CONFIG, "self-signed");
	check_sign_in(&c, &l);
	assert_int_equal(l.level, CHECK_FAIL);
	assert_int_equal(l.kind, ERR_REMOTE);
	assert_true(l.remedy[0]);
}

static int code_of(enum err_kind a, enum err_kind b)
{
	struct check c = { .count = 3 };

	c.lines[0].level = a ? CHECK_FAIL : CHECK_WARN;
	c.lines[0].kind = a;
	c.lines[1].level = CHECK_NOT_TRIED;
	c.lines[2].level = b ? CHECK_FAIL : CHECK_OK;
	c.lines[2].kind = b;
	return check_exit_code(&c);
}

static void test_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(code_of(ERR_NONE, ERR_NONE), 0);
	assert_int_equal(code_of(ERR_REMOTE, ERR_NONE), 1);
	assert_int_equal(code_of(ERR_STORE, ERR_AUTH), 4);
	assert_int_equal(code_of(ERR_AUTH, ERR_NET), 4);
	assert_int_equal(code_of(ERR_AUTH, ERR_CONFIG), 2);
}

/* -- the scope ------------------------------------------------------------------------------------------------------------------------- */

static struct guid id(unsigned char n)
{
	return (struct guid){ { n, 1 } };
}

/* Two customers; subscriptions 1 (of entitlement 9) and 2 are covered, 3 is an Azure plan, 4 a licence. */
static void see(struct check *c)
{
	static const enum usage_source sources[] = { SOURCE_UTILIZATION, SOURCE_UTILIZATION, SOURCE_AZURE_PLAN, SOURCE_NONE };
	struct probe_facts *f = &c->facts;

	answer_all(c);
	f->list = xcalloc(2, sizeof(*f->list));
	f->list_count = 2;
	f->list[0] = (struct probe_customer){ id(101), xstrdup("Contoso") };
	f->list[1] = (struct probe_customer){ id(102), xstrdup("Fabrikam") };
	f->subs = xcalloc(countof(sources), sizeof(*f->subs));
	for (unsigned char i = 0; i < countof(sources); i++)
		f->subs[f->sub_count++] = (struct probe_subscription){
			.id = id(i + 1), .customer = i % 2, .source = sources[i], .name = xstrdup("sub"),
		};
	f->subs[0].entitlement = id(9);
}

/* The findings as "class:id" in order, for a list of these ids. */
static void scope_is(const unsigned char *ids, size_t count, enum check_level level, const char *expected)
{
	struct check c = { .config_err = { .kind = ERR_CONFIG } };
	struct check_line l = LINE_INIT;
	char got[200] = "";
	size_t n = 0;

	see(&c);
	c.scope.ids = xcalloc(count, sizeof(*c.scope.ids));
	for (size_t i = 0; i < count; i++)
		c.scope.ids[c.scope.count++] = (struct scope_id){ id(ids[i]), (unsigned)i + 1 };
	check_scope(&c, &l);
	assert_int_equal(l.level, level);
	for (size_t i = 0; i < c.finding_count; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s:%u %s", i ? ", " : "", scope_class_name(c.findings[i].class),
				      c.findings[i].id.b[0], c.findings[i].customer);
	assert_string_equal(got, expected);
	scope_fini(&c.scope);
	check_fini(&c);
}

static void test_scope_names_what_is_missing_not_covered_and_extra(void **state)
{
	static const unsigned char same[] = { 1, 2 }, by_entitlement[] = { 2, 9 }, other[] = { 1, 50 }, all[] = { 1, 2, 3, 4 };

	(void)state;
	scope_is(same, countof(same), CHECK_WARN, "extra:3 Contoso");
	scope_is(by_entitlement, countof(by_entitlement), CHECK_WARN, "extra:3 Contoso");
	scope_is(other, countof(other), CHECK_FAIL, "missing:50 , extra:2 Fabrikam, extra:3 Contoso");
	scope_is(all, countof(all), CHECK_FAIL, "not covered:3 Contoso, not covered:4 Fabrikam");
}

static void test_scope_is_not_judged_by_half_a_list(void **state)
{
	struct check c = { .config_err = { .kind = ERR_CONFIG } };
	struct check_line l = LINE_INIT;

	(void)state;
	see(&c);
	c.facts.customers_refused = 1;
	check_scope(&c, &l);
	assert_int_equal(l.level, CHECK_NOT_TRIED);
	assert_int_equal(c.finding_count, 0);
	check_fini(&c);
}

static void test_print_is_aligned_plain_and_has_the_remedy_below(void **state)
{
	struct check_line l = { .name = "disk", .id = "disk", .level = CHECK_WARN, .seen = "a\x1b[31mb", .code = "E-X", .remedy = "do" };
	char text[400] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_non_null(out);
	check_print_line(&l, out, false);
	fclose(out);
	assert_string_equal(text, "WARN  disk            a?[31mb (E-X)\n                      remedy: do\n");
	out = fmemopen(text, sizeof(text), "w");
	assert_non_null(out);
	check_print_line(&l, out, true);
	fclose(out);
	assert_non_null(strstr(text, "\033[33mWARN"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_space_is_judged_by_the_named_minimums),
		cmocka_unit_test(test_clock_is_judged_either_way),
		cmocka_unit_test(test_refusals_together_tell_the_roles),
		cmocka_unit_test(test_a_refused_call_names_the_role_and_needs_a_person),
		cmocka_unit_test(test_a_faulty_ca_file_is_no_faulty_configuration),
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_scope_names_what_is_missing_not_covered_and_extra),
		cmocka_unit_test(test_scope_is_not_judged_by_half_a_list),
		cmocka_unit_test(test_print_is_aligned_plain_and_has_the_remedy_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
