/* SPDX-License-Identifier: MIT */
/* events.h - the names of the daemon's log events (`event=`), each with its level and its meaning in one line. Alerts and scripts
 * depend on the names: they are added, never changed. The manual's table is made from these lines. */
#ifndef DAEMON_EVENTS_H
#define DAEMON_EVENTS_H

/* the program */
#define EVENT_READY "ready"                 /* info: the daemon is up and waits for its next run */
#define EVENT_STOP "stop"                   /* info: a signal asked to end; what is stored stays */
#define EVENT_STOP_FORCED "stop.forced"     /* warn: ended without waiting any longer; the next run continues */
#define EVENT_FATAL "fatal"                 /* error: the program can't go on, and says why */
#define EVENT_CLOCK_CHANGED "clock.changed" /* info: the system's clock was set; the next start was computed anew */
#define EVENT_SCHEDULE_NEXT "schedule.next" /* info: when the next run starts, in the zone and in UTC */

/* a run */
#define EVENT_RUN_START "run.start"     /* info: a run begins; trigger= schedule, catchup, retry, signal or sync */
#define EVENT_RUN_ABORTED "run.aborted" /* warn: an earlier run was killed before its end; this one makes it good */
#define EVENT_RUN_STATE "run.state"     /* debug: the run goes from one step to the next */
#define EVENT_RUN_PROGRESS "run.progress" /* info: how far a long run is, every five minutes: slices= of= rows= */
#define EVENT_THROTTLED "run.throttled" /* info: Microsoft asked to slow down (429): from now on at most in_flight= requests at a time */
#define EVENT_RUN_DONE "run.done"       /* info, warn or error by its status: the summary, one line a run */
#define EVENT_RUN_LOOP "run.loop"       /* debug: the longest time for which the run kept the program from answering signals and the watchdog */
#define EVENT_RUN_QUEUED "run.queued"   /* info: asked to run while running: one more follows */

#define EVENT_CONSENT_REFUSED "consent.refused"   /* error: the sign-in service asks for a person; one line a run */
#define EVENT_CONSENT_EXPIRING "consent.expiring" /* warn: the consent lapses within 14 days, unless it is renewed; one line a run */
#define EVENT_CERTIFICATE_EXPIRING "certificate.expiring" /* warn: the app's certificate expires within 30 days; one line a run */

/* steps of a run */
#define EVENT_RATES_DONE "rates.done"         /* info: the rate card was read; what changed in it */
#define EVENT_RATES_FAILED "rates.failed"     /* warn: no rate card today; usage is rated by the prices known */
#define EVENT_CUSTOMERS_DONE "customers.done" /* info: the customers of this run */
#define EVENT_CUSTOMER_FAILED "customer.failed" /* warn: a customer's subscriptions could not be listed */
#define EVENT_PLAN_DONE "plan.done"           /* info: how many slices are due */
#define EVENT_SLICE_FAILED "slice.failed"     /* warn: one subscription's reported day could not be fetched; it stays planned */
#define EVENT_REFUSED "subscription.refused"  /* warn: access to a subscription's usage is refused: its cost is missing until it is given again */
#define EVENT_SLICES_KEPT "slices.kept"       /* warn: days with purchases were answered with nothing; their purchases stay: count= */
#define EVENT_SLICES_UNCHANGED "slices.unchanged" /* debug: count= days were the same bytes as before; again= were taken for that and read twice */
#define EVENT_SLICE_AGAIN "slice.again"       /* debug: a slice was taken for unchanged up to its page=, and is read from its beginning */
#define EVENT_SUPPRESSED "suppressed"         /* warn: further failures of this kind that were not printed: count= */
#define EVENT_USAGE_STOPPED "usage.stopped"   /* warn: the service does not answer; the rest of the slices stays planned */
#define EVENT_NOT_COVERED "subscriptions.not_covered" /* warn: subscriptions that the utilization API does not serve */
#define EVENT_PERIOD_CLOSED "period.closed"   /* info: period= does not change any more; what comes later of it is a correction */
#define EVENT_PERIOD_HELD "period.held"       /* warn: period= would be closed by now, but days of it are missing: gaps= */
#define EVENT_PUBLISH_DONE "publish.done"     /* debug: the published copy was replaced */
#define EVENT_PUBLISH_FAILED "publish.failed" /* warn: the published copy is still that of an earlier run */

#endif
