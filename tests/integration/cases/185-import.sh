# SPDX-License-Identifier: MIT
# A billing system that imports as the manual says (csp-usaged-import(7), whose SQL runs here) has, after every night, the very purchases
# of the database; and invoices to the cent.
. "$(dirname "$0")/../lib.sh"

page=$here/../../packaging/manual/csp-usaged-import.7
billing=$T/billing.db
month=$(date -u -d "$(date -u +%Y-%m-01) -1 day" +%Y-%m)
yesterday=$(date -u -d '1 day ago' +%F)

# sql_of NAME: what a reader copies from the page
sql_of() {
	awk -v name="$1" '$0 == ".\\\" sql: " name { here = 1 } /^\.Ed/ { here = 0 } here && !/^\./' "$page" |
	    sed -e "s/\\\\(aq/'/g" -e 's/\\-/-/g' -e "s|/var/lib/csp-usaged/published/usage.db|$published|" -e "s/2026-10/$month/"
}
billing() { sqlite3 -bail "$billing" "ATTACH 'file:$published?mode=ro' AS csp;" "$@"; }
import() {
	sql_of import >"$T/import.sql"
	sqlite3 -bail "$billing" <"$T/import.sql" >"$T/said" 2>&1 || fail "the import fails: $(cat "$T/said")"
	expect_equal "what the import says" "" "$(cat "$T/said")"
}
columns="purchase_reference, source_update_date, status, billing_period, usage_period, charge_class, customer_id, subscription_id, meter_id,
    unit, quantity_exact, amount_nanos, currency"
expect_the_same_purchases() {
	expect_equal "missing or other in the billing system" "" "$(billing "SELECT $columns FROM csp.purchases EXCEPT SELECT $columns FROM import_line")"
	expect_equal "purchases" "$(query 'SELECT count(*) FROM purchases')" "$(billing 'SELECT count(*) FROM import_line')"
	expect_equal "amounts of customers and periods" \
	    "$(query "SELECT customer_id, billing_period, amount_exact FROM customer_months WHERE amount_exact IS NOT NULL ORDER BY 1, 2")" \
	    "$(billing "SELECT customer_id, billing_period, format('%s%d.%09d', iif(n < 0, '-', ''), abs(n) / 1000000000, abs(n) % 1000000000) FROM
	        (SELECT customer_id, billing_period, sum(amount_nanos) AS n FROM import_line WHERE status = 'active' GROUP BY 1, 2, currency)
	        WHERE n IS NOT NULL ORDER BY 1, 2")"
}
changed_by_run() { query "SELECT count(*) FROM purchases WHERE last_run_id = (SELECT max(run_id) FROM runs)"; }

start_emulator - --set generate.customers=3 --set generate.subscriptions=5 --set generate.rows_per_day=12 --set generate.meters=60 \
    --set generate.first_day="$month-01" --set generate.last_day="$yesterday" --set generate.tiered_percent=20 \
    --set generate.restated_percent=40 --set generate.unpriced_meters=2
range="--from $month-01 --to $yesterday"
new_place here log.level=info billing.settle_days=40 # this test closes the month itself
sync $range
expect_code 0

it "is at most 20 lines of SQL"
expect_at_most "lines" 20 "$(sql_of import | wc -l)"
expect_at_least "lines" 10 "$(sql_of import | wc -l)"
expect_at_least "lines of the invoice's" 5 "$(sql_of invoice | wc -l)"

it "takes over everything the first time"
import
expect_the_same_purchases
expect_at_least "purchases" 500 "$(billing 'SELECT count(*) FROM import_line')"

it "changes nothing when it runs again"
before=$(billing 'SELECT * FROM import_line ORDER BY 1' | md5sum)
import
expect_equal "content" "$before" "$(billing 'SELECT * FROM import_line ORDER BY 1' | md5sum)"

it "takes over what a night has changed, added and withdrawn"
merge_scenario '[generate]' 'revision = 1'
sync $range
expect_code 0
expect_at_least "changed" 20 "$(changed_by_run)"
import
expect_the_same_purchases
expect_at_least "withdrawn" 1 "$(billing "SELECT count(*) FROM import_line WHERE status = 'withdrawn'")"

it "has no invoice lines of a period that is not closed"
expect_equal "lines" "" "$(billing "$(sql_of invoice)")"
run_program close --incomplete --period "$month" --config "$conf"
expect_code 0

it "takes over corrections to a closed period, in the period in which they are charged"
fixed=$(billing "SELECT * FROM import_line WHERE billing_period = '$month' ORDER BY 1" | md5sum)
merge_scenario '[generate]' 'revision = 2'
sync $range
expect_code 0
import
expect_the_same_purchases
expect_at_least "corrections" 5 "$(billing "SELECT count(*) FROM import_line WHERE charge_class = 'correction' AND billing_period <> usage_period")"
expect_equal "the closed period" "$fixed" "$(billing "SELECT * FROM import_line WHERE billing_period = '$month' ORDER BY 1" | md5sum)"

it "makes invoice lines that are right to the cent"
billing "$(sql_of invoice)" >"$T/lines"
expect_at_least "lines" 20 "$(wc -l <"$T/lines")"
expect_equal "lines" "$(billing "SELECT customer_id, subscription_id, meter_id, usage_period, charge_class, currency, sum(amount_nanos),
    sum(amount_nanos IS NULL) FROM csp.purchases WHERE billing_period = '$month' GROUP BY 1, 2, 3, 4, 5, 6" | python3 -c '
import sys
from decimal import Decimal, ROUND_HALF_UP
for line in sys.stdin:
    *key, nanos, held = line.rstrip("\n").split("|")
    cents = nanos and (Decimal(nanos) / 10**7).quantize(Decimal(1), ROUND_HALF_UP)
    print(*key, cents and int(cents), held, sep="|")')" "$(cat "$T/lines")"

it "takes over what the reopening of a period changes"
run_program reopen --reason 'a mistake' --config "$conf"
expect_code 0
import
expect_the_same_purchases
expect_equal "corrections left" 0 "$(billing "SELECT count(*) FROM import_line WHERE charge_class = 'correction' AND status = 'active' AND usage_period = '$month'")"
expect_equal "lines of the reopened period" "" "$(billing "$(sql_of invoice)")"

it "comes to the same when it begins anew, over what it has or from nothing"
billing 'DELETE FROM import_cursor'
import
expect_the_same_purchases
rm "$billing"
import
expect_the_same_purchases

it "keeps what is newer when an older copy is read"
before=$(billing 'SELECT * FROM import_line ORDER BY 1' | md5sum)
cp "$published" "$T/older.db"
merge_scenario '[generate]' 'revision = 0'
sync $range
import
after=$(billing 'SELECT * FROM import_line ORDER BY 1' | md5sum)
[ "$before" != "$after" ] || fail "the night changed nothing"
billing 'DELETE FROM import_cursor'
published=$T/older.db import
expect_equal "content" "$after" "$(billing 'SELECT * FROM import_line ORDER BY 1' | md5sum)"
