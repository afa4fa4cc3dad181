/* SPDX-License-Identifier: MIT */
#include "daemon/scope.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 65536
#define NAME_MAX_BYTES 40 /* of a column that could be the subscription's */
#define REMEDY "give one subscription id (a GUID) a line, or a CSV with such a column"

int scope_compare(struct guid a, struct guid b)
{
	return memcmp(a.b, b.b, sizeof(a.b));
}

void scope_fini(struct scope *s)
{
	free(s->ids);
	*s = (struct scope){ .ids = NULL };
}

/* What is within quotes, braces and blanks. */
static struct span strip(struct span s)
{
	static const char around[] = " \t\r\"'{}";

	while (s.n && strchr(around, s.p[0]) && s.p[0])
		s = (struct span){ s.p + 1, s.n - 1 };
	while (s.n && strchr(around, s.p[s.n - 1]) && s.p[s.n - 1])
		s.n--;
	return s;
}

/* Takes the next field off LINE. False when there is none. */
static bool next_field(struct span *line, struct span *field)
{
	bool quoted = false;
	size_t n = 0;

	if (!line->p)
		return false;
	while (n < line->n && (quoted || !(line->p[n] == ',' || line->p[n] == ';' || line->p[n] == '\t'))) {
		quoted = quoted != (line->p[n] == '"');
		n++;
	}
	*field = strip((struct span){ line->p, n });
	*line = n < line->n ? (struct span){ line->p + n + 1, line->n - n - 1 } : (struct span){ NULL, 0 };
	return true;
}

static bool is_guid(struct span field, struct guid *id)
{
	struct err ignored = ERR_INIT;

	return guid_parse(id, field, &ignored) == 0;
}

/* Whether a header's field is the name of the column we look for: letters alone count, in any case. */
static bool is_name_of_id(struct span field)
{
	static const char *const names[] = { "subscriptionid", "azuresubscriptionid", "subscriptionguid", "entitlementid" };
	char name[NAME_MAX_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < field.n && n < sizeof(name) - 1; i++) {
		char c = field.p[i];

		if (c >= 'A' && c <= 'Z')
			name[n++] = (char)(c - 'A' + 'a');
		else if (c >= 'a' && c <= 'z')
			name[n++] = c;
	}
	name[n] = '\0';
	for (size_t i = 0; i < countof(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* The place of the id's column by the header LINE, from 0; -1 when it has none of that name. */
static int find_column(struct span line)
{
	struct span field;

	for (int column = 0; next_field(&line, &field); column++)
		if (is_name_of_id(field))
			return column;
	return -1;
}

/* The id of a line: that of the column, or the first one when COLUMN is -1. */
static bool find_id(struct span line, int column, struct guid *id)
{
	struct span field;

	for (int at = 0; next_field(&line, &field); at++)
		if ((column == -1 || at == column) && is_guid(field, id))
			return true;
	return false;
}

static int by_id_and_line(const void *a, const void *b)
{
	const struct scope_id *x = a, *y = b;
	int order = scope_compare(x->id, y->id);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void sort_and_drop_repeats(struct scope *s)
{
	size_t kept = 0;

	if (s->count)
		qsort(s->ids, s->count, sizeof(*s->ids), by_id_and_line);
	for (size_t i = 0; i < s->count; i++)
		if (kept == 0 || scope_compare(s->ids[kept - 1].id, s->ids[i].id) != 0)
			s->ids[kept++] = s->ids[i];
	s->count = kept;
}

static int fail(struct err *e, const char *file, unsigned line, const char *what)
{
	if (line)
		err_set(e, ERR_CONFIG, "%s:%u: %s", file, line, what);
	else
		err_set(e, ERR_CONFIG, "%s: %s", file, what);
	return err_advise(e, NULL, REMEDY);
}

/* Takes the next line off TEXT, without its end. */
static struct span next_line(struct span *text)
{
	const char *end = memchr(text->p, '\n', text->n);
	struct span line = { text->p, end ? (size_t)(end - text->p) : text->n };
	size_t taken = line.n + (end != NULL);

	*text = (struct span){ text->p + taken, text->n - taken };
	return line;
}

int scope_parse(struct scope *s, const char *file, struct span text, struct err *e)
{
	size_t room = 0;
	int column = -1;
	bool begun = false;

	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		text = (struct span){ text.p + 3, text.n - 3 };
	if (text.n && memchr(text.p, '\0', text.n))
		return fail(e, file, 0, "not a text in UTF-8");
	for (unsigned number = 1; text.n; number++) {
		struct span line = next_line(&text), bare = strip(line);
		struct scope_id found = { .line = number };

		if (bare.n == 0 || bare.p[0] == '#')
			continue;
		if (find_id(line, column, &found.id)) {
			if (s->count == room) {
				room = room ? room * 2 : 256;
				s->ids = xreallocarray(s->ids, room, sizeof(*s->ids));
			}
			s->ids[s->count++] = found;
		} else if (begun) {
			return fail(e, file, number, "there is no subscription id in this line");
		} else {
			column = find_column(line);
		}
		begun = true;
	}
	sort_and_drop_repeats(s);
	return s->count ? 0 : fail(e, file, 0, "there is no subscription id in it");
}

static int read_file(int fd, struct buf *text, const char *file, struct err *e)
{
	char *bytes = xmalloc(READ_BYTES);
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = read(fd, bytes, READ_BYTES)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_errno(e, ERR_CONFIG, "read %s", file);
		else if (buf_add(text, bytes, (size_t)n) == -1)
			rc = err_set(e, ERR_CONFIG, "%s has more than %zu bytes", file, SCOPE_BYTES_MAX);
	}
	free(bytes);
	return rc;
}

int scope_read(struct scope *s, const char *file, struct err *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct buf text;
	int rc;

	if (fd == -1) {
		err_errno(e, ERR_CONFIG, "open %s", file);
		return err_advise(e, NULL, REMEDY);
	}
	buf_init(&text, SCOPE_BYTES_MAX);
	rc = read_file(fd, &text, file, e);
	if (rc == 0)
		rc = scope_parse(s, file, buf_span(&text), e);
	buf_fini(&text);
	close(fd);
	return rc;
}
