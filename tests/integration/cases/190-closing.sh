# SPDX-License-Identifier: MIT
# long
# Billing periods close, and what Microsoft says of them afterwards is charged once, as corrections.
. "$(dirname "$0")/../lib.sh"

# The month before last: it has ended and settled whatever day it is today, and its last day can still be asked for.
first=$(date -u -d "$(date -u +%Y-%m-01) 2 months ago" +%F)
end=$(date -u -d "$first 1 month" +%F)
month=${first%-*}
now=$(date -u +%Y-%m)
range="--from $first --to $(date -u -d "$end 6 days" +%F)"
start_emulator - --set generate.customers=2 --set generate.subscriptions=3 --set generate.rows_per_day=6 --set generate.meters=40 \
    --set generate.first_day="$first" --set generate.last_day="$(date -u -d "$end 5 days" +%F)" \
    --set generate.tiered_percent=30 --set generate.included_percent=20 --set generate.restated_percent=60 --set generate.unpriced_meters=4
# 24.0 is 24: a purchase that was added up from parts does not know how it was printed
plain_content() { content "status = 'active'" | sed -E -e 's/(\.[0-9]*[1-9])0+\|/\1|/g' -e 's/\.0+\|/|/g'; }
state_of() { query "SELECT period_state FROM billing_periods WHERE billing_period = '$1'"; }

merge_scenario '[fault.broken]' "match = utilizations/azure?start_time=$(date -u -d "$end 1 day ago" +%F)" 'times = 0' 'action = status:400'
new_place here
sync $range

it "does not close a month that lacks a day, and says so"
expect_summary status=partial
expect_log "event=period.held .*period=$month gaps=3 remedy=.*csp-usaged close --incomplete --period"
expect_equal "state" settling "$(state_of "$month")"

it "closes it at the end of the run that brings the day"
play_scenario
sync $range
expect_code 0
expect_log "event=period.closed .*period=$month"
expect_equal "state" closed "$(state_of "$month")"
expect_query "run|2" "SELECT closed_by, closed_run_id FROM billing_periods WHERE billing_period = '$month'"
expect_query 0 "SELECT count(*) FROM purchases WHERE charge_class IS NOT NULL"
fixed="SELECT purchase_reference, seq, revision, status, quantity_exact, amount_nanos, rating_status FROM purchases
    WHERE billing_period = '$month' ORDER BY 1"
query "$fixed" >"$T/fixed"

it "books what is restated of it today, as corrections, and changes nothing in it"
merge_scenario '[generate]' 'revision = 1'
sync $range
expect_code 0
query "$fixed" | cmp -s - "$T/fixed" || fail "the closed month has changed"
corrections=$(query "SELECT count(*) FROM purchases WHERE charge_class = 'correction'")
expect_at_least "corrections" 3 "$corrections"
expect_query "$now|$month|$corrections" "SELECT billing_period, usage_period, count(*) FROM purchases WHERE charge_class = 'correction' GROUP BY 1, 2"
expect_query 1 "SELECT count(corrects) BETWEEN 1 AND count(*) - 1 FROM purchases WHERE charge_class = 'correction'"
expect_query 0 "SELECT count(*) FROM purchases c LEFT JOIN purchases p ON p.purchase_reference = c.corrects
    WHERE c.corrects IS NOT NULL AND p.billing_period IS NOT c.usage_period"
expect_equal "sums of each usage day and meter" "$(generator_totals | awk -F, '$5 != 0')" "$(usage_day_totals | awk -F, '$5 != 0')"

it "writes nothing when it is read again"
sync $range
expect_summary status=ok rows_added=0 rows_changed=0 rows_withdrawn=0

it "does not open a month again without a reason"
run_program reopen --config "$conf"
expect_code 2
expect_log 'reopen wants --reason TEXT'

