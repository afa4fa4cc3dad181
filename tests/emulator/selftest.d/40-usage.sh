# SPDX-License-Identifier: MIT
# Utilization: windows, pages, sums.

afresh '[generate]' 'customers = 2' 'subscriptions = 4' 'rows_per_day = 100'
customer=$(api /v1/customers | jq -r '.items[0].id')
sub=$(api "/v1/customers/$customer/subscriptions" | jq -r '.items[0].id')
whole=$(api "$(usage "$sub" 2026-03-10)")
is "rows of a slice" 100 "$(jq '.items | length' <<<"$whole")"
is "totalCount" 100 "$(jq .totalCount <<<"$whole")"
is "usage days of a reported day" "2026-03-08 2026-03-09 2026-03-10" "$(jq -r '.items[].usageStartTime[:10]' <<<"$whole" | sort -u | xargs)"
has "self link as recorded" "^customers/$customer/subscriptions/${sub,,}/utilizations/azure\\?start_time=2026-03-10T00:00:00Z&end_time=2026-03-11T00:00:00Z&granularity=Daily&show_details=True&size=1000\$" \
    "$(jq -r .links.self.uri <<<"$whole")"
is "keys of a row" '["usageStartTime","usageEndTime","resource","quantity","unit","infoFields","instanceData","attributes"]' "$(jq -c '.items[0] | keys_unsorted' <<<"$whole")"
has "times with offset" '^2026-03-08T00:00:00\+00:00$' "$(jq -r '.items[0].usageStartTime' <<<"$whole")"
is "tags are objects" object "$(jq -r '[.items[].instanceData.tags | select(. != null)][0] | type' <<<"$whole")"
is "ids in any case" "$whole" "$(api "$(usage "${sub,,}" 2026-03-10 "${customer^^}")")"

