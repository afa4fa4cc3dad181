/* SPDX-License-Identifier: MIT */
/* A consent or a certificate that ends is told while there is time, and once a run; that it has ended, at the first refusal. */
#include "auth/consent.h"
#include "base/log.h"
#include "daemon/boot.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"
#include "value/day.h"

static void report_end(const struct run *run, const char *event, int64_t at, const char *code, const char *remedy)
{
	char text[INSTANT_TEXT_MAX];
	struct log_line l;

	instant_print(at, text);
	log_start(&l, LOG_WARN, event);
	log_int(&l, "run", run->id);
	log_text(&l, "at", text);
	log_text(&l, "code", code);
	log_text(&l, "remedy", remedy);
	log_finish(&l);
}

/* The error itself is in the summary line. */
static void report_refused(const struct run *run, const struct err *refusal)
{
	struct log_line l;

	log_start(&l, LOG_ERROR, EVENT_CONSENT_REFUSED);
	log_int(&l, "run", run->id);
	log_text(&l, "code", refusal->code);
	log_text(&l, "remedy", refusal->remedy);
	log_finish(&l);
}

static bool is_near(const struct run *run, int64_t end, int days)
{
	return end && end - run->started <= (int64_t)days * DAY_SECONDS;
}

void run_report_consent(const struct run *run)
{
	struct token_facts facts;

	token_facts(run->boot->token, &facts);
	if (facts.consent_refusal.kind)
		report_refused(run, &facts.consent_refusal);
	else if (is_near(run, facts.consent_lapses_at, CONSENT_WARN_DAYS))
		report_end(run, EVENT_CONSENT_EXPIRING, facts.consent_lapses_at, "E-CONSENT-EXPIRING", "run csp-usaged login");
	if (is_near(run, facts.certificate_expires_at, CLIENT_CERTIFICATE_WARN_DAYS))
		report_end(run, EVENT_CERTIFICATE_EXPIRING, facts.certificate_expires_at, "E-CERT-EXPIRING",
			   "make a new certificate and key, upload the certificate to the app in Entra, and put both in their files");
}
