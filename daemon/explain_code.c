/* SPDX-License-Identifier: MIT */
#include "daemon/explain_code.h"

#include "base/util.h"
#include "daemon/codes.h"
#include "daemon/exit_code.h"
#include "daemon/say.h"

#include <string.h>
#include <strings.h>

#define AADSTS "AADSTS" /* how Microsoft's own messages and lists write Entra's numbers */
#define PARTNER "E-PC-"
#define NEAREST 3
#define COLUMN 34 /* the longest code of the table fits */

static bool is_number(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == '\0';
}

bool explain_is_code(const char *word)
{
	return strncasecmp(word, "E-", 2) == 0 || strncasecmp(word, AADSTS, strlen(AADSTS)) == 0 || is_number(word);
}

/* CODE as the table has it: capitals, "AADSTS700082" and "700082" as "E-AUTH-700082". */
static void normalise(const char *word, char code[ERR_CODE_MAX])
{
	const char *tail = strncasecmp(word, AADSTS, strlen(AADSTS)) == 0 ? word + strlen(AADSTS) : is_number(word) ? word : NULL;

	snprintf(code, ERR_CODE_MAX, "%s%s", tail ? "E-AUTH-" : "", tail ? tail : word);
	for (char *p = code; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
}

/* Levenshtein's: how many letters must be changed, left out or put in. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[ERR_CODE_MAX + 1];
	size_t n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < n; j++) {
			unsigned best = corner + (a[i] != b[j]);

			corner = row[j + 1];
			if (corner + 1 < best)
				best = corner + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			row[j + 1] = best;
		}
	}
	return row[n];
}

struct near {
	unsigned distance;
	const char *code;
};

static void find_nearest(const char *code, struct near found[NEAREST])
{
	for (size_t i = 0; i < NEAREST; i++)
		found[i] = (struct near){ ~0u, "" };
	for (size_t i = 0; i < codes_count(); i++) {
		struct near candidate = { .code = codes_at(i).code };

		candidate.distance = distance(code, candidate.code);
		for (size_t at = 0; at < NEAREST; at++) {
			if (candidate.distance < found[at].distance) {
				struct near moved = found[at];

				found[at] = candidate;
				candidate = moved;
			}
		}
	}
}

static int unknown(const char *code)
{
	struct near near[NEAREST];
	struct err e = ERR_INIT;
	char remedy[ERR_REMEDY_MAX];

	find_nearest(code, near);
	err_set(&e, ERR_CONFIG, "the code \"%s\" is not in the table", code);
	snprintf(remedy, sizeof(remedy), "the nearest are %s, %s and %s; csp-usaged explain lists all%s", near[0].code, near[1].code, near[2].code,
		 strncmp(code, "E-AUTH-", 7) == 0 ? "; a number of Entra is explained by Microsoft's list of AADSTS codes" : "");
	err_advise(&e, NULL, remedy);
	return say_error(&e);
}

/* A bare NUMBER that is none of Entra's: Partner Center's. CODE changes only when it is. */
static bool find_partner(const char *number, char code[ERR_CODE_MAX], struct code *c)
{
	char other[ERR_CODE_MAX];

	snprintf(other, sizeof(other), "%s%s", PARTNER, number);
	if (!codes_find(other, c))
		return false;
	snprintf(code, ERR_CODE_MAX, "%s", other);
	return true;
}

int explain_code(const char *word, FILE *out)
{
	char code[ERR_CODE_MAX];
	struct code c;

	normalise(word, code);
	if (!codes_find(code, &c) && !(is_number(word) && find_partner(word, code, &c)))
		return unknown(code);
	fprintf(out, "%s\n  meaning     %s\n  what to do  %s\n  the daemon  %s\n", code, c.meaning, c.remedy, code_doing_text(c.doing));
	return EXIT_CODE_DONE;
}

void explain_code_list(FILE *out)
{
	for (size_t i = 0; i < codes_count(); i++) {
		struct code c = codes_at(i);

		fprintf(out, "%-*s %s\n", COLUMN, c.code, c.meaning);
	}
}

/* A line of text that mdoc takes as it stands: no request at its beginning, no escape in it, and "-" as what one types. */
static void print_mdoc(const char *text, FILE *out)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

void explain_mdoc(FILE *out)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < codes_count(); i++) {
		struct code c = codes_at(i);

		fputs(".It Sy ", out);
		print_mdoc(c.code, out);
		fputc('\n', out);
		print_mdoc(c.meaning, out);
		fputs(".\n.br\nWhat to do: ", out);
		print_mdoc(c.remedy, out);
		fputs(".\n.br\nThe daemon ", out);
		print_mdoc(code_doing_text(c.doing), out);
		fputs(".\n", out);
	}
	fputs(".El\n", out);
}
