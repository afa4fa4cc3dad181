# SPDX-License-Identifier: MIT
# Quirks of the service, each by its switch.

afresh '[generate]' 'customers = 2' 'subscriptions = 4' 'rows_per_day = 60'
scenario '[quirks]' 'bom = yes'
is "bom" efbbbf "$(api "$(usage "$sub" 2026-03-10)" 2>/dev/null | head -c3 | od -An -tx1 | tr -d ' ')"
is "bom: not at the token endpoint" '{' "$(refresh | head -c1)"
scenario '[quirks]' 'bom = no' 'indent = crlf'
has "indent = crlf" $'^\\{\r$' "$(api "$(usage "$sub" 2026-03-10)" | head -1)"
compact=$(scenario '[quirks]' 'indent = none'; api "$(usage "$sub" 2026-03-10)" | jq -cS .)
is "indented or not: the same document" "$compact" "$(scenario '[quirks]' 'indent = crlf'; api "$(usage "$sub" 2026-03-10)" | jq -cS .)"
scenario '[quirks]' 'indent = none' 'gzip = auto'
is "gzip when asked for" "$compact" "$(api "$(usage "$sub" 2026-03-10)" -H 'Accept-Encoding: gzip' | gzip -dc | jq -cS .)"
is "and plain when not" "$compact" "$(api "$(usage "$sub" 2026-03-10)" | jq -cS .)"
scenario '[quirks]' 'gzip = never'
is "gzip = never" "$compact" "$(api "$(usage "$sub" 2026-03-10)" -H 'Accept-Encoding: gzip' | jq -cS .)"
scenario '[quirks]' 'guid_case = upper'
has "guid_case = upper" '^[0-9A-F-]{36}$' "$(api "$(usage "$sub" 2026-03-10)" | jq -r '.items[0].resource.id')"
has "guid_case = upper: customers" '^[0-9A-F-]{36}$' "$(api /v1/customers | jq -r '.items[0].id')"
scenario '[quirks]' 'guid_case = lower'
has "guid_case = lower" '^[0-9a-f-]{36}$' "$(api "/v1/customers/$customer/subscriptions" | jq -r '.items[0].id')"
scenario '[quirks]' 'guid_case = recorded' 'time_offset = -08:00'
is "time_offset = -08:00" 2026-03-07T16:00:00-08:00 "$(api "$(usage "$sub" 2026-03-10)" | jq -r '.items[0].usageStartTime')"
scenario '[quirks]' 'time_offset = Z'
is "time_offset = Z" 2026-03-08T00:00:00Z "$(api "$(usage "$sub" 2026-03-10)" | jq -r '.items[0].usageStartTime')"
scenario '[quirks]' 'time_offset = +00:00' 'instance_data = null'
is "instance_data = null" '[true,null]' "$(api "$(usage "$sub" 2026-03-10)" | jq -c '.items[0] | [has("instanceData"), .instanceData]')"
scenario '[quirks]' 'instance_data = missing'
is "instance_data = missing" '[false,4]' "$(api "$(usage "$sub" 2026-03-10)" | jq -c '.items[0] | [has("instanceData"), (.infoFields | length)]')"
scenario '[quirks]' 'instance_data = mixed'
is "instance_data = mixed" 3 "$(api "$(usage "$sub" 2026-03-10)" | jq -c '.items[] | [has("instanceData"), .instanceData == null]' | sort -u | wc -l)"
scenario '[quirks]' 'instance_data = full' 'exponent = never'
! api "$(usage "$sub" 2026-03-01 "$customer" 2026-03-16)" | grep -Eq '"quantity":[0-9.]+e-' || fail "exponent = never"
scenario '[quirks]' 'exponent = some' 'token_numbers = string'
is "token_numbers = string" string "$(refresh | head -1 | jq -r '.expires_in | type')"
scenario '[quirks]' 'token_numbers = auto' 'empty_page_with_next = yes'
follow "$(usage "$sub" 2026-03-10)"
is "empty_page_with_next" "2 0 60" "$pages $(jq '.items | length' "$work/page.1") $(jq '.items | length' "$work/page.2")"
scenario '[quirks]' 'empty_page_with_next = no' '[page]' 'usage_size = 25'
follow "$(usage "$sub" 2026-03-10)"; is "usage_size caps a page" 3 "$pages"

# 204 with Retry-After.
scenario '[page]' 'usage_size = 1000' '[quirks]' 'no_content_percent = 100' 'no_content_seconds = 2' 'no_content_times = 2'
reset
is "204, seconds" 204 "$(status "$(usage "$sub" 2026-03-10)")"
has "Retry-After in seconds" '^Retry-After: 2' "$(cat "$work/head")"
is "204 again, asked too early" 204 "$(status "$(usage "$sub" 2026-03-10)")"
is "then the data" 200 "$(status "$(usage "$sub" 2026-03-10)")"
is "two early retries were counted" 2 "$(counter .early_retries)"
scenario '[quirks]' 'no_content_form = date' 'no_content_page = 2' 'no_content_times = 1' 'no_content_seconds = 1'
reset
is "page 1 comes" 200 "$(status "$(usage "$sub" 2026-03-10)&size=10")"
next=$(jq -r '.links.next.headers[0].value' "$work/body")
seek="/v1/customers/$customer/subscriptions/$sub/utilizations/azure?seek_operation=Next"
is "204 on page 2" 204 "$(status "$seek" -H "MS-ContinuationToken: $next")"
has "Retry-After as date" '^Retry-After: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT' "$(cat "$work/head")"
sleep 1.1
is "then page 2" 200 "$(status "$seek" -H "MS-ContinuationToken: $next")"
is "asked in time" 0 "$(counter .early_retries)"
scenario '[quirks]' 'no_content_form = none' 'no_content_page = 1'
is "204 without Retry-After" 204 "$(status "$(usage "$sub" 2026-03-10)")"
! grep -qi '^Retry-After' "$work/head" || fail "no Retry-After"
scenario '[quirks]' 'no_content_percent = 0'

# Everything at once.
afresh "$(grep -v '^fresh' "$here/scenarios/quirks.ini")" '[generate]' 'first_day = 2026-03-11' 'last_day = 2026-03-15' '[quirks]' 'no_content_percent = 0'
sign_in
rm -f "$work/all"
follow '/v1/customers?size=100'
is "quirks.ini: customers in pages of 3" "3 7" "$pages $(items | wc -l)"
