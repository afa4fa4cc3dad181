/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "body.h"
#include "day.h"
#include "hash.h"
#include "partner.h"
#include "recorded.h"
#include "state.h"

/* With hourly windows a slice counts as reported at this hour of its day, so that windows of hours neither lose nor repeat it. */
#define REPORTED_HOUR 3

static int64_t
floor_to(int64_t v, int64_t unit)
{
	return v >= 0 ? v / unit : -((-v + unit - 1) / unit);
}

static void
time_text(int64_t seconds, char out[24])
{
	int32_t day = (int32_t)floor_to(seconds, 86400);
	int rest = (int)(seconds - (int64_t)day * 86400);
	char date[DAY_TEXT];

	day_text(day, date);
	snprintf(out, 24, "%sT%02d:%02d:%02dZ", date, rest / 3600 % 24, rest / 60 % 60, rest % 60);
}

void
utilization_window(struct cursor *c, int64_t from_seconds, int64_t to_seconds)
{
	int64_t unit = c->q.hourly ? 3600 : 86400;
	int64_t from = floor_to(from_seconds, unit) * unit, to = floor_to(to_seconds, unit) * unit;
	int64_t shift = c->q.hourly ? REPORTED_HOUR * 3600 : 0;

	time_text(from, c->start);
	time_text(to, c->end);
	c->q.from = (int32_t)floor_to(from - shift + 86399, 86400);
	c->q.to = (int32_t)floor_to(to - shift + 86399, 86400);
}

int64_t
utilization_page(const struct request *r)
{
	const char *token = request_header(r, "MS-ContinuationToken");
	const struct subscription *sub;
	struct cursor c;
	char id[37];

	if (token == NULL || parse_guid(r->segments[4], id) != 0 || (sub = world_subscription(r->world, id)) == NULL)
		return 1;
	return cursor_parse(r->world, sub, token, &c) == 0 ? (int64_t)c.page : 1;
}

/* What kinds of subscriptions answer instead of data; 0 when there is data. */
static int
refuse_subscription(struct request *r, const struct subscription *sub, const char *id)
{
	if (sub == NULL || sub->kind == SUB_AZURE_PLAN || sub->kind == SUB_MOVED) {
		reply_error(r, 404, "20003", "Subscription with id %s not found.", id);
	} else if (sub->kind == SUB_LICENSE) {
		reply_error(r, 400, "800011", "The subscription %s is not a valid Azure subscription.", id);
	} else if (sub->kind == SUB_NO_USAGE) {
		reply_error(r, 400, "3000", "Customer does not have usage data");
	} else if (sub->kind == SUB_FORBIDDEN) {
		reply_error(r, 403, "2032", "Access denied.");
	} else if (r->world->customers[sub->customer].advisor) {
		reply_error(r, 500, "800003", "An unexpected service error occurred.");
	} else {
		return 0;
	}
	return -1;
}

static int
bad(struct request *r, const char *property)
{
	reply_error(r, 400, "3000", "The property %s is not valid.", property);
	return -1;
}

static int
read_switches(struct request *r, struct cursor *c)
{
	const char *granularity = request_query(r, "granularity"), *details = request_query(r, "show_details");
	const char *size = request_query(r, "size");
	int64_t n = 1000;

	c->q.hourly = granularity != NULL && strcasecmp(granularity, "hourly") == 0;
	if (granularity != NULL && !c->q.hourly && strcasecmp(granularity, "daily") != 0)
		return bad(r, "granularity");
	c->q.details = 1;
	if (details != NULL && strcasecmp(details, "true") != 0) {
		if (strcasecmp(details, "false") != 0)
			return bad(r, "show_details");
		c->q.details = 0;
	}
	if (size != NULL && parse_int(size, 1, 1000, &n) != 0)
		return bad(r, "size");
	c->size = (size_t)(n < r->world->s.page.usage_size ? n : r->world->s.page.usage_size);
	return 0;
}

/* A first request: 0, or a refusal; 204 while the end is not yet past. */
static int
read_query(struct request *r, struct cursor *c)
{
	const char *start = request_query(r, "start_time"), *end = request_query(r, "end_time");
	int64_t from, to, fresh = world_now_ms(r->world) / 1000 - r->world->s.generate.fresh_minutes * 60;

	if (start == NULL || time_parse(start, &from) != 0)
		return bad(r, "start_time");
	if (end == NULL || time_parse(end, &to) != 0)
		return bad(r, "end_time");
	if (read_switches(r, c) != 0)
		return -1;
	utilization_window(c, from, to);
	if (strcmp(c->start, c->end) >= 0)
		return bad(r, "end_time: it must be after start_time");
	c->pos = (struct usage_position){c->q.from, 0};
	c->page = 1;
	if (to > fresh) {
		r->reply.status = 204;
		return -1;
	}
	return 0;
}

/* The quirk: this window has its data, but not yet. */
static int
not_ready(struct request *r, const struct cursor *c)
{
	const struct quirks_conf *q = &r->world->s.quirks;
	uint64_t h = hash_three(c->q.sub->hash, (uint64_t)c->q.from, (uint64_t)c->q.to);
	char key[128];

	if ((int64_t)(hash_mix(h) % 100) >= q->no_content_percent || (int64_t)c->page != q->no_content_page)
		return 0;
	snprintf(key, sizeof(key), "%s %s %s", c->q.sub->id, c->start, c->end);
	if (memo_add(&r->state->no_content, key, 1) > q->no_content_times && q->no_content_times != 0)
		return 0;
	r->reply.status = 204;
	reply_retry_after(r, q->no_content_seconds, (enum retry_form)q->no_content_form);
	return 1;
}

