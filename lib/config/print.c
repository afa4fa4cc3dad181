/* SPDX-License-Identifier: MIT */
#include "config/keys.h"

#include <string.h>

#define WIDTH 100

/* TEXT as comment lines, broken at blanks. */
static int put_comment(struct buf *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column && column + 1 + word > WIDTH) {
			if (buf_add_text(out, "\n"))
				return -1;
			column = 0;
		}
		if (buf_printf(out, "%s%.*s", column ? " " : "# ", (int)word, text))
			return -1;
		column += (column ? 1 : 2) + word;
		text += word;
		text += strspn(text, " ");
	}
	return buf_add_text(out, "\n");
}

/* " One of: user, app.", " From 0 to 30." */
static int put_limits(struct buf *line, const struct config_key *key)
{
	for (unsigned i = 0; key->words && key->words[i]; i++)
		if (buf_printf(line, "%s%s", i ? ", " : " One of: ", key->words[i]))
			return -1;
	if (key->words)
		return buf_add_text(line, ".");
	if (key->read == config_read_int)
		return buf_printf(line, " From %lld to %lld.", (long long)key->min, (long long)key->max);
	if (key->read == config_read_duration)
		return buf_printf(line, " At most %lld s.", (long long)key->max);
	return 0;
}

/* What the key means, and on a line of their own the default and the limits. */
static int put_help(struct buf *out, const struct config_key *key, const char *fallback)
{
	struct buf line;
	int rc;

	buf_init(&line, out->max);
	if (key->need == CONFIG_REQUIRED)
		rc = buf_add_text(&line, "Required.");
	else
		rc = buf_printf(&line, "Default: %s.", *fallback ? fallback : "none");
	rc = rc || put_limits(&line, key) || put_comment(out, key->help) || put_comment(out, buf_text(&line));
	buf_fini(&line);
	return rc ? -1 : 0;
}

static int put_key(struct buf *out, const struct config *c, size_t i, enum config_form form)
{
	const struct config_key *key = &config_keys[i];
	const char *fallback = config_key_default(key, c ? c->cloud : CONFIG_CLOUD_GLOBAL);
	const char *text = c ? c->values[i].text : fallback;
	bool quiet = form == CONFIG_EXAMPLE && key->need != CONFIG_REQUIRED && strcmp(text, fallback) == 0;

	if (i == 0 || strcmp(key->section, config_keys[i - 1].section) != 0)
		if (buf_printf(out, "%s[%s]\n", i ? "\n" : "", key->section))
			return -1;
	if (put_help(out, key, fallback))
		return -1;
	return buf_printf(out, "%s%s =%s%s\n", quiet ? "#" : "", key->name, *text ? " " : "", text);
}

int config_print(const struct config *c, enum config_form form, const struct config_note *notes, size_t note_count, struct buf *out)
{
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		if (put_key(out, c, i, form))
			return -1;
	if (note_count && buf_add_text(out, "\n# The rules in force, which are not configured:\n"))
		return -1;
	for (size_t i = 0; i < note_count; i++) {
		struct buf line;
		int rc;

		buf_init(&line, out->max);
		rc = buf_printf(&line, "%s: %s", notes[i].name, notes[i].text) || put_comment(out, buf_text(&line));
		buf_fini(&line);
		if (rc)
			return -1;
	}
	return 0;
}
