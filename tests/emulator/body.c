/* SPDX-License-Identifier: MIT */
#include "body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

static void
line_break(struct text *out, int depth, int crlf)
{
	text_puts(out, crlf ? "\r\n" : "\n");
	for (int i = 0; i < depth; i++)
		text_puts(out, "  ");
}

/* Copies a JSON string with its quotes; returns its length. */
static size_t
copy_string(const char *p, struct text *out)
{
	size_t n = 1;

	while (p[n] != '"' && p[n] != '\0')
		n += p[n] == '\\' && p[n + 1] != '\0' ? 2 : 1;
	n += p[n] == '"';
	text_put(out, p, n);
	return n;
}

/* Compact JSON with the line ends and blanks of the recordings. */
static void
indent(const struct text *in, int crlf, struct text *out)
{
	int depth = 0;

	for (size_t i = 0; i < in->len; i++) {
		char c = in->p[i];

		if (c == '"') {
			i += copy_string(in->p + i, out) - 1;
			continue;
		}
		if (c == '}' || c == ']')
			line_break(out, --depth, crlf);
		text_put(out, &c, 1);
		if (c == ':')
			text_puts(out, " ");
		else if (c == ',')
			line_break(out, depth, crlf);
		else if ((c == '{' || c == '[') && in->p[i + 1] != '}' && in->p[i + 1] != ']')
			line_break(out, ++depth, crlf);
		else if (c == '{' || c == '[')
			text_put(out, &in->p[++i], 1);
	}
}

static void
put_utf16(struct text *out, uint32_t unit)
{
	char bytes[2] = {(char)(unit & 255), (char)(unit >> 8)};

	text_put(out, bytes, 2);
}

/* Valid UTF-8 into UTF-16LE with its byte order mark. */
static void
to_utf16(const struct text *in, struct text *out)
{
	put_utf16(out, 0xfeff);
	for (size_t i = 0; i < in->len;) {
		unsigned char c = (unsigned char)in->p[i];
		int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
		uint32_t v = more == 0 ? c : c & (0x3fu >> more);

		for (i++; more > 0 && i < in->len; more--, i++)
			v = v << 6 | (in->p[i] & 0x3f);
		if (v > 0xffff) {
			put_utf16(out, 0xd7c0 + (v >> 10));
			put_utf16(out, 0xdc00 + (v & 0x3ff));
		} else {
			put_utf16(out, v);
		}
	}
}

static void
swap_in(struct text *body, struct text *made)
{
	text_fini(body);
	*body = *made;
}

int
body_accepts_json(const struct request *r)
{
	const char *accept = request_header(r, "Accept");

	return accept != NULL && strcasestr(accept, "application/json") != NULL;
}

int
body_wants_gzip(const struct request *r)
{
	const char *encodings = request_header(r, "Accept-Encoding");

	return r->world->s.quirks.gzip == GZIP_AUTO && encodings != NULL && strcasestr(encodings, "gzip") != NULL;
}

static void
deflate_all(z_stream *z, int flush, struct text *out)
{
	do {
		z->next_out = (Bytef *)text_room(out, 65536);
		z->avail_out = 65536;
		if (deflate(z, flush) == Z_STREAM_ERROR)
			abort();
		out->len += 65536 - z->avail_out;
	} while (z->avail_out == 0);
}

void
body_gzip(const struct text *in, uint64_t spaces, struct text *out)
{
	char blanks[65536];
	z_stream z = {0};

	memset(blanks, ' ', sizeof(blanks));
	if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = (Bytef *)in->p;
	z.avail_in = (uInt)in->len;
	deflate_all(&z, Z_NO_FLUSH, out);
	while (spaces > 0) {
		z.next_in = (Bytef *)blanks;
		z.avail_in = spaces < sizeof(blanks) ? (uInt)spaces : (uInt)sizeof(blanks);
		spaces -= z.avail_in;
		deflate_all(&z, Z_NO_FLUSH, out);
	}
	deflate_all(&z, Z_FINISH, out);
	deflateEnd(&z);
	out->p[out->len] = '\0';
}

void
body_say_gzip(struct request *r)
{
	reply_header(&r->reply, "Content-Encoding", "gzip");
	reply_header(&r->reply, "Vary", "Accept-Encoding");
}

void
body_transform(struct request *r)
{
	const struct quirks_conf *q = &r->world->s.quirks;
	struct text *body = &r->reply.body, made = {0};

	if (body->len == 0 || r->kind == KIND_CONTROL)
		return;
	if (q->indent != INDENT_NONE && !r->reply.as_is && !request_is_sign_in(r)) {
		indent(body, q->indent == INDENT_CRLF, &made);
		swap_in(body, &made);
		made = (struct text){0};
	}
	if (!request_is_sign_in(r) && q->no_accept == ACCEPT_UTF16 && !body_accepts_json(r) && !request_fault_is(r, FAULT_GARBAGE)) {
		to_utf16(body, &made);
		swap_in(body, &made);
		snprintf(r->reply.content_type, sizeof(r->reply.content_type), "application/json; charset=utf-16");
		return;
	}
	if (q->bom && !request_is_sign_in(r) && (body->len < 3 || memcmp(body->p, "\xef\xbb\xbf", 3) != 0)) {
		text_puts(&made, "\xef\xbb\xbf");
		text_put(&made, body->p, body->len);
		swap_in(body, &made);
		made = (struct text){0};
	}
	if (body_wants_gzip(r)) {
		body_gzip(body, 0, &made);
		swap_in(body, &made);
		body_say_gzip(r);
	}
}

const char *
body_first_item(const struct text *body, size_t *len)
{
	const char *start = body->len > 0 ? strstr(body->p, "\"items\":[{") : NULL, *p;
	int depth = 0;

	if (start == NULL)
		return NULL;
	start += strlen("\"items\":[");
	for (p = start; *p != '\0'; p++) {
		if (*p == '"') {
			for (p++; *p != '"' && *p != '\0'; p++)
				p += *p == '\\' && p[1] != '\0';
			if (*p == '\0')
				return NULL;
		}
		depth += (*p == '{') - (*p == '}');
		if (depth == 0) {
			*len = (size_t)(p - start) + 1;
			return start;
		}
	}
	return NULL;
}
