/* SPDX-License-Identifier: MIT */
/* The configuration file: one that is accepted says the same when it is printed and read again; one that is refused is so with file, code
 * and remedy. */
#include "config/config.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PRINTED_MAX ((size_t)1 << 20)

/* A file in memory with a path. */
static const char *file_with(struct span text)
{
	static char path[32];
	static int fd = -1;

	if (fd == -1) {
		fd = memfd_create("config", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (fd == -1 || ftruncate(fd, 0) == -1 || pwrite(fd, text.p, text.n, 0) != (ssize_t)text.n)
		abort();
	return path;
}

static void check_values(const struct config *c)
{
	FUZZ_REQUIRE(c->time.hour >= 0 && c->time.hour <= 23 && c->time.minute >= 0 && c->time.minute <= 59, "%d", c->time.hour);
	FUZZ_REQUIRE(c->base_url && c->login_url && c->resource && c->locale && c->timezone && c->database_path && c->state_dir, "NULL");
	FUZZ_REQUIRE(c->database_path[0] == '/' && c->state_dir[0] == '/', "%s", c->database_path);
	FUZZ_REQUIRE(strlen(c->currency) == 3 && strlen(c->region) == 2, "%s", c->currency);
	FUZZ_REQUIRE(strcspn(c->locale, "-") >= 2 && strcspn(c->locale, "-") <= 3 && strlen(c->locale) <= 16, "%s", c->locale);
	FUZZ_REQUIRE(c->max_in_flight >= 1 && c->max_in_flight <= 128 && c->requests_per_minute >= 1, "%d", c->max_in_flight);
	FUZZ_REQUIRE(c->backfill_days >= 1 && c->backfill_days <= 90 && c->lookback_days >= 0 && c->period_start_day >= 1, "%d", c->backfill_days);
	FUZZ_REQUIRE(c->jitter_s >= 0 && c->jitter_s <= 3600 && c->log_level <= LOG_DEBUG, "%lld", (long long)c->jitter_s);
	FUZZ_REQUIRE(!c->include_customers.count || !c->exclude_customers.count, "both");
}

static void print(const struct config *c, struct buf *out)
{
	buf_init(out, PRINTED_MAX);
	FUZZ_REQUIRE(config_print(c, CONFIG_EFFECTIVE, NULL, 0, out) == 0, "printed");
}

void fuzz_input(struct span input)
{
	struct err e = ERR_INIT;
	struct buf first, second;
	const char *path = file_with(input);
	struct config c;

	if (config_load(&c, path, &e) == -1) {
		fuzz_check_err(&e);
		FUZZ_REQUIRE(e.kind == ERR_CONFIG && strcmp(e.code, "E-CONFIG") == 0 && e.remedy[0], "%s (%s)", e.text, e.code);
		FUZZ_REQUIRE(strncmp(e.text, path, strlen(path)) == 0, "%s", e.text);
		return;
	}
	check_values(&c);
	print(&c, &first);
	config_fini(&c);
	FUZZ_REQUIRE(config_load(&c, file_with(buf_span(&first)), &e) == 0, "%s\n%s", e.text, buf_text(&first));
	print(&c, &second);
	config_fini(&c);
	FUZZ_REQUIRE(span_equal(buf_span(&first), buf_span(&second)), "%s\nthen\n%s", buf_text(&first), buf_text(&second));
	buf_fini(&first);
	buf_fini(&second);
}
