/* SPDX-License-Identifier: MIT */
#include "net/lane.h"

#include "base/mem.h"
#include "base/util.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

/* One trip of a job to the worker. On the heap, because libuv reports its end on the loop even when the lane has gone. */
struct trip {
	uv_work_t uv;
	uv_sem_t ended; /* posted when the job's run is over */
	struct lane *lane; /* NULL: the lane was freed */
	struct lane_job *job;
};

struct lane {
	uv_loop_t *loop;
	struct trip *trip; /* of the job in front, NULL when idle */
	struct lane_job *head, **tail; /* those that wait for their turn, without the one on its trip */
	size_t waiting;
	bool in_done; /* done() is running: the next trip begins after it */
	bool held;
};

static void next_trip(struct lane *lane);

struct lane *lane_new(struct uv_loop_s *loop)
{
	struct lane *lane = xcalloc(1, sizeof(*lane));

	lane->loop = loop;
	lane->tail = &lane->head;
	return lane;
}

static void on_work(uv_work_t *uv)
{
	struct trip *trip = container_of(uv, struct trip, uv);

	trip->job->run(trip->job);
	trip->job->ran = true;
	uv_sem_post(&trip->ended);
}

static void trip_free(struct trip *trip)
{
	uv_sem_destroy(&trip->ended);
	free(trip);
}

static void on_worked(uv_work_t *uv, int status)
{
	struct trip *trip = container_of(uv, struct trip, uv);
	struct lane *lane = trip->lane;
	struct lane_job *job = trip->job;

	(void)status; /* UV_ECANCELED comes after lane_free alone */
	trip_free(trip);
	if (!lane)
		return;
	lane->trip = NULL;
	lane->waiting--;
	lane->in_done = true;
	job->done(job);
	lane->in_done = false;
	next_trip(lane);
}

static void next_trip(struct lane *lane)
{
	struct trip *trip;
	int rc;

	if (lane->trip || lane->in_done || lane->held || !lane->head)
		return;
	trip = xcalloc(1, sizeof(*trip));
	trip->lane = lane;
	trip->job = lane->head;
	lane->head = trip->job->next;
	if (!lane->head)
		lane->tail = &lane->head;
	trip->job->next = NULL;
	rc = uv_sem_init(&trip->ended, 0);
	assert(rc == 0); /* both fail on wrong arguments only */
	rc = uv_queue_work(lane->loop, &trip->uv, on_work, on_worked);
	assert(rc == 0);
	(void)rc;
	lane->trip = trip;
}

void lane_submit(struct lane *lane, struct lane_job *job, lane_fn *run, lane_fn *done)
{
	job->run = run;
	job->done = done;
	job->ran = false;
	job->next = NULL;
	*lane->tail = job;
	lane->tail = &job->next;
	lane->waiting++;
	next_trip(lane);
}

bool lane_cancel(struct lane *lane, struct lane_job *job)
{
	for (struct lane_job **at = &lane->head; *at; at = &(*at)->next) {
		if (*at != job)
			continue;
		*at = job->next;
		if (!*at)
			lane->tail = at;
		job->next = NULL;
		lane->waiting--;
		return true;
	}
	return false;
}

void lane_hold(struct lane *lane, bool held)
{
	lane->held = held;
	next_trip(lane);
}

size_t lane_waiting(const struct lane *lane)
{
	return lane->waiting;
}

static void drop(struct lane_job *job)
{
	if (job->drop)
		job->drop(job);
}

void lane_free(struct lane *lane)
{
	struct lane_job *job;

	if (!lane)
		return;
	assert(!lane->in_done);
	if (lane->trip) {
		/* A trip that has not begun is called off; one that has is waited for. libuv reports both on the loop later. */
		if (uv_cancel((uv_req_t *)&lane->trip->uv) != 0)
			uv_sem_wait(&lane->trip->ended);
		lane->trip->lane = NULL;
		drop(lane->trip->job);
	}
	while ((job = lane->head)) {
		lane->head = job->next;
		drop(job);
	}
	free(lane);
}
