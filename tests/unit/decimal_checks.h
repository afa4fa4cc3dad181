/* SPDX-License-Identifier: MIT */
/* decimal_checks.h - decimal functions for tests: a failure ends the test instead of filling an error. Include after cmocka.h. */
#ifndef UNIT_DECIMAL_CHECKS_H
#define UNIT_DECIMAL_CHECKS_H

static inline struct decimal number(const char *text)
{
	struct err e = ERR_INIT;
	struct decimal d = DECIMAL_ZERO;

	if (decimal_parse(&d, span_of(text), &e))
		fail_msg("%s", e.text);
	return d;
}

static inline struct decimal sum(struct decimal a, struct decimal b)
{
	struct err e = ERR_INIT;
	struct decimal r = DECIMAL_ZERO;

	assert_int_equal(decimal_add(&r, a, b, &e), 0);
	return r;
}

static inline struct decimal difference(struct decimal a, struct decimal b)
{
	struct err e = ERR_INIT;
	struct decimal r = DECIMAL_ZERO;

	assert_int_equal(decimal_subtract(&r, a, b, &e), 0);
	return r;
}

static inline struct decimal product(struct decimal a, struct decimal b)
{
	struct err e = ERR_INIT;
	struct decimal r = DECIMAL_ZERO;

	assert_int_equal(decimal_multiply(&r, a, b, &e), 0);
	return r;
}

static inline int64_t nanos(struct decimal d)
{
	struct err e = ERR_INIT;
	int64_t n = 0;

	assert_int_equal(decimal_to_nanos(&n, d, &e), 0);
	return n;
}

static inline void assert_prints(struct decimal d, const char *expected)
{
	char text[DECIMAL_TEXT_MAX];

	assert_int_equal(decimal_print(d, text), strlen(expected));
	assert_string_equal(text, expected);
}

#endif
