/* SPDX-License-Identifier: MIT */
/* download.h - every page of usage of many slices by libcurl, eight chains at a time: how fast the network and TLS alone are, and where
 * the other stages take their pages from. */
#ifndef BENCH_DOWNLOAD_H
#define BENCH_DOWNLOAD_H

#include <stdbool.h>
#include <stddef.h>

struct page {
	char *bytes;
	size_t size;
};

struct chain { /* the pages of one slice */
	char subscription[40], day[16];
	char *url;  /* of the first page */
	struct page *pages;
	size_t page_count;
};

struct download {
	const char *base_url, *ca_file, *authorization; /* borrowed */
	bool gzip, keep;    /* keep: pages stay in memory; else they are thrown away, but for their end, which leads on */
	bool tell;          /* prints each page's request as curl's --config wants it */
	struct chain *chains;
	size_t chain_count;
	size_t pages, bytes, told; /* done so far; bytes: decompressed */
};

/* Reads "SUBSCRIPTION DAY URL" lines. Ends the process when that fails. */
void download_read_list(struct download *d, const char *path);
/* Gets all pages. Ends the process when one can't be had. */
void download_all(struct download *d);
void download_free(struct download *d);

#endif
