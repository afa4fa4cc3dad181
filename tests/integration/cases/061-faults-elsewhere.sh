# SPDX-License-Identifier: MIT
# long
# What breaks beside the usage: the sign-in, the lists, the rate card; and every single request of a run.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-28 --to 2024-02-28"
start_emulator - --set generate.customers=2 --set generate.subscriptions=2 --set generate.rows_per_day=20 --set page.usage_size=10 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-28 --set generate.meters=100
new_place undisturbed
sync $range
[ $code -eq 0 ] || die "an undisturbed run fails"
content >"$T/content"
requests=$(requests_received)
number=0

# A sign-in that is tried until patience ends takes seconds: it goes on beside the others.
new_place nobody "partner_center.login_url=https://localhost:1"
start_program sync $range
nobody=$pid

# pull_with FAULT-LINE...: a fresh database from a partner with this fault
pull_with() {
	number=$((number + 1))
	play_scenario '[fault.f]' "$@"
	reset_counters
	new_place "fault-$number"
	sync $range
}

it "gets the same whichever request is refused for its token"
for action in status:401 expire_token; do
	for k in $(seq 2 "$requests"); do
		pull_with "nth = $k" "action = $action"
		expect_code 0
		expect_content "$T/content"
		expect_equal "$action at request $k: came" 1 "$(counter .faults.f)"
		[ "$test_state" = ok ] || break
	done
done

it "gets the same whichever request breaks"
actions=(garbage reset:40 status:503 cut:40 gzip_cut reset:0 cut_chunked:40 status:500)
for k in $(seq 1 "$requests"); do
	for at in 0 5; do
		action=${actions[$(((k + at) % ${#actions[@]}))]}
		pull_with "nth = $k" "action = $action"
		expect_code 0
		expect_content "$T/content"
		[ "$test_state" = ok ] || break 2
	done
done
[ "$test_state" = ok ] || fail "it was $action at request $k"

it "keeps the refresh token when none comes with the access token"
pull_with 'match = token' 'times = 0' 'action = no_refresh_token'
expect_code 0
expect_content "$T/content"
expect_equal "the token kept" "$first_refresh_token" "$(cat "$place/private/refresh-token")"

it "needs a person when fresh tokens are refused as well"
pull_with 'match = utilization' 'times = 0' 'action = status:401'
expect_code 4
expect_log 'event=run.done .*status=failed.* code=E-PC-.* remedy='
expect_equal "sign-ins" 2 "$(counter .requests.token)"

it "fails the run when the customers can't be listed, and says so"
pull_with 'match = customers' 'times = 0' 'action = status:400'
expect_code 1
expect_log 'event=run.done .*status=failed.* code=E-PC-800002'
expect_query "failed|E-PC-800002" "SELECT status, code FROM runs"

it "goes on with the other customers when the subscriptions of one can't be listed"
customer=$(sqlite3 -readonly "$T/undisturbed/database/usage.db" "SELECT min(customer_id) FROM customers")
pull_with "match = $customer/subscriptions" 'times = 0' 'action = status:400'
expect_code 3
expect_log "event=customer.failed .*customer=$customer .*code=E-PC-800002"
expect_summary status=partial customers_failed=1
expect_query 0 "SELECT count(*) FROM purchases WHERE customer_id = '$customer'"
expect_query 20 "SELECT count(*) FROM purchases"
expect_query 0 "SELECT count(*) FROM customers WHERE missing_since IS NOT NULL"
play_scenario
sync $range
expect_code 0
expect_content "$T/content"

it "takes an answer without a list for no empty list: nobody goes missing"
play_scenario '[fault.f]' 'match = customers' 'times = 0' 'action = status:204'
use_place undisturbed
sync $range
expect_code 1
expect_summary status=failed
expect_query 0 "SELECT count(*) FROM customers WHERE missing_since IS NOT NULL"
expect_content "$T/content"
play_scenario

it "pulls the usage without a rate card: unpriced, priced as soon as the card comes"
pull_with 'match = ratecard' 'times = 0' 'action = status:400'
expect_code 3
expect_log 'event=rates.failed .*code=E-PC-800002'
expect_summary status=partial rows_added=40 unpriced=40
expect_query "40|0" "SELECT sum(amount_nanos IS NULL), sum(rating_status = 'rated') FROM purchases"
play_scenario
sync --from 2024-02-20 --to 2024-02-20
expect_code 0
expect_content "$T/content"

it "rates with the prices it knows when the card breaks off"
play_scenario '[fault.f]' 'match = ratecard' 'times = 0' 'action = garbage'
use_place undisturbed
sync $range
expect_code 3
expect_log 'event=rates.failed '
expect_content "$T/content"

it "fails when nobody answers the sign-in, and calls for nobody"
use_place nobody
pid=$nobody
end_program
expect_code 1
expect_log 'event=run.done .*status=failed.* error="sign in: '

it "does not speak with a service whose certificate is not the right one"
start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --state-dir "$T/other-emulator"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/k" -out "$T/other-ca.pem" -days 2 -subj /CN=other 2>/dev/null
new_place stranger "partner_center.ca_file=$T/other-ca.pem"
sync $range
expect_code 1
expect_log '[Cc]ertificate'
expect_equal "requests that got through" 0 "$(requests_received)"
