# SPDX-License-Identifier: MIT
# Recorded documents, plain HTTP.

start --plain --scenario "$here/scenarios/recorded-ps2018.ini"
has "--plain" '^http://localhost:' "$base"
same() { api "$2" >"$work/body"; cmp -s "$work/body" "$samples/$3" || fail "$1 is served as it is"; passed=$((passed + 1)); }
c=46a62ece-10ad-42e5-b3f1-b2ed53e6fc08 s=4F26A5CA-C468-4715-8FC5-A14F28BCC29B
same "the customer list" /v1/customers customers-list.constructed.ps2018.json
same "the subscription list" /v1/customers/$c/subscriptions subscriptions-list.recorded.ps2018.json
same "the usage of 2018-07-21" "$(usage $s 2018-07-21 $c)" utilization.recorded.ps2018.daily.json
same "the usage of a range that holds it" "$(usage $s 2018-07-01 $c 2018-08-01)" utilization.recorded.ps2018.daily.json
same "the rate card" '/v1/ratecards/azure?currency=USD&region=US' ratecard-azure.recorded.spring2017.json
is "37 rows" 37 "$(api "$(usage $s 2018-07-21 $c)" | jq '.items | length')"
is "any other day is empty" "0 null" "$(api "$(usage $s 2018-07-22 $c)" | jq -r '"\(.items | length) \(.links.next)"')"
is "the licence has no usage" "404 20003" "$(refusal "$(usage B34024C7-9258-4841-BD0B-1E2A5D5C9D8D 2018-07-21 $c)")"
is "an unknown subscription" "404 20003" "$(refusal "$(usage B34024C7-9258-4841-BD0B-1E2A5D5C9D8E 2018-07-21 $c)")"
scenario '[quirks]' 'bom = yes'
{ printf '\xef\xbb\xbf'; cat "$samples/utilization.recorded.ps2018.daily.json"; } >"$work/with-bom"
api "$(usage $s 2018-07-21 $c)" | cmp -s - "$work/with-bom" || fail "with a byte order mark, if wanted"
stop
