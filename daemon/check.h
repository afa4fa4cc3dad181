/* SPDX-License-Identifier: MIT */
/* check.h - the doctor: a table of checks, each one small function that looks at one thing and writes one line: OK, WARN or FAIL, what
 * was seen, and the sentence that fixes it. Nothing is written anywhere but the rotated refresh token. For check*.c and cmd_check.c. */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

#include "config/config.h"
#include "daemon/options.h"
#include "daemon/probe.h"
#include "daemon/scope.h"
#include "store/store.h"

#define CHECK_LINES_MAX 24
#define CHECK_SEEN_MAX (ERR_TEXT_MAX + 64)

/* What a check calls too little or too much; each with its reason. */
#define CHECK_SKEW_WARN_S 60                          /* day boundaries and the schedule bear it, logs become hard to compare */
#define CHECK_SKEW_FAIL_S 300                         /* certificates' assertions are good for minutes */
#define CHECK_FREE_FAIL_BYTES ((uint64_t)256 << 20)   /* one night of a large partner with its WAL */
#define CHECK_FREE_WARN_BYTES ((uint64_t)1 << 30)
#define CHECK_INTEGRITY_BYTES ((uint64_t)4 << 30)     /* a larger database takes minutes to be read: with --full only */
#define CHECK_INVARIANTS_ROWS 100000                  /* the same: they read everything several times over, at 15,000 a second */
#define CHECK_RUN_AGE_S (36 * 60 * 60)                /* a run a day, and half a day of grace */
#define CHECK_NAMED 5                                 /* of a kind, in one line */

enum check_level { CHECK_OK, CHECK_WARN, CHECK_FAIL, CHECK_NOT_TRIED };

struct check_line {
	const char *name, *id; /* for people, for programs */
	enum check_level level;
	enum err_kind kind; /* of FAIL: ERR_CONFIG and ERR_AUTH have exit codes of their own */
	char seen[CHECK_SEEN_MAX], code[ERR_CODE_MAX], remedy[ERR_REMEDY_MAX];
};

struct check { /* all that the checks look at */
	const struct options *options;
	void (*on_line)(const struct check_line *l);
	struct config config;
	struct err config_err;     /* kind ERR_NONE: CONFIG is in force */
	struct store *store;       /* NULL: there is none, or it can't be opened */
	bool foreign_user;         /* this is not the daemon's user: signing in would spoil its consent */
	bool probed;
	struct err probe_err;
	struct probe_facts facts;
	struct scope scope;
	struct scope_finding *findings; /* of check_scope */
	size_t finding_count;

	struct check_line lines[CHECK_LINES_MAX];
	size_t count;
};

/* A subscription of the scope that was not seen or is not covered, or one seen that the scope has not. */
struct scope_finding {
	enum scope_class { SCOPE_MISSING, SCOPE_NOT_COVERED, SCOPE_EXTRA } class;
	struct guid id;
	unsigned line;              /* of the file; 0 for SCOPE_EXTRA */
	char *name, *customer;      /* "" when not known */
	char customer_id[GUID_TEXT_MAX];
};

/* C zeroed but for the options, the scope and ON_LINE, which gets each line as soon as it is there (NULL: nobody does). What is opened
 * here is closed by check_fini. */
void check_run(struct check *c);
void check_fini(struct check *c);
int check_exit_code(const struct check *c);
const char *check_level_name(enum check_level level); /* "OK" */
const char *scope_class_name(enum scope_class class); /* "not covered" */
/* check_print.c: a line as a row of the table, and what stands below the table. */
void check_print_line(const struct check_line *l, FILE *out, bool colour);
void check_print_end(const struct check *c, FILE *out);

/* -- what a check says ----------------------------------------------------------------------------------------------------------------- */

void check_ok(struct check_line *l, const char *format, ...) PRINTF(2, 3);
void check_warn(struct check_line *l, const char *code, const char *remedy, const char *format, ...) PRINTF(4, 5);
void check_fail(struct check_line *l, const char *code, const char *remedy, const char *format, ...) PRINTF(4, 5);
/* The same for what a person must do about sign-in or roles. */
void check_fail_person(struct check_line *l, const char *code, const char *remedy, const char *format, ...) PRINTF(4, 5);
/* The error is the finding: its text, code and remedy. */
void check_fail_err(struct check_line *l, const struct err *e);
void check_not_tried(struct check_line *l, const char *format, ...) PRINTF(2, 3);

/* -- the checks ------------------------------------------------------------------------------------------------------------------------ */

typedef void check_fn(struct check *c, struct check_line *l);

/* check_local.c */
check_fn check_configuration, check_zone, check_state_dir, check_client, check_consent;
/* check_store.c */
check_fn check_database, check_disk, check_published, check_last_run, check_invariants;
/* check_online.c */
check_fn check_clock, check_sign_in, check_mfa, check_customers, check_subscriptions, check_usage, check_rates, check_roles;
/* check_scope.c */
check_fn check_coverage, check_scope;

/* The number that a SELECT of one row and column gives. */
int check_count(struct store *s, const char *sql, int64_t *count, struct err *e) MUST_CHECK;
/* Whether there is room: FREE bytes for a database of SIZE bytes. Pure; for check_disk and check_published. */
void check_judge_space(struct check_line *l, const char *where, uint64_t free, uint64_t size);

#endif
