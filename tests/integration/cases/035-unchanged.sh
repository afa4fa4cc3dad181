# SPDX-License-Identifier: MIT
# A slice that is the same bytes as when it was stored is neither decoded nor stored; in whatever way it differs, it is.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=40 --set generate.days=6 \
    --set generate.first_day=2024-03-29 --set generate.last_day=2024-04-03 --set generate.meters=120 --set page.usage_size=15 \
    --set generate.tiered_percent=15 --set generate.restated_percent=10
range="--from 2024-03-29 --to 2024-04-03"

# unchanged KEY: count or again of the last run
unchanged() { grep ' event=slices.unchanged ' "$log" | tail -n 1 | grep -oE " $1=[0-9]+" | cut -d= -f2; }
# Everything that a run can write of slices and purchases.
books() {
	query "SELECT * FROM slice ORDER BY 1, 2" "SELECT * FROM purchases ORDER BY seq" "SELECT * FROM purchase_changes ORDER BY seq" | sha256sum
}
# The slices that have usage: one without any is not worth knowing.
known() { query "SELECT count(*) FROM slice WHERE pages IS NOT NULL"; }
# Prices are not compared: those that were restated keep what a fresh database can't know (030-restated.sh).
references="SELECT purchase_reference, quantity_exact FROM purchases WHERE status = 'active' ORDER BY 1"
expect_as_fresh() {
	local here
	here=$(query "$references")
	new_place "fresh-$1"
	sync $range
	expect_code 0
	expect_equal "references and quantities" "$(query "$references")" "$here"
	use_place here
}

new_place here
sync $range
slices=$(known)

it "knows again every slice that has usage, and writes nothing"
before=$(books)
reset_counters
sync $range
expect_code 0
expect_summary status=ok failed=0 rows_added=0 rows_changed=0 rows_withdrawn=0
expect_at_least "slices" 20 "$slices"
expect_equal "unchanged" "$slices" "$(unchanged count)"
expect_equal "read twice" 0 "$(unchanged again)"
expect_equal "the books" "$before" "$(books)"
expect_generators_totals

it "takes over what was restated, page by page, as if it had never looked"
merge_scenario '[generate]' 'revision = 1'
sync $range
expect_code 0
expect_at_least "changed" 1 "$(summary rows_changed)"
expect_at_least "added" 1 "$(summary rows_added)"
expect_generators_totals
expect_as_fresh restated

it "knows those again, too"
before=$(books)
sync $range
expect_code 0
expect_equal "unchanged" "$(known)" "$(unchanged count)"
expect_equal "the books" "$before" "$(books)"

it "is not taken in by other borders of the pages"
for size in 7 16 1000; do
	merge_scenario '[page]' "usage_size = $size"
	sync $range
	expect_code 0
	expect_summary status=ok failed=0 rows_added=0 rows_changed=0 rows_withdrawn=0
	expect_equal "the books, by pages of $size" "$before" "$(books)"
done

it "begins again where the first pages are what they were and a later one is not, or there are more or fewer"
merge_scenario '[page]' 'usage_size = 15' '[generate]' 'revision = 0'
sync $range
expect_code 0
expect_at_least "read twice" 1 "$(unchanged again)"
expect_generators_totals
expect_as_fresh back
# forget EXPRESSION: in place of what the slices of several pages are known by
cp "$db" "$T/known.db"
forget() {
	cp "$T/known.db" "$db"
	sqlite3 "$db" "UPDATE slice SET pages = CAST($1 AS BLOB) WHERE length(pages) > 37"
	before=$(books)
	sync $range
	expect_code 0
	expect_summary status=ok failed=0 rows_added=0 rows_changed=0 rows_withdrawn=0
	expect_equal "the books" "$before" "$(books)"
}
several=$(query "SELECT count(*) FROM slice WHERE length(pages) > 37")
forget "substr(pages, 1, length(pages) - 20)"
expect_equal "read twice: a page more" "$several" "$(unchanged again)"
forget "pages || substr(pages, length(pages) - 19)"
expect_equal "read twice: a page less" "$several" "$(unchanged again)"
forget "substr(pages, 1, 37)"
expect_equal "not read twice: the first page is held" "" "$(unchanged again)"
cp "$T/known.db" "$db"

it "brings a slice back that failed meanwhile and is the same"
before=$(content)
merge_scenario '[fault.f]' 'match = utilization' 'times = 9' 'action = status:400'
sync $range
expect_code 3
expect_at_least "failed" 1 "$(query "SELECT count(*) FROM slices WHERE state = 'failed'")"
merge_scenario '[fault.f]' 'action = none'
sync $range
expect_code 0
expect_query 0 "SELECT count(*) FROM slices WHERE state = 'failed'"
expect_equal "the content" "$before" "$(content)"

it "gives the same after a kill in between"
merge_scenario '[generate]' 'revision = 2'
for at in 1 2 3 4 5; do
	"$daemon" sync --config "$conf" $range >"$place/out" 2>"$log" </dev/null &
	pid=$!
	until [ "$(grep -c event= "$log")" -ge $((at * 40)) ] || ! kill -0 $pid 2>/dev/null; do sleep 0.005; done
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
done
sync $range
expect_code 0
expect_generators_totals
expect_as_fresh killed

it "takes over what changed also when more pages come at a time than are held"
merge_scenario '[generate]' 'revision = 0'
sed -i 's/^\[partner_center\]/&\nmax_in_flight = 32/' "$conf"
sync $range
expect_code 0
expect_at_least "changed" 1 "$(summary rows_changed)"
expect_generators_totals
expect_as_fresh wide

it "decodes what another version of the program has stored"
sqlite3 "$db" "UPDATE slice SET pages = CAST(x'00' || substr(pages, 2) AS BLOB) WHERE pages IS NOT NULL"
before=$(books)
sync $range
expect_code 0
expect_equal "unchanged" "" "$(unchanged count)"
expect_equal "the books" "$before" "$(books)"
