/* SPDX-License-Identifier: MIT */
/* `login`: a person's consent. Needs no database, so that it works beside the daemon, which takes the new consent at its next run. */
#include "daemon/command.h"

#include "auth/login.h"
#include "base/log.h"
#include "base/util.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/browser.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/paste.h"
#include "daemon/say.h"
#include "daemon/signals.h"
#include "partner/pc_error.h"

#include <stdio.h>

struct sign_in {
	struct boot boot;
	struct signals signals;
	struct paste paste;
	struct browser browser;
	struct login_ask ask;
	const char *stopped_by; /* a signal's name */
};

/* -- what the person reads ------------------------------------------------------------------------------------------------------- */

#define WHO "as a user of the partner tenant with " PC_ROLES ", and with multi-factor authentication"

static void prompt_for_code(struct sign_in *s, const struct login_prompt *prompt)
{
	printf("Open this address in a browser, and sign in %s:\n\n  %s\n\n", WHO, prompt->address);
	if (browser_is_there() && browser_open(&s->browser, &s->boot.loop, prompt->address))
		puts("A browser on this machine was asked to open it.");
	puts("Waiting for the sign-in. If the browser is on another machine, it ends on a page of http://localhost that it can't show:\n"
	     "copy the address of that page, paste it here and press Enter (what you paste is not shown).");
	fflush(stdout);
	paste_start(&s->paste, &s->boot.loop);
}

static void on_prompt(struct login_ask *ask, const struct login_prompt *prompt)
{
	struct sign_in *s = container_of(ask, struct sign_in, ask);

	if (!prompt->user_code) {
		prompt_for_code(s, prompt);
		return;
	}
	printf("On any machine, open\n\n  %s\n\nand enter the code\n\n  %s\n\nSign in %s.\n", prompt->address, prompt->user_code, WHO);
	printf("Waiting for the sign-in; the code is good for %d minutes.\n", (int)(prompt->expires_in_s / 60));
	fflush(stdout);
}

static void on_line(struct paste *paste, struct span line)
{
	struct sign_in *s = container_of(paste, struct sign_in, paste);
	struct err e = ERR_INIT;

	if (login_paste(&s->ask, line, &e) == 0) {
		paste_stop(paste);
		puts("Taken: asking the sign-in service, and then Partner Center.");
		fflush(stdout);
		return;
	}
	printf("This is not the address that is waited for: %s.\nPaste the whole address of the page that the browser ended on.\n", e.text);
	fflush(stdout);
}

static void say_mfa(int mfa)
{
	if (mfa == 1)
		puts("Multi-factor authentication: yes.");
	else if (mfa == 0)
		puts("Multi-factor authentication: no. WARNING: Partner Center refuses tokens without it, if not now then soon:\n"
		     "  have multi-factor authentication required for this account, then run csp-usaged login again.");
	else
		puts("Multi-factor authentication: can't be told, the token does not say.");
}

static void say_done(const struct sign_in *s)
{
	const struct pc_claims *who = &s->ask.facts.who;
	char tenant[GUID_TEXT_MAX];

	guid_print(who->tenant, tenant);
	printf("Signed in as %s%s%s%s, tenant %s.\n", who->name, who->name[0] ? " <" : "", who->upn[0] ? who->upn : who->oid,
	       who->name[0] ? ">" : "", tenant);
	say_mfa(s->ask.facts.mfa);
	printf("Partner Center takes it. The consent is stored in %s/" TOKEN_FILE_NAME "%s.\n", s->boot.config->state_dir,
	       s->ask.facts.sealed ? ", sealed with token_key" : "");
	if (s->ask.facts.unsealed)
		puts("WARNING: the consent before was sealed with a token_key that is not here, this one is not sealed: where the key is a\n"
		     "  systemd credential, run login with it (README, Consent).");
	puts("Next: csp-usaged check, then systemctl start csp-usaged. A daemon that runs already takes the new consent at its next\n"
	     "run; systemctl reload csp-usaged starts one now.");
}

/* -- the command ------------------------------------------------------------------------------------------------------------------ */

/* What keeps the loop going ends here. */
static void leave(struct sign_in *s)
{
	paste_stop(&s->paste);
	browser_forget(&s->browser);
	signals_stop(&s->signals);
	uv_stop(&s->boot.loop);
}

static void on_done(struct login_ask *ask)
{
	leave(container_of(ask, struct sign_in, ask));
}

static void on_end(struct signals *signals, const char *name)
{
	struct sign_in *s = container_of(signals, struct sign_in, signals);

	paste_stop(&s->paste); /* a second signal would leave the terminal to its fate */
	if (login_is_storing(&s->ask))
		return; /* moments from its end, and then it is the truth that counts */
	s->stopped_by = name;
	login_cancel(&s->ask);
	leave(s);
}

static void start(struct sign_in *s, bool device)
{
	const struct config *c = s->boot.config;
	const struct login_options options = {
		.login_url = c->login_url,
		.base_url = c->base_url,
		.resource = c->resource,
		.tenant_id = c->tenant_id,
		.client_id = c->client_id,
		.client = boot_client_options(c, s->boot.client_id),
		.place = {
			.state_dir = c->state_dir,
			.token_key_file = c->token_key_file,
			.tenant_id = s->boot.tenant_id,
			.client_id = s->boot.client_id,
		},
		.device = device,
	};

	login_start(&s->ask, &s->boot.loop, s->boot.http, &options);
}

static int conclude(const struct sign_in *s)
{
	int code;

	if (s->stopped_by) {
		fprintf(stderr, "csp-usaged: stopped by %s; nothing was changed\n", s->stopped_by);
		return EXIT_CODE_FAILED;
	}
	if (s->ask.err.kind == ERR_NONE) {
		say_done(s);
		return EXIT_CODE_DONE;
	}
	code = say_error(&s->ask.err);
	if (!log_stderr_is_journal())
		fputs("csp-usaged: nothing was changed: a consent that was stored before is still there\n", stderr);
	return code;
}

int cmd_login(const struct options *options, const struct config *config)
{
	struct sign_in s = {
		.boot = { .lock = LOCK_INIT },
		.signals = { .on_end = on_end },
		.paste = { .on_line = on_line },
		.ask = { .on_prompt = on_prompt, .done = on_done },
	};
	struct err e = ERR_INIT;
	int code;

	if (config->auth == CONFIG_AUTH_APP) {
		puts("auth = app: the application signs in for itself, no consent is needed.");
		return EXIT_CODE_DONE;
	}
	if (boot_up_online(&s.boot, config, &e) == -1 || signals_start(&s.signals, &s.boot.loop, &e) == -1) {
		code = say_error(&e);
	} else {
		start(&s, options->device);
		uv_run(&s.boot.loop, UV_RUN_DEFAULT);
		code = conclude(&s);
	}
	signals_stop(&s.signals);
	boot_down(&s.boot);
	return code;
}
