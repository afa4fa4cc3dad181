/* SPDX-License-Identifier: MIT */
#include "daemon/codes.h"

#include "base/util.h"
#include "partner/pc_error.h"

#include <string.h>

#define LOGIN "run csp-usaged login"
#define OWNED "mode 0600, owned by the user that runs csp-usaged"
#define REPORT "none when it passes; when it stays, report the line, with a debug log"

/* What the program makes itself. The line in the log may know more: its remedy is about the case at hand. */
static const struct code own[] = {
	{ "E-CONFIG", "the configuration is wrong, or can't be read", "correct the line that the message names; csp-usaged config --test checks",
	  CODE_REFUSED },
	{ "E-LOCK", "another csp-usaged works on this database",
	  "let it end; when it is the daemon, start a run with: systemctl reload csp-usaged", CODE_REFUSED },

	{ "E-AUTH-LOGIN", "there is no consent that could be used: no refresh token, or one that can't be read", LOGIN, CODE_PERSON },
	{ "E-AUTH-HTTP-*", "the sign-in service answered with this HTTP status, and no word about why",
	  "none when it passes; else check login_url and the proxy", CODE_RETRIED },
	{ "E-SECRET-NONE", "the app's secret is missing or can't be read",
	  "store it in the file that client_secret_file names, " OWNED ", or as the systemd credential client_secret", CODE_PERSON },
	{ "E-SECRET-MODE", "a file with a secret, or its folder, is open to others, or belongs to somebody else",
	  "chmod 0600 the file (0700 the folder), chown it to the user that runs csp-usaged, and make a new secret in place of one that others may have read",
	  CODE_PERSON },
	{ "E-SECRET-FORM", "a file with a secret holds something else", "put the secret into it, and nothing else", CODE_PERSON },
	{ "E-CERT-FORM", "the client certificate or its key can't be read, or is not of a kind that Entra takes",
	  "give a certificate and its RSA key (2048 bits or more), both as PEM, the key without a passphrase", CODE_PERSON },
	{ "E-CERT-KEY", "the client key is not that of the client certificate",
	  "put the certificate and the key that was made with it in the two files", CODE_PERSON },
	{ "E-CERT-EXPIRED", "the client certificate has expired, or is not valid yet",
	  "make a new certificate and key, upload the certificate to the app in Entra, and put both in their files", CODE_PERSON },
	{ "E-CERT-EXPIRING", "the client certificate expires within 30 days",
	  "make a new certificate and key, upload the certificate to the app in Entra, and put both in their files", CODE_PERSON },
	{ "E-CONSENT-EXPIRING", "the consent lapses within 14 days, for it was not renewed; signing in works until then", LOGIN, CODE_PERSON },
	{ "E-TOKEN-DAMAGED", "the token file is damaged, or was changed by somebody else", LOGIN, CODE_PERSON },
	{ "E-TOKEN-KEY", "the token file is sealed with a key that is not the token_key given, or that key is none",
	  "give the token_key that it was sealed with (64 hex digits, of openssl rand -hex 32), or run csp-usaged login", CODE_PERSON },
	{ "E-TOKEN-STORE", "the refresh token can't be stored",
	  "make room on the disk, and check owner and mode (0700) of state_dir; the old token is still valid", CODE_NEXT_RUN },

	{ "E-LOGIN-USER", "login is run as another user than the one that the daemon runs as", "sudo -u csp-usaged csp-usaged login", CODE_REFUSED },
	{ "E-LOGIN-TIMEOUT", "nobody signed in while login waited", LOGIN " again, and open the address that it shows", CODE_REFUSED },
	{ "E-LOGIN-REDIRECT", "what the browser brought, or was pasted, is not the answer to this sign-in",
	  "open the address that csp-usaged login shows now, and sign in there", CODE_REFUSED },
	{ "E-LOGIN-PERSONAL", "a personal Microsoft account signed in",
	  "sign out of it in the browser (or use a private window), then " LOGIN " with an account of the partner tenant", CODE_REFUSED },
	{ "E-LOGIN-TENANT", "an account of another tenant signed in",
	  LOGIN " with an account of the partner tenant, or correct tenant_id", CODE_REFUSED },
	{ "E-LOGIN-NO-REFRESH", "the sign-in brought no refresh token", "let the app have offline_access in Entra, then " LOGIN, CODE_REFUSED },
	{ "E-FORMAT-ID-TOKEN", "the sign-in service does not say who signed in, or says it of another application", REPORT, CODE_REFUSED },
	{ "E-FORMAT-DEVICE", "the sign-in service's answer to login --device is not what it should be", REPORT, CODE_REFUSED },

	{ "E-NET-NAME", "a host's name has no address", "check the name server, and the host names of the configuration", CODE_RETRIED },
	{ "E-NET-CONNECT", "no connection", "check the address, the firewall, and whether a proxy is needed", CODE_RETRIED },
	{ "E-NET-PROXY", "the proxy does not do its part", "check the key proxy of the configuration", CODE_RETRIED },
	{ "E-NET-TIMEOUT", "no answer in time", "none when it passes; else check the network and Microsoft's service health", CODE_RETRIED },
	{ "E-TLS-VERIFY", "the server's certificate is not trusted",
	  "a proxy that opens TLS needs its authority in ca_file; also check the clock", CODE_NEXT_RUN },
	{ "E-TLS-CA", "the certificates of the authorities can't be read", "check the key ca_file, or install ca-certificates", CODE_NEXT_RUN },

	{ "E-PC-HTTP-*", "Partner Center answered with this HTTP status, and no word about why",
	  "none when it passes; when it stays, report the line with MS-RequestId and MS-CorrelationId of the debug log", CODE_NEXT_RUN },
	{ "E-PC-REDIRECT", "the service sends the request elsewhere, where it is not followed", "check base_url and the proxy", CODE_NEXT_RUN },
	{ "E-NOT-READY", "the day's usage is not ready yet", "none needed: the day stays planned for the next run", CODE_NEXT_RUN },
	{ "E-LINK", "the link to the next page leads away from the service, or is none", REPORT, CODE_NEXT_RUN },
	{ "E-FORMAT-TOKEN", "the sign-in service's answer is not what it should be", REPORT, CODE_RETRIED },
	{ "E-FORMAT-CUSTOMERS", "the list of customers is not what it should be; nothing of it was stored", REPORT, CODE_RETRIED },
	{ "E-FORMAT-SUBSCRIPTIONS", "a list of subscriptions is not what it should be; nothing of it was stored", REPORT, CODE_RETRIED },
	{ "E-FORMAT-USAGE", "a page of usage is not what it should be; nothing of its slice was stored", REPORT, CODE_RETRIED },
	{ "E-FORMAT-RATES", "the rate card is not what it should be; nothing of it was stored", REPORT, CODE_RETRIED },
	{ "E-RATES-CURRENCY", "the rate card came in another currency",
	  "set [partner_center] currency to one that your partner account is billed in", CODE_NEXT_RUN },

	{ "E-STORE", "the database or its disk refuses; what was reported done is safe",
	  "make room on the disk, and check owner and mode of the database's folder; the message says which", CODE_NEXT_RUN },
	{ "E-STORE-FOREIGN", "the file is not a database of csp-usaged", "set [database] path to a new file, or to the one csp-usaged made",
	  CODE_REFUSED },
	{ "E-STORE-NEWER", "the database was written by a newer csp-usaged", "install the newer csp-usaged again; databases are not taken back",
	  CODE_REFUSED },
	{ "E-STORE-OLDER", "the database is of an older csp-usaged", "start the daemon or run csp-usaged sync once", CODE_REFUSED },
	{ "E-STORE-SETTING", "the database was made with another tenant, currency, region or first day of the billing period",
	  "set the key back; for the other one, another [database] path", CODE_REFUSED },
	{ "E-PERIOD", "the billing period can't be closed or opened again", "see the view billing_periods", CODE_REFUSED },
	{ "E-USAGE-UNIT-CLOSED", "usage of a closed billing period is counted in another unit than its purchase",
	  "run csp-usaged reopen until that period is open, then csp-usaged sync for this day, then csp-usaged close", CODE_NEXT_RUN },

	{ "E-CHECK-USER", "check runs as another user than the daemon", "run: sudo -u csp-usaged csp-usaged check", CODE_TOLD },
	{ "E-CHECK-CLOCK", "this machine's clock is not that of the sign-in service", "set the clock, and let it be kept: timedatectl set-ntp true",
	  CODE_TOLD },
	{ "E-CHECK-MFA", "the token does not say that its user signed in with multi-factor authentication",
	  LOGIN ", and sign in with multi-factor authentication", CODE_TOLD },
	{ "E-CHECK-ROLE", "the account's roles don't open all that is needed",
	  "give the account " PC_ROLES ", then " LOGIN, CODE_TOLD },
	{ "E-CHECK-EMPTY", "the service answers, and has nothing", "compare the configuration with Partner Center", CODE_TOLD },
	{ "E-CHECK-COVERAGE", "subscriptions that the utilization API does not serve",
	  "their usage is not in the database: see the view subscriptions, usage_source; bill them by Microsoft's invoice", CODE_TOLD },
	{ "E-CHECK-SCOPE", "finance's list and the subscriptions seen differ", "compare those named with Partner Center", CODE_TOLD },
	{ "E-CHECK-RUN", "no run has ended well, or not lately", "systemctl status csp-usaged says whether the daemon is up", CODE_TOLD },
	{ "E-CHECK-DISK", "little room on the file system", "make room", CODE_TOLD },
	{ "E-CHECK-MODE", "the database is open to others", "chmod 0640 the database's files", CODE_TOLD },
	{ "E-CHECK-INVARIANT", "something that must hold in every book does not",
	  "keep a copy of the database and report the line; then restore the newest backup that passes", CODE_TOLD },
};

