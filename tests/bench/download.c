/* SPDX-License-Identifier: MIT */
#include "tests/bench/download.h"

#include <curl/curl.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_A_TIME 8
#define TAIL_BYTES 4096 /* the links at the end of a page have less */
#define URL_MAX 2048
#define TOKEN_MAX 4096

/* One connection's place: the chain that it is in, and the page that comes. */
struct transfer {
	struct download *d;
	CURL *easy;
	struct curl_slist *headers;
	struct chain *chain;
	char *bytes; /* the page, or a window that ends where it does */
	size_t size, room;
};

void download_read_list(struct download *d, const char *path)
{
	char url[URL_MAX];
	struct chain chain;
	size_t room = 0;
	FILE *f = fopen(path, "r");

	if (!f)
		err(1, "%s", path);
	while (fscanf(f, "%39s %15s %2047s", chain.subscription, chain.day, url) == 3) {
		if (d->chain_count == room)
			d->chains = realloc(d->chains, (room = room ? room * 2 : 1024) * sizeof(chain));
		chain.url = strdup(url);
		chain.pages = NULL;
		chain.page_count = 0;
		if (!d->chains || !chain.url)
			err(1, "memory");
		d->chains[d->chain_count++] = chain;
	}
	fclose(f);
}

static size_t on_bytes(char *p, size_t one, size_t n, void *arg)
{
	struct transfer *t = arg;

	(void)one;
	t->d->bytes += n;
	if (!t->d->keep && t->size + n > t->room) {
		size_t stays = t->size < TAIL_BYTES ? t->size : TAIL_BYTES;

		memmove(t->bytes, t->bytes + t->size - stays, stays);
		t->size = stays;
	}
	if (t->size + n + 1 > t->room) {
		t->room = (t->size + n + 1) * 2;
		t->bytes = realloc(t->bytes, t->room);
		if (!t->bytes)
			err(1, "memory");
	}
	memcpy(t->bytes + t->size, p, n);
	t->size += n;
	t->bytes[t->size] = '\0';
	return n;
}

/* The text of a member named NAME behind FROM. */
static bool text_of(const char *from, const char *name, char *out, size_t size)
{
	const char *p = from ? strstr(from, name) : NULL;
	size_t n;

	if (!p)
		return false;
	p += strlen(name);
	n = strcspn(p, "\"");
	if (n >= size)
		errx(1, "a next link is too long");
	memcpy(out, p, n);
	out[n] = '\0';
	return true;
}

static void set_headers(struct transfer *t, const char *token)
{
	char line[TOKEN_MAX + 64];

	curl_slist_free_all(t->headers);
	snprintf(line, sizeof(line), "Authorization: %s", t->d->authorization);
	t->headers = curl_slist_append(NULL, line);
	t->headers = curl_slist_append(t->headers, "Accept: application/json");
	if (token) {
		snprintf(line, sizeof(line), "MS-ContinuationToken: %s", token);
		t->headers = curl_slist_append(t->headers, line);
	}
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static void tell(struct download *d, const char *url, const char *token)
{
	printf("%surl = \"%s\"\noutput = /dev/null\nnoproxy = \"*\"\ncacert = \"%s\"\nheader = \"Authorization: %s\"\n"
	       "header = \"Accept: application/json\"\n", d->told++ ? "next\n" : "", url, d->ca_file, d->authorization);
	if (token)
		printf("header = \"MS-ContinuationToken: %s\"\n", token);
}

static void ask(CURLM *multi, struct transfer *t, const char *url, const char *token)
{
	t->size = 0;
	if (t->d->tell)
		tell(t->d, url, token);
	set_headers(t, token);
	curl_easy_setopt(t->easy, CURLOPT_URL, url);
	curl_multi_add_handle(multi, t->easy);
}

static void keep_page(struct transfer *t)
{
	struct chain *c = t->chain;
	struct page page = { .bytes = malloc(t->size), .size = t->size };

	c->pages = realloc(c->pages, (c->page_count + 1) * sizeof(page));
	if (!page.bytes || !c->pages)
		err(1, "memory");
	memcpy(page.bytes, t->bytes, t->size);
	c->pages[c->page_count++] = page;
}

/* A page is there: on to the next one of its chain, or of another chain. */
static void go_on(CURLM *multi, struct transfer *t, size_t *next_chain)
{
	struct download *d = t->d;
	char uri[URL_MAX], url[URL_MAX + 512], token[TOKEN_MAX];
	const char *next;

	curl_multi_remove_handle(multi, t->easy);
	d->pages++;
	if (d->keep)
		keep_page(t);
	next = strstr(t->bytes + (t->size < TAIL_BYTES ? 0 : t->size - TAIL_BYTES), "\"next\":{");
	if (text_of(next, "\"uri\":\"", uri, sizeof(uri)) && text_of(next, "\"value\":\"", token, sizeof(token))) {
		snprintf(url, sizeof(url), "%s/v1/%s", d->base_url, uri);
		ask(multi, t, url, token);
	} else if (*next_chain < d->chain_count) {
		t->chain = &d->chains[(*next_chain)++];
		ask(multi, t, t->chain->url, NULL);
	}
}

static void check(const CURLMsg *m, const struct transfer *t)
{
	long status = 0;

	if (m->data.result != CURLE_OK)
		errx(1, "%s: %s", t->chain->url, curl_easy_strerror(m->data.result));
	curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		errx(1, "%s: status %ld: %.200s", t->chain->url, status, t->bytes ? t->bytes : "");
}

static void init(struct transfer *t, struct download *d)
{
	*t = (struct transfer){ .d = d, .easy = curl_easy_init() };
	if (!t->easy)
		errx(1, "libcurl");
	curl_easy_setopt(t->easy, CURLOPT_CAINFO, d->ca_file);
	curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, 256L * 1024);
	if (d->gzip)
		curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
}

void download_all(struct download *d)
{
	struct transfer transfers[AT_A_TIME];
	CURLM *multi = curl_multi_init();
	size_t next_chain = 0;
	int running = 1, left;

	for (size_t i = 0; i < AT_A_TIME; i++) {
		init(&transfers[i], d);
		if (next_chain < d->chain_count) {
			transfers[i].chain = &d->chains[next_chain++];
			ask(multi, &transfers[i], transfers[i].chain->url, NULL);
		}
	}
	while (running > 0) {
		const CURLMsg *m;

		curl_multi_perform(multi, &running);
		while ((m = curl_multi_info_read(multi, &left))) {
			struct transfer *t = NULL;

			curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
			check(m, t);
			go_on(multi, t, &next_chain);
			running++;
		}
		if (running > 0)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	for (size_t i = 0; i < AT_A_TIME; i++) {
		curl_easy_cleanup(transfers[i].easy);
		curl_slist_free_all(transfers[i].headers);
		free(transfers[i].bytes);
	}
	curl_multi_cleanup(multi);
}

void download_free(struct download *d)
{
	for (size_t i = 0; i < d->chain_count; i++) {
		for (size_t j = 0; j < d->chains[i].page_count; j++)
			free(d->chains[i].pages[j].bytes);
		free(d->chains[i].pages);
		free(d->chains[i].url);
	}
	free(d->chains);
}
