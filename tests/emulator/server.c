/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "body.h"
#include "control.h"
#include "day.h"
#include "deliver.h"
#include "entra.h"
#include "faults.h"
#include "hash.h"
#include "partner.h"

/* Room for a connection's headers, the huge one too. The library clears it before each request: larger costs speed. */
#define CONNECTION_MEMORY (256 * 1024)
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305"

static enum request_kind
kind_of(const struct request *r)
{
	enum request_kind kind;

	if (request_segment_is(r, 0, "emulator"))
		return KIND_CONTROL;
	kind = entra_kind(r);
	return kind != KIND_OTHER ? kind : partner_kind(r);
}

static void
copy_id(struct request *r, const char *name, char *to, size_t room, uint64_t salt)
{
	const char *given = request_header(r, name);
	char made[37];

	hash_guid(hash_three((uint64_t)r->start_ms, (uint64_t)(uintptr_t)r, salt), made);
	snprintf(to, room, "%s", given != NULL ? given : made);
	reply_header(&r->reply, name, to);
}

/* The library sends the real time unless there is a Date already. */
static void
put_date(struct request *r)
{
	time_t now = (time_t)(world_clock_ms(r->world) / 1000);
	char value[64];
	struct tm tm;

	if (r->world->s.quirks.clock_skew_seconds == 0)
		return;
	gmtime_r(&now, &tm);
	strftime(value, sizeof(value), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	reply_header(&r->reply, "Date", value);
}

/* The headers of a recorded answer. */
static void
put_service_headers(struct request *r)
{
	const char *locale = request_header(r, "X-Locale");
	uint64_t v = hash_two((uint64_t)r->start_ms, (uint64_t)(uintptr_t)r);
	struct text cv = {0};

	if (r->kind == KIND_CONTROL)
		return;
	put_date(r);
	if (request_is_sign_in(r)) {
		copy_id(r, "x-ms-request-id", r->request_id, sizeof(r->request_id), 3);
		return;
	}
	copy_id(r, "MS-CorrelationId", r->correlation_id, sizeof(r->correlation_id), 1);
	copy_id(r, "MS-RequestId", r->request_id, sizeof(r->request_id), 2);
	text_base64(&cv, &v, sizeof(v), 0);
	cv.len = 0;
	text_base64(&cv, &v, 8, 1);
	text_puts(&cv, "Emu.0");
	reply_header(&r->reply, "MS-CV", cv.p);
	text_fini(&cv);
	reply_header(&r->reply, "MS-ServerId", "0000112D");
	reply_header(&r->reply, "Request-Context", "appId=cid-v1:03ce8ca8-8373-4021-8f25-d5dd45c7b12f");
	reply_header(&r->reply, "X-Locale", locale != NULL && strlen(locale) < 16 ? locale : "en-US");
}

static void
answer(struct request *r)
{
	if (r->body_too_long) {
		reply_error(r, 413, "800002", "The request body is too long.");
	} else if (r->kind == KIND_CONTROL) {
		control_answer(r);
	} else if (request_is_sign_in(r)) {
		entra_answer(r);
	} else if (r->world->s.quirks.no_accept == ACCEPT_406 && !body_accepts_json(r)) {
		reply_error(r, 406, "800002", "The Accept header must be application/json.");
	} else {
		partner_answer(r);
	}
}

static void
write_log(const struct request *r, size_t bytes)
{
	FILE *log = r->state->log;
	time_t now = (time_t)(r->start_ms / 1000);
	char stamp[32];
	struct tm tm;

	if (log == NULL || r->kind == KIND_CONTROL)
		return;
	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(log, "%s %s %s status=%u bytes=%zu ms=%lld page=%lld request_id=%s%s%s\n", stamp, r->method, r->uri, r->reply.status, bytes,
	    (long long)(time_now_ms() - r->start_ms), (long long)r->page, r->request_id, r->fault != NULL ? " fault=" : "",
	    r->fault != NULL ? r->fault->name : "");
	fflush(log);
}

static enum MHD_Result
respond(struct request *r)
{
	size_t bytes;

	r->world = state_world(r->state);
	request_split(r);
	r->kind = kind_of(r);
	if (r->kind == KIND_CUSTOMERS)
		r->page = customers_page(r);
	else if (r->kind == KIND_UTILIZATION)
		r->page = utilization_page(r);
	state_count_request(r->state, r);
	faults_match(r);
	put_service_headers(r);
	if (!faults_before(r))
		answer(r);
	if (request_fault_is(r, FAULT_CONTENT_TYPE)) {
		if (r->fault->body[0] != '\0')
			r->reply.body.len = 0;
		text_puts(&r->reply.body, r->fault->body);
	}
	body_transform(r);
	if (request_fault_is(r, FAULT_CONTENT_TYPE))
		snprintf(r->reply.content_type, sizeof(r->reply.content_type), "%s",
		    r->fault->content_type[0] != '\0' ? r->fault->content_type : "text/html");
	if (r->reply.keep_as != NULL)
		kept_add(&r->world->kept, r->reply.keep_as, &r->reply.body);
	bytes = reply_size(r);
	write_log(r, bytes);
	return deliver(r);
}

static void *
on_uri(void *arg, const char *uri, struct MHD_Connection *conn)
{
	(void)conn;
	return request_new(arg, uri);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *conn, const char *url, const char *method, const char *version, const char *data,
    size_t *size, void **context)
{
	struct request *r = *context;

	(void)arg;
	(void)url;
	(void)version;
	if (!r->started) {
		r->started = 1;
		r->conn = conn;
		r->method = method;
		return MHD_YES;
	}
	if (*size > 0) {
		if (r->body.len + *size > REQUEST_BODY_MAX)
			r->body_too_long = 1;
		else
			text_put(&r->body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	return respond(r);
}

static void
on_completed(void *arg, struct MHD_Connection *conn, void **context, enum MHD_RequestTerminationCode why)
{
	struct state *state = arg;
	struct request *r = *context;

	(void)conn;
	(void)why;
	if (r != NULL && r->counted)
		atomic_fetch_sub(&state->running, 1);
	request_free(r);
	*context = NULL;
}

static void
on_connection(void *arg, struct MHD_Connection *conn, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct state *state = arg;

	(void)conn;
	(void)context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		atomic_fetch_add(&state->connections, 1);
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int
read_address(const struct options *o, union address *a, struct err *e)
{
	const char *host = strcmp(o->listen, "localhost") == 0 ? "127.0.0.1" : o->listen;
	int loopback;

	*a = (union address){0};
	if (inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons((uint16_t)o->port);
		loopback = ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
	} else if (inet_pton(AF_INET6, host, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons((uint16_t)o->port);
		loopback = IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
	} else {
		return err_set(e, "--listen %s: not an IP address", o->listen);
	}
	if (!loopback && !o->allow_remote)
		return err_set(e, "--listen %s: others could reach it; only with --allow-remote", o->listen);
	return 0;
}

struct MHD_Daemon *
server_start(struct state *state, const struct options *o, const struct tls *tls, int *port, struct err *e)
{
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC;
	struct MHD_OptionItem tls_items[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, tls != NULL ? tls->cert.p : NULL},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, tls != NULL ? tls->key.p : NULL},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	const union MHD_DaemonInfo *info;
	struct MHD_Daemon *daemon;
	union address a;

	if (read_address(o, &a, e) != 0)
		return NULL;
	if (a.any.sa_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	if (tls != NULL)
		flags |= MHD_USE_TLS;
	daemon = MHD_start_daemon(flags, (uint16_t)o->port, NULL, NULL, on_request, state, MHD_OPTION_SOCK_ADDR, &a.any,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, state, MHD_OPTION_NOTIFY_COMPLETED, on_completed, state,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, state, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	    MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_ARRAY, tls != NULL ? tls_items : none, MHD_OPTION_END);
	if (daemon == NULL) {
		err_set(e, "cannot listen on %s port %d: %s", o->listen, o->port, strerror(errno));
		return NULL;
	}
	info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	*port = info != NULL ? info->port : o->port;
	return daemon;
}

void
server_stop(struct MHD_Daemon *daemon, struct state *state)
{
	state_stop(state);
	MHD_stop_daemon(daemon);
}