follow "$(usage "$sub" 2026-03-10)&size=7"
is "pages of 7" 15 "$pages"
is "pages and whole are the same" "$(jq -c '.items[]' <<<"$whole")" "$(items)"
is "next link: seek_operation alone" "customers/$customer/subscriptions/${sub,,}/utilizations/azure?seek_operation=Next" "$(jq -r .links.next.uri "$work/page.1")"
next=$(jq -r '.links.next.headers[0].value' "$work/page.1")
has "the token's form" "^/$tenant/usage-records\\?entitlement_id=${sub,,}&reported_start_time=2026-03-10\\+00%3a00%3a00Z&reported_end_time=2026-03-11\\+00%3a00%3a00Z&count=7&show_details=True&error_if_not_processed=True&granularity=Daily&continuation_token=[A-Za-z0-9+/]+(%3d)*\$" "$next"
inner=$(sed 's/.*continuation_token=//; s/%3d/=/g' <<<"$next" | base64 -d)
has "its inner token" '^\{"r":"20260310-6390[0-9]{14}","i":"[A-Za-z0-9+/=]+","s":"[A-Za-z0-9+/=]{8}"\}$' "$inner"
seek="/v1/customers/$customer/subscriptions/$sub/utilizations/azure?seek_operation=Next"
is "the token as it is" 200 "$(status "$seek" -H "MS-ContinuationToken: $next")"
is "the token decoded" "400 3000" "$(refusal "$seek" -H "MS-ContinuationToken: ${next//%3a/:}")"
is "the token re-encoded" "400 3000" "$(refusal "$seek" -H "MS-ContinuationToken: ${next//%3d/%3D}x")"
is "the token of another subscription" "400 3000" "$(refusal "${seek/$sub/$(api "/v1/customers/$customer/subscriptions" | jq -r '.items[1].id')}" -H "MS-ContinuationToken: $next")"
is "no token" "400 3000" "$(refusal "$seek")"

u="/v1/customers/$customer/subscriptions/$sub/utilizations/azure"
is "unaligned times are floored" "$whole" "$(api "$u?start_time=2026-03-10T10:54:34Z&end_time=2026-03-11T23:59:59Z")"
is "offsets are understood" "$whole" "$(api "$u?start_time=2026-03-09T16:00:00-08:00&end_time=2026-03-11T00:00:00%2B00:00")"
is "a plus that was not encoded" "400 3000" "$(refusal "$u?start_time=2026-03-10T00:00:00+00:00&end_time=2026-03-11T00:00:00Z")"
is "no start" "400 3000" "$(refusal "$u?end_time=2026-03-11T00:00:00Z")"
is "start is end" "400 3000" "$(refusal "$u?start_time=2026-03-10T01:00:00Z&end_time=2026-03-10T02:00:00Z")"
is "start after end" "400 3000" "$(refusal "$u?start_time=2026-03-11T00:00:00Z&end_time=2026-03-10T00:00:00Z")"
for bad in size=0 size=1001 size=x granularity=weekly show_details=perhaps; do
	is "bad $bad" "400 3000" "$(refusal "$(usage "$sub" 2026-03-10)&$bad")"
done
is "end in the future" 204 "$(status "$(usage "$sub" 2026-03-20)")"
is "and no body" 0 "$(stat -c %s "$work/body" 2>/dev/null || echo 0)"
scenario '[generate]' 'fresh_minutes = 2000'
is "end too near to now" 204 "$(status "$(usage "$sub" 2026-03-19)")"
scenario '[generate]' 'fresh_minutes = 0'
is "end in the past" 200 "$(status "$(usage "$sub" 2026-03-19)")"
is "a day without usage is empty" "0 null" "$(api "$(usage "$sub" 2026-03-16)" | jq -r '"\(.items | length) \(.links.next)"')"
is "case of granularity does not matter" "$whole" "$(api "$(usage "$sub" 2026-03-10)&granularity=daily&show_details=True&SIZE=1000")"
is "the same seed gives the same bytes" "$whole" "$(afresh '[generate]' 'customers = 2' 'subscriptions = 4' 'rows_per_day = 100'; api "$(usage "$sub" 2026-03-10)")"

# Numbers and duplicates.
scenario '[generate]' 'rows_per_day = 400'
range="$(usage "$sub" 2026-03-01 "$customer" 2026-03-16)"
follow "$range"; cat "$work"/page.* >"$work/usage"
grep -Eq '"quantity":[0-9]+\.[0-9]{18,},' "$work/usage" || fail "some quantities have 20 digits and more"
grep -Eq '"quantity":[0-9.]+e-[0-9]{2},' "$work/usage" || fail "some quantities have an exponent"
grep -Eq '"quantity":0.0,' "$work/usage" || fail "some quantities are zero"
grep -q '한국어' "$work/usage" && grep -q 'ud83d' "$work/usage" && grep -q 'J.*rgen' "$work/usage" || fail "Unicode and escapes in tags"
[ "$(items | sort | uniq -d | wc -l)" -gt 0 ] || fail "some rows are identical"
[ "$(items | jq -c 'del(.quantity)' | sort | uniq -d | wc -l)" -gt "$(items | sort | uniq -d | wc -l)" ] || fail "some rows differ in quantity alone"
passed=$((passed + 6))

scenario '[generate]' 'rows_per_day = 100'
follow "$range"

# Sums: the pages against the generator's own figures.
compare() { is "$1" "$(totals "${sub,,}" | md5sum)" "$(cat $(ls "$work"/page.* | sort -t. -k2n) | sums | md5sum)"; }
compare "daily pages add up to the generator's figures"
follow "$range&granularity=Hourly"; compare "hourly pages too"
has "hours" '^2026-03-[0-9]+T[0-9]{2}:00:00' "$(jq -r '.items[7].usageStartTime' "$work/page.2")"
follow "$range&show_details=false"; compare "aggregated pages too"
is "aggregated: no instanceData" null "$(jq '.items[0].instanceData' "$work/page.1")"
is "--totals is the same as /emulator/totals" "$(web "$base/emulator/totals" | md5sum)" \
    "$("$emulator" --totals --set generate.today=2026-03-20 --set generate.first_day=2026-03-01 --set generate.last_day=2026-03-15 \
    --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=100 | md5sum)"
is "totals by slice: rows" 100 "$(web "$base/emulator/totals?by=slices" | awk -F, -v s="${sub,,}" '$2 == s && $3 == "2026-03-10" { print $4 }')"
scenario '[generate]' 'late_hours = 23 1'
follow "$range"; compare "other late hours add up too"
is "late_hours = 23 1" "2026-03-09 2026-03-10" "$(api "$(usage "$sub" 2026-03-10)" | jq -r '.items[].usageStartTime[:10]' | sort -u | xargs)"
scenario '[generate]' 'late_hours = 1 22 1'

# Restatements.
before=$(web "$base/emulator/totals?by=slices" | tail -n +2)
for revision in 1 2 3; do
	scenario '[generate]' "revision = $revision" 'restated_percent = 60'
	follow "$range"; compare "revision $revision adds up"
	follow "$range&granularity=Hourly"; compare "revision $revision by hours"
	web "$base/emulator/totals?by=slices" | tail -n +2 >"$work/after"
	[ "$before" != "$(cat "$work/after")" ] || fail "a revision restates slices"
	before=$(cat "$work/after")
done
is "restated rows: fewer, more, as many" "100 101 99" "$(cut -d, -f4 "$work/after" | sort -u | xargs)"

# Pages that are kept are those that are made, plain and packed.
afresh '[generate]' 'customers = 2' 'subscriptions = 4' 'rows_per_day = 100' '[page]' 'keep = yes'
is "kept: made" "$whole" "$(api "$(usage "$sub" 2026-03-10)")"
is "kept: served again" "$whole" "$(api "$(usage "$sub" 2026-03-10)")"
follow "$(usage "$sub" 2026-03-10)&size=7"
follow "$(usage "$sub" 2026-03-10)&size=7"
is "kept: pages of 7" "$(jq -c '.items[]' <<<"$whole")" "$(items)"
scenario '[quirks]' 'gzip = auto'
for time in first second; do
	is "kept: packed, the $time time" "$whole" "$(api "$(usage "$sub" 2026-03-10)" --compressed)"
	is "kept: not packed for who does not ask, the $time time" "$whole" "$(api "$(usage "$sub" 2026-03-10)")"
done
