/* SPDX-License-Identifier: MIT */
#include "scenario.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "day.h"
#include "scenario_keys.h"
#include "text.h"

struct merge {
	struct scenario *s;
	void (*touched)(void *arg, const char *fault);
	void *arg;
	struct err *e;
	int failed;
};

/* Index of value in "a|b|c", or -1. */
static int
choice_index(const char *choices, const char *value)
{
	size_t want = strlen(value);
	int i = 0;

	for (;;) {
		size_t n = strcspn(choices, "|");

		if (n == want && strncasecmp(choices, value, n) == 0)
			return i;
		if (choices[n] == '\0')
			return -1;
		choices += n + 1;
		i++;
	}
}

static int
store_text(char *to, size_t room, const char *value, struct err *e)
{
	if (strlen(value) >= room)
		return err_set(e, "longer than %zu bytes", room - 1);
	memset(to, 0, room);
	memcpy(to, value, strlen(value));
	return 0;
}

static int
store_hours(struct generate_conf *g, const char *value, struct err *e)
{
	int hours[SCENARIO_PIECES], n = 0, sum = 0;

	while (*value != '\0') {
		int v = 0;

		value += strspn(value, " ,");
		if (*value == '\0')
			break;
		if (*value < '0' || *value > '9' || n == SCENARIO_PIECES)
			return err_set(e, "want up to %d numbers that add up to 24", SCENARIO_PIECES);
		while (*value >= '0' && *value <= '9' && v < 100)
			v = v * 10 + (*value++ - '0');
		hours[n++] = v;
		sum += v;
		if (v == 0)
			return err_set(e, "no piece may be of 0 hours");
	}
	if (sum != 24)
		return err_set(e, "the hours add up to %d, not 24", sum);
	memcpy(g->piece_hours, hours, sizeof(hours));
	g->pieces = n;
	return 0;
}

static int
store_offset(char *to, const char *value, struct err *e)
{
	int64_t unused;
	char probe[40];

	snprintf(probe, sizeof(probe), "2000-01-01T00:00:00%.10s", value);
	if (strcmp(value, "Z") != 0 && (strlen(value) != 6 || value[3] != ':' || time_parse(probe, &unused) != 0))
		return err_set(e, "'%s' is not an offset; allowed: Z, +00:00, -08:00, ...", value);
	return store_text(to, sizeof(((struct quirks_conf *)0)->time_offset), value, e);
}

static int
store_value(const struct scenario_key *k, void *base, const char *value, struct err *e)
{
	void *to = (char *)base + k->offset;
	int index;

	switch (k->type) {
	case KEY_INT:
		if (parse_int(value, k->min, k->max, to) != 0)
			return err_set(e, "'%s' is not a number from %lld to %lld", value, (long long)k->min, (long long)k->max);
		return 0;
	case KEY_BOOL:
		return parse_bool(value, to) == 0 ? 0 : err_set(e, "'%s' is neither yes nor no", value);
	case KEY_TEXT:
		return store_text(to, (size_t)k->max, value, e);
	case KEY_GUID:
		return parse_guid(value, to) == 0 ? 0 : err_set(e, "'%s' is not a GUID", value);
	case KEY_DAY:
		*(int32_t *)to = DAY_NONE;
		if (*value != '\0' && day_parse(value, to) != 0)
			return err_set(e, "'%s' is not a day (YYYY-MM-DD)", value);
		return 0;
	case KEY_CHOICE:
		index = choice_index(k->choices, value);
		if (index < 0)
			return err_set(e, "'%s' is unknown; allowed: %s", value, k->choices);
		*(int64_t *)to = index;
		return 0;
	case KEY_HOURS:
		return store_hours(&((struct scenario *)base)->generate, value, e);
	case KEY_OFFSET:
		return store_offset(to, value, e);
	}
	abort();
}

void
scenario_init(struct scenario *s)
{
	struct err e;

	memset(s, 0, sizeof(*s));
	s->base_dir[0] = '.';
	for (size_t i = 0; i < scenario_key_count; i++) {
		if (store_value(&scenario_keys[i], s, scenario_keys[i].fallback, &e) != 0)
			abort();
	}
}

static struct fault_conf *
fault_named(struct scenario *s, const char *name, struct err *e)
{
	struct fault_conf *f;
	struct err unused;

	for (size_t i = 0; i < s->fault_count; i++) {
		if (strcmp(s->faults[i].name, name) == 0)
			return &s->faults[i];
	}
	if (s->fault_count == SCENARIO_FAULTS || *name == '\0' || strlen(name) >= sizeof(f->name)) {
		err_set(e, "[fault.%s]: more than %d faults, or a bad name", name, SCENARIO_FAULTS);
		return NULL;
	}
	f = &s->faults[s->fault_count++];
	memset(f, 0, sizeof(*f));
	memcpy(f->name, name, strlen(name));
	for (size_t i = 0; i < fault_key_count; i++) {
		if (store_value(&fault_keys[i], f, fault_keys[i].fallback, &unused) != 0)
			abort();
	}
	return f;
}

