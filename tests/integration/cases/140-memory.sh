# SPDX-License-Identifier: MIT
# Memory does not grow with what a remote sends: pages in a chain, a large card, large pages.
. "$(dirname "$0")/../lib.sh"

most_kb=$((64 * 1024))

# peak SYNC-ARGUMENT...: of a whole run, in kB, as the kernel keeps it (VmHWM only grows, so the last look is the peak)
peak() {
	start_program sync "$@"
	peak_kb=0
	local kb
	while ! is_gone; do
		kb=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" 2>/dev/null)
		[ "${kb:-0}" -gt "$peak_kb" ] && peak_kb=$kb
		sleep 0.05
	done
	end_program
	expect_code 0
	expect_at_least "peak seen" 4000 "$peak_kb"
	under_asan || expect_at_most "peak memory, kB" $most_kb "$peak_kb"
}

start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=1000 --set page.usage_size=2 \
    --set generate.meters=60000 --set generate.first_day=2024-02-29 --set generate.last_day=2024-02-29
new_place here

it "takes in a chain of 500 pages and a card of 60,000 meters within 64 MB"
peak --from 2024-02-29 --to 2024-02-29
expect_summary rows_added=1000
expect_query 60000 "SELECT count(*) FROM meters WHERE priced"

it "takes in slices of 10,000 rows side by side within 64 MB"
play_scenario '[generate]' 'meters = 500' 'rows_per_day = 10000' 'customers = 2' 'subscriptions = 4' '[page]' 'usage_size = 1000'
new_place rows
peak --from 2024-02-29 --to 2024-02-29
expect_summary rows_added=40000

idles_small() { [ "$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")" -le $((12 * 1024)) ]; }

it "holds at most 12 MB while it waits for its next run"
write_config schedule.catch_up=no
start_program run
wait_for_log 20 event=schedule.next
under_asan || wait_until 20 idles_small || fail "before a run: $(grep VmRSS "/proc/$pid/status")"
for run in 1 2; do
	kill -HUP "$pid"
	runs_are_done() { [ "$(grep -c event=run.done "$log")" -ge "$run" ]; }
	wait_until 60 runs_are_done || fail "run $run does not end"
	under_asan || wait_until 20 idles_small || fail "after run $run: $(grep VmRSS "/proc/$pid/status")"
done
kill -TERM "$pid"
end_program
expect_code 0
