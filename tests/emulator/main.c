/* SPDX-License-Identifier: MIT */
/* csp-usaged-emulator - Entra and Partner Center on this machine. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"
#include "totals.h"

#ifndef EMULATOR_VERSION
#define EMULATOR_VERSION "0.1.0"
#endif

static int
read_scenario(struct scenario *s, const struct options *o, struct err *e)
{
	scenario_init(s);
	if (o->scenario != NULL && scenario_load(s, o->scenario, e) != 0)
		return -1;
	for (size_t i = 0; i < o->set_count; i++) {
		if (scenario_set(s, o->sets[i], e) != 0)
			return -1;
	}
	return 0;
}

static int
print_totals(const struct scenario *s, enum totals totals, struct err *e)
{
	struct world *w = world_new(s, e);

	if (w == NULL)
		return 2;
	(totals == TOTALS_SLICES ? totals_slices : totals_days)(w, stdout);
	world_unref(w);
	if (fflush(stdout) != 0) {
		err_set(e, "standard output: %s", strerror(errno));
		return 1;
	}
	return 0;
}

/* The folder for the certificates: made when it is not there. Others may read ca.pem in it, whatever the umask: a daemon with a user of its
 * own must; the key has mode 0600. */
static int
find_state_dir(const struct options *o, char out[500], struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	if (o->state_dir == NULL) {
		snprintf(out, 500, "%s/csp-usaged-emulator.XXXXXX", tmp != NULL ? tmp : "/tmp");
		return mkdtemp(out) != NULL && chmod(out, 0755) == 0 ? 0 : err_set(e, "%s: %s", out, strerror(errno));
	}
	if (strlen(o->state_dir) >= 500)
		return err_set(e, "--state-dir: name is too long");
	snprintf(out, 500, "%s", o->state_dir);
	if (mkdir(out, 0755) == 0)
		return chmod(out, 0755) == 0 ? 0 : err_set(e, "%s: %s", out, strerror(errno));
	return errno == EEXIST ? 0 : err_set(e, "%s: %s", out, strerror(errno));
}

static int
write_ready_file(const struct options *o, const struct state *state, const char *ca_file, int port, struct err *e)
{
	const char *path = o->ready_file;
	struct text temp = {0};
	FILE *f;
	int ok;

	text_printf(&temp, "%s.%ld", path, (long)getpid());
	f = fopen(temp.p, "w");
	ok = f != NULL;
	if (ok) {
		fprintf(f, "port=%d\nbase_url=%s://localhost:%d\nca_file=%s\nrefresh_token=%s\npid=%ld\n", port,
		    o->plain ? "http" : "https", port, ca_file, state->first.partner.refresh_token, (long)getpid());
		ok = fclose(f) == 0 && rename(temp.p, path) == 0;
	}
	if (!ok)
		err_set(e, "%s: %s", path, strerror(errno));
	text_fini(&temp);
	return ok ? 0 : -1;
}

static void
announce(const struct options *o, const struct state *state, const char *ca_file, int port)
{
	const struct partner_conf *p = &state->first.partner;

	printf("Listening on %s://localhost:%d\n", o->plain ? "http" : "https", port);
	if (!o->plain)
		printf("Certificate authority: %s\n", ca_file);
	printf("tenant_id = %s\nclient_id = %s\nclient_secret = %s\nrefresh_token = %s\n", p->tenant_id, p->client_id, p->client_secret,
	    p->refresh_token);
	fflush(stdout);
}

/* Serves until SIGTERM or SIGINT. */
static int
serve(const struct options *o, struct state *state, struct err *e)
{
	struct tls tls = {0};
	struct MHD_Daemon *daemon = NULL;
	char dir[500];
	sigset_t signals;
	int port, caught, rc = 1;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (!o->plain && (find_state_dir(o, dir, e) != 0 || tls_prepare(&tls, dir, e) != 0))
		goto out;
	daemon = server_start(state, o, o->plain ? NULL : &tls, &port, e);
	if (daemon == NULL)
		goto out;
	if (!o->quiet)
		announce(o, state, tls.ca_file, port);
	if (o->ready_file != NULL && write_ready_file(o, state, tls.ca_file, port, e) != 0)
		goto out;
	sigwait(&signals, &caught);
	rc = 0;
out:
	if (daemon != NULL)
		server_stop(daemon, state);
	tls_fini(&tls);
	return rc;
}

static int
run(const struct options *o, struct scenario *s, struct err *e)
{
	FILE *log = o->quiet && o->log == NULL ? NULL : stderr;
	struct state *state;
	int rc = 2;

	if (read_scenario(s, o, e) != 0)
		return 2;
	if (o->totals != TOTALS_NONE)
		return print_totals(s, o->totals, e);
	if (o->log != NULL && (log = fopen(o->log, "a")) == NULL) {
		err_set(e, "%s: %s", o->log, strerror(errno));
		return 1;
	}
	state = mem_new(1, sizeof(*state));
	if (state_init(state, s, log, e) == 0)
		rc = serve(o, state, e);
	state_fini(state);
	free(state);
	if (o->log != NULL)
		fclose(log);
	return rc;
}

int
main(int argc, char **argv)
{
	struct scenario *s = mem_new(1, sizeof(*s));
	struct options o;
	struct err e = {""};
	int rc = 2;

	signal(SIGPIPE, SIG_IGN);
	/* Pages are large and come and go: keep their memory instead of mapping it anew for each. */
	mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
	mallopt(M_TRIM_THRESHOLD, 512 * 1024 * 1024);
	if (options_read(&o, argc, argv, &e) == 0) {
		rc = 0;
		if (o.what == OPTIONS_HELP)
			options_print_help();
		else if (o.what == OPTIONS_KEYS)
			scenario_print_keys(stdout);
		else if (o.what == OPTIONS_VERSION)
			puts("csp-usaged-emulator " EMULATOR_VERSION);
		else
			rc = run(&o, s, &e);
	}
	if (rc != 0)
		fprintf(stderr, "csp-usaged-emulator: %s\n", e.msg);
	options_fini(&o);
	free(s);
	return rc;
}
