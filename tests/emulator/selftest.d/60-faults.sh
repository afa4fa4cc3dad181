# SPDX-License-Identifier: MIT
# Faults by rule, counters, the end.

afresh '[generate]' 'customers = 2' 'subscriptions = 4' 'rows_per_day = 60'
sign_in
reset
uri=$(usage "$sub" 2026-03-10)
length=$(api "$uri" | wc -c)
# fault LINES...: the one rule "f" from here on, for utilization
fault() { scenario '[fault.f]' 'match = utilization' 'page = 0' 'nth = 1' 'times = 1' 'percent = 100' 'delay_ms = 0' 'after = 100' 'bytes = 0' 'retry_after =' 'body =' 'content_type =' 'location =' "$@"; }
# broken WANT-CURL-STATUS NAME
broken() { api "$uri" -o "$work/body" 2>/dev/null; is "$2" "$1" $?; }

fault 'action = status:503' 'nth = 2' 'times = 2'
is "nth and times" "200 503 503 200" "$(for _ in 1 2 3 4; do status "$uri"; echo; done | xargs)"
is "fired is counted" 2 "$(counter .faults.f)"
is "statuses are counted" 2 "$(counter '.status."503"')"
fault 'action = status:429' 'retry_after = 57'
is "429" 429 "$(status "$uri")"
is "429: the gateway's body" 429 "$(jq .statusCode "$work/body")"
has "429: Retry-After" '^Retry-After: 57' "$(cat "$work/head")"
fault 'action = status:503' 'retry_after = date:5'
status "$uri" >/dev/null; has "Retry-After as date" '^Retry-After: .* GMT' "$(cat "$work/head")"
fault 'action = status:403'; is "403: message only" "403 The supplied role does not have the rights to perform the requested operation." "$(status "$uri") $(jq -r .message "$work/body")"
fault 'action = status:200' 'body = {}' 'content_type = text/plain'
is "a body of one's own" '{}' "$(api "$uri")"
fault 'action = none' 'times = 0'; is "none" 200 "$(status "$uri")"
fault 'action = delay:600'
before=$(date +%s%N); api "$uri" >/dev/null; is "delay" 1 $((($(date +%s%N) - before) / 500000000 >= 1))
fault 'action = cut:1000'; broken 18 "cut: less than the Content-Length"
is "cut: after 1000 bytes" 1000 "$(wc -c <"$work/body")"
fault 'action = cut_chunked:1000'; broken 18 "cut_chunked: no last chunk"
fault 'action = reset:0'; broken 56 "reset before the answer"
fault 'action = reset:1000'; broken 56 "reset in the body"
fault 'action = garbage'; api "$uri" >"$work/body"; ! jq . "$work/body" >/dev/null 2>&1 || fail "garbage"
fault 'action = content_type'; status "$uri" >/dev/null; has "content_type" '^Content-Type: text/html' "$(cat "$work/head")"
fault 'action = endless'; api "$uri" --max-time 1 2>/dev/null | head -c 3000000 >"$work/body"
is "endless" 3000000 "$(wc -c <"$work/body")"
fault 'action = drip:20000' 'delay_ms = 10'; is "drip: all of it comes" "$length" "$(api "$uri" | wc -c)"
fault 'action = huge_header:60000'; status "$uri" >/dev/null; is "huge_header" 60000 "$(sed -n 's/^X-Huge: //p' "$work/head" | tr -d '\r\n' | wc -c)"
fault 'action = gzip_cut'; api "$uri" >"$work/body.gz"; gzip -dc "$work/body.gz" >/dev/null 2>&1; is "gzip_cut" 1 $?
fault 'action = gzip_bomb:50000000'; is "gzip_bomb" $((50000000 + length)) "$(api "$uri" | gzip -dc | wc -c)"
fault 'action = redirect:https://elsewhere.example/x'; is "redirect" 302 "$(status "$uri")"
has "redirect: Location" '^Location: https://elsewhere.example/x' "$(cat "$work/head")"
fault 'action = repeat_token' 'times = 0'
one=$(api "$uri&size=10" | jq -r '.links.next.headers[0].value')
two=$(api "$seek" -H "MS-ContinuationToken: $one" | jq -r '.links.next.headers[0].value')
is "repeat_token" "$one" "$two"
fault 'action = next_other_host'; has "next_other_host" '^https://elsewhere.example/v1/customers' "$(api "$uri&size=10" | jq -r .links.next.uri)"
fault 'action = status:500' 'page = 2' 'times = 0'
follow_status() { status "$uri&size=10"; next=$(jq -r '.links.next.headers[0].value' "$work/body"); echo " $(status "$seek" -H "MS-ContinuationToken: $next")"; }
is "only on page 2" "200 500" "$(follow_status)"
fault 'action = status:503' 'percent = 50' 'times = 0'
n=$(for _ in $(seq 40); do status "$uri"; echo; done | grep -c 503)
[ "$n" -gt 8 ] && [ "$n" -lt 32 ] || fail "percent = 50" "$n of 40"
fault 'action = none'
scenario '[fault.part]' 'match = size=17' 'times = 0' 'action = status:418'
is "match by part of the URI" "418 200" "$(status "$uri&size=17") $(status "$uri&size=18")"
said=$(printf '[fault.f]\naction = explode\n' | web --data-binary @- -w ' %{http_code}' "$base/emulator/scenario")
has "a bad scenario is refused" 'posted:2: .*explode.*allowed: none.* 400 *$' "$(tr '\n' ' ' <<<"$said")"
is "and changes nothing" 418 "$(status "$uri&size=17")"

reset
for i in 1 2 3; do api "$uri" -H "MS-RequestId: id-$((i % 2))" -H "MS-CorrelationId: run-1" >/dev/null; done
is "distinct request ids" 2 "$(counter .distinct_request_ids)"
is "distinct correlation ids" 1 "$(counter .distinct_correlation_ids)"
is "requests by kind" 3 "$(counter .requests.utilization)"
scenario '[fault.slow]' 'match = ratecard' 'times = 0' 'action = delay:400'
for _ in 1 2 3 4; do api /v1/ratecards/azure >/dev/null & jobs+=($!); done; wait "${jobs[@]}"
is "concurrent requests" 4 "$(counter .max_concurrent_requests)"
grep -q 'GET /v1/ratecards/azure status=200 .*fault=slow' "$work/log" || fail "the log has a line a request"

# It ends at once, whatever is going on.
fault 'action = stall:10' 'times = 1'; api "$uri" >/dev/null 2>&1 & jobs=($!)
scenario '[fault.forever]' 'match = customers' 'action = endless' 'times = 1'; api /v1/customers --limit-rate 1k >/dev/null 2>&1 & jobs+=($!)
sleep 0.5
stop
wait "${jobs[@]}"
