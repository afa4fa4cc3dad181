# SPDX-License-Identifier: MIT
# What the configuration chooses: hours or days, customers, the billing period's first day.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-28 --to 2024-03-01"
start_emulator - --set generate.customers=4 --set generate.subscriptions=5 --set generate.rows_per_day=6 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-03-01
new_place all
sync $range
content >"$T/content"
mapfile -t customers < <(query "SELECT customer_id FROM customers ORDER BY 1")

it "pulls hours, which sum to the same days"
new_place hourly usage.granularity=hourly
sync $range
expect_code 0
expect_equal "sums of each usage day and meter" "$(generator_totals)" "$(usage_day_totals)"
expect_query 1 "SELECT count(*) > 500 FROM purchases"
expect_query 3600 "SELECT DISTINCT strftime('%s', usage_end) - strftime('%s', usage_start) FROM purchases
    WHERE julianday(usage_end) - julianday(usage_start) < 0.5"

it "pulls the customers named, in either case, and no others"
new_place included "usage.include_customers=${customers[0]^^}, ${customers[2]}"
sync $range
expect_code 0
expect_query "${customers[0]}
${customers[2]}" "SELECT DISTINCT customer_id FROM purchases ORDER BY 1"
expect_log 'event=customers.done .*customers=2 left_out=2'

it "pulls all but the customers named"
new_place excluded "usage.exclude_customers=${customers[1]}"
sync $range
expect_code 0
expect_query 0 "SELECT count(*) FROM purchases WHERE customer_id = '${customers[1]}'"
expect_query 3 "SELECT count(DISTINCT customer_id) FROM purchases"
expect_query 0 "SELECT count(*) FROM customers WHERE missing_since IS NOT NULL"

it "begins billing periods on the day that is set"
new_place period billing.period_start_day=28
sync $range
expect_code 0
expect_query "2024-01|2024-02-27
2024-02|2024-03-01" "SELECT billing_period, date(max(usage_start)) FROM purchases GROUP BY 1 ORDER BY 1"
expect_equal "references" "$(cut -d '|' -f 1 "$T/content")" "$(query "SELECT purchase_reference FROM purchases ORDER BY 1")"
