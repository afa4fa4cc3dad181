/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/err.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TEXT_END (LOG_LINE_MAX - 5) /* behind it there is room for `..."` and the line end */
#define UNIT_MAX 4                  /* longest escape or character: these are not cut in two */

/* The only state of the process that is not owned by an object: how to speak on stderr. */
static struct {
	enum log_level level;
	bool journal;
	void (*before)(void);
	void (*after)(void);
} output = { .level = LOG_INFO };

/* syslog priorities as sd-daemon(3) wants them in front of a line */
static const char *const prefixes[] = {
	[LOG_ERROR] = "<3>", [LOG_WARN] = "<4>", [LOG_INFO] = "<6>", [LOG_DEBUG] = "<7>",
};

void log_setup(enum log_level level, bool journal)
{
	output.level = level;
	output.journal = journal;
}

void log_set_hooks(void (*before)(void), void (*after)(void))
{
	output.before = before;
	output.after = after;
}

bool log_enabled(enum log_level level)
{
	return level <= output.level;
}

bool log_stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char mine[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) == -1)
		return false;
	snprintf(mine, sizeof(mine), "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return strcmp(stream, mine) == 0;
}

/* Appends as long as there is room for `..."` and the line end. */
static void append(struct log_line *l, const char *bytes, size_t n)
{
	size_t room = l->n < TEXT_END ? TEXT_END - l->n : 0;

	if (!l->on)
		return;
	if (n > room) {
		n = n > UNIT_MAX ? room : 0;
		memcpy(l->text + l->n, bytes, n);
		memcpy(l->text + l->n + n, "...", 3);
		l->n += n + 3;
		l->on = false; /* full: later fields are dropped; log_finish still writes */
		return;
	}
	memcpy(l->text + l->n, bytes, n);
	l->n += n;
}

static void append_time(struct log_line *l)
{
	struct timespec now;
	struct tm tm;
	char text[40];
	int n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ ", tm.tm_year + 1900, tm.tm_mon + 1,
		     tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000);
	if (n > 0)
		append(l, text, (size_t)n);
}

void log_start(struct log_line *l, enum log_level level, const char *event)
{
	l->on = log_enabled(level);
	l->level = level;
	l->n = 0;
	if (!l->on)
		return;
	if (output.journal)
		append(l, prefixes[level], strlen(prefixes[level]));
	else
		append_time(l);
	append(l, "event=", 6);
	append(l, event, strlen(event));
}

static void append_key(struct log_line *l, const char *key)
{
	append(l, " ", 1);
	append(l, key, strlen(key));
	append(l, "=", 1);
}

void log_int(struct log_line *l, const char *key, int64_t value)
{
	char text[24];
	int n;

	if (!l->on)
		return;
	append_key(l, key);
	n = snprintf(text, sizeof(text), "%lld", (long long)value);
	if (l->on && n > 0)
		append(l, text, (size_t)n);
}

static bool is_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
			return false;
	}
	return s.n > 0;
}

static void append_escaped(struct log_line *l, struct span s, bool cut)
{
	char escape[8];

	append(l, "\"", 1);
	if (!l->on)
		return;
	for (size_t i = 0; i < s.n && l->on;) {
		unsigned char c = (unsigned char)s.p[i];
		size_t len = utf8_printable(s.p + i, s.n - i);

		if (c == '"' || c == '\\') {
			escape[0] = '\\';
			escape[1] = (char)c;
			append(l, escape, 2);
		} else if (len) {
			append(l, s.p + i, len);
		} else {
			int n = c == '\n' ? snprintf(escape, sizeof(escape), "\\n")
					  : snprintf(escape, sizeof(escape), "\\x%02x", c);
			append(l, escape, (size_t)n);
		}
		i += len ? len : 1;
	}
	if (cut)
		append(l, "...", 3);
	l->text[l->n++] = '"'; /* of a full line too: the quote has its room behind TEXT_END */
}

void log_span(struct log_line *l, const char *key, struct span value)
{
	bool cut = value.n > LOG_VALUE_MAX;

	if (!l->on)
		return;
	append_key(l, key);
	if (!l->on)
		return;
	if (cut)
		value.n = LOG_VALUE_MAX;
	if (is_plain(value) && !cut)
		append(l, value.p, value.n);
	else
		append_escaped(l, value, cut);
}

void log_text(struct log_line *l, const char *key, const char *value)
{
	log_span(l, key, span_of(value));
}

void log_err(struct log_line *l, const struct err *e)
{
	if (e->code[0])
		log_text(l, "code", e->code);
	log_text(l, "error", e->text);
	if (e->remedy[0])
		log_text(l, "remedy", e->remedy);
}

void log_finish(struct log_line *l)
{
	size_t done = 0;

	if (!log_enabled(l->level) || l->n == 0)
		return;
	l->text[l->n++] = '\n';
	if (output.before)
		output.before();
	while (done < l->n) {
		ssize_t n = write(STDERR_FILENO, l->text + done, l->n - done);

		if (n <= 0)
			break; /* nobody listens: there is no one to tell */
		done += (size_t)n;
	}
	if (output.after)
		output.after();
}
