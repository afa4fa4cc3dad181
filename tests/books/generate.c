/* SPDX-License-Identifier: MIT */
#include "tests/books/history.h"

#include <stdlib.h>
#include <string.h>

#define DAY0 17732 /* 2018-07-20 */
#define YEAR_END 17862 /* 2018-11-27 */
#define RESOURCES 6

const char *const history_effective[] = { "0001-01-01T00:00:00",  "2017-01-01T00:00:00Z", "2018-06-25T00:00:00Z", "2018-07-10T00:00:00Z",
					  "2018-07-20T08:00:00Z", "2018-07-24T00:00:00Z", "2018-08-03T00:00:00Z", "2019-01-01T00:00:00Z",
					  "2018-12-12T00:00:00Z" };
const char *const history_units[] = { "Hours", "100 Hours" };

struct maker {
	struct history *h;
	struct rng rng;
	bool round; /* numbers that meet often, at the bounds of bands */
	bool tight; /* few meters, resources and days, so that the same purchase changes again and again while periods pass */
	int meters[2]; /* the ones of a tight history */
	int32_t today, days[DAYS_MAX]; /* the reported days that there will be */
	struct content now[SUBSCRIPTIONS_MAX][DAYS_MAX]; /* what each slice holds; borrowed from the ops */
	bool known[SUBSCRIPTIONS_MAX][DAYS_MAX];
	int cards;                                       /* so far */
	struct card card;
	struct price old[OPS_MAX * METERS];              /* every version of a price so far */
	int old_count;
};

static size_t below(struct maker *m, size_t n)
{
	return rng_below(&m->rng, n);
}

static bool one_in(struct maker *m, size_t n)
{
	return rng_one_in(&m->rng, n);
}

static struct op *new_op(struct maker *m, enum op_kind kind)
{
	struct op *op = &m->h->ops[m->h->op_count++];

	*op = (struct op){ .kind = kind, .today = m->today, .seed = rng_next(&m->rng) };
	return op;
}

/* -- records ------------------------------------------------------------------------------------------------------------------ */

static void make_digits(struct maker *m, char *text, int count)
{
	for (int i = 0; i < count; i++)
		text[i] = (char)('0' + below(m, 10));
	text[count] = '\0';
}

static void make_quantity(struct maker *m, char text[NUMBER_MAX])
{
	static const char *const known[] = { "0",    "0.0",      "-0",       "1",        "1.0",      "1.50", "1.5", "15e-1",
					     "745",  "0.001344", "0.032256", "0.030912", "1E+2",     "24",   "338", "1000",
					     "5",    "10",       "100.5",    "1024",     "0e5",      "1e-9", "0.5", "1000000" };
	static const char *const rounds[] = { "0", "1", "2", "3", "5", "10", "-5", "-10", "0.0", "15", "7" };
	char digits[32];
	const char *sign = one_in(m, 12) ? "-" : "";

	if (m->round) {
		snprintf(text, NUMBER_MAX, "%s", rounds[below(m, sizeof(rounds) / sizeof(*rounds))]);
		return;
	}
	switch (below(m, 5)) {
	case 0:
		snprintf(text, NUMBER_MAX, "%s%d", sign, (int)below(m, 300));
		break;
	case 1:
		make_digits(m, digits, 6);
		snprintf(text, NUMBER_MAX, "%s%d.%s", sign, (int)below(m, 50), digits);
		break;
	case 2:
		make_digits(m, digits, 1 + (int)below(m, 24));
		snprintf(text, NUMBER_MAX, "%s%d.%s", sign, (int)below(m, 1000), digits);
		break;
	case 3:
		snprintf(text, NUMBER_MAX, "%s%de-%d", sign, 1 + (int)below(m, 9999), (int)below(m, 12));
		break;
	default:
		snprintf(text, NUMBER_MAX, "%s", known[below(m, sizeof(known) / sizeof(*known))]);
	}
}

static void make_line(struct maker *m, const struct content *c, struct line *l)
{
	*l = (struct line){ .day = c->day - (int32_t)below(m, one_in(m, 12) ? 40 : 4), .hour = -1,
			    .meter = m->tight ? m->meters[below(m, 2)] : (int)below(m, METER_REFUSED),
			    .resource = (int)below(m, m->tight ? 2 : RESOURCES),
			    .unit = one_in(m, m->h->closing ? 60 : 20) };
	if (one_in(m, 3)) {
		l->hour = (int)below(m, 3) * 11;
		l->hours = one_in(m, 4) ? 2 : 1;
	}
	make_quantity(m, l->quantity);
}