static enum code_doing doing_of(enum pc_answer answer)
{
	switch (answer) {
	case PC_RETRY:
		return CODE_RETRIED;
	case PC_NEW_TOKEN:
		return CODE_NEW_TOKEN;
	case PC_PERSON:
		return CODE_PERSON;
	case PC_NO_USAGE:
	case PC_NOT_FOUND:
	case PC_FORBIDDEN:
		return CODE_LEFT_OUT;
	case PC_REFUSED:
		break;
	}
	return CODE_NEXT_RUN;
}

size_t codes_count(void)
{
	size_t remote;

	pc_error_table(&remote);
	return countof(own) + remote;
}

struct code codes_at(size_t i)
{
	size_t remote;
	const struct pc_error_entry *e = pc_error_table(&remote);

	if (i < countof(own))
		return own[i];
	e += i - countof(own);
	return (struct code){ e->code, e->meaning, e->remedy, doing_of(e->answer) };
}

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

/* Whether CODE is one of the family that an entry such as "E-PC-HTTP-*" stands for. */
static bool is_of_family(const char *family, const char *code)
{
	size_t n = strlen(family) - 1;

	return family[n] == '*' && strncmp(family, code, n) == 0 && is_number(code + n);
}

bool codes_find(const char *code, struct code *found)
{
	const struct pc_error_entry *e = pc_error_find(code);

	if (e) {
		*found = (struct code){ e->code, e->meaning, e->remedy, doing_of(e->answer) };
		return true;
	}
	for (size_t i = 0; i < countof(own); i++) {
		if (strcmp(own[i].code, code) == 0 || is_of_family(own[i].code, code)) {
			*found = own[i];
			return true;
		}
	}
	return false;
}

const char *code_doing_text(enum code_doing doing)
{
	static const char *const texts[] = {
		[CODE_RETRIED] = "tries again by itself, in the same run and in the next ones",
		[CODE_NEXT_RUN] = "goes on with the rest of the run; the next run asks again",
		[CODE_NEW_TOKEN] = "tries once more with a fresh token; when that is refused too, a person must act",
		[CODE_LEFT_OUT] = "goes on without this subscription, and asks about it once each night",
		[CODE_PERSON] = "tries once in each run; a person must act first",
		[CODE_REFUSED] = "does nothing by itself: the command ends with the message",
		[CODE_TOLD] = "does nothing about it: only check says so",
	};

	return texts[doing];
}
