/* SPDX-License-Identifier: MIT */
/* The table against the reference: each row of its list of AADSTS codes, of Partner Center's codes, of error names and statuses. */
#include "partner/pc_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What the reference says to print: CONSENT wants a person to sign in again, OTHER something else. */
enum remedy { CONSENT, OTHER };

struct row {
	long number;
	enum pc_answer answer;
	enum remedy remedy;
};

static const struct row entra[] = {
	{ 50011, PC_PERSON, OTHER },    { 50034, PC_PERSON, OTHER },    { 50053, PC_PERSON, OTHER },    { 50055, PC_PERSON, OTHER },
	{ 50057, PC_PERSON, OTHER },    { 50058, PC_PERSON, CONSENT },  { 50072, PC_PERSON, CONSENT },  { 50079, PC_PERSON, CONSENT },
	{ 50074, PC_PERSON, CONSENT },  { 50076, PC_PERSON, CONSENT },  { 50078, PC_PERSON, CONSENT },  { 50126, PC_PERSON, OTHER },
	{ 50132, PC_PERSON, CONSENT },  { 50133, PC_PERSON, CONSENT },  { 50173, PC_PERSON, CONSENT },  { 50194, PC_PERSON, OTHER },
	{ 50196, PC_PERSON, OTHER },    { 500011, PC_PERSON, OTHER },   { 53003, PC_PERSON, OTHER },    { 530032, PC_PERSON, OTHER },
	{ 530034, PC_PERSON, OTHER },   { 530035, PC_PERSON, OTHER },   { 54005, PC_PERSON, CONSENT },  { 65001, PC_PERSON, CONSENT },
	{ 65004, PC_PERSON, CONSENT },  { 650052, PC_PERSON, OTHER },   { 650056, PC_PERSON, OTHER },   { 650057, PC_PERSON, OTHER },
	{ 70000, PC_PERSON, CONSENT },  { 70002, PC_PERSON, CONSENT },  { 70008, PC_PERSON, CONSENT },  { 700082, PC_PERSON, CONSENT },
	{ 700084, PC_PERSON, CONSENT }, { 70011, PC_PERSON, OTHER },    { 70016, PC_RETRY, OTHER },     { 70018, PC_PERSON, CONSENT },
	{ 70019, PC_PERSON, CONSENT },  { 70043, PC_PERSON, CONSENT },  { 700003, PC_PERSON, OTHER },   { 70001, PC_PERSON, OTHER },
	{ 700016, PC_PERSON, OTHER },   { 7000215, PC_PERSON, OTHER },  { 7000222, PC_PERSON, OTHER },  { 7000218, PC_PERSON, OTHER },
	{ 700025, PC_PERSON, OTHER },   { 700027, PC_PERSON, OTHER },   { 90002, PC_PERSON, OTHER },    { 90014, PC_REFUSED, OTHER },
	{ 900144, PC_REFUSED, OTHER },  { 9002313, PC_REFUSED, OTHER }, { 90072, PC_PERSON, CONSENT },  { 90094, PC_PERSON, CONSENT },
	{ 90095, PC_PERSON, CONSENT },  { 90099, PC_PERSON, OTHER },    { 901002, PC_REFUSED, OTHER },  { 50033, PC_RETRY, OTHER },
	{ 50087, PC_RETRY, OTHER },     { 90006, PC_RETRY, OTHER },     { 90012, PC_RETRY, OTHER },     { 90024, PC_RETRY, OTHER },
	{ 90033, PC_RETRY, OTHER },     { 90090, PC_RETRY, OTHER },     { 90055, PC_RETRY, OTHER },     { 50027, PC_PERSON, OTHER },
};

static const struct row partner[] = {
	{ 0, PC_REFUSED, OTHER },        { 400, PC_NEW_TOKEN, CONSENT },    { 1000, PC_NOT_FOUND, OTHER },  { 2012, PC_NOT_FOUND, OTHER },
	{ 2032, PC_FORBIDDEN, OTHER },   { 3000, PC_REFUSED, OTHER },       { 20002, PC_FORBIDDEN, OTHER }, { 20003, PC_NOT_FOUND, OTHER },
	{ 60003, PC_NOT_FOUND, OTHER },  { 800001, PC_NEW_TOKEN, CONSENT }, { 800002, PC_REFUSED, OTHER },  { 800003, PC_RETRY, OTHER },
	{ 800011, PC_NOT_FOUND, OTHER }, { 90000, PC_PERSON, OTHER },       { 900118, PC_REFUSED, OTHER },  { 900149, PC_PERSON, OTHER },
	{ 900150, PC_PERSON, OTHER },    { 900308, PC_PERSON, OTHER },      { 900309, PC_PERSON, OTHER },   { 900329, PC_PERSON, OTHER },
	{ 900420, PC_PERSON, OTHER },    { 900421, PC_PERSON, CONSENT },
};

