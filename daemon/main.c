/* SPDX-License-Identifier: MIT */
/* csp-usaged: command line -> configuration -> command -> exit code. */
#include "base/log.h"
#include "base/sanitizer.h"
#include "config/config.h"
#include "daemon/configure.h"
#include "daemon/exit_code.h"
#include "daemon/memory.h"
#include "daemon/options.h"
#include "daemon/say.h"
#include "partner/pc_json.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* What holds for the whole life of the process. Failures are not fatal: each of these is a second wall behind another one. */
static void harden(void)
{
	struct rlimit none = { 0, 0 }, files;

	/* Secrets are in memory: no core file, no debugger of another process of this user. The leak checker needs to look in. */
	setrlimit(RLIMIT_CORE, &none);
	if (!UNDER_SANITIZER)
		prctl(PR_SET_DUMPABLE, 0);
	memory_setup();
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max && files.rlim_cur < 4096) {
		files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	/* The reading group reads the database, nobody else does, nobody but us writes. */
	umask(0027);
	signal(SIGPIPE, SIG_IGN);
}

static int run_command(const struct options *o)
{
	struct config config = { .log_level = LOG_INFO };
	struct err e = ERR_INIT;
	int code;

	if (o->command->bare)
		return o->command->run(o, NULL);
	if (configure(&config, o, &e) == -1)
		return say_error(&e);
	code = o->command->run(o, &config);
	config_fini(&config);
	return code;
}

int main(int argc, char **argv)
{
	struct options options;
	struct err e = ERR_INIT;

	harden();
	log_setup(LOG_INFO, log_stderr_is_journal());
	pc_json_setup();
	if (options_parse(&options, argc, argv, &e) == -1)
		return say_error(&e);
	if (options.help) {
		options_help(&options, stdout);
		return EXIT_CODE_DONE;
	}
	if (options.version) {
		puts("csp-usaged " PROGRAM_VERSION);
		return EXIT_CODE_DONE;
	}
	return run_command(&options);
}
