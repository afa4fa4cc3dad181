/* SPDX-License-Identifier: MIT */
/* replay.c - runs files, and the files of folders, through a target: what libFuzzer does with its arguments, without libFuzzer, so that
 * any compiler can check the seeds. Prints how many there were. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE 4096

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static size_t count;

static void fail(const char *path)
{
	perror(path);
	exit(1);
}

static void run_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(size ? size : 1);

	if (!f || !bytes || fread(bytes, 1, size, f) != size)
		fail(path);
	fclose(f);
	fprintf(stderr, "%s\n", path); /* the last line tells which one it was */
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	count++;
}

static void run(const char *path)
{
	char inner[PATH_SIZE];
	struct dirent *entry;
	struct stat st;
	DIR *folder;

	if (stat(path, &st) == -1)
		fail(path);
	if (!S_ISDIR(st.st_mode)) {
		run_file(path, (size_t)st.st_size);
		return;
	}
	folder = opendir(path);
	if (!folder)
		fail(path);
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		run(inner);
	}
	closedir(folder);
}

int main(int argc, char **argv)
{
	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	printf("%zu\n", count);
	return 0;
}
