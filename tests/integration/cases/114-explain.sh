#!/bin/bash
# SPDX-License-Identifier: MIT
# `explain CODE`: on a machine where nothing is configured yet.
. "$(dirname "$0")/../lib.sh"

place=$T log=$T/log

it "explains a code without any configuration"
run_program explain E-AUTH-700082 --config "$T/none"
expect_code 0
expect_log '^  what to do  run csp-usaged login' "$place/out"
expect_log '^  the daemon  .*a person must act' "$place/out"

it "names the nearest codes of one it does not know"
run_program explain E-AUTH-700081
expect_code 2
expect_log 'E-AUTH-700082'

it "lists all codes, each of which it explains"
run_program explain
expect_code 0
cp "$place/out" "$T/all"
expect_at_least "codes" 140 "$(grep -c ^E- "$T/all")"
for listed in E-CONFIG E-STORE-SETTING E-AUTH-50011 E-AUTH-INVALID-GRANT E-PC-900421 E-PC-HTTP-504; do
	grep -q "^$listed " "$T/all" || fail "$listed is not listed"
	run_program explain $listed
	expect_code 0
done

it "explains each event of the log, and Microsoft's bare number"
for event in $(sed -n 's/^#define EVENT_[A-Z_]* "\([^"]*\)".*/\1/p' "$here/../../daemon/events.h"); do
	run_program explain "$event" --config "$T/none"
	expect_code 0
	expect_log "^$event\$" "$place/out"
	expect_log '^  level    (debug|info|warn|error)' "$place/out"
	grep -q "^$event " "$T/all" || fail "$event is not listed"
done
run_program explain event=run.done
expect_log '^  meaning  the summary, one line a run$' "$place/out"
run_program explain 7000215
expect_code 0
expect_log '^E-AUTH-7000215$' "$place/out"

it "refuses what is no code, and JSON of one"
run_program explain nonsense
expect_code 2
run_program explain E-LOCK --json
expect_code 2

it "makes the manual's list, which groff takes without a word"
run_program explain --mdoc
expect_code 0
expect_equal "codes in it" "$(grep -c ^E- "$T/all")" "$(grep -c '^\.It Sy E\\-' "$place/out")"
if command -v groff >/dev/null; then
	{ printf '.Dd November 21, 2026\n.Dt X 8\n.Os\n.Sh CODES\n'; cat "$place/out"; } | groff -mdoc -Tutf8 -P-cbou -ww >"$T/page" 2>"$T/complaints"
	expect_equal "complaints" "" "$(cat "$T/complaints")"
	expect_log 'E-AUTH-700082' "$T/page"
fi
