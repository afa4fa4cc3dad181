# SPDX-License-Identifier: MIT
# A made-up partner: every sum equals the generator's own figure, to the last digit.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=6 --set generate.subscriptions=14 --set generate.rows_per_day=40 \
    --set generate.first_day=2024-02-26 --set generate.last_day=2024-03-03 --set generate.meters=300 \
    --set generate.tiered_percent=10 --set generate.included_percent=10 --set generate.unpriced_meters=3 --set page.customers_size=4
new_place here

it "sums each usage day and each slice to the generator's figures, over a leap day and a month's end"
sync --from 2024-02-26 --to 2024-03-03
expect_code 0
expect_summary status=ok slices=98 failed=0
expect_generators_totals
expect_query 14 "SELECT count(DISTINCT subscription_id) FROM purchases"

it "asks each slice once, with one correlation id"
expect_equal "usage requests" 98 "$(counter .requests.utilization)"
expect_equal "correlation ids" 1 "$(counter .distinct_correlation_ids)"

it "rates what has a price: bands sum to their purchase, unpriced usage is told"
expect_query 0 "SELECT count(*) FROM purchases p WHERE amount_nanos IS NOT (SELECT sum(amount_nanos) FROM purchase_bands b
    WHERE b.purchase_reference = p.purchase_reference)"
expect_query 1 "SELECT count(*) > 0 FROM purchases WHERE rating_status = 'rated' AND amount_nanos > 0"
expect_query "$(summary unpriced)" "SELECT count(*) FROM purchases WHERE amount_nanos IS NULL AND status = 'active'"
expect_query "$(summary amount)" "SELECT currency || ' ' || format('%d.%09d', sum(amount_nanos) / 1000000000, sum(amount_nanos) % 1000000000)
    FROM purchases WHERE currency IS NOT NULL"

it "is the same when pulled day by day, the newest first, as when pulled at once"
content >"$T/at_once"
new_place bits
for day in 2024-03-03 2024-03-01 2024-02-26 2024-02-27 2024-03-02 2024-02-29 2024-02-28; do
	sync --from $day --to $day
	expect_code 0
done
expect_content "$T/at_once"

it "is the same with one request at a time as with many"
new_place one partner_center.max_in_flight=1
sync --from 2024-02-26 --to 2024-03-03
expect_code 0
expect_content "$T/at_once"
new_place many partner_center.max_in_flight=64
sync --from 2024-02-26 --to 2024-03-03
expect_code 0
expect_content "$T/at_once"

it "pulls the customer or the subscription named, and marks nobody else as gone"
new_place part
customer=$(cut -d '|' -f 3 "$T/at_once" | sort | sed -n 1p)
sync --from 2024-02-26 --to 2024-02-27 --customer "$customer"
expect_code 0
expect_query "$customer" "SELECT DISTINCT customer_id FROM purchases"
subscription=$(cut -d '|' -f 5 "$T/at_once" | sort -u | sed -n 2p)
sync --from 2024-02-28 --to 2024-02-28 --subscription "${subscription^^}"
expect_code 0
expect_query "$subscription" "SELECT DISTINCT subscription_id FROM purchases WHERE reported_day = '2024-02-28'"
expect_query 0 "SELECT count(*) FROM subscriptions WHERE missing_since IS NOT NULL"

it "fetches and prices but writes nothing with --dry-run"
new_place dry
sync --from 2024-02-26 --to 2024-02-27 --dry-run
expect_code 0
expect_summary slices=28 rows_withdrawn=0
expect_equal "customers printed" 6 "$(grep -c ' added ' "$place/out")"
[ ! -e "$published" ] || fail "a dry run published"
[ ! -e "$db" ] || fail "a dry run made a database"
