/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "world.h"

enum { SALT_METER = 3, SALT_TEMPLATE = 4 };

struct service {
	const char *category, *subcategory, *name, *unit, *provider;
};

static const struct service services[] = {
	{"Virtual Machines", "Standard_D2_v3 VM (Windows)", "Compute Hours", "Hours", "Microsoft.Compute/virtualMachines/vm"},
	{"Virtual Machines", "Dv3 Series", "D4 v3", "1 Hour", "Microsoft.Compute/virtualMachines/web"},
	{"Storage", "Premium Page Blob", "Disks P10", "1/Month", "Microsoft.Compute/disks/disk"},
	{"Storage", "Geo Redundant", "Standard IO - Page Blob/Disk (GB)", "GB", "Microsoft.Storage/storageAccounts/stor"},
	{"Data Management", "", "Standard IO - Block Blob Write Operation Units (in 10,000s)", "10,000s",
	    "Microsoft.Storage/storageAccounts/blob"},
	{"Networking", "Data Transfer Out", "Data Transfer Out (GB)", "GB", "Microsoft.Network/publicIPAddresses/ip"},
	{"Networking", "ExpressRoute ", "Basic Gateway Hours", "1 GB/Hr", "Microsoft.Network/virtualNetworkGateways/gw"},
	{"Data Services", "SQL Database", "Standard S3 Secondary Database Days", "Days", "Microsoft.Sql/servers/sql"},
	{"Azure App Service", "", "Standard Small App Service Hours", "Hours", "Microsoft.Web/sites/app"},
	{"Azure DNS", "", "Public Zones", "1", "Microsoft.Network/dnszones/zone"},
	{"Recovery Services", "", "VM \\\"Protected Instances\\\"", "1 VM", "Microsoft.RecoveryServices/vaults/vault"},
	{"Azure Monitor", "Log Analytics", "Datenaufnahme f\xc3\xbcr Protokolle", "GB",
	    "Microsoft.OperationalInsights/workspaces/log"},
	{"Cognitive Services", "\xec\x96\xb8\xec\x96\xb4", "S0 Text Records", "1,000s", "Microsoft.CognitiveServices/accounts/cog"},
};

static const char *const regions[] = {"EU West", "EU North", "US West", "US South Central", "JA East", "KR South", "", "Zone 1"};
static const char *const locations[] = {"westeurope", "northeurope", "uswest", "global", "jaeast", "koreasouth"};

static const char *const tag_sets[] = {
	"{\"env\":\"prod\",\"costcenter\":\"4711\"}",
	"{\"owner\":\"J\xc3\xbcrgen M\xc3\xbcller\",\"env\":\"test\"}",
	"{\"\xeb\xb6\x80\xec\x84\x9c\":\"\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4 \xed\x8c\x80\"}",
	"{\"mood\":\"\\ud83d\\ude80 launch\",\"path\":\"C:\\\\apps\\\\web\"}",
	"{\"quote\":\"the \\\"big\\\" one\",\"empty\":\"\",\"tab\":\"a\\tb\"}",
	"{\"ms-resource-usage\":\"azure-cloud-shell\"}",
	"{}",
};

