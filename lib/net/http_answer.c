/* SPDX-License-Identifier: MIT */
/* http_answer.c - what an answer's headers and libcurl's result codes mean. */
#include "net/http_private.h"

#include "base/limits.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Header values are kept in fixed fields: what does not fit is cut, what does not print becomes '?'. */
static void keep(char *to, size_t size, struct span value)
{
	size_t n = value.n < size - 1 ? value.n : size - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = value.p[i] >= ' ' && value.p[i] < 0x7f ? value.p[i] : '?';
	to[n] = '\0';
}

static struct span trim(struct span s)
{
	while (s.n && isspace((unsigned char)s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && isspace((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

/* A status line: what came before it was an interim answer (100 Continue). */
static void begin_head(struct http_transfer *t)
{
	struct http_request *r = t->request;

	t->head_ended = false;
	t->retry_after[0] = t->date[0] = '\0';
	r->content_type[0] = r->request_id[0] = r->correlation_id[0] = r->www_authenticate[0] = r->location[0] = '\0';
}

static void take_header(struct http_transfer *t, struct span name, struct span value)
{
	struct http_request *r = t->request;
	const struct {
		const char *name;
		char *to;
		size_t size;
	} wanted[] = {
		{ "Content-Type", r->content_type, sizeof(r->content_type) },
		{ "MS-RequestId", r->request_id, sizeof(r->request_id) },
		{ "MS-CorrelationId", r->correlation_id, sizeof(r->correlation_id) },
		{ "WWW-Authenticate", r->www_authenticate, sizeof(r->www_authenticate) },
		{ "Location", r->location, sizeof(r->location) },
		{ "Retry-After", t->retry_after, sizeof(t->retry_after) },
		{ "Date", t->date, sizeof(t->date) },
	};

	for (size_t i = 0; i < countof(wanted); i++)
		if (name.n == strlen(wanted[i].name) && strncasecmp(name.p, wanted[i].name, name.n) == 0)
			keep(wanted[i].to, wanted[i].size, value);
}

size_t http_on_header(char *line, size_t size, size_t count, void *transfer)
{
	struct http_transfer *t = transfer;
	size_t n = size * count;
	struct span all = trim((struct span){ line, n });
	const char *colon;

	if (!t->request)
		return 0; /* cancelled: ends the transfer */
	t->answering = true;
	t->progress_ms = http_now_ms();
	t->header_bytes += n;
	if (t->header_bytes > LIMIT_HEADER_BYTES) {
		err_set(&t->request->err, ERR_FORMAT, "the answer's headers are larger than %zu bytes", LIMIT_HEADER_BYTES);
		return 0;
	}
	if (all.n >= 5 && memcmp(all.p, "HTTP/", 5) == 0) {
		begin_head(t);
	} else if (all.n == 0) {
		t->head_ended = true;
	} else if (!t->head_ended && (colon = memchr(all.p, ':', all.n))) {
		size_t name = (size_t)(colon - all.p);

		take_header(t, (struct span){ all.p, name }, trim((struct span){ colon + 1, all.n - name - 1 }));
	}
	return n;
}

int64_t http_date(const char *text)
{
	time_t instant = text[0] ? curl_getdate(text, NULL) : -1;

	return instant > 0 ? (int64_t)instant : 0;
}

int64_t http_retry_after(const char *text, int64_t now)
{
	size_t digits = strspn(text, "0123456789");
	int64_t seconds = 0;

	if (!text[0])
		return -1;
	if (text[digits] == '\0') {
		for (const char *p = text; *p && seconds < HTTP_RETRY_AFTER_MAX_S; p++)
			seconds = seconds * 10 + (*p - '0');
	} else if (!isalpha((unsigned char)text[0]) || !http_date(text)) {
		return -1; /* "-5", "1.5", "soon" */
	} else {
		seconds = http_date(text) - now;
	}
	if (seconds < 0)
		return 0;
	return seconds < HTTP_RETRY_AFTER_MAX_S ? seconds : HTTP_RETRY_AFTER_MAX_S;
}

/* What libcurl's codes are to us, where it is not "no answer, try again". */
static const struct curl_meaning {
	CURLcode code;
	enum err_kind kind;
	const char *stable, *remedy;
} meanings[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_NET, "E-NET-NAME", "check the name server, and the host names of the configuration" },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERR_NET, "E-NET-PROXY", "check the key proxy of the configuration" },
	{ CURLE_PROXY, ERR_NET, "E-NET-PROXY", "check the key proxy of the configuration" },
	{ CURLE_COULDNT_CONNECT, ERR_NET, "E-NET-CONNECT", "check that the address is right and answers; else the firewall, and whether a proxy is needed" },
	{ CURLE_PEER_FAILED_VERIFICATION, ERR_CONFIG, "E-TLS-VERIFY",
	  "check the machine's clock; a proxy that opens TLS needs its authority in ca_file" },
	{ CURLE_SSL_CACERT_BADFILE, ERR_CONFIG, "E-TLS-CA", "check the key ca_file, or install ca-certificates" },
	{ CURLE_SSL_ISSUER_ERROR, ERR_CONFIG, "E-TLS-VERIFY", "check the key ca_file" },
	{ CURLE_URL_MALFORMAT, ERR_CONFIG, NULL, "check the addresses of the configuration" },
	{ CURLE_UNSUPPORTED_PROTOCOL, ERR_NET, NULL, NULL }, /* also an answer that is not HTTP/1 or 2 */
};

int http_curl_error(struct err *e, CURLcode code, const char *detail)
{
	const struct curl_meaning *m = NULL;
	bool quotes_address;

	for (size_t i = 0; i < countof(meanings); i++)
		if (meanings[i].code == code)
			m = &meanings[i];
	/* libcurl's own words may quote a proxy's address, which may hold a password, or a whole URL. */
	quotes_address = strstr(detail, "://") || strchr(detail, '@') || strchr(detail, '?') || code == CURLE_COULDNT_RESOLVE_PROXY;
	if (!detail[0] || quotes_address)
		err_set(e, m ? m->kind : ERR_NET, "%s", curl_easy_strerror(code));
	else
		err_set(e, m ? m->kind : ERR_NET, "%s (%d)", detail, (int)code);
	return m ? err_advise(e, m->stable, m->remedy) : -1;
}