static void add_lines(struct maker *m, struct content *c, size_t count)
{
	c->lines = realloc(c->lines, (c->count + count + 1) * sizeof(*c->lines));
	if (!c->lines)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct line *l = &c->lines[c->count];

		make_line(m, c, l);
		if (c->count && one_in(m, 4)) { /* one that looks the same, or nearly so */
			*l = c->lines[below(m, c->count)];
			if (one_in(m, 2))
				make_quantity(m, l->quantity);
			if (one_in(m, m->h->closing ? 40 : 8))
				l->unit = !l->unit;
		}
		c->count++;
	}
}

static void add_plenty(struct maker *m, struct content *c)
{
	size_t from = c->count;

	add_lines(m, c, PLENTY);
	for (size_t i = from; i < c->count; i++)
		if (c->lines[i].meter >= 2)
			c->lines[i].resource = (int)below(m, 2000);
}

static void change_lines(struct maker *m, struct content *c)
{
	for (size_t i = 0; i < c->count;) {
		if (one_in(m, 5)) {
			c->lines[i] = c->lines[--c->count];
			continue;
		}
		if (one_in(m, 4))
			make_quantity(m, c->lines[i].quantity);
		if (one_in(m, m->h->closing ? 150 : 30))
			c->lines[i].unit = !c->lines[i].unit;
		i++;
	}
}

static struct content copy_of(const struct content *c)
{
	struct content copy = *c;

	copy.lines = malloc((c->count + 1) * sizeof(*c->lines));
	if (!copy.lines)
		abort();
	if (c->count)
		memcpy(copy.lines, c->lines, c->count * sizeof(*c->lines));
	return copy;
}

static struct content *pick_slice(struct maker *m, bool **known)
{
	int s = (int)below(m, (size_t)m->h->subscriptions), d;

	do
		d = (int)below(m, m->tight && !one_in(m, 4) ? 2 : DAYS_MAX);
	while (m->days[d] >= m->today);
	*known = &m->known[s][d];
	m->now[s][d].subscription = s;
	m->now[s][d].day = m->days[d];
	return &m->now[s][d];
}

/* What the same slice held before, if it was picked; rows that had gone come back so. */
static const struct content *older(struct maker *m, const struct content *now)
{
	for (int tries = 0; tries < 4 && m->h->op_count; tries++) {
		const struct op *op = &m->h->ops[below(m, m->h->op_count)];

		if (op->kind == OP_SLICE && op->content.subscription == now->subscription && op->content.day == now->day)
			return &op->content;
	}
	return NULL;
}

static void make_slice(struct maker *m)
{
	bool *known;
	struct content *now = pick_slice(m, &known);
	const struct content *before = older(m, now);
	struct op *op = new_op(m, OP_SLICE);

	op->content = copy_of(before ? before : now);
	if (one_in(m, 10))
		op->content.count = 0;
	if (*known && !before)
		change_lines(m, &op->content);
	if (!*known || (!before && one_in(m, 2)))
		add_lines(m, &op->content, below(m, 8) + (one_in(m, 6) ? 20 : 0));
	if (m->h->plenty && one_in(m, 4)) {
		add_plenty(m, &op->content);
		m->h->plenty = false;
	}
	*known = true;
	*now = op->content;
}

/* The content that is there, or one to be refused or left unfinished. */
static void make_other(struct maker *m, enum op_kind kind)
{
	bool *known;
	struct content *now = pick_slice(m, &known);
	struct op *op;

	if ((kind == OP_AGAIN && !*known) || (kind == OP_REFUSED && !m->cards))
		return;
	op = new_op(m, kind);
	op->content = copy_of(now);
	if (kind == OP_AGAIN)
		return;
	change_lines(m, &op->content);
	add_lines(m, &op->content, 3);
	if (kind == OP_REFUSED) {
		op->content.lines[0].meter = METER_REFUSED;
		op->content.lines[0].unit = 0;
		snprintf(op->content.lines[0].quantity, NUMBER_MAX, "9000000000000000000");
	}
}

