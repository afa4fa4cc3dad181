# SPDX-License-Identifier: MIT
# Conventions, customers, subscriptions, rate card.

afresh '[generate]' 'customers = 7' 'subscriptions = 21' 'azure_plan_subscriptions = 1' 'license_subscriptions = 1' \
    'moved_subscriptions = 1' 'no_usage_subscriptions = 1' 'forbidden_subscriptions = 1'
is "ids are echoed" 200 "$(status /v1/customers -H 'MS-RequestId: 11111111-1111-1111-1111-111111111111' -H 'MS-CorrelationId: 22222222-2222-2222-2222-222222222222')"
has "MS-RequestId" '^MS-RequestId: 11111111-1111-1111-1111-111111111111' "$(cat "$work/head")"
has "MS-CorrelationId" '^MS-CorrelationId: 22222222' "$(cat "$work/head")"
has "MS-CV" '^MS-CV: ' "$(cat "$work/head")"
has "Date" '^Date: .* GMT' "$(cat "$work/head")"
has "content type" '^Content-Type: application/json; charset=utf-8' "$(cat "$work/head")"
has "without ids the server makes them" '^MS-RequestId: [0-9a-f-]{36}' "$(status /v1/customers >/dev/null; cat "$work/head")"
is "unknown path" "404 1000" "$(refusal /v1/nonsense)"
is "wrong method" 405 "$(status /v1/customers -X DELETE)"

api /v1/customers >"$work/all"
web -H "Authorization: Bearer $access" -H 'Accept:' "$base/v1/customers" >"$work/utf16"
is "without Accept: UTF-16LE with its mark" fffe "$(head -c2 "$work/utf16" | od -An -tx1 | tr -d ' ')"
is "and the same text" "$(cat "$work/all")" "$(iconv -f UTF-16 -t UTF-8 "$work/utf16")"
scenario '[quirks]' 'no_accept = 406'
is "quirk: 406" 406 "$(web -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $access" "$base/v1/customers")"
scenario '[quirks]' 'no_accept = utf16'

is "all customers without size" 7 "$(jq '.items | length' "$work/all")"
is "totalCount" 7 "$(jq .totalCount "$work/all")"
is "no next link" null "$(jq .links.next "$work/all")"
follow '/v1/customers?size=3'
is "three pages of 3" 3 "$pages"
is "pages and whole are the same" "$(jq -c '.items[]' "$work/all")" "$(items)"
has "next link" '^customers\?size=3&seekOperation=Next$' "$(jq -r .links.next.uri "$work/page.1")"
is "MS-ContinuationToken" MS-ContinuationToken "$(jq -r '.links.next.headers[0].key' "$work/page.1")"
is "a damaged token" "400 3000" "$(refusal '/v1/customers?size=3&seekOperation=Next' -H 'MS-ContinuationToken: AgAAAAIAAABr7QXZAAB=')"
is "bad size" "400 3000" "$(refusal '/v1/customers?size=x')"
scenario '[fault.again]' 'match = customers' 'times = 0' 'action = repeat_token'
one=$(api '/v1/customers?size=3' | jq -r '.links.next.headers[0].value')
is "fault: the same token again" "$one" "$(api '/v1/customers?size=3&seekOperation=Next' -H "MS-ContinuationToken: $one" | jq -r '.links.next.headers[0].value')"
scenario '[fault.again]' 'action = next_other_host:https://elsewhere.example'
has "fault: next link to another host" '^https://elsewhere.example/v1/customers' "$(api '/v1/customers?size=3' | jq -r .links.next.uri)"
scenario '[fault.again]' 'action = none'
for form in plain:customers slash:/customers v1:v1/customers slash_v1:/v1/customers; do
	scenario '[quirks]' "next_uri = ${form%%:*}"
	has "quirk: next_uri = ${form%%:*}" "^${form#*:}\\?" "$(api '/v1/customers?size=3' | jq -r .links.next.uri)"
done
scenario '[quirks]' 'next_uri = plain'

customer=$(jq -r '.items[0].id' "$work/all")
is "a customer alone" "$customer" "$(api "/v1/customers/$customer" | jq -r .id)"
is "not a GUID" "400 900118" "$(refusal /v1/customers/nonsense/subscriptions)"
is "unknown customer" "404 60003" "$(refusal /v1/customers/00000000-0000-4000-8000-000000000000/subscriptions)"
rm -f "$work/subs"
for c in $(jq -r '.items[].id' "$work/all"); do
	api "/v1/customers/$c/subscriptions" | jq -r --arg c "$c" '.items[] | [$c, .id, .offerId, .billingType] | @tsv' >>"$work/subs"
