/* SPDX-License-Identifier: MIT */
/* config_fixture.h - a configuration loaded from a temporary file. Include after cmocka.h. */
#ifndef UNIT_CONFIG_FIXTURE_H
#define UNIT_CONFIG_FIXTURE_H

#define TENANT "83ef9d05-4169-4ef9-9657-0e86b1eab1de"
#define CLIENT "A356AC8C-E310-44F4-BF85-C7F29044AF99"
#define PARTNER "[partner]\ntenant_id = " TENANT "\nclient_id = " CLIENT "\n"
#define CENTER "[partner_center]\ncurrency = EUR\nregion = NL\n"
#define MINIMAL PARTNER CENTER

struct fixture {
	char path[64];
	struct config c;
	struct err e;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->path, sizeof(f->path), "/tmp/test_config.%ld", (long)getpid());
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	config_fini(&f->c);
	free(f);
	return 0;
}

static inline int load_bytes(struct fixture *f, const void *bytes, size_t n)
{
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fclose(file);
	config_fini(&f->c);
	return config_load(&f->c, f->path, &f->e);
}

static inline int load(struct fixture *f, const char *text)
{
	return load_bytes(f, text, strlen(text));
}

static inline void assert_loads(struct fixture *f, const char *text)
{
	if (load(f, text))
		fail_msg("%s", f->e.text);
}

/* TEXT is refused; the error has the place and "..." as given, a code and a remedy. */
static inline void assert_refused(struct fixture *f, const char *text, unsigned line, const char *why)
{
	char place[80];

	if (load(f, text) == 0)
		fail_msg("accepted: %s", text);
	snprintf(place, sizeof(place), line ? "%s:%u: " : "%s: ", f->path, line);
	if (strncmp(f->e.text, place, strlen(place)) != 0 || !strstr(f->e.text, why))
		fail_msg("\"%s\" is not \"%s ... %s\"", f->e.text, place, why);
	assert_int_equal(f->e.kind, ERR_CONFIG);
	assert_string_equal(f->e.code, "E-CONFIG");
	assert_true(strlen(f->e.remedy) > 0);
}

#endif
