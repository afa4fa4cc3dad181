/* SPDX-License-Identifier: MIT */
/* devices.h - sign-ins on another device: device codes, how often each was asked for, and what the person did.
 * Owns all of it; every function may be called from any thread. Times are those of the service's clock, ms since 1970. */
#ifndef EMU_DEVICES_H
#define EMU_DEVICES_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "scenario.h"
#include "text.h"

#define DEVICES_MAX 64		/* the oldest gives way */

enum device_state { DEVICE_WAITS, DEVICE_APPROVED, DEVICE_DECLINED, DEVICE_EXPIRED, DEVICE_REDEEMED };

struct device {
	char code[64], user_code[10], scope[512];
	enum device_state state;
	int64_t expires_ms, interval_ms, next_ms;	/* next: a poll before it is too early */
	int64_t polls;
};

struct devices {
	pthread_mutex_t lock;
	struct device all[DEVICES_MAX];
	unsigned next;
};

enum device_answer { POLL_GOOD, POLL_PENDING, POLL_SLOW_DOWN, POLL_DECLINED, POLL_EXPIRED, POLL_UNKNOWN };

void devices_init(struct devices *d);
void devices_fini(struct devices *d);
/* Takes scope and lives from *made, and puts both codes in it. */
void devices_add(struct devices *d, struct device *made, int64_t now_ms);
/* One poll; what it was asked for goes to scope when the answer is POLL_GOOD, and then never again. */
enum device_answer devices_poll(struct devices *d, const struct device_conf *conf, const char *code, int64_t now_ms, char scope[512]);
/* What the person does: all that wait, or the one with this user code (NULL: all). How many they were. */
int devices_decide(struct devices *d, const char *user_code, enum device_state state);
/* Those that wait, as a JSON list of {"user_code","polls"}. */
void devices_list(struct devices *d, struct text *out);

#endif
