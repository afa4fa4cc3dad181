# SPDX-License-Identifier: MIT
# long
# Between two runs no secret is left in the daemon's memory: not in what it has, and not in what it gave back.
. "$(dirname "$0")/../lib.sh"

secret='canary+secret/of~the=application 0123456789'
client_secret=$secret
(umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 300 -subj /CN=canary -keyout "$T/key.pem" -out "$T/certificate.pem" 2>/dev/null)
day=$(date -u -d '3 days ago' +%F)
start_emulator - --set generate.customers=2 --set generate.subscriptions=3 --set generate.rows_per_day=5 \
    --set generate.first_day="$day" --set generate.last_day="$day" --set "partner.client_secret=$secret" \
    --set partner.certificate="$T/certificate.pem"

# scan FILE: what of the lines of FILE is in the daemon's memory
scan() { python3 "$here/find-secrets" "$1" "pid:$pid"; }

# All refresh tokens that the emulator gives out begin alike.
printf '%s\n' "$secret" "$first_refresh_token" "1.AXEA." "pem:$T/key.pem" "Bearer eyJ" '"access_token":"eyJ' 'client_secret=c' \
    'client_assertion=e' 'refresh_token=1' >"$T/secrets"
echo "$client" >"$T/known"

# forgets WHAT: the daemon, which runs, holds none of the secrets
forgets() {
	local found
	found=$(scan "$T/secrets")
	expect_equal "$1" "" "$found"
	expect_at_least "places of what must be there (or nothing was looked at)" 1 "$(scan "$T/known" | grep -c ' raw ')"
}
run_again() {
	kill -HUP "$pid"
	wait_for_log 60 "event=run.done run=$1 "
	wait_until 20 test "$(grep -c event=schedule.next "$log")" -ge "$1"
}

it "finds the secrets while they are in use"
if under_asan; then
	skip "freed memory is quarantined as it is"
	exit 0
fi
merge_scenario '[fault.f]' 'match = token' 'delay_ms = 120000' 'action = delay'
new_place here usage.backfill_days=5
start_program run
wait_until 20 log_has 'event=run.start'
seen() { found=$(scan "$T/secrets"); [ -n "$found" ]; }
if ! scan "$T/known" >/dev/null; then
	skip "the memory of a process can't be read here"
	kill -TERM "$pid"
	exit 0
fi
wait_until 60 seen || fail "not found while a request with them is under way"
kill -KILL "$pid"
wait "$pid"

it "forgets them after a run: secret and refresh tokens"
play_scenario
new_place again usage.backfill_days=5
start_program run
wait_for_log 60 'event=run.done run=1 status=ok'
stored_token >>"$T/secrets"
for run in 2 3; do
	run_again $run
	stored_token >>"$T/secrets"
done
forgets "after three runs"
kill -TERM "$pid"
end_program

it "forgets the key that the token is sealed with"
new_place sealed usage.backfill_days=5 partner.token_key_file="$T/sealed/token-key"
(umask 077; openssl rand -hex 32 | tee -a "$T/secrets" >"$place/token-key")
start_program run
wait_for_log 60 'event=run.done run=1 status=ok'
run_again 2
forgets "after two runs"
kill -TERM "$pid"
end_program

it "forgets them after a refusal, and tries that failed"
play_scenario '[fault.f]' 'match = token' 'times = 2' 'action = status:503'
new_place failing usage.backfill_days=5
start_program run
wait_for_log 90 'event=run.done run=1 status=ok'
play_scenario '[partner]' 'sign_in = 700082'
run_again 2
forgets "after a refusal"
kill -TERM "$pid"
end_program

it "forgets the key of a certificate"
play_scenario
new_place certificate usage.backfill_days=5 partner.client_secret_file=- partner.client_certificate_file="$T/certificate.pem" \
    partner.client_key_file="$T/key.pem"
start_program run
wait_for_log 60 'event=run.done run=1 status=ok'
run_again 2
forgets "after two runs"
kill -TERM "$pid"
end_program

it "is locked in memory where that is allowed"
if [ "$(ulimit -l)" != unlimited ]; then
	skip "no more than $(ulimit -l) kB may be locked here"
	exit 0
fi
start_program run
wait_until 20 log_has 'event=ready'
expect_at_least "locked, kB" 1000 "$(sed -n 's/^VmLck:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")"
kill -TERM "$pid"
end_program
