# SPDX-License-Identifier: MIT
# The bar is for people: on a terminal, and nowhere else.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=2 --set generate.subscriptions=6 --set generate.rows_per_day=20 \
    --set generate.first_day=2024-02-20 --set generate.last_day=2024-02-29
range="--from 2024-02-20 --to 2024-02-29"
merge_scenario '[fault.slow]' 'match = utilization' 'times = 0' 'action = delay:20'

it "shows no bar in a pipe or a file"
new_place pipe
sync $range
expect_code 0
expect_equal "carriage returns" 0 "$(tr -dc '\r' <"$log" | wc -c)"
expect_no_log 'rows/s'
expect_equal "output" "" "$(cat "$place/out")"

it "shows slices, rows, rate and time left on a terminal, and the log lines whole"
if ! script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	skip "no terminal can be had here (script of util-linux, /dev/pts)"
	exit 0
fi
new_place terminal
on_terminal() { TERM=$1 timeout 60 script -qec "$daemon sync --config $conf $range" "$T/typescript" >/dev/null 2>&1 </dev/null; }
on_terminal xterm
expect_equal "exit code" 0 $?
grep -Eaq '\[#+\.*\] [0-9]+/60 slices  [0-9]+ rows  [0-9]+ rows/s  ETA [0-9]+:[0-9]{2}' "$T/typescript" || fail "no bar"
grep -Eaq 'event=run.done .*status=ok .*slices=60' "$T/typescript" || fail "no summary line"
expect_equal "log lines behind a piece of the bar" 0 "$(sed 's/\r\x1b\[K/\n/g' "$T/typescript" | grep -ac 'slices.*event=')"

it "shows none on a terminal that can't move the cursor"
new_place dumb
on_terminal dumb
grep -aq 'rows/s' "$T/typescript" && fail "a bar"
expect_query 1200 "SELECT count(*) FROM purchases"