/* -- rate cards --------------------------------------------------------------------------------------------------------------- */

static void make_tiers(struct maker *m, struct price *p, int count)
{
	static const char *const from[2][TIERS_MAX] = { { "0", "10", "100.5", "1024" }, { "0", "3.25", "250", "1e3" } };
	static const char *const round[TIERS_MAX] = { "0", "5", "10.0", "20" };
	static const char *const price[] = { "0",   "0.085", "0.1999968000511991808131", "2", "1.5e-5", "0.00000000049", "0.0000000005", "123.456",
					     "0.5", "0.25",  "0.0000000001",             "1" };
	size_t row = below(m, 2);

	p->tier_count = count;
	for (int i = 0; i < count; i++) {
		snprintf(p->from[i], NUMBER_MAX, "%s", m->round ? round[i] : from[row][i]);
		snprintf(p->price[i], NUMBER_MAX, "%s", price[below(m, sizeof(price) / sizeof(*price))]);
	}
}

static void make_price(struct maker *m, int meter, struct price *p)
{
	static const char *const included[] = { "5", "0.5", "1000", "24.000" };
	bool any = meter == 4;

	*p = (struct price){ .meter = meter, .effective = (int)below(m, one_in(m, 2) ? 2 : 9), .unit = one_in(m, 14) };
	snprintf(p->included, NUMBER_MAX, "%s", meter == 3 || (any && one_in(m, 3)) ? included[below(m, 4)] : one_in(m, 2) ? "0" : "0.0");
	make_tiers(m, p, meter == 2 || (any && one_in(m, 2)) || (meter == 3 && one_in(m, 3)) ? 2 + (int)below(m, TIERS_MAX - 1) : 1);
	if (meter == 6 && one_in(m, 3)) /* nothing says what the first units cost */
		snprintf(p->from[0], NUMBER_MAX, "0.001");
	if (meter == METER_REFUSED) {
		*p = (struct price){ .meter = meter, .effective = 0, .tier_count = 1, .included = "0", .from = { "0" }, .price = { "2" } };
	}
	m->old[m->old_count++] = *p;
}

static int find_price(const struct card *c, int meter, int nth)
{
	for (int i = 0; i < c->count; i++)
		if (c->prices[i].meter == meter && nth-- == 0)
			return i;
	return -1;
}

/* A card names a meter once for each effective date, at most twice. */
static void put_price(struct card *c, const struct price *p)
{
	int second = find_price(c, p->meter, 1);

	for (int n = 0, at; (at = find_price(c, p->meter, n)) != -1; n++)
		if (c->prices[at].effective == p->effective) {
			c->prices[at] = *p;
			return;
		}
	if (second != -1)
		c->prices[second] = *p;
	else
		c->prices[c->count++] = *p;
}

static void change_meter(struct maker *m, int meter)
{
	struct card *c = &m->card;
	int at = find_price(c, meter, (int)below(m, 2));
	struct price p;

	make_price(m, meter, &p);
	switch (below(m, 5)) {
	case 0: /* corrected: another price of the same date */
		if (at != -1)
			p.effective = c->prices[at].effective;
		m->old[m->old_count - 1] = p;
		break;
	case 1: /* gone */
		if (at != -1)
			c->prices[at] = c->prices[--c->count];
		return;
	case 2: /* one from before comes back */
		for (int i = (int)below(m, (size_t)m->old_count); i >= 0; i--)
			if (m->old[i].meter == meter) {
				p = m->old[i];
				break;
			}
		break;
	case 3: /* the same but for how it is written, which makes no other version */
		if (at != -1 && !strchr(c->prices[at].price[0], 'e') && strchr(c->prices[at].price[0], '.')) {
			p = c->prices[at];
			if (strlen(p.price[0]) < 20)
				strcat(p.price[0], "0");
		}
		break;
	default:
		break;
	}
	put_price(c, &p);
}

static void make_card(struct maker *m)
{
	struct price p;

	if (!m->cards) {
		make_price(m, METER_REFUSED, &p);
		put_price(&m->card, &p);
	}
	for (int meter = 0; meter < METER_REFUSED; meter++)
		if (meter != 5 && one_in(m, m->cards ? 3 : 2))
			change_meter(m, meter);
	m->cards++;
	new_op(m, OP_CARD)->card = m->card;
}

