/* SPDX-License-Identifier: MIT */
/* login_accept.c - the tokens are there: whose are they, does Partner Center take them, and only then are they stored. */
#include "auth/login_private.h"

#include "auth/owner.h"
#include "base/mem.h"
#include "partner/pc_customers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>


/* -- storing --------------------------------------------------------------------------------------------------------------------- */

static void on_store(struct lane_job *job)
{
	struct login *l = container_of(job, struct login, job);

	err_clear(&l->job_err);
	(void)!consent_write(&l->consent, &l->options.place, &l->job_err); /* the result is in job_err */
}

static void on_stored(struct lane_job *job)
{
	struct login *l = container_of(job, struct login, job);

	l->storing = l->job_err.kind == ERR_NONE;
	login_end(l, l->storing ? NULL : &l->job_err);
}

static void store(struct login *l)
{
	const struct pc_claims *who = &l->facts.who;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	l->consent = (struct consent){
		.refresh_token = l->got.refresh_token,
		.upn = who->upn[0] ? xstrdup(who->upn) : NULL,
		.oid = who->oid[0] ? xstrdup(who->oid) : NULL,
		.tenant = xstrdup(l->tenant),
		.given_at = now.tv_sec,
		.renewed_at = now.tv_sec,
		.mfa = l->facts.mfa,
	};
	l->got.refresh_token = NULL;
	l->storing = true;
	lane_submit(l->lane, &l->job, on_store, on_stored);
}

/* -- Partner Center -------------------------------------------------------------------------------------------------------------- */

static void on_customers(struct login *l)
{
	const struct http_request *r = &l->request;
	struct pc_customer_list list = { .count = 0 };
	struct err e = ERR_INIT;

	if (r->err.kind != ERR_NONE)
		e = r->err;
	else if (r->status != 200)
		(void)pc_error_decode(&e, r->status, r->error_body);
	else if (pc_customers_decode(&list, buf_span(&l->answer), &e) == 0)
		pc_customers_fini(&list);
	if (e.kind == ERR_NONE) {
		store(l);
		return;
	}
	(void)err_wrap(&e, "Partner Center does not take this sign-in (%s, MS-RequestId %s)",
		       l->facts.who.upn[0] ? l->facts.who.upn : "no name", r->request_id[0] ? r->request_id : l->request_id);
	login_end(l, &e);
}

static const struct login_call customers_call = { .what = "customers", .answered = on_customers };

static void ask_partner_center(struct login *l)
{
	struct buf url;

	buf_init(&url, LOGIN_URL_MAX);
	(void)!buf_printf(&url, "%s/v1/customers?size=1", l->options.base_url); /* as configured: far shorter */
	buf_clear(&l->bearer);
	(void)!buf_printf(&l->bearer, "Bearer %s", l->got.access_token); /* no longer than a token may be */
	login_call(l, &customers_call, buf_text(&url));
	buf_fini(&url);
}

/* -- whose they are -------------------------------------------------------------------------------------------------------------- */

static int check_who(const struct login *l, struct err *e)
{
	const struct pc_claims *who = &l->facts.who;
	char tenant[GUID_TEXT_MAX];

	guid_print(who->tenant, tenant);
	if (pc_claims_is_personal(who)) {
		err_set(e, ERR_AUTH, "%s is a personal Microsoft account", who->upn[0] ? who->upn : "this");
		return err_advise(e, "E-LOGIN-PERSONAL",
				  "sign out of it in the browser (or use a private window), then run csp-usaged login with an account of the partner tenant");
	}
	if (!guid_equal(who->tenant, l->options.tenant_id)) {
		err_set(e, ERR_AUTH, "%s belongs to the tenant %s, and tenant_id is %s", who->upn[0] ? who->upn : "the account", tenant,
			l->tenant);
		return err_advise(e, "E-LOGIN-TENANT",
				  "run csp-usaged login with an account of the partner tenant, or correct tenant_id in [partner]");
	}
	if (!l->got.refresh_token) {
		err_set(e, ERR_AUTH, "the sign-in brought no refresh token");
		return err_advise(e, "E-LOGIN-NO-REFRESH", "let the app have offline_access in Entra, then run csp-usaged login");
	}
	return 0;
}

void login_accept(struct login *l)
{
	struct err e = ERR_INIT;

	timer_cancel(&l->limit);
	timer_cancel(&l->poll);
	buf_fini_secret(&l->code);
	if (pc_token_decode(&l->got, buf_span(&l->answer), &e) == 0) {
		l->facts.mfa = l->got.mfa;
		if (pc_claims_decode(&l->facts.who, l->got.id_token, l->options.client_id, &e) == 0 && check_who(l, &e) == 0) {
			ask_partner_center(l);
			return;
		}
	}
	(void)err_wrap(&e, "signed in");
	login_end(l, &e);
}

/* -- beforehand ------------------------------------------------------------------------------------------------------------------ */

static int advise_user(struct err *e, const char *user)
{
	char remedy[ERR_REMEDY_MAX];

	snprintf(remedy, sizeof(remedy), "run it as the service's user: sudo -u %s csp-usaged login", user);
	return err_advise(e, "E-LOGIN-USER", remedy);
}

int login_place_check(const struct consent_place *place, struct err *e)
{
	char owner[OWNER_NAME_MAX], me[OWNER_NAME_MAX];
	struct stat st;

	if (stat(place->state_dir, &st) == -1) {
		bool hidden = errno == EACCES;

		err_errno(e, hidden ? ERR_CONFIG : ERR_STORE, "look for the folder %s", place->state_dir);
		if (hidden)
			return advise_user(e, "csp-usaged");
		return err_advise(e, "E-TOKEN-STORE", "make the folder that state_dir names: mode 0700, owned by the user that runs csp-usaged");
	}
	owner_name(st.st_uid, owner);
	owner_name(geteuid(), me);
	if (st.st_uid != geteuid()) {
		err_set(e, ERR_CONFIG, "%s belongs to %s, and this is run as %s", place->state_dir, owner, me);
		return advise_user(e, owner);
	}
	if (access(place->state_dir, W_OK | X_OK) == 0)
		return 0;
	err_errno(e, ERR_STORE, "write to the folder %s", place->state_dir);
	return err_advise(e, "E-TOKEN-STORE", "chmod 0700 it, and look whether the disk is mounted read-only");
}