/* action = NAME[:ARGUMENT]; the argument goes to the key that the action is mostly about. */
static int
store_action(struct fault_conf *f, const struct scenario_key *k, const char *value, struct err *e)
{
	const char *colon = strchr(value, ':');
	int64_t *number = &f->after;
	char name[32];

	if (colon == NULL)
		return store_value(k, f, value, e);
	snprintf(name, sizeof(name), "%.*s", (int)(colon - value), value);
	if (store_value(k, f, name, e) != 0)
		return -1;
	if (f->action == FAULT_REDIRECT || f->action == FAULT_NEXT_OTHER_HOST)
		return store_text(f->location, sizeof(f->location), colon + 1, e);
	if (f->action == FAULT_AADSTS || f->action == FAULT_ERROR || f->action == FAULT_REVOKE)
		number = &f->code;
	else if (f->action == FAULT_STATUS)
		number = &f->status;
	else if (f->action == FAULT_DELAY)
		number = &f->delay_ms;
	else if (f->action == FAULT_DRIP || f->action == FAULT_HUGE_HEADER || f->action == FAULT_GZIP_BOMB)
		number = &f->bytes;
	if (parse_int(colon + 1, 0, INT64_MAX / 2, number) != 0)
		return err_set(e, "'%s' is not a number", colon + 1);
	if (f->action == FAULT_STATUS && (f->status < 200 || f->status > 599))
		return err_set(e, "status %lld is not from 200 to 599", (long long)f->status);
	return 0;
}

static void
list_keys(const struct scenario_key *keys, size_t count, const char *section, struct err *e)
{
	size_t n = strlen(e->msg);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].section, section) != 0)
			continue;
		snprintf(e->msg + n, sizeof(e->msg) - n, " %s", keys[i].key);
		n = strlen(e->msg);
	}
}

static int
set_fault(struct merge *m, const char *name, const char *key, const char *value)
{
	struct fault_conf *f = fault_named(m->s, name, m->e);

	if (f == NULL)
		return -1;
	if (m->touched != NULL)
		m->touched(m->arg, name);
	for (size_t i = 0; i < fault_key_count; i++) {
		if (strcmp(fault_keys[i].key, key) != 0)
			continue;
		if (strcmp(key, "action") == 0 ? store_action(f, &fault_keys[i], value, m->e) :
		    store_value(&fault_keys[i], f, value, m->e))
			return err_wrap(m->e, "[fault.%s] %s", name, key);
		return 0;
	}
	err_set(m->e, "[fault.%s] has no key '%s'; allowed:", name, key);
	list_keys(fault_keys, fault_key_count, "fault.NAME", m->e);
	return -1;
}

static int
set_key(struct merge *m, const char *section, const char *key, const char *value)
{
	int known = 0;

	if (strncmp(section, "fault.", 6) == 0)
		return set_fault(m, section + 6, key, value);
	if (strcmp(section, "recorded") == 0)
		return recorded_key(m->s, key, value, m->e);
	for (size_t i = 0; i < scenario_key_count; i++) {
		if (strcmp(scenario_keys[i].section, section) != 0)
			continue;
		known = 1;
		if (strcmp(scenario_keys[i].key, key) != 0)
			continue;
		if (store_value(&scenario_keys[i], m->s, value, m->e) != 0)
			return err_wrap(m->e, "[%s] %s", section, key);
		return 0;
	}
	if (!known)
		return err_set(m->e, "unknown section [%s]; allowed: partner login device generate page quirks recorded fault.NAME", section);
	err_set(m->e, "[%s] has no key '%s'; allowed:", section, key);
	list_keys(scenario_keys, scenario_key_count, section, m->e);
	return -1;
}

static int
on_line(void *arg, const char *section, const char *key, const char *value)
{
	struct merge *m = arg;

	if (m->failed)
		return 1;
	m->failed = set_key(m, section, key, value) != 0;
	return !m->failed;
}

/* libinih reads lines into a buffer of 200 bytes and would silently lose the rest. */
static int
check_lines(const char *name, const char *ini, struct err *e)
{
	for (int line = 1; *ini != '\0'; line++) {
		size_t n = strcspn(ini, "\n");

		if (n > SCENARIO_LINE_MAX)
			return err_set(e, "%s:%d: line is longer than %d bytes", name, line, SCENARIO_LINE_MAX);
		ini += n + (ini[n] == '\n');
	}
	return 0;
}

int
scenario_merge(struct scenario *s, const char *name, const char *ini, void (*touched)(void *arg, const char *fault), void *arg,
    struct err *e)
{
	struct merge m = {s, touched, arg, e, 0};
	int line;

	if (check_lines(name, ini, e) != 0)
		return -1;
	line = ini_parse_string(ini, on_line, &m);
	if (m.failed)
		return err_wrap(e, "%s:%d", name, line);
	if (line != 0)
		return err_set(e, "%s:%d: neither [section] nor key = value", name, line);
	return 0;
}

int
scenario_load(struct scenario *s, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct text ini = {0};
	int rc = -1;

	if (text_file(&ini, path, e) != 0)
		goto out;
	if (slash != NULL && (size_t)(slash - path) < sizeof(s->base_dir)) {
		snprintf(s->base_dir, sizeof(s->base_dir), "%.*s", (int)(slash - path), path);
		if (slash == path)
			s->base_dir[0] = '/';
	}
	rc = scenario_merge(s, path, ini.p, NULL, NULL, e);
out:
	text_fini(&ini);
	return rc;
}

int
scenario_set(struct scenario *s, const char *assignment, struct err *e)
{
	struct merge m = {s, NULL, NULL, e, 0};
	char *copy = mem_dup(assignment);
	char *equals = strchr(copy, '='), *dot;
	int rc;

	if (equals != NULL)
		*equals = '\0';
	dot = strrchr(copy, '.');
	if (equals == NULL || dot == NULL) {
		rc = err_set(e, "--set %s: want section.key=value", assignment);
	} else {
		*dot = '\0';
		rc = set_key(&m, copy, dot + 1, equals + 1);
		if (rc != 0)
			err_wrap(e, "--set %s", assignment);
	}
	free(copy);
	return rc;
}
