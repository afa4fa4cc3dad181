/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "state.h"

/* A clock that is read twice may differ by a tick: this early is not early. */
#define RETRY_TOLERANCE_MS 20

/* What makes two requests the same one: method, raw URI, position. */
static char *
identity(const struct request *r)
{
	const char *token = request_header(r, "MS-ContinuationToken");
	struct text key = {0};

	text_printf(&key, "%s %s %s", r->method, r->uri, token != NULL ? token : "");
	return key.p;
}

void
state_note_retry(struct state *s, const struct request *r, int64_t due_ms)
{
	char *key = identity(r);

	memo_set(&s->retry_due, key, due_ms);
	free(key);
}

void
state_count_request(struct state *s, struct request *r)
{
	long long running, max;

	atomic_fetch_add(&s->by_kind[r->kind], 1);
	if (r->kind == KIND_CONTROL)
		return;
	r->counted = 1;
	running = atomic_fetch_add(&s->running, 1) + 1;
	max = atomic_load(&s->running_max);
	while (running > max && !atomic_compare_exchange_weak(&s->running_max, &max, running))
		;
	if (request_header(r, "MS-RequestId") != NULL)
		memo_add(&s->request_ids, request_header(r, "MS-RequestId"), 1);
	if (request_header(r, "MS-CorrelationId") != NULL)
		memo_add(&s->correlation_ids, request_header(r, "MS-CorrelationId"), 1);
	if (memo_count(&s->retry_due) > 0) {
		char *key = identity(r);

		if (memo_set(&s->retry_due, key, 0) > r->start_ms + RETRY_TOLERANCE_MS)
			atomic_fetch_add(&s->early_retries, 1);
		free(key);
	}
}

void
state_count_reply(struct state *s, const struct request *r, unsigned status, size_t bytes)
{
	if (status < 600 && r->kind != KIND_CONTROL)
		atomic_fetch_add(&s->by_status[status], 1);
	atomic_fetch_add(&s->bytes_sent, (long long)bytes);
}

void
state_reset_counters(struct state *s)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		atomic_store(&s->by_kind[i], 0);
	for (size_t i = 0; i < 600; i++)
		atomic_store(&s->by_status[i], 0);
	atomic_store(&s->connections, 0);
	atomic_store(&s->running_max, 0);
	atomic_store(&s->tokens_issued, 0);
	atomic_store(&s->sign_ins, 0);
	atomic_store(&s->refreshes, 0);
	atomic_store(&s->refused_sign_ins, 0);
	atomic_store(&s->early_retries, 0);
	atomic_store(&s->bytes_sent, 0);
	memo_clear(&s->request_ids);
	memo_clear(&s->correlation_ids);
	memo_clear(&s->faults_fired);
}

static void
put_fault(void *arg, const char *key, int64_t value)
{
	struct text *out = arg;

	if (value == 0)
		return;
	text_puts(out, out->p[out->len - 1] == '{' ? "" : ",");
	text_json(out, key);
	text_printf(out, ":%lld", (long long)value);
}

static void
put_number(struct text *out, const char *name, long long value)
{
	text_printf(out, ",\"%s\":%lld", name, value);
}

void
state_counters(struct state *s, struct text *out)
{
	long long total = 0;

	for (size_t i = 0; i < KIND_CONTROL; i++)
		total += atomic_load(&s->by_kind[i]);
	text_printf(out, "{\"requests\":{\"total\":%lld", total);
	for (size_t i = 0; i < KIND_COUNT; i++)
		put_number(out, request_kind_name((enum request_kind)i), atomic_load(&s->by_kind[i]));
	text_puts(out, "},\"status\":{");
	for (size_t i = 0; i < 600; i++) {
		long long n = atomic_load(&s->by_status[i]);

		if (n > 0)
			text_printf(out, "%s\"%zu\":%lld", out->p[out->len - 1] == '{' ? "" : ",", i, n);
	}
	text_puts(out, "},\"faults\":{");
	memo_each(&s->faults_fired, put_fault, out);
	text_puts(out, "}");
	put_number(out, "tokens_issued", atomic_load(&s->tokens_issued));
	put_number(out, "sign_ins", atomic_load(&s->sign_ins));
	put_number(out, "refreshes", atomic_load(&s->refreshes));
	put_number(out, "refused_sign_ins", atomic_load(&s->refused_sign_ins));
	put_number(out, "distinct_request_ids", (long long)memo_count(&s->request_ids));
	put_number(out, "distinct_correlation_ids", (long long)memo_count(&s->correlation_ids));
	put_number(out, "max_concurrent_requests", atomic_load(&s->running_max));
	put_number(out, "connections", atomic_load(&s->connections));
	put_number(out, "early_retries", atomic_load(&s->early_retries));
	put_number(out, "body_bytes", atomic_load(&s->bytes_sent));
	text_puts(out, "}");
}
