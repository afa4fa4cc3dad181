/* SPDX-License-Identifier: MIT */
#include "partner/pc_rates.h"

#include "base/mem.h"
#include "partner/pc_stream.h"

#include <stdlib.h>
#include <string.h>

/* In the order in which the service prints them: a member is looked for behind the one found before it. */
enum member { ID, NAME, RATES, TAGS, CATEGORY, SUBCATEGORY, REGION, UNIT, INCLUDED, EFFECTIVE, MEMBERS };

static const struct pc_member members[MEMBERS] = {
	[ID] = PC_MEMBER(0, "id", PC_SCALAR, "id"),
	[NAME] = PC_MEMBER(0, "name", PC_SCALAR, "name"),
	[RATES] = PC_MEMBER(0, "rates", PC_RAW, "rates"),
	[TAGS] = PC_MEMBER(0, "tags", PC_RAW, "tags"),
	[CATEGORY] = PC_MEMBER(0, "category", PC_SCALAR, "category"),
	[SUBCATEGORY] = PC_MEMBER(0, "subcategory", PC_SCALAR, "subcategory"),
	[REGION] = PC_MEMBER(0, "region", PC_SCALAR, "region"),
	[UNIT] = PC_MEMBER(0, "unit", PC_SCALAR, "unit"),
	[INCLUDED] = PC_MEMBER(0, "includedQuantity", PC_SCALAR, "includedQuantity"),
	[EFFECTIVE] = PC_MEMBER(0, "effectiveDate", PC_SCALAR, "effectiveDate"),
};

/* Members of the card itself; each may stand there once. */
enum head { LOCALE, CURRENCY, TAX, TAX_TOO, TERMS, HEADS };

static const struct pc_member heads[HEADS] = {
	[LOCALE] = PC_MEMBER(0, "locale", PC_SCALAR, "locale"),
	[CURRENCY] = PC_MEMBER(0, "currency", PC_SCALAR, "currency"),
	[TAX] = PC_MEMBER(0, "isTaxIncluded", PC_SCALAR, "isTaxIncluded"),
	[TAX_TOO] = PC_MEMBER(0, "taxIncluded", PC_SCALAR, "taxIncluded"), /* so printed by one of Microsoft's own libraries */
	[TERMS] = PC_MEMBER(0, "offerTerms", PC_RAW, "offerTerms"),
};

struct rates_stream {
	struct pc_stream stream;
	struct pc_rates *owner;
	unsigned heads_seen; /* bit i: member i of the card */
	struct rate rate;    /* too large for a stack frame */
};

/* Puts a tier in its place among the sorted ones; -1 when its threshold is there already. */
static int insert_tier(struct rate *rate, struct tier tier, struct err *e)
{
	size_t i = rate->tier_count;

	while (i > 0 && decimal_compare(rate->tiers[i - 1].from, tier.from) > 0)
		i--;
	if (i > 0 && decimal_compare(rate->tiers[i - 1].from, tier.from) == 0)
		return err_set(e, ERR_FORMAT, "the same threshold twice");
	memmove(&rate->tiers[i + 1], &rate->tiers[i], (rate->tier_count - i) * sizeof(tier));
	rate->tiers[i] = tier;
	rate->tier_count++;
	return 0;
}

/* One member of rates: THRESHOLD is the name, T and TEXT the value. */
static int read_tier(struct rate *rate, struct span threshold, enum jread_token t, struct span text, struct err *e)
{
	const struct pc_value price = { t, text };
	static const struct pc_member price_member = PC_MEMBER(0, "", PC_SCALAR, "price");
	struct tier tier;

	if (rate->tier_count == LIMIT_TIERS)
		return err_set(e, ERR_FORMAT, "more than %d tiers", LIMIT_TIERS);
	if (decimal_parse(&tier.from, threshold, e) == -1)
		return err_wrap(e, "threshold");
	if (tier.from.negative)
		return err_set(e, ERR_FORMAT, "threshold: negative");
	if (pc_value_decimal(&price, &price_member, &tier.price, e) == -1)
		return -1;
	tier.price_text = text;
	return insert_tier(rate, tier, e);
}

/* The members of rates, whose brace was just read. Escapes have no place in numbers, so no text has to be undone: a number that
 * does have one is refused for its backslash. */
static int read_tiers(struct rate *rate, struct jread *r, struct err *e)
{
	enum jread_token t;

	while ((t = jread_next(r)) != JREAD_OBJECT_END) {
		const struct span threshold = r->text;
		struct span text;

		if (t != JREAD_NAME)
			return jread_error(r, e);
		t = jread_next(r);
		text = r->text;
		if (jread_skip(r, t, NULL) == JREAD_ERROR)
			return jread_error(r, e);
		if (read_tier(rate, threshold, t, text, e) == -1)
			return -1;
	}
	return 0;
}

static int read_rates(struct rate *rate, const struct pc_value *v, struct err *e)
{
	struct jread r;

	rate->tier_count = 0;
	if (v->t == JREAD_MORE || v->t == JREAD_NULL)
		return err_set(e, ERR_FORMAT, "rates: missing");
	if (v->t != JREAD_OBJECT)
		return err_set(e, ERR_FORMAT, "rates: not an object");
	jread_init(&r);
	jread_window(&r, v->text.p, v->text.n, true);
	if (jread_next(&r) != JREAD_OBJECT || read_tiers(rate, &r, e) == -1)
		return err_wrap(e, "rates");
	return 0;
}