/* -- the whole ---------------------------------------------------------------------------------------------------------------- */

/* Another run, the same day or the next days or, so that periods end, the next month. */
static void make_run(struct maker *m)
{
	if (!one_in(m, 3))
		m->today += (int32_t)(one_in(m, 2) && !m->tight ? below(m, 5) : 6 + below(m, 35));
	new_op(m, OP_RUN);
}

static void make_closing(struct maker *m, size_t n)
{
	if (n < 5)
		make_run(m);
	else
		new_op(m, n < 11 ? OP_CLOSE : OP_REOPEN);
}

static void make_event(struct maker *m, size_t n)
{
	if (n < 3)
		new_op(m, OP_FLUSH);
	else if (n < 7)
		make_run(m);
	else if (n < 9)
		new_op(m, OP_RESTART);
	else if (n < 11)
		new_op(m, OP_DROP);
	else if (n < 15 && m->h->killing != KILL_BY_TIME)
		new_op(m, OP_POLL);
	else if (n < 20 && m->h->killing == KILL_AT_OPS)
		new_op(m, OP_KILL)->card = m->card;
	else if (n >= 20 && m->h->closing)
		make_closing(m, n - 20);
}

static void make_op(struct maker *m)
{
	size_t n = below(m, 107);

	if (m->tight && one_in(m, 5))
		make_closing(m, below(m, 13));
	else if (n < 45)
		make_slice(m);
	else if (n < 52)
		make_other(m, OP_AGAIN);
	else if (n < 55)
		make_other(m, OP_REFUSED);
	else if (n < 57)
		make_other(m, OP_ABANDONED);
	else if (n < 70)
		make_card(m);
	else if (n < 72 && m->cards)
		new_op(m, OP_CARD_AGAIN)->card = m->card;
	else if (n < 74 && m->cards)
		new_op(m, OP_CARD_BROKEN)->card = m->card;
	else
		make_event(m, n - 74);
}

/* A few days one after another, and some of the weeks after them. */
static void make_days(struct maker *m)
{
	static const int32_t apart[] = { 0, 1, 2, 3, 5, 20, 31, 45, 62 };

	m->days[0] = (one_in(m, 3) ? YEAR_END + (int32_t)below(m, 40) : DAY0 - 3 + (int32_t)below(m, 16));
	for (int i = 1; i < DAYS_MAX; i++)
		m->days[i] = m->days[0] + apart[i] + (i > 4 ? (int32_t)below(m, 9) : 0);
	m->today = m->days[4] + 1 + (int32_t)below(m, 6);
}

void history_make(struct history *h, uint64_t seed)
{
	static const int start_days[] = { 1, 1, 15, 22, 28 };
	struct maker *m = calloc(1, sizeof(*m));
	size_t count;

	if (!m)
		abort();
	memset(h, 0, sizeof(*h));
	m->h = h;
	m->rng.state = seed;
	m->rng.state = rng_next(&m->rng); /* so that neighbours have nothing in common */
	h->seed = seed;
	h->killing = one_in(m, 3) ? one_in(m, 4) ? KILL_BY_TIME : KILL_AT_OPS : KILL_NEVER;
	h->period_start_day = start_days[below(m, 5)];
	h->closing = !one_in(m, 4);
	h->plenty = one_in(m, 400);
	m->round = one_in(m, 3);
	m->tight = h->closing && one_in(m, 2);
	m->meters[0] = (int)below(m, METER_REFUSED);
	m->meters[1] = one_in(m, 2) ? 2 : 4; /* with tiers */
	h->subscriptions = m->tight ? 1 : 1 + (int)below(m, SUBSCRIPTIONS_MAX);
	make_days(m);
	count = m->tight ? 30 + below(m, OPS_MAX - 32) : 8 + below(m, h->closing ? OPS_MAX - 10 : 28);
	if (one_in(m, 2))
		make_card(m);
	while (h->op_count < count)
		make_op(m);
	if (h->killing != KILL_BY_TIME)
		new_op(m, OP_POLL);
	free(m);
}

void history_free(struct history *h)
{
	for (size_t i = 0; i < h->op_count; i++)
		free(h->ops[i].content.lines);
}
