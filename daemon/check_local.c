/* SPDX-License-Identifier: MIT */
/* What this machine has to say: configuration, zone, secrets and consent. */
#include "daemon/check.h"

#include "auth/client.h"
#include "auth/consent.h"
#include "auth/owner.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/consent_view.h"
#include "value/day.h"
#include "value/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void check_configuration(struct check *c, struct check_line *l)
{
	if (!c->config_err.kind) {
		check_ok(l, "%s", c->options->config_file);
		return;
	}
	check_fail_err(l, &c->config_err);
	l->kind = ERR_CONFIG;
}

void check_zone(struct check *c, struct check_line *l)
{
	int64_t next = zone_next(clock_now(), c->config.time.hour, c->config.time.minute);
	char zone[ZONE_TEXT_MAX], utc[INSTANT_TEXT_MAX];

	zone_print(next, zone);
	instant_print(next, utc);
	check_ok(l, "%s: the next run is at %s (%s)", c->config.timezone, zone, utc);
}

/* A token renewed by another user than the daemon's would be one that the daemon can't read. */
static void refuse_user(struct check *c, struct check_line *l, uid_t owner)
{
	char theirs[OWNER_NAME_MAX], ours[OWNER_NAME_MAX], remedy[ERR_REMEDY_MAX];

	owner_name(owner, theirs);
	owner_name(geteuid(), ours);
	snprintf(remedy, sizeof(remedy), "run: sudo -u %s csp-usaged check", theirs);
	check_fail_person(l, "E-CHECK-USER", remedy, "%s belongs to %s, and this is %s: signing in would leave a token that %s can't read",
		   c->config.state_dir, theirs, ours, theirs);
	c->foreign_user = true;
}

/* Somebody who may not even look into the daemon's folder. */
static void refuse_stranger(struct check *c, struct check_line *l)
{
	check_fail_person(l, "E-CHECK-USER", "run: sudo -u csp-usaged csp-usaged check", "%s: %s", c->config.state_dir, strerror(EACCES));
	c->foreign_user = true;
}

void check_state_dir(struct check *c, struct check_line *l)
{
	const char *path = c->config.state_dir;
	struct stat st;

	if (c->config.auth == CONFIG_AUTH_APP)
		check_ok(l, "not needed: auth = app");
	else if (stat(path, &st) == -1 && errno == EACCES)
		refuse_stranger(c, l);
	else if (stat(path, &st) == -1)
		check_fail_person(l, "E-TOKEN-STORE", "make the folder: mode 0700, owned by the user that runs csp-usaged", "%s: %s", path,
				  strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		check_fail_person(l, "E-TOKEN-STORE", "set [partner] state_dir to a folder", "%s is no folder", path);
	else if (st.st_uid != geteuid())
		refuse_user(c, l, st.st_uid);
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		check_fail_person(l, "E-SECRET-MODE", "chmod 0700 this folder", "%s has mode %04o: others may put a token there", path,
				  (unsigned)(st.st_mode & 07777));
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		check_warn(l, "E-SECRET-MODE", "chmod 0700 this folder", "%s has mode %04o: others may look into it", path,
			   (unsigned)(st.st_mode & 07777));
	else
		check_ok(l, "%s, mode %04o", path, (unsigned)(st.st_mode & 07777));
}

/* Whether systemd gave us the credential NAME. */
static bool has_credential(const char *name)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];

	return folder && snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) && access(path, F_OK) == 0;
}

static const char *secret_kind(const struct config *c)
{
	if (c->client_certificate_file)
		return c->client_certificate_file;
	if (c->client_secret_file)
		return c->client_secret_file;
	if (has_credential("client_certificate"))
		return "the systemd credential client_certificate";
	return has_credential("client_secret") ? "the systemd credential client_secret" : NULL;
}

/* Builds what is sent with the request for a token, and wipes it: files, modes, certificate and key are all looked at by that. */
static int try_client(const struct client_options *options, const char *audience, int64_t *expires, struct err *e)
{
	struct buf form;
	int rc;

	buf_init(&form, LIMIT_SMALL_BODY_BYTES);
	rc = client_auth_append(&form, options, audience, e);
	buf_fini_secret(&form);
	return rc == -1 ? -1 : client_certificate_expires_at(options, expires, e);
}

static void judge_client(struct check_line *l, const char *kind, int64_t expires, int64_t now)
{
	char end[INSTANT_TEXT_MAX];

	instant_print(expires, end);
	if (expires && expires - now <= (int64_t)CLIENT_CERTIFICATE_WARN_DAYS * DAY_SECONDS)
		check_warn(l, "E-CERT-EXPIRING",
			   "make a new certificate and key, upload the certificate to the app in Entra, and put both in their files",
			   "%s expires at %s", kind, end);
	else
		check_ok(l, "%s%s%s", kind, expires ? ", until " : "", expires ? end : "");
}

void check_client(struct check *c, struct check_line *l)
{
	const char *kind = secret_kind(&c->config);
	char client_id[GUID_TEXT_MAX];
	struct err e = ERR_INIT;
	int64_t expires = 0;
	const struct client_options options = boot_client_options(&c->config, client_id);

	guid_print(c->config.client_id, client_id);
	if (kind && try_client(&options, c->config.login_url, &expires, &e) == -1)
		check_fail_err(l, &e);
	else if (kind)
		judge_client(l, kind, expires, clock_now());
	else if (c->config.auth == CONFIG_AUTH_APP)
		check_fail_person(l, "E-SECRET-NONE", "set client_secret_file or a certificate",
				  "neither secret nor certificate, which auth = app needs");
	else
		check_warn(l, "E-SECRET-NONE",
			   "none when the app is a public client; one in /etc/credstore is seen by the service alone: see its journal",
			   "neither secret nor certificate is to be seen from here");
}

static void judge_lapse(struct check_line *l, const struct consent_view *v, int64_t now)
{
	const char *of = v->user[0] ? " of " : "";
	int64_t left = (v->lapses_at - now) / DAY_SECONDS;
	char renewed[INSTANT_TEXT_MAX], end[INSTANT_TEXT_MAX];

	if (!v->lapses_at) {
		check_ok(l, "a token%s%s; how old it is will be known when it is renewed", of, v->user);
		return;
	}
	instant_print(v->renewed_at ? v->renewed_at : v->given_at, renewed);
	instant_print(v->lapses_at, end);
	if (v->lapses_at < now)
		check_warn(l, "E-AUTH-700082", "run csp-usaged login", "the consent%s%s lapsed at %s, if Entra counts as we do", of, v->user, end);
	else if (left < CONSENT_WARN_DAYS)
		check_warn(l, "E-CONSENT-EXPIRING", "start the daemon, which renews it at each run, or run csp-usaged login",
			   "the consent%s%s lapses at %s", of, v->user, end);
	else
		check_ok(l, "%s%srenewed %s, lapses %s when it is not used", v->user, v->user[0] ? ", " : "", renewed, end);
}

void check_consent(struct check *c, struct check_line *l)
{
	struct consent_view view;

	if (c->foreign_user) {
		check_not_tried(l, "not tried: this is not the daemon's user");
		return;
	}
	consent_view_read(&view, &c->config);
	if (!view.needed)
		check_ok(l, "not needed: auth = app");
	else if (view.err.kind)
		check_fail_err(l, &view.err);
	else
		judge_lapse(l, &view, clock_now());
}
