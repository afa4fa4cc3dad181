/* SPDX-License-Identifier: MIT */
/* HAPPY PATH: the file's texts (file.c); then each key, in the order of the table, takes its text or its default into its field
 * (fields.c); then the keys that concern each other are compared. The first fault ends it. */
#include "config/keys.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(enum config_auth) == sizeof(unsigned) && sizeof(enum config_cloud) == sizeof(unsigned) &&
		       sizeof(enum config_granularity) == sizeof(unsigned) && sizeof(enum config_assertion) == sizeof(unsigned) && sizeof(enum log_level) == sizeof(unsigned),
	       "config_read_choice writes enums as unsigned");

/* `cloud` stands before the keys whose defaults depend on it. */
static int settle(struct config *c, const struct config_key *key, struct config_value *v, const char *path, struct err *e)
{
	if (!v->text)
		v->text = xstrdup(config_key_default(key, c->cloud));
	if (key->need == CONFIG_REQUIRED && !*v->text) {
		err_set(e, ERR_CONFIG, "missing");
		return config_key_fault(e, path, key, v->line);
	}
	if (key->read(key, (char *)c + key->field, v->text, e) == -1)
		return config_key_fault(e, path, key, v->line);
	return 0;
}

enum pair_rule { NOT_BOTH, TOGETHER, DIFFERENT };

static const struct pair {
	const char *section, *one, *other;
	enum pair_rule rule;
	const char *remedy;
} pairs[] = {
	{ "partner", "client_secret_file", "client_certificate_file", NOT_BOTH, "remove the one that the application does not use" },
	{ "partner", "client_certificate_file", "client_key_file", TOGETHER, "a certificate needs its private key: give both files" },
	{ "usage", "include_customers", "exclude_customers", NOT_BOTH, "list the customers to fetch, or those not to fetch" },
	{ "database", "path", "publish", DIFFERENT, "publish to another file: the copy would replace the database" },
};

static int check_pair(const struct config *c, const struct pair *pair, const char *path, struct err *e)
{
	static const char *const faults[] = {
		[NOT_BOTH] = "can't both be given", [TOGETHER] = "must be given together", [DIFFERENT] = "must be different"
	};
	const struct config_value *one = &c->values[config_key_find(pair->section, pair->one) - config_keys];
	const struct config_value *other = &c->values[config_key_find(pair->section, pair->other) - config_keys];
	bool has_one = one->text[0] != '\0';
	bool has_other = other->text[0] != '\0';
	bool fine = true;

	switch (pair->rule) {
	case NOT_BOTH:
		fine = !(has_one && has_other);
		break;
	case TOGETHER:
		fine = has_one == has_other;
		break;
	case DIFFERENT:
		fine = strcmp(one->text, other->text) != 0;
		break;
	}
	if (fine)
		return 0;
	err_set(e, ERR_CONFIG, "[%s] %s and %s %s", pair->section, pair->one, pair->other, faults[pair->rule]);
	return config_fault(e, path, one->line > other->line ? one->line : other->line, pair->remedy);
}

int config_load(struct config *c, const char *path, struct err *e)
{
	int rc;

	*c = (struct config){ 0 };
	err_clear(e);
	rc = config_read_file(c, path, e);
	for (size_t i = 0; rc == 0 && i < CONFIG_KEYS; i++)
		rc = settle(c, &config_keys[i], &c->values[i], path, e);
	for (size_t i = 0; rc == 0 && i < countof(pairs); i++)
		rc = check_pair(c, &pairs[i], path, e);
	if (rc)
		config_fini(c);
	return rc;
}

void config_fini(struct config *c)
{
	free(c->include_customers.ids);
	free(c->exclude_customers.ids);
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		free(c->values[i].text);
	*c = (struct config){ 0 };
}
