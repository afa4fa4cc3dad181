/* SPDX-License-Identifier: MIT */
#include "recorded.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Notes the ids of a list, with or without a byte order mark before it. */
static int
read_ids(struct recorded_doc *d, struct err *e)
{
	size_t skip = d->body.len >= 3 && memcmp(d->body.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	json_error_t je;
	json_t *root = json_loadb(d->body.p + skip, d->body.len - skip, 0, &je);
	json_t *items = json_object_get(root, "items");

	if (!json_is_array(items)) {
		json_decref(root);
		return err_set(e, "%s: not a JSON collection with items", d->conf->path);
	}
	d->count = json_array_size(items);
	d->ids = mem_new(d->count, sizeof(*d->ids));
	d->azure = mem_new(d->count, sizeof(*d->azure));
	for (size_t i = 0; i < d->count; i++) {
		const char *id = json_string_value(json_object_get(json_array_get(items, i), "id"));
		const char *offer = json_string_value(json_object_get(json_array_get(items, i), "offerId"));

		if (id != NULL && parse_guid(id, d->ids[i]) != 0)
			d->ids[i][0] = '\0';
		d->azure[i] = offer != NULL && strncmp(offer, "MS-AZR-", 7) == 0;
	}
	json_decref(root);
	return 0;
}

int
recorded_load(struct world *w, struct err *e)
{
	w->docs = mem_new(w->s.recorded_count, sizeof(*w->docs));
	for (size_t i = 0; i < w->s.recorded_count; i++) {
		struct recorded_doc *d = &w->docs[i];

		d->conf = &w->s.recorded[i];
		if (text_file(&d->body, d->conf->path, e) != 0)
			return err_wrap(e, "[recorded]");
		if ((d->conf->kind == RECORDED_CUSTOMERS || d->conf->kind == RECORDED_SUBSCRIPTIONS) && read_ids(d, e) != 0)
			return err_wrap(e, "[recorded]");
	}
	return 0;
}

void
recorded_free(struct world *w)
{
	for (size_t i = 0; w->docs != NULL && i < w->s.recorded_count; i++) {
		text_fini(&w->docs[i].body);
		free(w->docs[i].ids);
		free(w->docs[i].azure);
	}
	free(w->docs);
}

const struct recorded_doc *
recorded_find(const struct world *w, enum recorded_kind kind, const char *who, int32_t from, int32_t to)
{
	for (size_t i = 0; i < w->s.recorded_count; i++) {
		const struct recorded_conf *r = w->docs[i].conf;

		if (r->kind != kind || strcmp(r->who, who) != 0)
			continue;
		if (kind != RECORDED_UTILIZATION || (r->from <= to && from <= r->to))
			return &w->docs[i];
	}
	return NULL;
}

int
recorded_has(const struct world *w, enum recorded_kind kind, const char *id, int *azure)
{
	for (size_t i = 0; i < w->s.recorded_count; i++) {
		const struct recorded_doc *d = &w->docs[i];

		for (size_t k = 0; d->conf->kind == kind && k < d->count; k++) {
			if (strcmp(d->ids[k], id) == 0) {
				*azure = d->azure[k];
				return 1;
			}
		}
	}
	return 0;
}