static void check_row(const char *prefix, const struct row *row)
{
	char code[ERR_CODE_MAX];
	const struct pc_error_entry *e;

	snprintf(code, sizeof(code), "%s%ld", prefix, row->number);
	e = pc_error_find(code);
	if (!e)
		fail_msg("%s is not in the table", code);
	if (e->answer != row->answer || e->retry != (row->answer == PC_RETRY) || e->person != (row->answer == PC_PERSON))
		fail_msg("%s: the wrong answer", code);
	if (!e->meaning[0] || !e->remedy[0])
		fail_msg("%s: no meaning or no remedy", code);
	if (row->remedy == CONSENT && !strstr(e->remedy, "csp-usaged login"))
		fail_msg("%s: the remedy does not name csp-usaged login", code);
}

static void test_every_code_of_the_reference_is_in_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(entra); i++) {
		check_row("E-AUTH-", &entra[i]);
		assert_non_null(pc_error_entra(entra[i].number));
	}
	for (size_t i = 0; i < countof(partner); i++)
		check_row("E-PC-", &partner[i]);
	assert_null(pc_error_find("E-PC-1"));
	assert_null(pc_error_find(""));
	assert_null(pc_error_entra(-1));
}

static void test_every_error_name_and_status_of_the_reference_is_in_the_table(void **state)
{
	static const char *const names[] = {
		"INVALID-REQUEST", "INVALID-GRANT", "UNAUTHORIZED-CLIENT", "INVALID-CLIENT", "UNSUPPORTED-GRANT-TYPE", "INVALID-RESOURCE",
		"INTERACTION-REQUIRED", "TEMPORARILY-UNAVAILABLE", "CONSENT-REQUIRED", "INVALID-SCOPE", "ACCESS-DENIED",
		"UNSUPPORTED-RESPONSE-TYPE", "SERVER-ERROR", "LOGIN-REQUIRED", "AUTHORIZATION-PENDING", "SLOW-DOWN", "AUTHORIZATION-DECLINED",
		"BAD-VERIFICATION-CODE", "EXPIRED-TOKEN",
	};
	static const struct row statuses[] = {
		{ 400, PC_REFUSED, OTHER }, { 401, PC_NEW_TOKEN, CONSENT }, { 403, PC_PERSON, OTHER },  { 404, PC_REFUSED, OTHER },
		{ 405, PC_REFUSED, OTHER }, { 406, PC_REFUSED, OTHER },     { 408, PC_RETRY, OTHER },   { 409, PC_REFUSED, OTHER },
		{ 412, PC_REFUSED, OTHER }, { 429, PC_RETRY, OTHER },       { 500, PC_RETRY, OTHER },   { 501, PC_REFUSED, OTHER },
		{ 502, PC_RETRY, OTHER },   { 503, PC_RETRY, OTHER },       { 504, PC_RETRY, OTHER },
	};
	/* those that need a person by the reference's own words */
	static const char *const definite[] = { "INVALID-GRANT", "INTERACTION-REQUIRED", "CONSENT-REQUIRED", "INVALID-CLIENT",
						"UNAUTHORIZED-CLIENT" };
	char code[ERR_CODE_MAX];

	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		snprintf(code, sizeof(code), "E-AUTH-%s", names[i]);
		assert_non_null(pc_error_find(code));
	}
	for (size_t i = 0; i < countof(definite); i++) {
		snprintf(code, sizeof(code), "E-AUTH-%s", definite[i]);
		assert_true(pc_error_find(code)->person);
	}
	for (size_t i = 0; i < countof(statuses); i++)
		check_row("E-PC-HTTP-", &statuses[i]);
}

static void test_rows_are_unique_and_fit_an_error(void **state)
{
	size_t count;
	const struct pc_error_entry *rows = pc_error_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(rows[i].code) < ERR_CODE_MAX && strlen(rows[i].remedy) < ERR_REMEDY_MAX && rows[i].meaning[0]);
		assert_true(rows[i].remedy[0] != '\0');
		assert_false(rows[i].retry && rows[i].person);
		assert_ptr_equal(pc_error_find(rows[i].code), &rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_of_the_reference_is_in_the_table),
		cmocka_unit_test(test_every_error_name_and_status_of_the_reference_is_in_the_table),
		cmocka_unit_test(test_rows_are_unique_and_fit_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
