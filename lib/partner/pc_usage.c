/* SPDX-License-Identifier: MIT */
#include "partner/pc_usage.h"

#include "base/mem.h"
#include "partner/pc_stream.h"
#include "value/day.h"

#include <stdlib.h>
#include <string.h>

#define SPAN_DAYS_MAX 32 /* a record is an hour or a day; a month is what no reading of the documents exceeds */
#define TIME_TEXT_MAX 40

/* In the order in which the service prints them: a member is looked for behind the one found before it. */
enum member {
	START, END, RESOURCE, METER, NAME, CATEGORY, SUBCATEGORY, REGION, QUANTITY, UNIT, INFO, INSTANCE, URI, LOCATION, PART, ORDER, TAGS,
	ADDITIONAL, MEMBERS
};

static const struct pc_member members[MEMBERS] = {
	[START] = PC_MEMBER(0, "usageStartTime", PC_SCALAR, "usageStartTime"),
	[END] = PC_MEMBER(0, "usageEndTime", PC_SCALAR, "usageEndTime"),
	[RESOURCE] = PC_MEMBER(0, "resource", PC_OBJECT, "resource"),
	[METER] = PC_MEMBER(RESOURCE + 1, "id", PC_SCALAR, "resource.id"),
	[NAME] = PC_MEMBER(RESOURCE + 1, "name", PC_SCALAR, "resource.name"),
	[CATEGORY] = PC_MEMBER(RESOURCE + 1, "category", PC_SCALAR, "resource.category"),
	[SUBCATEGORY] = PC_MEMBER(RESOURCE + 1, "subcategory", PC_SCALAR, "resource.subcategory"),
	[REGION] = PC_MEMBER(RESOURCE + 1, "region", PC_SCALAR, "resource.region"),
	[QUANTITY] = PC_MEMBER(0, "quantity", PC_SCALAR, "quantity"),
	[UNIT] = PC_MEMBER(0, "unit", PC_SCALAR, "unit"),
	[INFO] = PC_MEMBER(0, "infoFields", PC_RAW, "infoFields"),
	[INSTANCE] = PC_MEMBER(0, "instanceData", PC_OBJECT, "instanceData"),
	[URI] = PC_MEMBER(INSTANCE + 1, "resourceUri", PC_SCALAR, "instanceData.resourceUri"),
	[LOCATION] = PC_MEMBER(INSTANCE + 1, "location", PC_SCALAR, "instanceData.location"),
	[PART] = PC_MEMBER(INSTANCE + 1, "partNumber", PC_SCALAR, "instanceData.partNumber"),
	[ORDER] = PC_MEMBER(INSTANCE + 1, "orderNumber", PC_SCALAR, "instanceData.orderNumber"),
	[TAGS] = PC_MEMBER(INSTANCE + 1, "tags", PC_RAW, "instanceData.tags"),
	[ADDITIONAL] = PC_MEMBER(INSTANCE + 1, "additionalInfo", PC_RAW, "instanceData.additionalInfo"),
};

/* A time as last read: most records of a page have the same. */
struct time_memo {
	char text[TIME_TEXT_MAX];
	size_t n;
	int64_t instant;
};

struct usage_stream {
	struct pc_stream stream;
	struct pc_usage *owner;
	struct time_memo start, end;
	bool links_seen;
};

static int read_time(struct time_memo *memo, const struct pc_value *v, enum member i, int64_t *instant, struct err *e)
{
	if (v->t == JREAD_STRING && v->text.n && v->text.n == memo->n && memcmp(v->text.p, memo->text, memo->n) == 0) {
		*instant = memo->instant;
		return 0;
	}
	if (pc_value_instant(v, &members[i], instant, e) == -1)
		return -1;
	if (v->text.n <= sizeof(memo->text)) {
		memcpy(memo->text, v->text.p, v->text.n);
		memo->n = v->text.n;
		memo->instant = *instant;
	}
	return 0;
}