static const char *const info_sets[] = {
	"{\"ServiceType\":\"Standard_D2_v3\",\"ImageType\":\"Windows Server BYOL\",\"UsageType\":\"ComputeHR\"}",
	"{\"azurestack.region\":\"local\",\"VCPUs\":\"2\"}",
	"{\"RI_data\":\"\",\"Note\":\"\xe2\x82\xac 5 \\/ day\"}",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
make_meter(struct world *w, size_t index)
{
	struct meter *m = &w->meters[index];
	uint64_t h = hash_three((uint64_t)w->s.generate.seed, SALT_METER, index);
	const struct service *service = &services[h % COUNT(services)];
	int64_t exponent = w->s.quirks.exponent;
	char id[37];

	m->hash = h;
	m->name = service->name;
	m->category = service->category;
	m->subcategory = service->subcategory;
	m->unit = service->unit;
	m->region = regions[(h >> 8) % COUNT(regions)];
	m->kind = quantity_kind_of(h >> 16);
	m->exponent = exponent == EXPONENT_ALWAYS || (exponent == EXPONENT_SOME && (h >> 32 & 1));
	hash_guid(h, id);
	world_guid(w, id, 0, m->id);
}

void
catalog_put_head(const struct meter *m, struct text *out)
{
	text_printf(out,
	    "\"resource\":{\"id\":\"%s\",\"name\":\"%s\",\"category\":\"%s\",\"subcategory\":\"%s\",\"region\":\"%s\"},\"quantity\":",
	    m->id, m->name, m->category, m->subcategory, m->region);
}

static void
put_tail(struct world *w, struct template *t, uint64_t h)
{
	struct text *f = &w->fragments;

	t->tail = f->len;
	if (t->has_uri) {
		text_printf(f, "\",\"location\":\"%s\",\"partNumber\":\"\",\"orderNumber\":\"\"", locations[(h >> 8) % COUNT(locations)]);
		if ((int64_t)((h >> 16) % 100) < w->s.generate.tags_percent)
			text_printf(f, ",\"tags\":%s", tag_sets[(h >> 24) % COUNT(tag_sets)]);
		if ((h >> 32) % 4 == 0)
			text_printf(f, ",\"additionalInfo\":%s", info_sets[(h >> 40) % COUNT(info_sets)]);
		text_puts(f, "}");
	}
	text_puts(f, ",\"attributes\":{\"objectType\":\"AzureUtilizationRecord\"}}");
	t->tail_len = f->len - t->tail;
}

static void
make_template(struct world *w, size_t index)
{
	struct template *t = &w->templates[index];
	uint64_t h = hash_three((uint64_t)w->s.generate.seed, SALT_TEMPLATE, index);
	int64_t form = w->s.quirks.instance_data == INSTANCE_MIXED ? (int64_t)(h % 3) : w->s.quirks.instance_data;
	size_t unpriced = (size_t)w->s.generate.unpriced_meters;
	const struct service *service;
	struct text *f = &w->fragments;

	t->meter = (uint32_t)(hash_mix(h) % (uint64_t)w->s.generate.meters);
	if (unpriced > 0 && index % 29 == 5)
		t->meter = (uint32_t)((size_t)w->s.generate.meters + index / 29 % unpriced);
	service = &services[w->meters[t->meter].hash % COUNT(services)];
	t->has_uri = form == INSTANCE_FULL;
	t->head = f->len;
	catalog_put_head(&w->meters[t->meter], f);
	t->head_len = f->len - t->head;
	t->before = f->len;
	text_printf(f, ",\"unit\":\"%s\",\"infoFields\":", service->unit);
	if (form == INSTANCE_MISSING)
		text_printf(f, "{\"meteredRegion\":\"%s\",\"meteredService\":\"%s\",\"meteredServiceType\":\"legacy\",\"project\":\"project-%zu\"}",
		    locations[(h >> 8) % COUNT(locations)], service->category, index);
	else
		text_puts(f, "{}");
	if (form == INSTANCE_NULL)
		text_puts(f, ",\"instanceData\":null");
	else if (form == INSTANCE_FULL)
		text_puts(f, ",\"instanceData\":{\"resourceUri\":\"/subscriptions/");
	t->before_len = f->len - t->before;
	t->path = f->len;
	text_printf(f, "/resourceGroups/rg-%s-%llu/providers/%s-", locations[(h >> 12) % COUNT(locations)],
	    (unsigned long long)((h >> 48) % 20), service->provider);
	t->path_len = f->len - t->path;
	put_tail(w, t, h);
}

static void
find_row_max(struct world *w)
{
	size_t longest = 0;

	for (size_t i = 0; i < w->template_count; i++) {
		const struct template *t = &w->templates[i];
		size_t n = t->head_len + t->before_len + t->path_len + t->tail_len;

		longest = n > longest ? n : longest;
	}
	w->row_max = longest + 256;
}

void
catalog_make(struct world *w)
{
	const struct generate_conf *g = &w->s.generate;
	int64_t templates = g->rows_per_day * 8;

	w->meter_count = (size_t)(g->meters + g->unpriced_meters);
	w->meters = mem_new(w->meter_count, sizeof(*w->meters));
	for (size_t i = 0; i < w->meter_count; i++)
		make_meter(w, i);
	w->template_count = (size_t)(templates < 256 ? 256 : templates > 4096 ? 4096 : templates);
	w->templates = mem_new(w->template_count, sizeof(*w->templates));
	for (size_t i = 0; i < w->template_count; i++)
		make_template(w, i);
	find_row_max(w);
}

void
catalog_free(struct world *w)
{
	free(w->meters);
	free(w->templates);
	text_fini(&w->fragments);
}
