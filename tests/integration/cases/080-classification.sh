# SPDX-License-Identifier: MIT
# A subscription that the utilization API does not serve is told, never reported as empty.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-27 --to 2024-02-29"
start_emulator - --set generate.customers=4 --set generate.subscriptions=16 --set generate.rows_per_day=10 \
    --set generate.first_day=2024-02-27 --set generate.last_day=2024-02-29 \
    --set generate.azure_plan_subscriptions=3 --set generate.license_subscriptions=2 --set generate.moved_subscriptions=2 \
    --set generate.no_usage_subscriptions=2 --set generate.forbidden_subscriptions=1 --set generate.advisor_customers=1
new_place here
sync $range

# Of advisor customers nothing is asked: their subscriptions are not listed.
count_of() { query "SELECT count(*) FROM subscriptions WHERE usage_source = '$1'"; }

it "is a good run: what is not covered is no failure"
expect_code 0
expect_summary status=ok failed=0

it "leaves customers out that are not the partner's to bill"
expect_log 'event=customers.done .*customers=3 left_out=1'
expect_query 3 "SELECT count(DISTINCT customer_id) FROM subscriptions"

it "tells every subscription's usage source, and since when"
expect_query "$(query "SELECT count(*) FROM subscriptions")" "SELECT count(*) FROM subscriptions
    WHERE usage_source IN ('utilization', 'azure_plan', 'not_found', 'forbidden', 'none') AND usage_source_since IS NOT NULL"
for source in utilization azure_plan not_found none; do
	expect_at_least "subscriptions of source $source" 1 "$(count_of $source)"
done
expect_query 0 "SELECT count(*) FROM subscriptions WHERE usage_source IN ('not_found', 'forbidden') AND usage_source_reason IS NULL"

it "counts them in the summary and warns"
not_covered=$(query "SELECT count(*) FROM subscriptions WHERE usage_source IN ('azure_plan', 'not_found', 'forbidden')")
expect_summary "not_covered=$not_covered" "subscriptions=$(count_of utilization)"
expect_log "event=subscriptions.not_covered .*count=$not_covered .*remedy="

it "has no slice of what is not covered, and calls none of its days empty"
expect_query 0 "SELECT count(*) FROM slices JOIN subscriptions USING (subscription_id) WHERE usage_source <> 'utilization'"
expect_query 0 "SELECT count(*) FROM coverage JOIN subscriptions USING (subscription_id)
    WHERE usage_source IN ('azure_plan', 'not_found', 'forbidden') AND coverage.state <> 'not_covered'"
expect_query 0 "SELECT count(*) FROM coverage JOIN subscriptions USING (subscription_id) WHERE usage_source = 'none'"

it "takes \"does not have usage data\" for empty days of a covered subscription"
empty=$(query "SELECT count(DISTINCT subscription_id) FROM slices WHERE state = 'empty'")
expect_at_least "subscriptions without usage" 1 "$empty"
expect_query "$empty" "SELECT count(DISTINCT subscription_id) FROM slices JOIN subscriptions USING (subscription_id)
    WHERE state = 'empty' AND usage_source = 'utilization'"
expect_summary "slices=$(($(count_of utilization) * 3))"

it "asks about what is not found or forbidden once a run, about plans and licences never"
unknown=$(query "SELECT count(*) FROM subscriptions WHERE usage_source IN ('not_found', 'forbidden')")
reset_counters
sync $range
expect_code 0
expect_at_most "usage requests" "$(($(count_of utilization) * 3 + unknown * 2))" "$(counter .requests.utilization)"
expect_summary "not_covered=$not_covered"

it "notices when one is served again, and then fetches all of its days"
play_scenario '[generate]' 'moved_subscriptions = 0' 'forbidden_subscriptions = 0'
sync $range
expect_code 0
expect_query "$(count_of azure_plan)" "SELECT count(*) FROM subscriptions WHERE usage_source IN ('azure_plan', 'not_found', 'forbidden')"
sync $range
expect_code 0
expect_query 0 "SELECT count(*) FROM coverage WHERE reported_day BETWEEN '2024-02-27' AND '2024-02-29' AND state = 'missing'"
expect_query "$(count_of utilization)" "SELECT count(DISTINCT subscription_id) FROM slices"

it "calls a run partial that lost access to what it read before, and names it; brings all days in the run that has it again"
lost=$(query "SELECT subscription_id FROM subscriptions WHERE usage_source = 'utilization' AND subscription_id IN (SELECT subscription_id FROM purchases) LIMIT 1")
play_scenario '[generate]' 'moved_subscriptions = 0' 'forbidden_subscriptions = 0' '[fault.lost]' "match = $lost/utilizations" 'times = 0' 'action = error:2032'
for night in 1 2; do
	sync $range
	expect_code 3
	expect_summary status=partial failed=0
	expect_log "event=subscription.refused .*subscription=$lost .*code=E-PC-2032 .*remedy="
	expect_log 'event=subscriptions.not_covered .*refused=1'
done
play_scenario '[generate]' 'moved_subscriptions = 0' 'forbidden_subscriptions = 0'
reset_counters
sync $range
expect_code 0
expect_summary status=ok
expect_query utilization "SELECT usage_source FROM subscriptions WHERE subscription_id = '$lost'"
expect_equal "requests for its days" "$(count_of utilization)" "$(($(counter .requests.utilization) / 3))"

it "marks who is gone, and takes it back when they are there again"
play_scenario '[generate]' 'customers = 2' 'advisor_customers = 0'
sync $range
expect_code 0
gone=$(query "SELECT count(*) FROM customers WHERE missing_since IS NOT NULL")
expect_at_least "customers gone" 1 "$gone"
play_scenario
sync $range
expect_query 0 "SELECT count(*) FROM customers WHERE missing_since IS NOT NULL"