/* Documents show order numbers as numbers, recordings as texts: both are taken as printed. */
static int read_label(const struct pc_value *v, enum member i, struct span *text, struct err *e)
{
	const struct pc_value printed = { v->t == JREAD_NUMBER ? JREAD_STRING : v->t, v->text };

	return pc_value_text(&printed, &members[i], false, text, e);
}

static int read_texts(const struct pc_value *v, struct usage *u, struct err *e)
{
	const struct {
		enum member i;
		struct span *to;
	} texts[] = {
		{ NAME, &u->meter_name },     { CATEGORY, &u->meter_category }, { SUBCATEGORY, &u->meter_subcategory },
		{ REGION, &u->meter_region }, { UNIT, &u->unit },               { URI, &u->resource_uri },
		{ LOCATION, &u->location },
	}, raws[] = {
		{ TAGS, &u->tags }, { ADDITIONAL, &u->additional_info }, { INFO, &u->info_fields },
	};

	for (size_t k = 0; k < countof(texts); k++)
		if (pc_value_text(&v[texts[k].i], &members[texts[k].i], false, texts[k].to, e) == -1)
			return -1;
	for (size_t k = 0; k < countof(raws); k++)
		if (pc_value_raw(&v[raws[k].i], &members[raws[k].i], raws[k].to, e) == -1)
			return -1;
	if (read_label(&v[PART], PART, &u->part_number, e) == -1)
		return -1;
	return read_label(&v[ORDER], ORDER, &u->order_number, e);
}

static int read_record(struct usage_stream *us, const struct pc_value *v, struct usage *u, struct err *e)
{
	if (read_time(&us->start, &v[START], START, &u->start, e) == -1 || read_time(&us->end, &v[END], END, &u->end, e) == -1)
		return -1;
	if (u->end <= u->start)
		return err_set(e, ERR_FORMAT, "usageEndTime: not after usageStartTime");
	if (u->end - u->start > (int64_t)SPAN_DAYS_MAX * DAY_SECONDS)
		return err_set(e, ERR_FORMAT, "usageEndTime: more than %d days after usageStartTime", SPAN_DAYS_MAX);
	if (pc_value_guid(&v[METER], &members[METER], &u->meter, e) == -1)
		return -1;
	if (pc_value_decimal(&v[QUANTITY], &members[QUANTITY], &u->quantity, e) == -1)
		return -1;
	u->quantity_text = v[QUANTITY].text;
	return read_texts(v, u, e);
}

static int on_element(struct pc_stream *s, const struct pc_value *values, struct err *e)
{
	struct usage_stream *us = container_of(s, struct usage_stream, stream);
	struct usage u;

	if (us->owner->expected.bytes) {
		err_set(e, ERR_FORMAT, "more than there was");
		return pc_stream_bad(s, e);
	}
	if (read_record(us, values, &u, e) == -1)
		return pc_stream_bad(s, e);
	if (us->owner->on_record(us->owner, &u, e) == -1)
		return -1;
	us->owner->items++;
	return 0;
}

static int on_member(struct pc_stream *s, struct span name, const struct pc_value *v, struct err *e)
{
	struct usage_stream *us = container_of(s, struct usage_stream, stream);

	if (!span_is(name, "links"))
		return 0;
	if (us->links_seen) {
		err_set(e, ERR_FORMAT, "links: stands there twice");
		return pc_stream_bad(s, e);
	}
	us->links_seen = true;
	if (v->t == JREAD_STRING) {
		err_set(e, ERR_FORMAT, "links: not an object");
		return pc_stream_bad(s, e);
	}
	return pc_links_read(&us->owner->next, v->text, e) == -1 ? pc_stream_bad(s, e) : 0;
}

static void on_array_bytes(struct pc_stream *s, struct span bytes)
{
	struct pc_usage *d = container_of(s, struct usage_stream, stream)->owner;

	if (d->stamper)
		stamper_bytes(d->stamper, bytes);
}

static const struct pc_stream_kind kind = {
	.array = "items",
	.element = "item",
	.code = "E-FORMAT-USAGE",
	.members = members,
	.member_count = MEMBERS,
	.on_element = on_element,
	.on_member = on_member,
	.on_array_bytes = on_array_bytes,
};

