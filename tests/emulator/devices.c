/* SPDX-License-Identifier: MIT */
#include "devices.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Timers of a client may be early by as much. */
#define EARLY_MS 20

void
devices_init(struct devices *d)
{
	memset(d, 0, sizeof(*d));
	pthread_mutex_init(&d->lock, NULL);
}

void
devices_fini(struct devices *d)
{
	pthread_mutex_destroy(&d->lock);
}

static void
make_codes(struct device *made)
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	unsigned char bytes[41];
	struct text t = {0};

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	text_base64(&t, bytes, 32, 1);
	snprintf(made->code, sizeof(made->code), "%s", t.p);
	text_fini(&t);
	for (int i = 0; i < 9; i++)
		made->user_code[i] = letters[bytes[32 + i] % 32];
	made->user_code[9] = '\0';
}

void
devices_add(struct devices *d, struct device *made, int64_t now_ms)
{
	make_codes(made);
	made->state = DEVICE_WAITS;
	made->polls = 0;
	made->next_ms = now_ms;
	pthread_mutex_lock(&d->lock);
	d->all[d->next++ % DEVICES_MAX] = *made;
	pthread_mutex_unlock(&d->lock);
}

static struct device *
find(struct devices *d, const char *code)
{
	for (size_t i = 0; i < DEVICES_MAX && *code != '\0'; i++) {
		if (strcmp(d->all[i].code, code) == 0)
			return &d->all[i];
	}
	return NULL;
}

/* The scenario's person, who acts after some polls. */
static void
act(struct device *v, const struct device_conf *conf)
{
	if (v->state != DEVICE_WAITS || conf->answer == DEVICE_NOBODY || v->polls <= conf->after_polls)
		return;
	v->state = conf->answer == DEVICE_APPROVE ? DEVICE_APPROVED : DEVICE_DECLINED;
}

static enum device_answer
poll_one(struct device *v, const struct device_conf *conf, int64_t now_ms)
{
	int early = now_ms + EARLY_MS < v->next_ms;

	v->polls++;
	act(v, conf);
	if (v->state == DEVICE_EXPIRED || (v->state == DEVICE_WAITS && v->expires_ms <= now_ms))
		return POLL_EXPIRED;
	if (v->polls <= conf->slow_down_polls || early) {
		v->interval_ms += conf->slow_down_seconds * 1000;
		v->next_ms = now_ms + v->interval_ms;
		return POLL_SLOW_DOWN;
	}
	v->next_ms = now_ms + v->interval_ms;
	switch (v->state) {
	case DEVICE_WAITS: return POLL_PENDING;
	case DEVICE_DECLINED: return POLL_DECLINED;
	case DEVICE_APPROVED: v->state = DEVICE_REDEEMED; return POLL_GOOD;
	default: return POLL_UNKNOWN;
	}
}

enum device_answer
devices_poll(struct devices *d, const struct device_conf *conf, const char *code, int64_t now_ms, char scope[512])
{
	enum device_answer answer = POLL_UNKNOWN;
	struct device *v;

	pthread_mutex_lock(&d->lock);
	v = find(d, code);
	if (v != NULL) {
		answer = poll_one(v, conf, now_ms);
		memcpy(scope, v->scope, sizeof(v->scope));
	}
	pthread_mutex_unlock(&d->lock);
	return answer;
}

int
devices_decide(struct devices *d, const char *user_code, enum device_state state)
{
	int n = 0;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICES_MAX; i++) {
		struct device *v = &d->all[i];

		if (v->code[0] == '\0' || v->state != DEVICE_WAITS || (user_code != NULL && strcasecmp(user_code, v->user_code) != 0))
			continue;
		v->state = state;
		n++;
	}
	pthread_mutex_unlock(&d->lock);
	return n;
}

void
devices_list(struct devices *d, struct text *out)
{
	const char *comma = "";

	text_puts(out, "[");
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICES_MAX; i++) {
		const struct device *v = &d->all[i];

		if (v->code[0] == '\0' || v->state != DEVICE_WAITS)
			continue;
		text_printf(out, "%s{\"user_code\":\"%s\",\"polls\":%lld}", comma, v->user_code, (long long)v->polls);
		comma = ",";
	}
	pthread_mutex_unlock(&d->lock);
	text_puts(out, "]");
}