static void
put_links(struct request *r, const struct cursor *c, const char *customer, const char *sub, const char *next)
{
	struct text *out = &r->reply.body, path = {0};

	text_printf(&path, "customers/%s/subscriptions/%s/utilizations/azure", customer, sub);
	text_puts(out, "],\"links\":{\"self\":{\"uri\":\"");
	text_puts(out, path.p);
	if (c->page == 1)
		text_printf(out, "?start_time=%s&end_time=%s&granularity=%s&show_details=%s&size=%zu", c->start, c->end,
		    c->q.hourly ? "Hourly" : "Daily", c->q.details ? "True" : "False", c->size);
	else
		text_puts(out, "?seek_operation=Next");
	text_puts(out, "\",\"method\":\"GET\",\"headers\":[]}");
	if (next != NULL) {
		text_puts(&path, "?seek_operation=Next");
		partner_next_link(r, path.p, next);
	}
	text_puts(out, "},\"attributes\":{\"objectType\":\"Collection\"}}");
	text_fini(&path);
}

static void
put_page(struct request *r, struct cursor *c, const char *customer, const char *sub)
{
	int empty = c->page == 1 && r->world->s.quirks.empty_page_with_next;
	struct text *out = &r->reply.body, token = {0};
	struct cursor next = *c;
	char head[48];
	size_t n, len;

	reply_json(r, 200);
	text_puts(out, "{\"totalCount\":1000,\"items\":[");
	len = out->len;
	n = empty ? 0 : usage_page(r->world, &c->q, &next.pos, c->size, out);
	next.page++;
	if (request_fault_is(r, FAULT_REPEAT_TOKEN))
		cursor_token(r->world, c, &token);
	else if (usage_more(r->world, &c->q, &next.pos))
		cursor_token(r->world, &next, &token);
	put_links(r, c, customer, sub, token.p);
	text_fini(&token);
	/* The count is known last; the head was written for the longest. */
	snprintf(head, sizeof(head), "{\"totalCount\":%zu,\"items\":[", n);
	if (strlen(head) < len) {
		memmove(out->p + strlen(head), out->p + len, out->len - len + 1);
		out->len -= len - strlen(head);
	}
	memcpy(out->p, head, strlen(head));
}

/* With [page] keep: the page as it was sent before; else it is kept when it is finished. 0 when it must be made. A fault makes it anew,
 * for it may change its bytes. */
static int
take_kept(struct request *r, const struct cursor *c)
{
	int gzip = body_wants_gzip(r);
	char key[160];

	if (!r->world->s.page.keep || r->fault != NULL || !body_accepts_json(r))
		return 0;
	snprintf(key, sizeof(key), "%s %s %s %zu %d %d %d %u", c->q.sub->id, c->start, c->end, c->size, c->q.hourly, c->q.details, gzip,
	    (unsigned)c->page);
	r->reply.kept = kept_find(&r->world->kept, key, &r->reply.kept_len);
	if (r->reply.kept == NULL) {
		r->reply.keep_as = mem_dup(key);
		return 0;
	}
	reply_json(r, 200);
	if (gzip)
		body_say_gzip(r);
	return 1;
}

static void
answer_generated(struct request *r, const struct subscription *sub, const char *customer, const char *id)
{
	const char *token = request_header(r, "MS-ContinuationToken"), *seek = request_query(r, "seek_operation");
	struct cursor c = {.q.sub = sub};

	if (token == NULL && seek != NULL) {
		reply_error(r, 400, "3000", "The header MS-ContinuationToken is missing.");
		return;
	}
	if (token != NULL && cursor_parse(r->world, sub, token, &c) != 0) {
		reply_error(r, 400, "3000", "The continuation token is not valid.");
		return;
	}
	if (token == NULL && read_query(r, &c) != 0)
		return;
	if (!not_ready(r, &c) && !take_kept(r, &c))
		put_page(r, &c, customer, id);
}

/* A recorded subscription: its document, nothing on other days, or not a usage subscription. */
static void
answer_recorded(struct request *r, const char *customer, const char *id, int azure)
{
	struct subscription sub = {0};
	struct cursor c = {.q.sub = &sub};
	const struct recorded_doc *doc;

	memcpy(sub.id, id, 37);
	if (!azure) {
		reply_error(r, 404, "20003", "Subscription with id %s not found.", id);
		return;
	}
	if (read_query(r, &c) != 0)
		return;
	doc = recorded_find(r->world, RECORDED_UTILIZATION, id, c.q.from, c.q.to - 1);
	if (doc != NULL) {
		reply_copy(r, &doc->body);
		r->reply.as_is = 1;
		return;
	}
	reply_json(r, 200);
	text_puts(&r->reply.body, "{\"totalCount\":0,\"items\":[");
	put_links(r, &c, customer, id, NULL);
}

void
utilization_answer(struct request *r)
{
	const struct subscription *sub;
	const struct customer *c;
	char customer[37], id[37];
	int azure;

	if (partner_customer(r, customer, &c) != 0)
		return;
	if (parse_guid(r->segments[4], id) != 0) {
		reply_error(r, 404, "20003", "Subscription with id %s not found.", r->segments[4]);
		return;
	}
	if (recorded_has(r->world, RECORDED_SUBSCRIPTIONS, id, &azure)) {
		answer_recorded(r, customer, id, azure);
		return;
	}
	sub = world_subscription(r->world, id);
	if (sub != NULL && (c == NULL || &r->world->customers[sub->customer] != c))
		sub = NULL;
	if (refuse_subscription(r, sub, id) == 0)
		answer_generated(r, sub, customer, id);
}
