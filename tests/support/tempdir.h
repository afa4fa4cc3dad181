/* SPDX-License-Identifier: MIT */
/* tempdir.h - a folder of the test's own, 0700, and small files in it. */
#ifndef SUPPORT_TEMPDIR_H
#define SUPPORT_TEMPDIR_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPDIR_SIZE 64
#define TEMPDIR_PATH 512

static inline void tempdir_make(char dir[TEMPDIR_SIZE])
{
	snprintf(dir, TEMPDIR_SIZE, "/tmp/csp-test-XXXXXX");
	if (!mkdtemp(dir))
		abort();
}

static inline const char *tempdir_path(const char *dir, const char *name)
{
	static char path[TEMPDIR_PATH];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static inline void tempdir_put(const char *dir, const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(tempdir_path(dir, name), "w");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0 || chmod(tempdir_path(dir, name), mode) != 0)
		abort();
}

/* The file's text, "" when there is none; good until the next call. */
static inline const char *tempdir_get(const char *dir, const char *name)
{
	static char text[200000];
	FILE *f = fopen(tempdir_path(dir, name), "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

/* Entries but "." and ".."; with REMOVE they are deleted on the way. */
static inline int tempdir_count(const char *dir, int remove)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int count = 0;

	while (d && (entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (remove && unlink(tempdir_path(dir, entry->d_name)) != 0)
			(void)rmdir(tempdir_path(dir, entry->d_name));
	}
	if (d)
		closedir(d);
	return count;
}

static inline void tempdir_remove(const char *dir)
{
	(void)chmod(dir, 0700);
	(void)tempdir_count(dir, 1);
	(void)rmdir(dir);
}

#endif
