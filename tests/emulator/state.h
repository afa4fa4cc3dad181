/* SPDX-License-Identifier: MIT */
/* state.h - what the emulator remembers between requests: the world in force, counters, tokens, which faults have fired.
 * Owns all of it. Every function may be called from any thread. */
#ifndef EMU_STATE_H
#define EMU_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "devices.h"
#include "logins.h"
#include "memo.h"
#include "request.h"

struct state {
	pthread_mutex_t lock;
	pthread_cond_t stopping;
	int stopped;
	struct scenario first, present;	/* as started, and as it is now */
	struct world *world;
	atomic_llong token_generation;	/* access tokens of older generations are no longer valid */

	atomic_llong by_kind[KIND_COUNT], by_status[600];
	atomic_llong connections, running, running_max;
	atomic_llong tokens_issued, sign_ins, refreshes, refused_sign_ins, early_retries, bytes_sent;
	struct memo request_ids, correlation_ids;
	struct memo faults_seen, faults_fired;	/* by name */
	struct memo retry_due;			/* by request: when a repeat was allowed, ms */
	struct memo spent_tokens;		/* refresh tokens, where each is good once */
	struct memo assertion_ids;		/* jti of the assertions that were accepted */
	struct memo no_content;			/* by window and page: 204 given */
	struct logins logins;
	struct devices devices;
	FILE *log;
};

int state_init(struct state *s, const struct scenario *scenario, FILE *log, struct err *e) MUST_CHECK;
void state_fini(struct state *s);
/* The world in force, for the caller to world_unref. */
struct world *state_world(struct state *s);
/* Merges INI text over the present scenario (over the first one when afresh) and puts its world in force. */
int state_merge(struct state *s, const char *ini, int afresh, struct err *e) MUST_CHECK;
/* The consent ends: every refresh token given until now is refused with this code, and every access token with 401. */
void state_revoke(struct state *s, const struct world *w, int code);
/* Waits, but not beyond the end of the program; -1 when that has come. */
int state_wait(struct state *s, int64_t ms);
void state_stop(struct state *s);

/* Notes the ids, connection and a repeat that comes too early. */
void state_count_request(struct state *s, struct request *r);
void state_count_reply(struct state *s, const struct request *r, unsigned status, size_t bytes);
void state_note_retry(struct state *s, const struct request *r, int64_t due_ms);
void state_reset_counters(struct state *s);
/* The counters as JSON. */
void state_counters(struct state *s, struct text *out);

#endif