static int read_included(struct rate *rate, const struct pc_value *v, struct err *e)
{
	rate->included = DECIMAL_ZERO;
	rate->included_text = SPAN_LITERAL("0");
	if (v->t == JREAD_MORE || v->t == JREAD_NULL)
		return 0;
	if (pc_value_decimal(v, &members[INCLUDED], &rate->included, e) == -1)
		return -1;
	if (rate->included.negative)
		return err_set(e, ERR_FORMAT, "includedQuantity: negative");
	rate->included_text = v->text;
	return 0;
}

static int read_meter(struct rate *rate, const struct pc_value *v, struct err *e)
{
	const struct {
		enum member i;
		struct span *to;
	} texts[] = {
		{ NAME, &rate->name },     { CATEGORY, &rate->category }, { SUBCATEGORY, &rate->subcategory },
		{ REGION, &rate->region }, { UNIT, &rate->unit },
	};

	if (pc_value_guid(&v[ID], &members[ID], &rate->meter, e) == -1)
		return -1;
	if (read_rates(rate, &v[RATES], e) == -1 || read_included(rate, &v[INCLUDED], e) == -1)
		return -1;
	if (pc_value_instant(&v[EFFECTIVE], &members[EFFECTIVE], &rate->effective, e) == -1)
		return -1;
	for (size_t k = 0; k < countof(texts); k++)
		if (pc_value_text(&v[texts[k].i], &members[texts[k].i], false, texts[k].to, e) == -1)
			return -1;
	return pc_value_raw(&v[TAGS], &members[TAGS], &rate->tags, e);
}

static int on_element(struct pc_stream *s, const struct pc_value *values, struct err *e)
{
	struct rates_stream *rs = container_of(s, struct rates_stream, stream);

	if (read_meter(&rs->rate, values, e) == -1)
		return pc_stream_bad(s, e);
	if (rs->owner->on_rate(rs->owner, &rs->rate, e) == -1)
		return -1;
	rs->owner->meters++;
	return 0;
}

/* A short text of the card into its array. */
static int keep_text(char *to, size_t size, const struct pc_value *v, const struct pc_member *m, struct err *e)
{
	struct span text;

	if (pc_value_text(v, m, false, &text, e) == -1)
		return -1;
	if (text.n >= size)
		return err_set(e, ERR_FORMAT, "%s: longer than %zu bytes", m->path, size - 1);
	if (text.n)
		memcpy(to, text.p, text.n);
	to[text.n] = '\0';
	return 0;
}

static int read_head(struct pc_rates *d, enum head i, const struct pc_value *v, struct err *e)
{
	switch (i) {
	case LOCALE:
		return keep_text(d->locale, sizeof(d->locale), v, &heads[i], e);
	case CURRENCY:
		return keep_text(d->currency, sizeof(d->currency), v, &heads[i], e);
	case TAX:
	case TAX_TOO:
		if (v->t != JREAD_TRUE && v->t != JREAD_FALSE && v->t != JREAD_NULL)
			return err_set(e, ERR_FORMAT, "%s: not true or false", heads[i].path);
		d->tax_included = d->tax_included || v->t == JREAD_TRUE;
		return 0;
	case TERMS:
		if (v->t == JREAD_NULL)
			return 0;
		if (v->t != JREAD_ARRAY && v->t != JREAD_OBJECT)
			return err_set(e, ERR_FORMAT, "offerTerms: not an array");
		d->offer_terms = xstrndup(v->text.p, v->text.n);
		return 0;
	case HEADS:
		break;
	}
	return 0;
}

static int on_member(struct pc_stream *s, struct span name, const struct pc_value *v, struct err *e)
{
	struct rates_stream *rs = container_of(s, struct rates_stream, stream);
	unsigned i = 0;

	while (i < HEADS && !span_is(name, heads[i].path))
		i++;
	if (i == HEADS)
		return 0;
	if (rs->heads_seen >> i & 1) {
		err_set(e, ERR_FORMAT, "%s: stands there twice", heads[i].path);
		return pc_stream_bad(s, e);
	}
	rs->heads_seen |= 1u << i;
	return read_head(rs->owner, (enum head)i, v, e) == -1 ? pc_stream_bad(s, e) : 0;
}

static const struct pc_stream_kind kind = {
	.array = "meters",
	.element = "meter",
	.code = "E-FORMAT-RATES",
	.members = members,
	.member_count = MEMBERS,
	.on_element = on_element,
	.on_member = on_member,
};

void pc_rates_init(struct pc_rates *d, pc_rate_fn *on_rate)
{
	struct rates_stream *rs = xcalloc(1, sizeof(*rs));

	memset(d, 0, sizeof(*d));
	d->on_rate = on_rate;
	d->stream = &rs->stream;
	pc_stream_init(&rs->stream, &kind);
	rs->owner = d;
}

void pc_rates_fini(struct pc_rates *d)
{
	if (d->stream) {
		pc_stream_fini(d->stream);
		free(container_of(d->stream, struct rates_stream, stream));
	}
	free(d->offer_terms);
	memset(d, 0, sizeof(*d));
}

void pc_rates_reset(struct pc_rates *d)
{
	pc_rate_fn *on_rate = d->on_rate;
	struct pc_stream *s = d->stream;

	pc_stream_reset(s);
	container_of(s, struct rates_stream, stream)->heads_seen = 0;
	free(d->offer_terms);
	memset(d, 0, sizeof(*d));
	d->on_rate = on_rate;
	d->stream = s;
}

int pc_rates_feed(struct pc_rates *d, struct span bytes, struct err *e)
{
	return pc_stream_feed(d->stream, bytes, e);
}

int pc_rates_end(struct pc_rates *d, struct err *e)
{
	if (pc_stream_end(d->stream, e) == -1)
		return -1;
	if (!d->currency[0]) {
		err_set(e, ERR_FORMAT, "currency: missing");
		return pc_stream_bad(d->stream, e);
	}
	d->done = true;
	return 0;
}
