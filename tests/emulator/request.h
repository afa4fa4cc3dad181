/* SPDX-License-Identifier: MIT */
/* request.h - one request on its way through the emulator, and the reply being made for it.
 * Owns: everything in it but conn, state and fault; request_free gives it all back. */
#ifndef EMU_REQUEST_H
#define EMU_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"
#include "world.h"

#define REQUEST_SEGMENTS 10
#define REQUEST_BODY_MAX (1024 * 1024)
#define REPLY_HEADERS 24

struct MHD_Connection;
struct state;

enum request_kind { KIND_OTHER, KIND_TOKEN, KIND_AUTHORIZE, KIND_DEVICE_CODE, KIND_CUSTOMERS, KIND_SUBSCRIPTIONS, KIND_UTILIZATION, KIND_RATECARD, KIND_CONTROL,
	KIND_COUNT };

struct reply {
	unsigned status;
	char content_type[96];
	struct text body;
	struct {
		char *name, *value;
	} headers[REPLY_HEADERS];
	size_t header_count;
	int as_is;		/* a recorded document or a control answer: no indenting */
	char *keep_as;		/* the key under which the finished body is kept; NULL: it is not */
	const char *kept;	/* such a body, in place of the one above; the world's */
	size_t kept_len;
};

struct request {
	struct MHD_Connection *conn;
	struct state *state;
	struct world *world;		/* the one in force when the request came */
	char *uri;			/* raw, with its query */
	char *path;			/* cut into segments */
	char *segments[REQUEST_SEGMENTS];
	size_t segment_count;
	const char *method;
	struct text body;
	int started, body_too_long, counted;
	enum request_kind kind;
	int64_t page;			/* of an enumeration, from 1 */
	char request_id[80], correlation_id[80];
	const struct fault_conf *fault;	/* in world; NULL when none fires */
	struct reply reply;
	int64_t start_ms;
};

const char *request_kind_name(enum request_kind kind);
struct request *request_new(struct state *state, const char *uri);
void request_free(struct request *r);
/* Cuts the path of the raw URI into decoded segments. */
void request_split(struct request *r);
/* A request header or query parameter, NULL when absent. Query names have no case. */
const char *request_header(const struct request *r, const char *name);
const char *request_query(const struct request *r, const char *name);
int request_segment_is(const struct request *r, size_t i, const char *word);
/* Entra's side: the token, authorize and device code endpoints. */
int request_is_sign_in(const struct request *r);
int request_fault_is(const struct request *r, enum fault_action action);

void reply_header(struct reply *reply, const char *name, const char *value);
/* Retry-After in the form asked for; seconds from now of the real clock. Notes when a repeat is due. */
void reply_retry_after(struct request *r, int64_t seconds, enum retry_form form);
/* Partner Center's error document. */
void reply_error(struct request *r, unsigned status, const char *code, const char *fmt, ...) PRINTF(4, 5);
/* Bytes of the body as it goes out. */
size_t reply_size(const struct request *r);
/* A reply with a JSON content type; the caller fills the body. */
void reply_json(struct request *r, unsigned status);
/* The start of an HTML page, its body open; the caller adds the rest and closes it. */
void reply_html(struct request *r, unsigned status, const char *title);
/* A whole body as a copy. */
void reply_copy(struct request *r, const struct text *body);

#endif
