# SPDX-License-Identifier: MIT
# What the operator sees: status, coverage, the lines of the journal; and what a database is bound to.
. "$(dirname "$0")/../lib.sh"

first_day=$(date -u -d '5 days ago' +%F) day=$(date -u -d '3 days ago' +%F)
start_emulator - --set generate.customers=3 --set generate.subscriptions=6 --set generate.rows_per_day=10 --set generate.unpriced_meters=2 \
    --set generate.first_day="$first_day" --set generate.last_day="$day" --set generate.azure_plan_subscriptions=1
new_place here usage.backfill_days=6 log.level=info
merge_scenario '[fault.f]' "match = start_time=$day" 'times = 1' 'action = status:400'
sync
expect_code 3
status() { "$daemon" status --config "$conf" --json | jq -r "$1"; }

it "tells the last run, what is missing and what to do"
expect_equal "last run" "partial sync 1" "$(status '.last_run | "\(.status) \(.trigger) \(.slices_failed)"')"
expect_equal "gaps" 1 "$(status .gaps)"
expect_equal "not covered" 1 "$(status .not_covered)"
expect_equal "purchases" "$(query 'SELECT count(*) FROM purchases')" "$(status .purchases)"
expect_equal "unpriced" "$(query 'SELECT count(*) FROM purchases WHERE amount IS NULL')" "$(status .unpriced)"
expect_at_least "things to do" 2 "$(status '.todo | length')"
"$daemon" status --config "$conf" >"$T/text"
expect_log '^last run +.* run 1, partial, by sync' "$T/text"
expect_log '^next run +.* 19:00:00' "$T/text"
expect_log '^subscriptions +5 read, and 1 more that are not covered' "$T/text"
expect_log 'the last run is partial: .*; ' "$T/text"

it "shows the failed day in the calendar"
"$daemon" coverage --config "$conf" --month "${day%-*}" >"$T/text" || fail "coverage fails"
grep -v '^x ' "$T/text" | grep -Eq '!' || fail "no sign of the failure"
expect_equal "lines that tell of what is not covered" 1 "$(grep -Ec '  \+1 not covered$' "$T/text")"
expect_log 'blank: before the first day on record' "$T/text"
"$daemon" coverage --config "$conf" --month 2019-01 >"$T/text" || fail "coverage fails"
expect_log '^nothing is on record for 2019-01$' "$T/text"
expect_equal "failed days" 1 "$("$daemon" coverage --config "$conf" --month "${day%-*}" --json | grep -c '"failed"')"

it "shows nothing to make good for after the next run"
sync
expect_code 0
expect_equal "last run" "ok 0" "$(status '.last_run | "\(.status) \(.slices_failed)"')"
expect_equal "gaps" 0 "$(status .gaps)"
expect_equal "failed days" 0 "$("$daemon" coverage --config "$conf" --month "${day%-*}" --json | grep -c '"failed"')"

it "shows a day whose second reading failed"
merge_scenario '[fault.f]' "match = start_time=$day" 'times = 1' 'action = status:400'
sync
expect_code 3
expect_equal "failed days" 1 "$("$daemon" coverage --config "$conf" --month "${day%-*}" --json | grep -c '"failed"')"
sync
expect_code 0
expect_equal "failed days" 0 "$("$daemon" coverage --config "$conf" --month "${day%-*}" --json | grep -c '"failed"')"

it "tells of a copy that could not be published"
write_config "database.publish=$place/nowhere/usage.db" usage.backfill_days=6 log.level=info
sync
expect_code 3
"$daemon" status --config "$conf" >"$T/text"
expect_log 'the last run is partial: publish: .*nowhere.*; ' "$T/text"
write_config usage.backfill_days=6 log.level=info
sync
expect_code 0

it "writes one summary line a run, with every figure"
expect_equal "summary lines" 1 "$(grep -c event=run.done "$log")"
expect_log 'event=run.done run=6 status=ok subscriptions=5 slices=[0-9]+ failed=0 rows_added=0 rows_changed=0 rows_withdrawn=0 unpriced=[0-9]+ amount="EUR -?[0-9]+\.[0-9]{9}" requests=[0-9]+ retries=0 duration_ms=[0-9]+'

it "says of a dry run that brings nothing that nothing would change"
sync --dry-run
expect_code 0
expect_equal "output" "Nothing would change." "$(cat "$place/out")"

it "writes priorities instead of times when the journal reads"
JOURNAL_STREAM=$(stat -c %d:%i "$log") "$daemon" sync --config "$conf" 2>"$log" || fail "it fails"
expect_equal "lines without a priority" 0 "$(grep -vc '^<[3467]>event=' "$log")"
expect_log '^<6>event=run.done '

it "takes the client secret from systemd's credentials"
new_place credentials partner.client_secret_file=- usage.backfill_days=6
mv "$place/secret" "$place/client_secret"
CREDENTIALS_DIRECTORY=$place sync
expect_code 0

it "refuses to mix another partner, currency or billing period into a database"
use_place here
before=$(query "SELECT count(*), max(seq) FROM purchases")
for pair in partner.tenant_id=00000000-1111-2222-3333-444444444444 billing.period_start_day=15; do
	write_config "$pair"
	sync
	expect_equal "$pair: refused" yes "$([ $code -ne 0 ] && echo yes)"
	expect_log "csp-usaged: .*database"
done
expect_equal "the database" "$before" "$(query "SELECT count(*), max(seq) FROM purchases")"

it "refuses a database of a newer program, and leaves it as it is"
write_config
cp "$db" "$T/newer.db"
sqlite3 "$T/newer.db" "PRAGMA user_version = 999" 
write_config "database.path=$T/newer.db"
sync
[ $code -ne 0 ] || fail "it took it"
expect_log 'newer'
expect_equal "its version" 999 "$(sqlite3 "$T/newer.db" 'PRAGMA user_version')"

it "refuses a file that is no database of its own"
sqlite3 "$T/other.db" "CREATE TABLE x (y)"
write_config "database.path=$T/other.db"
sync
[ $code -ne 0 ] || fail "it took another program's database"
expect_equal "its tables" x "$(sqlite3 "$T/other.db" "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table'")"
head -c 20000 /dev/urandom >"$T/noise.db"
write_config "database.path=$T/noise.db"
sync
[ $code -ne 0 ] || fail "it took noise"
expect_log 'E-STORE|not a database'

it "serves several partners beside each other, each with its own database"
new_place second usage.backfill_days=6 log.level=info
start_program sync
first_pid=$pid
use_place here
write_config usage.backfill_days=6
sync
expect_code 0
use_place second
pid=$first_pid
end_program
expect_code 0
