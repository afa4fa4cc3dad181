# SPDX-License-Identifier: MIT
# The run starts at its time: with a clock that is told, because nobody waits for 19:00.
. "$(dirname "$0")/../lib.sh"

it "starts the run at 19:00 CET, which is 18:00 UTC in winter and 17:00 in summer"
if ! command -v faketime >/dev/null; then
	skip "faketime is not installed"
	exit 0
elif under_asan; then
	skip "faketime and the address sanitizer exclude each other"
	exit 0
fi
# The program reads the told clock; what the kernel does by its own (alarms) goes by the real one and lies in the future of this day.
export FAKETIME_DONT_FAKE_MONOTONIC=1

# at_time "DATE TIME" UTC: a few seconds before its time
at_time() {
	# faketime itself would stand between us and the program, and take the signals.
	mapfile -t told_clock < <(faketime -f "@$1" env | grep -E '^(LD_PRELOAD|FAKETIME)')
	start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=3
	new_place "at-$2" usage.backfill_days=3 schedule.catch_up=no
	: >"$log"
	env "${told_clock[@]}" "$daemon" run --config "$conf" >"$place/out" 2>"$log" </dev/null &
	pid=$!
	wait_for_log 20 "event=schedule.next .*utc=${1% *}T$2:00:00Z"
	expect_no_log 'event=run.start'
	wait_for_log 20 "^${1% *}T$2:00:0[0-3].* event=run.start .*trigger=schedule slot=${1% *}T$2:00:00Z"
	wait_for_log 20 'event=run.done .*status=ok'
	wait_for_log 20 "event=schedule.next .*utc=$3T$2:00:00Z"
	kill -TERM "$pid"
	end_program 10
	expect_code 0
}
TZ=UTC
export TZ
at_time "2026-01-14 17:59:57" 18 2026-01-15
at_time "2026-07-14 16:59:57" 17 2026-07-15