done
is "21 subscriptions" 21 "$(wc -l <"$work/subs")"
is "all ids differ" 21 "$(cut -f2 "$work/subs" | sort -u | wc -l)"
is "Azure plan" 1 "$(grep -c DZH318Z0BPS6 "$work/subs")"
is "licence" 1 "$(grep -c license "$work/subs")"
is "MS-AZR-0145P" 19 "$(grep -c MS-AZR-0145P "$work/subs")"
is "subscription ids are upper case" 21 "$(cut -f2 "$work/subs" | grep -c '^[0-9A-F-]*$')"
is "customer ids in any case" 200 "$(status "/v1/customers/${customer^^}/subscriptions")"
sub=$(cut -f2 "$work/subs" | head -1)
is "a subscription alone" "$sub" "$(api "/v1/customers/$customer/subscriptions/${sub,,}" | jq -r .id)"

# refused_usage CUSTOMER SUBSCRIPTION
refused_usage() { refusal "$(usage "$2" 2026-03-10 "$1")"; }
row=$(grep DZH318Z0BPS6 "$work/subs"); is "usage of an Azure plan" "404 20003" "$(refused_usage $(cut -f1,2 <<<"$row"))"
row=$(grep license "$work/subs"); is "usage of a licence" "400 800011" "$(refused_usage $(cut -f1,2 <<<"$row"))"
codes=$(while read -r c s _; do refused_usage "$c" "$s"; done < <(grep MS-AZR "$work/subs") | sort | uniq -c | tr -s ' ')
is "usage of all others" " 1 400 3000, 1 403 2032, 1 404 20003, 16 200 null," "$(grep -v ' 16 ' <<<"$codes" | tr '\n' ',')$(grep ' 16 ' <<<"$codes" | tr '\n' ',')"
scenario '[generate]' 'advisor_customers = 7'
is "usage of an advisor's customer" "500 800003" "$(refused_usage "$customer" "$sub")"
is "relationshipToPartner" advisor "$(api /v1/customers | jq -r '.items[0].relationshipToPartner')"
scenario '[generate]' 'advisor_customers = 0'

card=$(api '/v1/ratecards/azure?currency=EUR&region=NL')
is "rate card: meters" 500 "$(jq '.meters | length' <<<"$card")"
is "rate card: keys in the recorded order" '["locale","currency","isTaxIncluded","meters","offerTerms","attributes"]' "$(jq -c keys_unsorted <<<"$card")"
is "rate card: keys of a meter" '["id","name","rates","tags","category","subcategory","region","unit","includedQuantity","effectiveDate"]' \
    "$(jq -c '.meters[0] | keys_unsorted' <<<"$card")"
is "rate card: currency" USD "$(api '/v1/ratecards/azure?currency=usd&region=US' | jq -r .currency)"
is "rate card: bad currency" "400 3000" "$(refusal '/v1/ratecards/azure?currency=EURO')"
is "rate card: 15 %" 0.15 "$(jq '.offerTerms[0].discount' <<<"$card")"
has "rate card: effectiveDate of the terms without zone" '^2014-01-01T00:00:00$' "$(jq -r '.offerTerms[0].effectiveDate' <<<"$card")"
[ "$(jq '[.meters[] | select(.rates | length == 3)] | length' <<<"$card")" -gt 0 ] || fail "some meters have tiers"
[ "$(jq '[.meters[] | select(.includedQuantity > 0)] | length' <<<"$card")" -gt 0 ] || fail "some meters include a quantity"
[ "$(jq '[.meters[] | select(.effectiveDate > "2026-03")] | length' <<<"$card")" -gt 0 ] || fail "some prices lie in the future"
scenario '[generate]' 'revision = 1' 'restated_percent = 30'
[ "$(api '/v1/ratecards/azure?currency=EUR&region=NL' | jq -c '.meters[].rates' | md5sum)" != "$(jq -c '.meters[].rates' <<<"$card" | md5sum)" ] ||
	fail "a revision changes prices"
scenario '[generate]' 'revision = 0'
is "and back" "$card" "$(api '/v1/ratecards/azure?currency=EUR&region=NL')"
