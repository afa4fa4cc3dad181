# SPDX-License-Identifier: MIT
# What the PowerShell module recorded in 2018 comes out as it was recorded, to the last digit; and once is once.
. "$(dirname "$0")/../lib.sh"

recording=$samples/utilization.recorded.ps2018.daily.json
# The recording's numbers as text: "->" gives a JSON value as it is written, jq would make a double of it.
recorded() { sqlite3 :memory: "SELECT $1 FROM json_each(readfile('$recording'), '\$.items') AS i $2"; }

# Public views but the list of runs, which a second run does change.
dump_views() {
	local view
	for view in $(sqlite3 -readonly "$db" "SELECT name FROM sqlite_schema WHERE type = 'view' AND name <> 'runs' AND name LIKE '%s'"); do
		echo "== $view"
		query "SELECT * FROM $view" | LC_ALL=C sort
	done
}

start_emulator recorded-ps2018
new_place here partner_center.currency=USD partner_center.region=US

it "pulls the recorded day: 37 rows"
sync --from 2018-07-21 --to 2018-07-21
expect_code 0
expect_summary status=ok slices=1 failed=0 rows_added=37 rows_changed=0 rows_withdrawn=0 subscriptions=1 not_covered=0
expect_query 37 "SELECT count(*) FROM purchases WHERE status = 'active' AND revision = 1 AND reported_day = '2018-07-21'"
expect_query "$(recorded 'count(*)')" "SELECT count(DISTINCT purchase_reference) FROM purchases"

it "keeps the quantity of each meter and usage day to the last digit"
expect_equal "sums" \
    "$(recorded "substr(i.value ->> 'usageStartTime', 1, 10), i.value ->> '\$.resource.id' AS meter, decimal_sum(i.value -> 'quantity')" \
        "GROUP BY 1, 2 ORDER BY 1, 2")" \
    "$(query "SELECT date(usage_start), meter_id, decimal_sum(quantity_exact) FROM purchases GROUP BY 1, 2 ORDER BY 1, 2")"
expect_equal "each quantity, as it was written" "$(recorded "i.value -> 'quantity'" "ORDER BY 1")" \
    "$(query "SELECT quantity_exact FROM purchases ORDER BY 1")"

it "has the three usage days of the reported day: 5, 16 and 16 rows"
expect_query "2018-07-20T00:00:00Z|2018-07-21T00:00:00Z|5
2018-07-21T00:00:00Z|2018-07-22T00:00:00Z|16
2018-07-22T00:00:00Z|2018-07-23T00:00:00Z|16" "SELECT usage_start, usage_end, count(*) FROM purchases GROUP BY 1, 2 ORDER BY 1"
expect_query "2018-07" "SELECT DISTINCT billing_period FROM purchases"

it "keeps what the recording says of meter, unit and resource"
expect_equal "rows" \
    "$(recorded "i.value ->> '\$.resource.id', i.value ->> '\$.resource.name', i.value ->> '\$.resource.category', i.value ->> 'unit',
	i.value ->> '\$.instanceData.resourceUri', i.value ->> '\$.instanceData.location', i.value -> 'quantity'" "ORDER BY 1, 5, 7")" \
    "$(query "SELECT meter_id, meter_name, meter_category, unit, resource_uri, location, quantity_exact FROM purchases ORDER BY 1, 5, 7")"

it "leaves the amount of a meter without price NULL, never zero"
expect_query "37|37|0" "SELECT count(*), sum(amount IS NULL AND amount_nanos IS NULL AND currency IS NULL),
    sum(rating_status NOT IN ('unpriced', 'unit_mismatch', 'future_price')) FROM purchases"
expect_query 37 "SELECT sum(purchases) FROM unpriced"
expect_summary unpriced=37

it "knows the subscription and its customer; the licence is not asked about"
expect_query utilization "SELECT usage_source FROM subscriptions WHERE subscription_id = '4f26a5ca-c468-4715-8fc5-a14f28bcc29b'"
expect_query 0 "SELECT count(*) FROM subscriptions WHERE usage_source NOT IN ('utilization', 'none')"
expect_equal "usage requests" 1 "$(counter .requests.utilization)"

it "changes nothing when it is pulled again"
first=$(dump_views)
sync --from 2018-07-21 --to 2018-07-21
expect_code 0
expect_summary status=ok slices=1 rows_added=0 rows_changed=0 rows_withdrawn=0
expect_equal "the public views" "$first" "$(dump_views)"
expect_query 2 "SELECT count(*) FROM runs"
expect_equal "size of the WAL file" 0 "$(stat -c %s "$db-wal")"

it "stores an empty day as empty"
sync --from 2018-07-22 --to 2018-07-22
expect_code 0
expect_query "2018-07-22|empty|0" "SELECT reported_day, state, rows FROM slices WHERE reported_day = '2018-07-22'"
