/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "day.h"
#include "roles.h"
#include "scenario_keys.h"
#include "text.h"

/* Takes the next blank-separated word of *s into word. */
static int
next_word(const char **s, char *word, size_t room)
{
	size_t n;

	*s += strspn(*s, " \t");
	n = strcspn(*s, " \t");
	if (n == 0 || n >= room)
		return -1;
	memcpy(word, *s, n);
	word[n] = '\0';
	*s += n;
	return 0;
}

/* "2018-07-21" or "2018-07-21..2018-07-22" or "*" */
static int
read_days(const char *word, struct recorded_conf *r)
{
	char first[DAY_TEXT];

	if (strcmp(word, "*") == 0) {
		r->from = INT32_MIN + 1;
		r->to = INT32_MAX;
		return 0;
	}
	if (day_parse(word, &r->from) == 0) {
		r->to = r->from;
		return 0;
	}
	if (strlen(word) != 22 || memcmp(word + 10, "..", 2) != 0)
		return -1;
	memcpy(first, word, 10);
	first[10] = '\0';
	return day_parse(first, &r->from) == 0 && day_parse(word + 12, &r->to) == 0 && r->from <= r->to ? 0 : -1;
}

int
recorded_key(struct scenario *s, const char *key, const char *value, struct err *e)
{
	static const char *const names[] = {"customers", "subscriptions", "utilization", "ratecard"};
	static const char *const forms[] = {"FILE", "CUSTOMER-ID FILE", "SUBSCRIPTION-ID DAY|DAY..DAY|* FILE", "FILE"};
	struct recorded_conf r = {0};
	char word[64];
	size_t kind = 0;

	while (kind < 4 && strcmp(names[kind], key) != 0)
		kind++;
	if (kind == 4)
		return err_set(e, "[recorded] has no key '%s'; allowed: customers subscriptions utilization ratecard", key);
	if (s->recorded_count == SCENARIO_RECORDED)
		return err_set(e, "[recorded]: more than %d documents", SCENARIO_RECORDED);
	r.kind = (enum recorded_kind)kind;
	if ((r.kind == RECORDED_SUBSCRIPTIONS || r.kind == RECORDED_UTILIZATION) &&
	    (next_word(&value, word, sizeof(word)) != 0 || parse_guid(word, r.who) != 0))
		return err_set(e, "[recorded] %s: want %s", key, forms[kind]);
	if (r.kind == RECORDED_UTILIZATION && (next_word(&value, word, sizeof(word)) != 0 || read_days(word, &r) != 0))
		return err_set(e, "[recorded] %s: want %s", key, forms[kind]);
	value += strspn(value, " \t");
	if (*value == '\0' || strlen(value) + strlen(s->base_dir) + 2 > sizeof(r.path))
		return err_set(e, "[recorded] %s: want %s", key, forms[kind]);
	if (*value == '/')
		snprintf(r.path, sizeof(r.path), "%s", value);
	else
		snprintf(r.path, sizeof(r.path), "%.255s/%.250s", s->base_dir, value);
	s->recorded[s->recorded_count++] = r;
	return 0;
}

int
scenario_finish(struct scenario *s, struct err *e)
{
	struct generate_conf *g = &s->generate;
	int32_t today = g->today != DAY_NONE ? g->today : (int32_t)(time_now_ms() / 86400000);
	int64_t special = g->azure_plan_subscriptions + g->license_subscriptions + g->moved_subscriptions +
	    g->no_usage_subscriptions + g->forbidden_subscriptions;

	if (g->last_day == DAY_NONE)
		g->last_day = today - 1;
	if (g->first_day == DAY_NONE)
		g->first_day = g->last_day - (int32_t)g->days + 1;
	if (g->first_day > g->last_day)
		return err_set(e, "[generate] first_day is after last_day");
	if (special > g->subscriptions)
		return err_set(e, "[generate] %lld special subscriptions do not fit in subscriptions = %lld", (long long)special,
		    (long long)g->subscriptions);
	if (g->subscriptions > 0 && g->customers == 0)
		return err_set(e, "[generate] subscriptions need at least one customer");
	if (g->advisor_customers > g->customers)
		return err_set(e, "[generate] advisor_customers is larger than customers");
	if (strlen(g->currency) != 3 || strlen(g->region) != 2)
		return err_set(e, "[generate] currency has three letters and region two");
	return roles_check(s->partner.roles, e);
}

static void
print_table(FILE *out, const struct scenario_key *keys, size_t count)
{
	const char *section = "";

	for (size_t i = 0; i < count; i++) {
		if (strcmp(section, keys[i].section) != 0)
			fprintf(out, "%s[%s]\n", *section != '\0' ? "\n" : "", keys[i].section);
		section = keys[i].section;
		fprintf(out, "%s = %s\n    %s\n", keys[i].key, keys[i].fallback, keys[i].help);
		if (keys[i].choices != NULL)
			fprintf(out, "    one of: %s\n", keys[i].choices);
		else if (keys[i].type == KEY_INT)
			fprintf(out, "    from %lld to %lld\n", (long long)keys[i].min, (long long)keys[i].max);
	}
}

void
scenario_print_keys(FILE *out)
{
	fputs("Keys of a scenario, with their defaults. A line has at most 190 bytes.\n\n", out);
	print_table(out, scenario_keys, scenario_key_count);
	fputs("\n[recorded]\n"
	    "    Documents served byte for byte; each key may stand several times. Paths start at the scenario file.\n"
	    "    What is not recorded is generated; a recorded subscription has no usage outside its recorded days.\n"
	    "customers = FILE\n"
	    "subscriptions = CUSTOMER-ID FILE\n"
	    "utilization = SUBSCRIPTION-ID DAY FILE\n"
	    "    DAY is a reported day, DAY..DAY (one document for the whole range) or * for any\n"
	    "ratecard = FILE\n\n", out);
	print_table(out, fault_keys, fault_key_count);
}

const char *
scenario_action_name(enum fault_action action)
{
	static const char *const names[] = {"none", "status", "delay", "cut", "cut_chunked", "reset", "garbage", "content_type",
	    "endless", "drip", "huge_header", "gzip_cut", "gzip_bomb", "repeat_token", "next_other_host", "redirect",
	    "expire_token", "no_refresh_token", "stall", "aadsts", "error", "revoke"};

	return names[action];
}