it "opens it again, as it would be had it never been closed"
run_program reopen --config "$conf" --reason "nothing was sent yet"
expect_code 0
grep -q "Billing period $month is open again" "$place/out" || fail "it says: $(cat "$place/out")"
expect_query 0 "SELECT count(*) FROM purchases WHERE charge_class = 'correction' AND status = 'active'"
expect_query "reopen|ok" "SELECT trigger, status FROM runs ORDER BY run_id DESC LIMIT 1"
expect_at_least "changes that say why" 1 "$(query "SELECT count(*) FROM purchase_changes WHERE reason = 'reopened'")"
expect_query "settling|nothing was sent yet" "SELECT period_state, reopen_reason FROM billing_periods WHERE billing_period = '$month'"
# A row of quantity 0 that is gone could not be told from one that is there: the next reading can.
sync $range
expect_generators_totals
never=$(plain_content)

it "is equal to one that never closed a month"
new_place never billing.settle_days=60
play_scenario
merge_scenario '[generate]' 'revision = 0'
sync $range
run_program reopen --config "$conf" --reason "never"
merge_scenario '[generate]' 'revision = 1'
sync $range
plain_content | diff - <(echo "$never") >"$T/diff" || fail "$(head -n 6 "$T/diff")"
use_place here

it "leaves to a person what a person has opened, and status says so"
sync $range
expect_no_log 'event=period.closed'
settled() { "$daemon" status --config "$conf" --json | jq -c --arg m "$month" '[(.settled_periods | index($m) != null), any(.todo[]; contains("--period " + $m))]'; }
expect_equal "the month among those that status says have settled" '[true,true]' "$(settled)"
"$daemon" status --config "$conf" >"$T/text"
expect_log "billing period $month has settled and is not closed: when it is as it should be, csp-usaged close --period $month\$" "$T/text"
run_program close --config "$conf" --period "$month" --reason "October is sent"
expect_code 0
expect_query "person|October is sent" "SELECT closed_by, close_reason FROM billing_periods WHERE billing_period = '$month'"
expect_equal "the month among those that status says have settled" '[false,false]' "$(settled)"
expect_equal "the published copy" closed "$(sqlite3 "$published" "SELECT period_state FROM billing_periods WHERE billing_period = '$month'")"

it "closes no month that lacks a day unless it is told to"
run_program reopen --config "$conf" --period 2019-01 --reason "not that one"
expect_code 2
expect_log 'only the newest closed billing period can be opened again'
new_place lacking
sync --from "$first" --to "$(date -u -d "$end 10 days ago" +%F)"
run_program close --config "$conf" --period "$month"
expect_code 2
expect_log "billing period $month is not whole: 27 reported days of subscriptions were not read.*close it as it is with --incomplete"
run_program close --config "$conf" --period "$month" --incomplete
expect_code 0
grep -q 'purchases in it have no price' "$place/out" || fail "it says: $(cat "$place/out")"
use_place here

it "refuses what can't be closed"
run_program close --config "$conf" --period "$month"
expect_code 2
expect_log "billing period $month: is closed already"
run_program close --config "$conf" --period "$now"
expect_code 2
run_program close --config "$conf" --period 2024-13
expect_code 2

it "closes and opens beside a daemon that waits, but not during its run"
start_program run
wait_for_log 60 'event=run.done'
daemon_log=$log log=$place/person.log
run_program reopen --config "$conf" --reason "beside the daemon"
expect_code 0
merge_scenario '[fault.slow]' 'match = customers' 'times = 1' 'action = delay:1500'
kill -HUP "$pid"
wait_until 20 grep -q 'event=run.start .*trigger=signal' "$daemon_log" || fail "no run"
run_program close --config "$conf" --period "$month"
expect_code 1
expect_log 'a run is under way in another process'
log=$daemon_log
wait_until 60 grep -q 'event=run.done run=[0-9]* .*' <(grep -A 99 'trigger=signal' "$log") || true
wait_for_log 60 'event=schedule.next'
kill -TERM "$pid"
end_program
expect_query 0 "SELECT count(*) FROM runs WHERE status NOT IN ('ok', 'partial')"
