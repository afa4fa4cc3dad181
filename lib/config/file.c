/* SPDX-License-Identifier: MIT */
/* The file's lines through libinih into the table of texts, each key once. The first fault ends it.
 *
 * libinih forgets line numbers, holds some 200 bytes of a line and takes every indented line for the continuation of the key before.
 * So it is fed by next_piece(), which hands it one line at a time, indented only where a list goes on, and cuts a long list. */
#include "config/keys.h"

#include "base/mem.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define REMEDY_LINE "a line is [section], key = value, or a comment that starts with #"

struct reading {
	struct config *c;
	const char *path;
	struct err *e;
	bool failed;
	FILE *file;
	char *line; /* of getline */
	size_t line_room;
	unsigned number; /* of the line */
	char *rest;      /* what of the line was not handed out, NULL for nothing */
	bool going_on;   /* the piece handed out last continues a list */
	bool list_open;  /* the last key was a list */
};

static void fail(struct reading *r, const char *remedy)
{
	r->failed = true;
	config_fault(r->e, r->path, r->number, remedy);
}

/* Answers an unknown section with the names of all, an unknown key with those of its section. */
static void refuse_name(struct reading *r, const char *section, const char *name)
{
	bool known = false;
	struct buf remedy;

	buf_init(&remedy, ERR_REMEDY_MAX);
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		if (strcmp(config_keys[i].section, section) == 0) {
			(void)!buf_printf(&remedy, "%s %s", known ? "," : "its keys are", config_keys[i].name);
			known = true;
		}
	}
	for (size_t i = 0; !known && i < CONFIG_KEYS; i++)
		if (i == 0 || strcmp(config_keys[i].section, config_keys[i - 1].section) != 0)
			(void)!buf_printf(&remedy, "%s [%s]", i ? "," : "the sections are", config_keys[i].section);
	if (known)
		err_set(r->e, ERR_CONFIG, "[%s] %.*s: there is no such key", section, SPAN_SHOWN(span_of(name)));
	else if (*section)
		err_set(r->e, ERR_CONFIG, "[%.*s] %.*s: there is no such section", SPAN_SHOWN(span_of(section)),
			SPAN_SHOWN(span_of(name)));
	else
		err_set(r->e, ERR_CONFIG, "%.*s: stands in front of the first [section]", SPAN_SHOWN(span_of(name)));
	fail(r, buf_text(&remedy));
	buf_fini(&remedy);
}

static void continue_list(struct config_value *v, const char *more)
{
	size_t n = strlen(v->text);
	size_t m = strlen(more);

	v->text = xreallocarray(v->text, n + m + 2, 1);
	v->text[n] = ' ';
	memcpy(v->text + n + 1, more, m + 1);
}

/* Of libinih: a key's value, or more of it. */
static int on_value(void *user, const char *section, const char *name, const char *text)
{
	struct reading *r = user;
	const struct config_key *key = config_key_find(section, name);
	struct config_value *v = key ? &r->c->values[key - config_keys] : NULL;

	if (r->failed)
		return 0;
	if (!v) {
		refuse_name(r, section, name);
	} else if (r->going_on && !config_key_is_list(key)) {
		err_set(r->e, ERR_CONFIG, "[%s] %s: the line is too long", section, name);
		fail(r, key->help);
	} else if (r->going_on) {
		continue_list(v, text);
	} else if (v->text) {
		err_set(r->e, ERR_CONFIG, "[%s] %s: given twice, first in line %u", section, name, v->line);
		fail(r, "keep one of the two lines");
	} else {
		v->text = xstrdup(text);
		v->line = r->number;
		r->list_open = config_key_is_list(key);
	}
	return !r->failed;
}

/* Cuts the line at a comment behind it: "; ..." or "# ..." after a blank. */
static void cut_comment(char *line)
{
	for (char *p = line; *p; p++) {
		if ((*p == ';' || *p == '#') && (p == line || strchr(BLANKS, p[-1]))) {
			*p = '\0';
			return;
		}
	}
}

/* Decides what a line is, before libinih sees it; false when it is nothing that may stand there. */
static bool take_line(struct reading *r)
{
	char *start, *close;
	bool indented;

	cut_comment(r->line);
	start = r->line + strspn(r->line, BLANKS);
	start[strcspn(start, "\r\n")] = '\0';
	indented = start > r->line;
	r->going_on = false;
	r->rest = start;
	if (*start == '\0') {
		r->rest = NULL;
		return true;
	}
	if (*start == '[') {
		r->list_open = false;
		close = strchr(start, ']');
		return close && close[1 + strspn(close + 1, BLANKS)] == '\0'; /* libinih drops what stands behind it */
	}
	if (!strpbrk(start, "=:")) {
		r->going_on = true;
		return indented && r->list_open;
	}
	return *start != '=' && *start != ':';
}

/* The next line that is not empty into r->rest; false at the end and after a fault. */
static bool next_line(struct reading *r)
{
	static const char bom[] = "\xef\xbb\xbf";
	ssize_t n;

	while (!r->rest && !r->failed && (n = getline(&r->line, &r->line_room, r->file)) != -1) {
		if (r->number++ == 0 && strncmp(r->line, bom, sizeof(bom) - 1) == 0)
			memset(r->line, ' ', sizeof(bom) - 1);
		if (strlen(r->line) == (size_t)n && take_line(r))
			continue;
		err_set(r->e, ERR_CONFIG, "not a setting"); /* the line is not repeated: it may be a misplaced secret */
		fail(r, REMEDY_LINE);
	}
	return r->rest && !r->failed;
}

/* Of libinih, in place of fgets. */
static char *next_piece(char *piece, int size, void *user)
{
	struct reading *r = user;
	size_t room = (size_t)size - 3; /* a blank in front, a line end and the NUL behind */
	size_t n;

	if (r->rest)
		r->going_on = true; /* the tail of a long line */
	else if (!next_line(r))
		return NULL;
	n = strlen(r->rest);
	if (n > room) {
		n = room;
		while (n > 0 && !strchr(", \t", r->rest[n - 1]))
			n--;
	}
	if (n == 0) {
		err_set(r->e, ERR_CONFIG, "the line is too long");
		fail(r, "at most 190 bytes without a comma");
		return NULL;
	}
	snprintf(piece, (size_t)size, "%s%.*s\n", r->going_on ? " " : "", (int)n, r->rest);
	r->rest = r->rest[n] ? r->rest + n : NULL;
	return piece;
}

int config_read_file(struct config *c, const char *path, struct err *e)
{
	struct reading r = { .c = c, .path = path, .e = e };
	int bad_line;

	r.file = fopen(path, "re");
	if (!r.file) {
		err_errno(e, ERR_CONFIG, "can't be read");
		return config_fault(e, path, 0, "give the configuration file with --config, and let the daemon's group read it");
	}
	bad_line = ini_parse_stream(next_piece, &r, on_value, &r);
	if (!r.failed && ferror(r.file)) {
		err_errno(e, ERR_CONFIG, "can't be read");
		fail(&r, "give a regular file");
	} else if (!r.failed && bad_line) {
		err_set(e, ERR_CONFIG, "is not a configuration file");
		fail(&r, REMEDY_LINE);
	}
	free(r.line);
	fclose(r.file);
	return r.failed ? -1 : 0;
}
