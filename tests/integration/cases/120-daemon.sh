# SPDX-License-Identifier: MIT
# `run`: starts and says so, catches up, never twice at once, ends at once, at any moment.
. "$(dirname "$0")/../lib.sh"

# Reported days a few days back, so that midnight may pass meanwhile.
setup=(usage.backfill_days=6 log.level=info)
start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=10 \
    --set generate.first_day="$(date -u -d '5 days ago' +%F)" --set generate.last_day="$(date -u -d '3 days ago' +%F)"
new_place undisturbed "${setup[@]}"
sync
content >"$T/content"

# A socket as systemd's: each datagram becomes a line of $place/notified. perl, because every Debian has it.
listen_for_notifications() {
	perl -MIO::Socket::UNIX -e '
		$| = 1; my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
		print "listening\n"; while (defined $s->recv(my $m, 4096)) { print "$m\n" }' "$T/notify.sock" >"$place/notified" &
	listener=$!
	wait_until 10 grep -q listening "$place/notified" || die "no socket"
	export NOTIFY_SOCKET=$T/notify.sock
}
notified() { grep -Eq -- "$1" "$place/notified"; }
runs_done() { [ "$(grep -c 'event=run.done' "$log")" -ge "$1" ]; }
signal_and_end() { # SIGNAL SECONDS
	local before=${EPOCHREALTIME/./}
	kill "-$1" "$pid"
	end_program 20
	took_ms=$(((${EPOCHREALTIME/./} - before) / 1000))
	expect_at_most "milliseconds to the end" $(($2 * 1000)) $took_ms
}

new_place here "${setup[@]}"
listen_for_notifications
start_program run

it "says that it is ready and catches up the run that was missed"
wait_for_log 20 'event=ready .*version=.* database='
wait_until 10 notified '^READY=1$' || fail "no READY=1"
wait_for_log 20 'event=run.start .*trigger=catchup .*slot='
wait_for_log 60 'event=run.done .*status=ok'
expect_content "$T/content"
expect_query "catchup|ok" "SELECT trigger, status FROM runs"

it "says when the next run starts, in the zone and in UTC, and to systemd"
wait_for_log 10 'event=schedule.next at="?[0-9-]+[ T]19:00:00.*utc=[0-9-]+T1[78]:00:00Z .*trigger=schedule'
wait_until 10 notified '^STATUS=next run ' || fail "no STATUS"

it "starts a run now on SIGHUP"
kill -HUP "$pid"
wait_until 60 runs_done 2 || fail "no second run"
expect_query signal "SELECT trigger FROM runs WHERE run_id = 2"
expect_summary status=ok rows_added=0 rows_changed=0

it "makes one more run of any number of SIGHUPs during a run"
merge_scenario '[fault.slow]' 'match = customers' 'times = 1' 'action = delay:700'
kill -HUP "$pid"
wait_for_log 20 'event=run.start run=3 '
kill -HUP "$pid"
wait_until 10 grep -q 'event=run.queued' "$log" || fail "not queued"
kill -HUP "$pid"
wait_until 60 runs_done 4 || fail "the queued run did not come"

it "refuses a second daemon and a sync on the same database"
daemon_log=$log daemon_pid=$pid
log=$place/second.log
run_program run --config "$conf"
expect_code 1
expect_log "another csp-usaged \(process $daemon_pid\).*E-LOCK"
run_program sync --config "$conf"
expect_code 1
expect_log 'E-LOCK'
log=$daemon_log pid=$daemon_pid
is_gone && fail "the first one is gone"

it "answers status while it runs, without a word to the service"
reset_counters
"$daemon" status --config "$conf" >"$T/status" 2>&1 || fail "status fails: $(cat "$T/status")"
grep -q 'next run' "$T/status" || fail "status does not tell the next run"
"$daemon" status --json --config "$conf" | jq -e . >/dev/null || fail "status --json is not JSON"
expect_equal "requests" 0 "$(requests_received)"

it "ends on SIGTERM, tells systemd, and leaves nothing to clean"
signal_and_end TERM 5
expect_code 0
expect_log 'event=stop .*reason=SIGTERM'
notified '^STOPPING=1$' || fail "no STOPPING=1"
expect_query 0 "SELECT count(*) FROM runs WHERE status NOT IN ('ok')"
expect_equal "size of the WAL file" 0 "$(stat -c %s "$db-wal")"
kill "$listener"
unset NOTIFY_SOCKET

it "does not run again for a slot that was served"
start_program run
wait_for_log 20 'event=schedule.next'
expect_no_log 'event=run.start'
signal_and_end INT 5
expect_code 0

it "does not catch up when told not to"
new_place patient "${setup[@]}" schedule.catch_up=no
start_program run
wait_for_log 20 'event=schedule.next'
expect_no_log 'event=run.start'
signal_and_end TERM 5

# Each of these answers takes longer than the test: the daemon has to leave it.
for what in token ratecard customers subscriptions utilization; do
	it "ends within 5 s of SIGTERM while it waits for: $what"
	play_scenario '[fault.slow]' "match = $what" 'times = 0' 'action = delay:30000'
	new_place "waiting-for-$what" "${setup[@]}"
	start_program run
	wait_until 20 eval '[ "$(counter "(.concurrent_requests // .faults.slow) // 0")" -ge 1 ]' || fail "nothing was asked"
	signal_and_end TERM 5
	expect_code 0
	expect_query aborted "SELECT status FROM runs"
	[ -s "$log" ] && expect_log 'event=run.done .*status=aborted'
done

it "ends within 5 s while it waits to try again"
play_scenario '[fault.busy]' 'match = utilization' 'times = 0' 'action = status:503' 'retry_after = 600'
new_place backing-off "${setup[@]}"
start_program run
wait_until 20 eval '[ "$(counter ".faults.busy // 0")" -ge 1 ]' || fail "nothing was asked"
signal_and_end TERM 5
expect_code 0

it "makes good for the run that was stopped when it starts again"
play_scenario
start_program run
wait_for_log 60 'event=run.done .*status=ok'
expect_log 'event=run.start .*trigger=catchup'
expect_content "$T/content"
signal_and_end TERM 5

it "keeps answering the watchdog while a large page is taken in"
play_scenario '[generate]' 'rows_per_day = 15000' '[page]' 'usage_size = 1000'
new_place watched "${setup[@]}"
rm -f "$T/notify.sock"
listen_for_notifications
export WATCHDOG_USEC=400000
start_program run
unset WATCHDOG_USEC NOTIFY_SOCKET
wait_for_log 20 'event=plan.done'
before=$(grep -c '^WATCHDOG=1' "$place/notified")
more_signs_of_life() { [ "$(grep -c '^WATCHDOG=1' "$place/notified")" -ge $((before + 3)) ]; }
wait_until 3 more_signs_of_life || fail "no WATCHDOG=1 during the run"
expect_no_log 'event=run.done'
signal_and_end TERM 5
expect_code 0
kill "$listener"
