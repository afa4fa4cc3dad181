/* SPDX-License-Identifier: MIT */
/* pc_stream.h - private to the decoders of lib/partner: a document of the form { member, ..., "items": [ element, ... ], ... }
 * decoded element by element as its bytes arrive, in any split and any order of members.
 *
 * Bytes are read where the caller has them; only the beginning of an element whose end has not come yet is kept, at most
 * LIMIT_ITEM_BYTES. An element is judged when it is complete, so that no split changes what is said of it. */
#ifndef PARTNER_PC_STREAM_H
#define PARTNER_PC_STREAM_H

#include "json/jread.h"
#include "partner/model.h"

#define PC_VALUES_MAX 24 /* members of one shape */

enum pc_member_kind {
	PC_SCALAR, /* string, number, true, false, null: decoded */
	PC_RAW,    /* any value: its bytes as received */
	PC_OBJECT, /* an object whose members are members of this shape too, under `object` = this one's index + 1 */
};

/* One member of an element that somebody wants to know. Index 0..count-1 is also its place among the values. */
struct pc_member {
	const char *quoted;  /* the name in its quotes */
	size_t quoted_bytes;
	enum pc_member_kind kind;
	unsigned char object; /* 0: of the element itself; i + 1: of the object that is member i */
	const char *path;     /* for errors: "resource.id" */
};

#define PC_MEMBER(object_, name_, kind_, path_) \
	{ .quoted = "\"" name_ "\"", .quoted_bytes = sizeof(name_) + 1, .kind = (kind_), .object = (object_), .path = (path_) }

struct pc_value {
	enum jread_token t; /* JREAD_MORE: absent */
	struct span text;   /* STRING decoded, NUMBER as printed; the raw bytes of PC_RAW */
};

struct pc_stream;

struct pc_stream_kind {
	const char *array;   /* "items" */
	const char *element; /* "item", for errors */
	const char *code;    /* "E-FORMAT-USAGE" */
	const struct pc_member *members;
	size_t member_count; /* <= PC_VALUES_MAX */
	/* A complete element. Borrowed: valid until return. A decoder's own error goes through pc_stream_bad(). */
	int (*on_element)(struct pc_stream *s, const struct pc_value *values, struct err *e);
	/* A complete member of the outer object, other than the array; V has the raw bytes when it is an object or array. */
	int (*on_member)(struct pc_stream *s, struct span name, const struct pc_value *v, struct err *e);
	/* NULL, or: bytes of the array as received, in their order, without its brackets; read or passed over (`pass`). */
	void (*on_array_bytes)(struct pc_stream *s, struct span bytes);
};

struct pc_stream {
	const struct pc_stream_kind *kind;
	struct jread r;
	struct buf kept;    /* bytes not yet read, when they are ours */
	struct buf scratch; /* texts of the element whose escapes were undone; never moves once it has memory */
	size_t retry_at;    /* so many bytes kept before it is worth reading them again */
	uint64_t received;
	uint64_t elements;  /* complete ones */
	unsigned char place;
	bool array_seen;
	uint64_t pass;       /* so many bytes of the array, when it begins, are known: they are not read */
	uint64_t array_from, array_to; /* bytes of the document that are the array's; 0: not there yet */
	struct err failed;  /* the first error, repeated ever after */
};

void pc_stream_init(struct pc_stream *s, const struct pc_stream_kind *kind);
void pc_stream_fini(struct pc_stream *s);
void pc_stream_reset(struct pc_stream *s); /* keeps the memory */
int pc_stream_feed(struct pc_stream *s, struct span bytes, struct err *e) MUST_CHECK;
int pc_stream_end(struct pc_stream *s, struct err *e) MUST_CHECK;

/* Makes E an error of this document's format: wraps it with the element's number (from 1), sets kind and code. Returns -1. */
int pc_stream_bad(struct pc_stream *s, struct err *e);

/* The text of the token just read, escapes undone. Texts of one element must stay where they are: the first with an escape gets the
 * scratch all its memory at once. */
int pc_stream_text(struct pc_stream *s, struct span *text, struct err *e) MUST_CHECK;
/* The members of the element whose brace was just read: JREAD_OBJECT_END, JREAD_MORE, or JREAD_ERROR with E. */
enum jread_token pc_stream_collect(struct pc_stream *s, struct pc_value *values, struct err *e);

/* How a document begins: strips the BOM, refuses UTF-16. SKIP gets the bytes to pass over. -1 with ERR_FORMAT. */
int pc_document_start(struct span body, size_t *skip, struct err *e) MUST_CHECK;

/* Conversions of a value; the error begins with M's path. Absent and null are "missing" where WANTED, else leave an empty span. */
int pc_value_text(const struct pc_value *v, const struct pc_member *m, bool wanted, struct span *text, struct err *e) MUST_CHECK;
int pc_value_raw(const struct pc_value *v, const struct pc_member *m, struct span *raw, struct err *e) MUST_CHECK;
int pc_value_guid(const struct pc_value *v, const struct pc_member *m, struct guid *g, struct err *e) MUST_CHECK;
/* A number, or a text that is one. */
int pc_value_decimal(const struct pc_value *v, const struct pc_member *m, struct decimal *d, struct err *e) MUST_CHECK;
int pc_value_instant(const struct pc_value *v, const struct pc_member *m, int64_t *instant, struct err *e) MUST_CHECK;

/* The raw value of a collection's `links` (an object or null): its `next`, if there is one. NEXT is zeroed, set on success. */
int pc_links_read(struct next_link *next, struct span raw, struct err *e) MUST_CHECK;

#endif
