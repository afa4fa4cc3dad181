# SPDX-License-Identifier: MIT
# A slice of many pages is one slice.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=1000 --set generate.meters=200 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-03-01

pull_in_pages_of() {
	merge_scenario '[page]' "usage_size = $1"
	reset_counters
	new_place "pages-of-$1"
	sync --from 2024-03-01 --to 2024-03-01
	expect_code 0
	expect_summary status=ok slices=1 failed=0 rows_added=1000
	# what the expired token was refused for comes again: of other requests, too
	expect_equal "pages of usage" $((1000 / $1)) "$(($(counter .requests.utilization) - $(grep -c 'what=usage .*status=401' "$log")))"
	expect_equal "rows and sum of the slice" "$(generator_totals slices | grep 2024-03-01)" "$(slice_totals | grep 2024-03-01)"
}

it "is pulled whole in one page"
pull_in_pages_of 1000
content >"$T/one"

it "is the same in a chain of 5 pages"
pull_in_pages_of 200
expect_content "$T/one"

it "is the same in a chain of 500 pages"
pull_in_pages_of 2
expect_content "$T/one"

it "is the same page by page over a token that expires on the way"
merge_scenario '[partner]' 'access_token_seconds = 1'
pull_in_pages_of 8
expect_content "$T/one"
expect_at_least "sign-ins" 2 "$(counter .requests.token)"

it "lists customers over many pages"
play_scenario '[generate]' 'customers = 23' 'subscriptions = 23' 'rows_per_day = 1' '[page]' 'customers_size = 1'
reset_counters
new_place customers
sync --from 2024-03-01 --to 2024-03-01
expect_code 0
expect_query 23 "SELECT count(*) FROM customers"
expect_summary slices=23
expect_equal "requests for customers" 23 "$(counter .requests.customers)"
