# SPDX-License-Identifier: MIT
# Microsoft restates usage and prices: what is pulled again equals what a fresh database gets, and every change is on record.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=3 --set generate.subscriptions=8 --set generate.rows_per_day=40 --set generate.days=6 \
    --set generate.first_day=2024-03-29 --set generate.last_day=2024-04-03 --set generate.meters=120 \
    --set generate.tiered_percent=15 --set generate.included_percent=10 --set generate.restated_percent=40
range="--from 2024-03-29 --to 2024-04-03"
new_place here
sync $range
before=$(content)
first_seq=$(query "SELECT max(seq) FROM purchases")
merge_scenario '[generate]' 'revision = 1'
sync $range

# Prices that got a later date: usage before that date keeps its price here, of which a fresh database can't know.
dated="meter_id IN (SELECT c.meter_id FROM price_changes c JOIN rates o ON o.rate_id = c.old_rate_id
    WHERE o.effective_date <> c.effective_date)"

it "takes over changed, withdrawn and late rows"
expect_code 0
expect_summary status=ok failed=0
for kind in rows_added rows_changed rows_withdrawn; do
	expect_at_least "$kind" 1 "$(summary $kind)"
done
expect_generators_totals

it "equals a fresh database that was pulled from the restated partner"
dated_meters=$(query "SELECT group_concat(DISTINCT quote(meter_id)) FROM purchases WHERE $dated")
expect_at_least "meters with a price of a later date" 1 "$(tr -dc , <<<"$dated_meters," | wc -c)"
restated=$(content "status = 'active' AND meter_id NOT IN ($dated_meters)")
references="SELECT purchase_reference, quantity_exact, status FROM purchases WHERE status = 'active' ORDER BY 1"
restated_references=$(query "$references")
new_place fresh
sync $range
expect_code 0
expect_equal "references and quantities" "$(query "$references")" "$restated_references"
expect_equal "all of it, with amounts" "$(content "status = 'active' AND meter_id NOT IN ($dated_meters)")" "$restated"
use_place here

it "keeps the price of usage days before the date of a new price"
expect_query 0 "SELECT count(*) FROM purchases p JOIN price_changes c USING (meter_id)
    WHERE rate_id = c.new_rate_id AND usage_start < c.effective_date AND rating_status = 'rated' AND $dated"
expect_query 1 "SELECT count(*) > 0 FROM purchases p JOIN price_changes c USING (meter_id)
    WHERE rate_id = c.new_rate_id AND rating_status = 'rated' AND $dated"

it "keeps withdrawn purchases with quantity and amount 0"
expect_query "$(summary rows_withdrawn)" "SELECT count(*) FROM purchases WHERE status = 'withdrawn'"
expect_query 0 "SELECT count(*) FROM purchases WHERE status = 'withdrawn' AND (quantity <> 0 OR quantity_exact <> '0' OR amount_nanos <> 0)"

it "gives a row that did not change neither a revision nor a number"
untouched=$(content "last_run_id = 1 AND seq <= $first_seq" | LC_ALL=C sort)
expect_equal "untouched, but with another content" "" "$(LC_ALL=C comm -13 <(printf '%s\n' "$before" | LC_ALL=C sort) <(printf '%s\n' "$untouched"))"
expect_at_least "untouched purchases" 100 "$(printf '%s\n' "$untouched" | wc -l)"
expect_query 0 "SELECT count(*) FROM purchase_changes WHERE run_id = 2 AND change = 'changed' AND reason <> 'rerated_price'
    AND old_quantity IS new_quantity AND old_amount_nanos IS new_amount_nanos"

it "numbers every change once, and ends each purchase's history in its present state"
expect_query 0 "SELECT count(*) - count(DISTINCT seq) FROM purchase_changes"
expect_query 0 "SELECT count(*) FROM purchases p WHERE revision <>
    (SELECT count(*) FROM purchase_changes c WHERE c.purchase_reference = p.purchase_reference)"
expect_query 0 "SELECT count(*) FROM purchases p JOIN purchase_changes c USING (seq)
    WHERE c.purchase_reference <> p.purchase_reference OR c.new_quantity IS NOT p.quantity_exact OR c.new_amount_nanos IS NOT p.amount_nanos"
expect_query "$(query 'SELECT count(*) FROM purchases')" "SELECT count(*) FROM purchases JOIN purchase_changes USING (seq, purchase_reference)"
expect_query 0 "SELECT count(*) FROM purchase_changes n JOIN purchase_changes o
    ON o.purchase_reference = n.purchase_reference AND o.revision = n.revision - 1
    WHERE n.old_quantity IS NOT o.new_quantity OR n.old_amount_nanos IS NOT o.new_amount_nanos OR n.seq <= o.seq"

it "tells from a number on what a downstream system has to take over"
expect_query "$(query "SELECT count(*) FROM purchases WHERE last_run_id = 2")" "SELECT count(*) FROM purchases WHERE seq > $first_seq"
expect_at_least "rows to take over" "$(($(summary rows_added) + $(summary rows_withdrawn)))" "$(query "SELECT count(*) FROM purchases WHERE seq > $first_seq")"
expect_query 1 "SELECT count(*) > 0 FROM purchase_changes WHERE reason = 'late_usage' AND change = 'added'"
expect_query 1 "SELECT count(*) > 0 FROM purchase_changes WHERE reason = 'restated'"
expect_query "$(summary rows_withdrawn)" "SELECT count(*) FROM purchase_changes WHERE reason = 'withdrawn' AND change = 'withdrawn'"

it "changes nothing when the restated partner is pulled once more"
last_seq=$(query "SELECT max(seq) FROM purchases")
sync $range
expect_code 0
expect_summary rows_added=0 rows_changed=0 rows_withdrawn=0
expect_query "$last_seq" "SELECT max(seq) FROM purchases"

it "goes back when the service does: what was withdrawn is active again"
merge_scenario '[generate]' 'revision = 0'
sync $range
expect_code 0
expect_generators_totals
now=$(active_content | LC_ALL=C sort)
new_place again
sync $range
# Prices that changed stay in the book by their versions: only what was used is compared with a fresh database.
expect_equal "references and quantities" "$(active_content | cut -d '|' -f 1-27 | LC_ALL=C sort)" "$(printf '%s\n' "$now" | cut -d '|' -f 1-27)"
