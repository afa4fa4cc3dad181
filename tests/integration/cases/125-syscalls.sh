# SPDX-License-Identifier: MIT
# long
# What a whole life of the service asks of the kernel, and that its unit lets it: SystemCallFilter, RestrictAddressFamilies and
# MemoryDenyWriteExecute, by strace.
. "$(dirname "$0")/../lib.sh"

it "asks the kernel for nothing that its unit refuses"
if under_asan; then
	skip "a sanitizer has system calls of its own"
	exit 0
fi
for tool in strace systemd-analyze; do
	command -v $tool >/dev/null || { skip "there is no $tool here"; exit 0; }
done
unit=$here/../../systemd/csp-usaged.service
trace=$T/trace
# Not as root, to whom SQLite does more: as the service's user, who has no rights.
as_service=()
if [ "$(id -u)" -eq 0 ]; then
	as_service=(setpriv --reuid=nobody --regid=54321 --clear-groups --no-new-privs --)
	install -m 0755 "$daemon" "$T/csp-usaged"
	daemon=$T/csp-usaged
fi
# All memory may be locked, where this machine lets us say so.
prlimit --pid $$ --memlock=unlimited 2>/dev/null
# next_trace: $traced in front of a command leaves what it and all that it starts ask for in a file of its own. The newer libuv of Debian
# 13 tries io_uring: it is refused that as by the unit, and does without.
next_trace() {
	traced=("${as_service[@]}" strace -f -qq -e signal=none -e inject=io_uring_setup:error=EPERM --output="$trace.$((traces += 1))" --)
}
give_away() { # the service's user has what is below $place
	[ ${#as_service[@]} -eq 0 ] || chown -R nobody "$place"
	chmod 0777 "$T" # for the traces
}

start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=300 \
    --set generate.first_day="$(date -u -d '5 days ago' +%F)" --set generate.last_day="$(date -u -d '3 days ago' +%F)" \
    --set partner.access_token_seconds=2
new_place here usage.backfill_days=6 log.level=info
perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]); 1 while defined $s->recv(my $m, 4096)' \
    "$T/notify.sock" &
wait_until 10 test -S "$T/notify.sock" && chmod 0777 "$T/notify.sock"
export NOTIFY_SOCKET=$T/notify.sock WATCHDOG_USEC=2000000
runs_done() { [ "$(grep -c 'event=run.done' "$log")" -ge "$1" ]; }
start_service() {
	give_away
	next_trace
	: >"$log"
	"${traced[@]}" "$daemon" run --config "$conf" >"$place/out" 2>"$log" </dev/null &
	tracer=$!
	wait_for_log 30 'event=ready '
	pid=$(cat "/proc/$tracer/task/$tracer/children")
	[ -n "$pid" ] || die "the service did not start"
}
# end_service SIGNAL CODE
end_service() {
	kill "-$1" $pid
	wait "$tracer"
	expect_equal "exit code after SIG$1" "$2" $?
}

# A first run, beside which somebody asks how things stand, with all that goes wrong on a network.
merge_scenario '[fault.busy]' 'match = customers' 'times = 1' 'action = status:503' \
    '[fault.gone]' 'match = utilization' 'times = 2' 'action = reset'
start_service
wait_until 60 runs_done 1 || fail "no run"
"${as_service[@]}" "$daemon" status --config "$conf" >"$T/status" 2>&1 || fail "status fails: $(cat "$T/status")"
# A reload, as the unit does it, and a kill; then the start that mends what was left, and a stop.
eval "reload=($(sed -n 's/^ExecReload=//p' "$unit"))"
next_trace
MAINPID=$pid "${traced[@]}" "${reload[@]}"
wait_until 60 runs_done 2 || fail "no run by the reload"
end_service KILL 137 2>/dev/null
start_service
end_service TERM 0

# What an instance of the service does before.
next_trace
"${traced[@]}" sh -c "umask 0077; exec mkdir -p $T/instance"

# A name server is asked, and the service is looked for where nobody is; a configuration is refused.
write_config partner_center.base_url=https://nobody.invalid partner_center.login_url=https://nobody.invalid
RES_OPTIONS='timeout:1 attempts:1' start_service
kill -HUP $pid
wait_for_log 60 'event=http.attempt .*what=token'
end_service TERM 0
write_config log.level=loud
next_trace
"${traced[@]}" "$daemon" run --config "$conf" 2>"$log"
expect_equal "exit code" 2 $?

python3 "$here/syscalls" "$unit" "$trace".* >"$BUILD/syscalls" || fail "$(cat "$BUILD/syscalls")"

it "lets little be seen of the machine"
systemd-analyze security --offline=true --threshold=11 --no-pager "$unit" >"$T/exposure" 2>&1 || fail "$(grep -E '✗|Overall' "$T/exposure")"
