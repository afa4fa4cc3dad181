/* SPDX-License-Identifier: MIT */
/* command.h - the program's commands: one function each, which returns the exit code. Configuration and time zone are in force when
 * it is called, unless its row in the table of options.c says "bare": then CONFIG is NULL. */
#ifndef DAEMON_COMMAND_H
#define DAEMON_COMMAND_H

struct config;
struct options;

int cmd_run(const struct options *options, const struct config *config);
int cmd_sync(const struct options *options, const struct config *config);
int cmd_login(const struct options *options, const struct config *config);
int cmd_status(const struct options *options, const struct config *config);
int cmd_coverage(const struct options *options, const struct config *config);
int cmd_close(const struct options *options, const struct config *config);
int cmd_reopen(const struct options *options, const struct config *config);
int cmd_check(const struct options *options, const struct config *config);
int cmd_explain(const struct options *options, const struct config *config);
int cmd_config(const struct options *options, const struct config *config);

#endif
