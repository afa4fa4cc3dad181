# SPDX-License-Identifier: MIT
# long
# What breaks on the way to one slice is made good by trying again, or costs that slice alone, until the next run.
. "$(dirname "$0")/../lib.sh"

# Two days with usage, a few days back, so that midnight may pass meanwhile; the program finds out by itself what is due.
first_day=$(date -u -d '4 days ago' +%F) day=$(date -u -d '3 days ago' +%F)
setup=(partner_center.max_in_flight=32 usage.backfill_days=6 usage.lookback_days=0)
partner=(--set generate.customers=5 --set generate.subscriptions=20 --set generate.rows_per_day=25 --set page.usage_size=10
    --set generate.first_day="$first_day" --set generate.last_day="$day" --set generate.meters=200)
start_emulator - "${partner[@]}"
new_place undisturbed "${setup[@]}"
sync
[ $code -eq 0 ] || die "an undisturbed run fails"
content >"$T/content"
mapfile -t subscriptions < <(query "SELECT subscription_id FROM subscriptions ORDER BY 1")

# One line a fault: its name, the page it hits, its keys. Each hits the next subscription: on page 1 its slice of $day alone.
# faults TIMES <TABLE: makes the scenario, and the list of who is hit in $T/hit
faults() {
	local times=$1 name page keys at=0 lines=()
	: >"$T/hit"
	while read -r name page keys; do
		[ $at -lt ${#subscriptions[@]} ] || die "more faults than subscriptions"
		lines+=("[fault.$name]" "match = ${subscriptions[$at]}/utilizations/azure?$([ "$page" = 1 ] && echo "start_time=$day" || echo seek)")
		[ "$page" = 1 ] || lines+=("page = $page")
		lines+=("times = $times")
		mapfile -t -O ${#lines[@]} lines < <(tr ';' '\n' <<<"$keys" | sed -e 's/^ *//' -e 's/=/ = /')
		echo "${subscriptions[$at]}|$name" >>"$T/hit"
		at=$((at + 1))
	done
	play_scenario "${lines[@]}"
}

# What stays broken is tried until patience ends, which takes most of a minute: it goes on beside the others.
faults 0 <<'END'
500             1 action=status:500
429             1 action=status:429; retry_after=0
503             2 action=status:503
400             1 action=status:400
404             1 action=status:404
told-too-long   1 action=status:503; retry_after=7200
cut             2 action=cut:1500
cut_chunked     1 action=cut_chunked:1500
reset           1 action=reset:1500
garbage         2 action=garbage
html            1 action=content_type; body=<html>Sign in</html>
endless         1 action=endless
gzip_cut        1 action=gzip_cut
gzip_bomb       1 action=gzip_bomb:100000000
repeat_token    0 action=repeat_token
next_other_host 1 action=next_other_host
redirect        1 action=redirect:https://elsewhere.example/x
huge_header     1 action=huge_header:200000
END
mv "$T/hit" "$T/hit_for_good"
new_place broken "${setup[@]}"
start_program sync
broken_pid=$pid
park_emulator
start_emulator - "${partner[@]}"

it "tries again what failed once, each in its way, and gets all of it"
faults 1 <<'END'
429-seconds 1 action=status:429; retry_after=1
429-date    1 action=status:429; retry_after=date:2
500         1 action=status:500
503-told    2 action=status:503; retry_after=1
502         3 action=status:502
408         1 action=status:408
delay       2 action=delay:700
cut         2 action=cut:1500
cut_chunked 3 action=cut_chunked:1500
cut-at-0    1 action=cut:0
reset-at-0  1 action=reset:0
reset       2 action=reset:1500
garbage     2 action=garbage
html        1 action=status:503; content_type=text/html; body=<html>Service Unavailable</html>
gzip_cut    1 action=gzip_cut
drip        1 action=drip:300; delay_ms=5
huge_header 1 action=huge_header:16000
expired     2 action=expire_token
401         3 action=status:401
empty-body  2 action=status:200; body= ; content_type=application/json
END
reset_counters
new_place once "${setup[@]}"
sync
expect_code 0
expect_summary status=ok failed=0
expect_content "$T/content"
while IFS='|' read -r _ name; do
	expect_equal "times that $name came" 1 "$(counter ".faults.\"$name\"")"
done <"$T/hit"
expect_equal "requests before the time they were told" 0 "$(counter .early_retries)"
# libcurl itself sends again what a connection did not take that was kept alive: some retries are not ours.
expect_at_least "retries" 12 "$(summary retries)"

it "fails the slice that stays broken, with its code, and pulls everything else"
return_emulator
use_place broken
pid=$broken_pid
end_program 90
expect_code 3
hit=$(cut -d '|' -f 1 "$T/hit_for_good" | sort)
expect_query "$hit" "SELECT DISTINCT subscription_id FROM slices WHERE state = 'failed' ORDER BY 1"
query "SELECT subscription_id, reported_day, state, code, error FROM slices WHERE state = 'failed'" >"$T/failed"
while IFS='|' read -r subscription name; do
	case $name in
	429 | 503) code_of=E-PC-HTTP-$name ;;
	told-too-long) code_of=E-PC-HTTP-503 ;;
	500) code_of=E-PC-800003 ;;
	400 | 404) code_of=E-PC-800002 ;;
	garbage | html | gzip_cut | gzip_bomb) code_of=E-FORMAT-USAGE ;;
	redirect) code_of=E-PC-REDIRECT ;;
	next_other_host) code_of=E-LINK ;;
	*) code_of= ;;
	esac
	expect_equal "code of $name" "$code_of" "$(grep "^$subscription" "$T/failed" | cut -d '|' -f 4 | sort -u)"
	expect_log "event=slice.failed .*subscription=$subscription .*error=\"?[^ ]"
done <"$T/hit_for_good"
expect_summary status=partial "failed=$(wc -l <"$T/failed")"
expect_equal "purchases of what failed" 0 "$(query "SELECT count(*) FROM purchases JOIN slices USING (subscription_id, reported_day) WHERE state = 'failed'")"
grep -vFf <(cut -d '|' -f 1 "$T/hit_for_good") "$T/content" >"$T/rest"
content "subscription_id NOT IN ($(sed "s/.*/'&'/" <<<"$hit" | paste -sd ,))" >"$T/got_rest"
cmp -s "$T/rest" "$T/got_rest" || fail "what did not fail is not as it should be"
expect_equal "requests to another host" "" "$(grep -F elsewhere.example "$log" | grep http.attempt)"

it "fills the holes by itself in the next run, and asks for nothing else"
play_scenario
reset_counters
holes=$(wc -l <"$T/failed")
sync
expect_code 0
expect_summary status=ok failed=0 "slices=$holes"
expect_content "$T/content"
expect_query 0 "SELECT count(*) FROM slices WHERE state = 'failed' OR code IS NOT NULL"
expect_query 0 "SELECT count(*) FROM coverage WHERE state NOT IN ('complete', 'empty')"
