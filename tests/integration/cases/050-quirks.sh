# SPDX-License-Identifier: MIT
# What the service has been seen to do differs in form only: each quirk gives the content of a service without it.
# long
. "$(dirname "$0")/../lib.sh"

days="--from 2024-02-29 --to 2024-03-01"
start_emulator - --set generate.customers=2 --set generate.subscriptions=3 --set generate.rows_per_day=25 --set generate.meters=150 \
    --set generate.first_day=2024-02-29 --set generate.last_day=2024-03-01 --set generate.tiered_percent=10 --set page.usage_size=10
new_place plain
sync $days
[ $code -eq 0 ] || die "an undisturbed run fails"
content >"$T/undisturbed"
quantities="SELECT subscription_id, reported_day, usage_start, usage_end, meter_id, quantity_exact FROM purchases ORDER BY 1, 2, 3, 4, 5, 6"
query "$quantities" >"$T/quantities"
total=$(summary amount)
number=0

# pull_with LINE...: a fresh database from a partner with this quirk
pull_with() {
	number=$((number + 1))
	play_scenario "$@"
	reset_counters
	new_place "quirk-$number"
	sync $days
	expect_code 0
	expect_summary status=ok slices=6 failed=0
}
same_with() {
	it "bears $1"
	pull_with "${@:2}"
	expect_content "$T/undisturbed"
}

same_with "a byte order mark" '[quirks]' 'bom = yes'
same_with "bodies indented with CRLF" '[quirks]' 'indent = crlf'
same_with "bodies indented with LF" '[quirks]' 'indent = lf'
same_with "gzip" '[quirks]' 'gzip = auto'
same_with "next links with / in front" '[quirks]' 'next_uri = slash'
same_with "next links with v1 in front" '[quirks]' 'next_uri = v1'
same_with "next links with /v1 in front" '[quirks]' 'next_uri = slash_v1'
same_with "GUIDs in lower case" '[quirks]' 'guid_case = lower'
same_with "GUIDs in upper case" '[quirks]' 'guid_case = upper'
same_with "GUIDs in either case" '[quirks]' 'guid_case = mixed'
same_with "usage times ending in Z" '[quirks]' 'time_offset = Z'
same_with "usage times of a zone behind UTC" '[quirks]' 'time_offset = -08:00'
same_with "usage times of a zone before UTC" '[quirks]' 'time_offset = +05:30'
same_with "token answers with numbers as text" '[quirks]' 'token_numbers = string'
same_with "an empty page with a next link first" '[quirks]' 'empty_page_with_next = yes'
same_with "all of these at once" '[quirks]' 'bom = yes' 'indent = crlf' 'gzip = auto' 'next_uri = slash_v1' 'guid_case = mixed' \
    'time_offset = -08:00' 'token_numbers = string' 'empty_page_with_next = yes'

# The spelling of a small number is the service's; its value is compared.
for exponent in always never; do
	it "bears small quantities written with an exponent: $exponent"
	pull_with '[quirks]' "exponent = $exponent"
	expect_summary "amount=$total"
	expect_generators_totals
done

# Without instanceData a resource is another one, or none: what was used, and what it costs, stay.
for form in null missing mixed; do
	it "bears instanceData that is $form"
	pull_with '[quirks]' "instance_data = $form"
	expect_equal "quantities" "$(cat "$T/quantities")" "$(query "$quantities")"
	expect_summary "amount=$total"
	expect_generators_totals
done

it "reads tags and additional information as objects, kept as they came"
use_place plain
expect_query 0 "SELECT count(*) FROM purchases WHERE tags IS NOT NULL AND (NOT json_valid(tags) OR json_type(tags) <> 'object')"
expect_at_least "rows with tags" 10 "$(query "SELECT count(*) FROM purchases WHERE tags IS NOT NULL")"

# 204 with Retry-After: not ready yet. The same request is asked again, not before it is time.
wait_with() {
	it "waits for a 204 that says when to come back, as $1, on page $2"
	pull_with '[quirks]' 'no_content_percent = 30' "no_content_form = $1" 'no_content_seconds = 1' "no_content_page = $2"
	expect_content "$T/undisturbed"
	expect_at_least "204 answers" 1 "$(counter '.status."204"')"
	expect_equal "requests before their time" 0 "$(counter .early_retries)"
}
wait_with seconds 1
wait_with date 2

it "takes a 204 that says nothing for an empty day, unconfirmed"
play_scenario '[quirks]' 'no_content_percent = 100' 'no_content_form = none' 'no_content_times = 0'
new_place silent
sync $days
expect_code 0
expect_summary slices=6 failed=0 rows_added=0
expect_query "unconfirmed|6" "SELECT state, count(*) FROM slices GROUP BY 1"
play_scenario
sync $days
expect_code 0
expect_content "$T/undisturbed"

it "fails a slice that stays not ready, and fetches it the next time"
play_scenario '[quirks]' 'no_content_percent = 100' 'no_content_form = seconds' 'no_content_seconds = 0' 'no_content_times = 0'
new_place waiting
sync --from 2024-03-01 --to 2024-03-01
expect_code 1
expect_summary status=failed slices=3 failed=3
expect_log 'event=slice.failed .*error=".*204'
play_scenario
sync $days
expect_code 0
expect_content "$T/undisturbed"
