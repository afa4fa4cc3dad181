/* SPDX-License-Identifier: MIT */
/* histories FOLDER SEED COUNT: applies COUNT random histories, from SEED on, each to a database of its own in FOLDER, and prints what
 * the judge (oracle.py) needs: what an importer polled, problems, and at the end of each history what must now be in its database.
 * histories check DATABASE: prints the invariants that the program finds broken. */
#include "store/invariants.h"
#include "tests/books/history.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS_MAX 4

static void fatal(const char *what)
{
	perror(what);
	exit(2);
}

/* Whether the child came to the end of the history; when it failed, the reason is printed already. */
static bool ended(pid_t child, bool *failed)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		fatal("waitpid");
	*failed = WIFEXITED(status) ? WEXITSTATUS(status) != 0 : WTERMSIG(status) != SIGKILL;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool play_in_child(const struct history *h, const char *database, struct progress *progress, useconds_t until)
{
	bool failed = false, done;
	pid_t child = fork();

	if (child == -1)
		fatal("fork");
	if (child == 0) {
		replay(h, database, progress, stdout);
		fflush(stdout);
		_exit(0);
	}
	if (until) {
		usleep(until);
		kill(child, SIGKILL);
	}
	done = ended(child, &failed);
	if (failed)
		exit(1);
	return done;
}

static void play(const struct history *h, const char *database, struct progress *progress)
{
	struct rng rng = { h->seed };

	if (h->killing == KILL_NEVER) {
		replay(h, database, progress, stdout);
		return;
	}
	for (int i = 0; h->killing == KILL_BY_TIME && i < KILLS_MAX; i++)
		if (play_in_child(h, database, progress, 1 + (useconds_t)rng_below(&rng, 60000)))
			return;
	while (!play_in_child(h, database, progress, 0))
		;
}

static int on_broken(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	(void)rows, (void)names, (void)e;
	for (int i = 0; i < columns; i++)
		printf("%s%s", values[i] ? values[i] : "", i + 1 < columns ? "|" : "\n");
	return 0;
}

static int check(const char *database)
{
	struct store_options options = { .path = database, .read_only = true };
	struct store_rows rows = { .on_row = on_broken };
	struct store *s = NULL;
	struct err e = ERR_INIT;
	int64_t count;
	int rc = store_open(&s, &options, &e);

	if (rc == 0)
		rc = store_check_invariants(s, &rows, &count, &e);
	if (rc == -1)
		fprintf(stderr, "%s\n", e.text);
	store_close(s);
	return rc == -1;
}

int main(int argc, char **argv)
{
	struct progress *progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static struct history h;
	char path[250];
	uint64_t seed, count;

	if (argc == 3 && strcmp(argv[1], "check") == 0)
		return check(argv[2]);
	if (argc != 4 || progress == MAP_FAILED)
		return 2;
	seed = strtoull(argv[2], NULL, 10);
	count = strtoull(argv[3], NULL, 10);
	for (uint64_t i = 0; i < count; i++) {
		memset(progress, 0, sizeof(*progress));
		history_make(&h, seed + i);
		snprintf(path, sizeof(path), "%s/%llu", argv[1], (unsigned long long)h.seed);
		if (mkdir(path, 0700) == -1)
			fatal(path);
		strcat(path, "/usage.db");
		play(&h, path, progress);
		history_print(&h, progress, path, stdout);
		history_free(&h);
	}
	return 0;
}
