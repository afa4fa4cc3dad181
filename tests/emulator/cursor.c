/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "hash.h"
#include "partner.h"

#define TICKS_PER_DAY INT64_C(864000000000)
#define DAY_OF_TICK_0 (-719162)
/* Days beyond this are nobody's. */
#define LAST_DAY 3000000

/* 2015-12-02T00:00:00Z as 2015-12-02+00%3a00%3a00Z */
static void
put_time(struct text *out, const char *time)
{
	text_printf(out, "%.10s+%.2s%%3a%.2s%%3a%.2sZ", time, time + 11, time + 14, time + 17);
}

/* The position as 64 bytes, most of them a digest. */
static void
put_inner(const struct world *w, const struct cursor *c, struct text *out)
{
	uint64_t words[8] = {c->pos.row, (uint64_t)c->page << 32 | (uint32_t)c->pos.day};
	char day[DAY_TEXT];

	for (size_t i = 2; i < 8; i++)
		words[i] = hash_three((uint64_t)w->s.generate.seed ^ c->q.sub->hash, words[0] + i, words[1]);
	day_text(c->pos.day, day);
	text_printf(out, "{\"r\":\"%.4s%.2s%.2s-%lld\",\"i\":\"", day, day + 5, day + 8,
	    (long long)((c->pos.day - DAY_OF_TICK_0) * TICKS_PER_DAY));
	text_base64(out, words, sizeof(words), 0);
	text_puts(out, "\",\"s\":\"");
	text_base64(out, &words[7], 5, 0);
	text_puts(out, "\"}");
}

void
cursor_token(const struct world *w, const struct cursor *c, struct text *out)
{
	struct text inner = {0}, encoded = {0};

	put_inner(w, c, &inner);
	text_base64(&encoded, inner.p, inner.len, 0);
	text_printf(out, "/%s/usage-records?entitlement_id=%s&reported_start_time=", w->s.partner.tenant_id, c->q.sub->id);
	put_time(out, c->start);
	text_puts(out, "&reported_end_time=");
	put_time(out, c->end);
	text_printf(out, "&count=%zu&show_details=%s&error_if_not_processed=True&granularity=%s&continuation_token=", c->size,
	    c->q.details ? "True" : "False", c->q.hourly ? "Hourly" : "Daily");
	for (size_t i = 0; i < encoded.len; i++) {
		if (encoded.p[i] == '=')
			text_puts(out, "%3d");
		else
			text_put(out, &encoded.p[i], 1);
	}
	text_fini(&inner);
	text_fini(&encoded);
}

static int
read_time(const char *query, const char *name, char out[24], int64_t *seconds)
{
	char *value = form_value(query, name);
	int rc = -1;

	if (value != NULL && strlen(value) == 20) {
		memcpy(out, value, 21);
		out[10] = 'T';
		rc = time_parse(out, seconds);
	}
	free(value);
	return rc;
}

static int
read_position(const char *query, struct cursor *c)
{
	char *value = form_value(query, "continuation_token"), *i;
	unsigned char inner[512], raw[64];
	uint64_t words[2];
	int n, rc = -1;

	n = value != NULL ? parse_base64(value, strlen(value), inner, sizeof(inner) - 1) : -1;
	if (n > 0) {
		inner[n] = '\0';
		i = strstr((char *)inner, "\"i\":\"");
		if (i != NULL && parse_base64(i + 5, strcspn(i + 5, "\""), raw, sizeof(raw)) == 64) {
			memcpy(words, raw, sizeof(words));
			c->pos = (struct usage_position){(int32_t)(uint32_t)words[1], words[0]};
			c->page = (uint32_t)(words[1] >> 32);
			rc = c->pos.day > -LAST_DAY && c->pos.day < LAST_DAY ? 0 : -1;
		}
	}
	free(value);
	return rc;
}

int
cursor_parse(const struct world *w, const struct subscription *sub, const char *token, struct cursor *c)
{
	const char *query = strchr(token, '?');
	char *details, *granularity, *count;
	struct text again = {0};
	int64_t from, to, size = 0;
	int same = 0;

	*c = (struct cursor){.q.sub = sub};
	if (query == NULL || read_time(query + 1, "reported_start_time", c->start, &from) != 0 ||
	    read_time(query + 1, "reported_end_time", c->end, &to) != 0 || read_position(query + 1, c) != 0)
		return -1;
	details = form_value(query + 1, "show_details");
	granularity = form_value(query + 1, "granularity");
	count = form_value(query + 1, "count");
	c->q.details = details != NULL && strcmp(details, "True") == 0;
	c->q.hourly = granularity != NULL && strcmp(granularity, "Hourly") == 0;
	if (count != NULL && parse_int(count, 1, 1000, &size) == 0) {
		c->size = (size_t)size;
		utilization_window(c, from, to);
		cursor_token(w, c, &again);
		same = strcmp(again.p, token) == 0;
	}
	free(details);
	free(granularity);
	free(count);
	text_fini(&again);
	return same ? 0 : -1;
}
