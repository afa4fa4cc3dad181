/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "day.h"

int
state_init(struct state *s, const struct scenario *scenario, FILE *log, struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->world = world_new(scenario, e);
	if (s->world == NULL)
		return -1;
	s->first = s->present = *scenario;
	s->log = log;
	atomic_store(&s->token_generation, 1);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->stopping, NULL);
	memo_init(&s->request_ids);
	memo_init(&s->correlation_ids);
	memo_init(&s->faults_seen);
	memo_init(&s->faults_fired);
	memo_init(&s->retry_due);
	memo_init(&s->spent_tokens);
	memo_init(&s->assertion_ids);
	memo_init(&s->no_content);
	logins_init(&s->logins);
	devices_init(&s->devices);
	return 0;
}

void
state_fini(struct state *s)
{
	if (s->world == NULL)
		return;
	world_unref(s->world);
	memo_fini(&s->request_ids);
	memo_fini(&s->correlation_ids);
	memo_fini(&s->faults_seen);
	memo_fini(&s->faults_fired);
	memo_fini(&s->retry_due);
	memo_fini(&s->spent_tokens);
	memo_fini(&s->assertion_ids);
	memo_fini(&s->no_content);
	logins_fini(&s->logins);
	devices_fini(&s->devices);
	pthread_cond_destroy(&s->stopping);
	pthread_mutex_destroy(&s->lock);
	s->world = NULL;
}

struct world *
state_world(struct state *s)
{
	struct world *w;

	pthread_mutex_lock(&s->lock);
	w = s->world;
	atomic_fetch_add(&w->refs, 1);
	pthread_mutex_unlock(&s->lock);
	return w;
}

/* A fault that the new text mentions starts to count anew. */
static void
fault_touched(void *arg, const char *name)
{
	struct state *s = arg;

	memo_set(&s->faults_seen, name, 0);
	memo_set(&s->faults_fired, name, 0);
}

int
state_merge(struct state *s, const char *ini, int afresh, struct err *e)
{
	struct scenario *next = mem_new(1, sizeof(*next));
	struct world *world = NULL, *old;
	int rc = -1;

	pthread_mutex_lock(&s->lock);
	*next = afresh ? s->first : s->present;
	pthread_mutex_unlock(&s->lock);
	if (scenario_merge(next, "posted", ini, fault_touched, s, e) != 0)
		goto out;
	world = world_new(next, e);
	if (world == NULL)
		goto out;
	if (afresh) {
		memo_clear(&s->faults_seen);
		memo_clear(&s->faults_fired);
		memo_clear(&s->spent_tokens);
		logins_restore(&s->logins);
	}
	memo_clear(&s->no_content);
	pthread_mutex_lock(&s->lock);
	s->present = *next;
	old = s->world;
	s->world = world;
	pthread_mutex_unlock(&s->lock);
	world_unref(old);
	rc = 0;
out:
	free(next);
	return rc;
}

void
state_revoke(struct state *s, const struct world *w, int code)
{
	logins_revoke(&s->logins, w->s.partner.refresh_token, code);
	atomic_fetch_add(&s->token_generation, 1);
}

int
state_wait(struct state *s, int64_t ms)
{
	struct timespec until;
	int stopped;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&s->lock);
	while (!s->stopped && pthread_cond_timedwait(&s->stopping, &s->lock, &until) != ETIMEDOUT)
		;
	stopped = s->stopped;
	pthread_mutex_unlock(&s->lock);
	return stopped ? -1 : 0;
}

void
state_stop(struct state *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopped = 1;
	pthread_cond_broadcast(&s->stopping);
	pthread_mutex_unlock(&s->lock);
}