void pc_usage_init(struct pc_usage *d, pc_usage_fn *on_record)
{
	struct usage_stream *us = xcalloc(1, sizeof(*us));

	memset(d, 0, sizeof(*d));
	d->on_record = on_record;
	d->stream = &us->stream;
	pc_stream_init(&us->stream, &kind);
	us->owner = d;
}

void pc_usage_fini(struct pc_usage *d)
{
	if (d->stream) {
		pc_stream_fini(d->stream);
		free(container_of(d->stream, struct usage_stream, stream));
	}
	stamper_free(d->stamper);
	next_link_fini(&d->next);
	memset(d, 0, sizeof(*d));
}

/* The document begins again, and nothing is expected of it. */
static void start_over(struct pc_usage *d)
{
	pc_stream_reset(d->stream);
	container_of(d->stream, struct usage_stream, stream)->links_seen = false;
	next_link_fini(&d->next);
	d->items = 0;
	d->done = d->unchanged = false;
	d->expected = d->print = (struct pc_print){ .bytes = 0 };
	if (d->stamper)
		stamper_start(d->stamper, d->key);
}

void pc_usage_reset(struct pc_usage *d)
{
	start_over(d);
	d->hold = NULL;
	d->changed = false;
}

void pc_usage_stamp(struct pc_usage *d, const unsigned char key[STAMP_KEY_BYTES])
{
	if (!d->stamper)
		d->stamper = stamper_new();
	memcpy(d->key, key, sizeof(d->key));
	stamper_start(d->stamper, d->key);
}

void pc_usage_expect(struct pc_usage *d, const struct pc_print *print, struct buf *hold)
{
	d->expected = *print;
	d->hold = hold;
	d->stream->pass = print->bytes;
}

/* What is held, as a document of which nothing is known. */
static int feed_held(struct pc_usage *d, struct err *e)
{
	struct span held = buf_span(d->hold);

	start_over(d);
	err_clear(e);
	return pc_stream_feed(d->stream, held, e);
}

static int not_as_expected(struct pc_usage *d, struct err *e)
{
	if (d->hold)
		return feed_held(d, e);
	d->changed = true;
	return err_set(e, ERR_FORMAT, "the page is not what it was");
}

int pc_usage_feed(struct pc_usage *d, struct span bytes, struct err *e)
{
	if (d->expected.bytes && d->hold && buf_add_span(d->hold, bytes) == -1 && feed_held(d, e) == -1)
		return -1;
	if (pc_stream_feed(d->stream, bytes, e) == 0)
		return 0;
	return d->expected.bytes ? not_as_expected(d, e) : -1;
}

static void read_print(struct pc_usage *d, struct pc_print *print)
{
	const struct pc_stream *s = d->stream;

	*print = (struct pc_print){ .bytes = 0 };
	if (d->stamper && s->array_to > s->array_from) {
		print->bytes = (uint32_t)(s->array_to - s->array_from); /* a page is at most LIMIT_PAGE_BYTES */
		print->digest = stamper_finish(d->stamper);
	}
}

static int end_as_expected(struct pc_usage *d, struct err *e)
{
	if (pc_stream_end(d->stream, e) == -1)
		return -1;
	read_print(d, &d->print);
	d->unchanged = d->print.bytes == d->expected.bytes && digest_equal(d->print.digest, d->expected.digest);
	return d->unchanged ? 0 : -1;
}

int pc_usage_end(struct pc_usage *d, struct err *e)
{
	if (d->expected.bytes && end_as_expected(d, e) == 0) {
		d->done = true;
		return 0;
	}
	if (d->expected.bytes && not_as_expected(d, e) == -1)
		return -1;
	if (pc_stream_end(d->stream, e) == -1)
		return -1;
	read_print(d, &d->print);
	d->done = true;
	return 0;
}

int pc_usage_again(struct pc_usage *d, struct err *e)
{
	return feed_held(d, e) == -1 ? -1 : pc_usage_end(d, e);
}
