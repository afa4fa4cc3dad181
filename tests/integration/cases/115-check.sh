# SPDX-License-Identifier: MIT
# long
# `check`: each thing that can be wrong is one line with its remedy; nothing is written but the rotated token.
. "$(dirname "$0")/../lib.sh"

first_day=$(date -u -d '5 days ago' +%F)
start_emulator - --set generate.customers=3 --set generate.subscriptions=6 --set generate.rows_per_day=4 --set generate.meters=50 \
    --set generate.first_day="$first_day"

check() { run_program check --config "$conf" "$@"; }
# expect_line LEVEL NAME [ERE]: a row of the table
expect_line() { expect_log "^$1 +$2 .*${3:-}" "$place/out"; }
# expect_remedy NAME ERE: below its row
expect_remedy() {
	grep -A 1 -E "^(WARN|FAIL) +$1 " "$place/out" | tail -n 1 | grep -Eq " remedy: .*$2" || fail "the remedy of $1 is not: $2"
}
names="configuration|time zone|state folder|app's secret|consent|database|disk|published copy|last run|invariants|clock|sign-in|MFA"
names="$names|customers|subscriptions|usage|rate card|roles|coverage"

it "is part of the help"
run_program --help
expect_log '^  check ' "$place/out"
new_place here usage.backfill_days=6

it "finds what is not there yet before the first run, and makes no database"
check
expect_code 0
expect_line WARN database 'not there yet'
expect_remedy database 'csp-usaged sync'
expect_line - 'last run' 'not tried'
[ ! -e "$db" ] || fail "check made a database"

it "finds everything in order after it"
sync
expect_code 0
# usage.db-shm is SQLite's note of who reads.
files() { (cd "$place" && find . -type f ! -name out ! -name log ! -name refresh-token ! -name usage.db-shm -exec sha256sum {} + | sort); }
before=$(files)
check
expect_code 0
expect_equal "rows that are not OK" "" "$(grep -Ev '^(OK   |$|19 checks)' "$place/out")"
expect_equal "rows" 19 "$(grep -Ec "^OK +($names) " "$place/out")"
expect_log '^19 checks: 19 OK, 0 WARN, 0 FAIL, 0 not tried$' "$place/out"
expect_line OK 'time zone' 'CET: the next run is at .* \(20.*Z\)'
expect_line OK usage '4 rows'
expect_equal "escape sequences where there is no terminal" 0 "$(grep -c $'\033' "$place/out")"

it "leaves every file but the token's as it was"
expect_equal "files" "$before" "$(files)"

it "asks each API once"
reset_counters
check
expect_equal "requests" '{"token":1,"customers":1,"subscriptions":3,"utilization":1,"ratecard":1}' \
    "$(counter '.requests | {token, customers, subscriptions, utilization, ratecard} | tojson')"

it "says the same as JSON"
check --json
expect_code 0
expect_equal "checks" 19 "$(jq '.checks | length' "$place/out")"
expect_equal "status" '["ok"]' "$(jq -c '[.checks[].status] | unique' "$place/out")"
expect_equal "exit code" 0 "$(jq .exit_code "$place/out")"
expect_equal "words on stderr" "" "$(grep -v 'event=' "$log")"

it "tells a configuration that is wrong, and tries nothing else"
write_config schedule.timezone=Mars/Base
check
expect_code 2
expect_line FAIL configuration "$conf:[0-9]+.*Mars/Base.*E-CONFIG"
expect_equal "rows not tried" 18 "$(grep -Ec '^- .* not tried: there is no configuration$' "$place/out")"
check --json
expect_code 2
expect_equal "exit code" 2 "$(jq .exit_code "$place/out")"
write_config partner_center.currency=USD
check
expect_code 2
expect_line FAIL database 'currency = EUR.*E-STORE-SETTING'
write_config

it "tells a wrong secret, and stops there"
echo wrong >"$place/secret"
check
expect_code 4
expect_line FAIL sign-in 'E-AUTH-7000215'
expect_remedy sign-in 'its value, not its id'
for name in MFA customers subscriptions usage 'rate card' roles; do
	expect_line - "$name" 'not tried: sign-in failed'
done
echo "$client_secret" >"$place/secret"

it "tells that there is no consent"
mv "$place/private/refresh-token" "$T/kept"
check
expect_code 4
expect_line FAIL consent E-AUTH-LOGIN
expect_remedy consent 'csp-usaged login'
expect_line FAIL sign-in E-AUTH-LOGIN
mv "$T/kept" "$place/private/refresh-token"

it "tells a consent that is refused, and asks no more than once"
reset_counters
play_scenario '[partner]' 'sign_in = 700082'
check
expect_code 4
expect_line FAIL sign-in E-AUTH-700082
expect_remedy sign-in 'csp-usaged login'
expect_equal "asked" 1 "$(counter .requests.token)"

it "tells a token without the MFA claim"
play_scenario '[partner]' 'mfa = no'
check
expect_code 4
expect_line WARN MFA E-CHECK-MFA
expect_line FAIL customers E-PC-900421
expect_remedy customers 'csp-usaged login'

# forbid API...: 403 as for a role that is missing
forbid() {
	local api lines=()
	for api; do
		lines+=("[fault.$api]" "match = $api" 'times = 0' 'action = status' 'status = 403' 'content_type = application/json'
		    'body = {"code":"900150","description":"the supplied role does not have the rights","data":[]}')
	done
	play_scenario "${lines[@]}"
}

it "maps each refusal to the role that is missing"
forbid customers
check
expect_code 4
expect_line FAIL customers E-PC-900150
expect_remedy customers 'Admin agent and Billing admin'
expect_line - subscriptions 'not tried'
expect_line OK 'rate card'
expect_line FAIL roles 'closed to this account'
forbid subscriptions
check
expect_code 4
expect_line OK customers
expect_line FAIL subscriptions E-PC-900150
expect_remedy subscriptions 'Admin agent and Billing admin'
expect_line FAIL roles 'closed to this account'
forbid ratecard
check
expect_code 4
expect_line FAIL 'rate card' E-PC-900150
expect_remedy 'rate card' 'Billing admin'
expect_line OK usage
expect_line FAIL roles 'prices are not'

it "knows the combination of roles that does not suffice"
forbid utilization ratecard
check
expect_code 4
expect_line OK subscriptions
expect_line FAIL usage E-PC-900150
expect_line FAIL roles 'usage and prices are not: as Global admin with Sales agent'
expect_remedy roles 'Admin agent and Billing admin'

it "goes on when one customer's list is refused, and takes usage that is not ready for an answer"
play_scenario '[fault.one]' 'match = subscriptions' 'nth = 2' 'action = status' 'status = 404' 'body = {}' \
    '[fault.later]' 'match = utilization' 'times = 0' 'action = status' 'status = 204' 'retry_after = 900'
check
expect_code 0
expect_line WARN subscriptions '1 of 3 customers'
expect_line OK usage 'not ready yet'

it "takes a subscription that is not served for what it is, and no more"
play_scenario '[fault.f]' 'match = utilization' 'times = 0' 'action = status' 'status = 404' 'content_type = application/json' \
    'body = {"code":"20003","description":"Subscription not found.","data":[]}'
reset_counters
check
expect_code 0
expect_line WARN usage 'serves none of 3 .*E-PC-20003'
expect_equal "subscriptions asked" 3 "$(counter .requests.utilization)"

it "tells an answer that is no list, and one that is none of the rate card's"
play_scenario '[fault.a]' 'match = ratecard' 'times = 0' 'action = garbage' '[fault.b]' 'match = customers' 'times = 0' 'action = garbage'
check
expect_code 1
expect_line FAIL customers E-FORMAT-CUSTOMERS
expect_line FAIL 'rate card' E-FORMAT-RATES

it "tells a clock that is wrong, either way"
play_scenario '[quirks]' 'clock_skew_seconds = -120'
check
expect_code 0
expect_line WARN clock '1(19|2[0-2]) s ahead of the.*E-CHECK-CLOCK'
expect_remedy clock 'set the clock'
play_scenario '[quirks]' 'clock_skew_seconds = 900'
check
expect_line FAIL clock 's behind the sign-in'
play_scenario '[quirks]' 'clock_skew_seconds = 0'

it "tells a secret and a folder that are open to others"
chmod 0604 "$place/secret"
check
expect_code 4
expect_line FAIL "app's secret" 'mode 0604.*E-SECRET-MODE'
expect_remedy "app's secret" 'chmod 0600'
chmod 0600 "$place/secret"
chmod 0640 "$place/private/refresh-token"
check
expect_code 4
expect_line FAIL consent 'mode 0640.*E-SECRET-MODE'
chmod 0600 "$place/private/refresh-token"
chmod 0770 "$place/private"
check
expect_line FAIL 'state folder' 'mode 0770.*E-SECRET-MODE'
chmod 0700 "$place/private"
chmod 0644 "$db"
check
expect_code 0
expect_line WARN database 'mode 0644.*E-CHECK-MODE'
chmod 0640 "$db"

it "does not sign in as another user than the daemon, whose token that would take away"
if [ "$(id -u)" -eq 0 ]; then
	chown nobody "$place/private" "$place/private/refresh-token"
	reset_counters
	check
	expect_code 4
	expect_line FAIL 'state folder' 'E-CHECK-USER'
	expect_remedy 'state folder' 'sudo -u nobody csp-usaged check'
	expect_line - sign-in "not tried: this is not the daemon's user"
	expect_equal "requests" 0 "$(requests_received)"
	chown root "$place/private" "$place/private/refresh-token"
	cp "$daemon" "$T/csp-usaged" && chmod 0755 "$T/csp-usaged"
	chmod 0644 "$conf"
	mkdir -m 0700 "$T/closed"
	write_config "partner.state_dir=$T/closed/private"
	setpriv --reuid=nobody --regid=54322 --clear-groups "$T/csp-usaged" check --config "$conf" >"$place/out" 2>"$log"
	code=$?
	expect_code 4
	expect_line FAIL 'state folder' 'Permission denied.*E-CHECK-USER'
	write_config
else
	skip "not root"
fi

it "tells a database that is damaged or not ours"
cp "$db" "$T/good.db"
dd if=/dev/urandom of="$db" bs=8192 seek=4 count=30 conv=notrunc status=none
check
expect_code 1
expect_line FAIL database 'E-STORE'
rm -f "$db"*
sqlite3 "$db" "CREATE TABLE x (y)"
check
expect_code 2
expect_line FAIL database 'E-STORE-FOREIGN'
rm -f "$db"*
install -m 0640 "$T/good.db" "$db"
check
expect_line OK database

it "tells a disk with little room, and a published copy's folder that is not there"
small=$T/small
if mkdir "$small" && mount -t tmpfs -o size=16m,mode=0755 none "$small" 2>/dev/null; then
	write_config "database.publish=$small/usage.db"
	check
	expect_code 1
	expect_line FAIL 'published copy' '16 MB|1[0-9]+ kB.*E-CHECK-DISK'
	expect_remedy 'published copy' 'make room'
	umount "$small"
fi
write_config "database.publish=$place/nowhere/usage.db"
check
expect_code 1
expect_line FAIL 'published copy' 'nowhere: No such file'
expect_remedy 'published copy' 'install -d -o csp-usaged -g csp-usage -m 2750 /.*/nowhere$'
write_config database.publish=
check
expect_code 0
expect_line OK 'published copy' 'none is wanted'
write_config

it "tells a service that does not answer, and does not try what stands behind it"
write_config partner_center.login_url=https://localhost:1
check
expect_code 1
expect_line - clock 'not tried'
expect_line FAIL sign-in E-NET-CONNECT
expect_line - 'rate card' 'not tried: sign-in failed'
write_config partner_center.ca_file=/etc/hostname
check
expect_code 1
expect_line FAIL sign-in E-TLS
write_config

it "signs in as the application alone when that is configured, and with a certificate"
write_config partner.auth=app
check
expect_code 0
expect_line OK 'state folder' 'not needed: auth = app'
expect_line OK consent 'not needed: auth = app'
expect_line OK sign-in 'for the app'
expect_line OK MFA 'not needed'
write_config partner.auth=app partner.client_secret_file=-
check
expect_code 4
expect_line FAIL "app's secret" E-SECRET-NONE
(umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 20 -subj /CN=x -keyout "$T/c.key" -out "$T/c.pem" 2>/dev/null)
play_scenario '[partner]' "certificate = $T/c.pem"
write_config partner.client_secret_file=- "partner.client_certificate_file=$T/c.pem" "partner.client_key_file=$T/c.key"
check
expect_code 0
expect_line WARN "app's secret" 'expires at .*E-CERT-EXPIRING'
expect_line OK sign-in
write_config

# told_check TIME: as faketime -f has it
told_check() {
	mapfile -t told < <(faketime -f "$1" env | grep -E '^(LD_PRELOAD|FAKETIME)')
	env "${told[@]}" timeout 100 "$daemon" check --config "$conf" >"$place/out" 2>"$log" </dev/null
	code=$?
}

it "warns when the consent is about to lapse"
if under_asan || ! command -v faketime >/dev/null; then
	skip "needs faketime, which excludes the address sanitizer"
else
	told_check +80d
	expect_line WARN consent 'lapses at .*E-CONSENT-EXPIRING'
	expect_remedy consent 'csp-usaged login'
	sync
	told_check +91d
	expect_line WARN consent 'lapsed at .*E-AUTH-700082'
	sync
fi

it "ends each step in its time when the service hangs"
if under_asan || ! command -v faketime >/dev/null; then
	skip "needs faketime, which excludes the address sanitizer"
else
	for step in .well-known:sign-in subscriptions:subscriptions utilization:usage; do
		play_scenario '[fault.hang]' "match = ${step%:*}" 'times = 0' 'action = delay' 'delay_ms = 600000'
		# thirty times as fast; what answers must do so within two seconds of ours
		told_check '+0 x30'
		expect_code 1
		expect_line FAIL "${step#*:}" 'no answer within [0-9]+ s.*E-NET-TIMEOUT'
	done
	play_scenario '[quirks]' 'clock_skew_seconds = 0'
fi

# -- the scope -----------------------------------------------------------------------------------------------------------------------

mapfile -t ids < <(query "SELECT subscription_id FROM subscriptions ORDER BY 1")
stranger=11111111-2222-4333-8444-555555555555

it "finds finance's list complete, in each form that it comes in"
printf '\xef\xbb\xbf# 2026\r\n' >"$T/list.txt"
printf '%s\r\n' "${ids[@]^^}" >>"$T/list.txt"
check --scope "$T/list.txt"
expect_code 0
expect_line OK scope "all 6 in the list are seen, and no other"
{
	echo 'Customer ID;Subscription ID;Amount'
	for id in "${ids[@]}"; do echo "\"$stranger\";\"$id\";\"1,50\""; done
} >"$T/list.csv"
check --scope "$T/list.csv"
expect_code 0
expect_line OK scope

it "names what is missing and what is more, with the customer"
{ echo "$stranger"; printf '%s\n' "${ids[@]:1}"; } >"$T/list.txt"
check --scope "$T/list.txt"
expect_code 1
expect_line FAIL scope '1 are missing and 0 are not covered; 1 more'
customer=$(query "SELECT customer_name || ' ' || customer_id FROM subscriptions WHERE subscription_id = '${ids[0]}'")
expect_log "^  missing      $stranger  \($T/list.txt:1\)$" "$place/out"
grep -F "  extra        ${ids[0]}" "$place/out" | grep -qF ", of $customer" || fail "the extra one is not named with its customer"
check --scope "$T/list.txt" --json
expect_equal "missing" "[\"$stranger\",1]" "$(jq -c '.scope[] | select(.class == "missing") | [.subscription_id, .line]' "$place/out")"
expect_equal "extra" "$customer" "$(jq -r '.scope[] | select(.class == "extra") | "\(.customer_name) \(.customer_id)"' "$place/out")"

it "names what is in the list and not covered, or gone, with the customer that the database knows"
play_scenario '[generate]' 'subscriptions = 5' 'azure_plan_subscriptions = 1'
printf '%s\n' "${ids[@]}" >"$T/list.txt"
check --scope "$T/list.txt"
expect_code 1
expect_line WARN coverage 'not served'
expect_log '^  missing      .*, of .* [0-9a-f-]{36}  \(' "$place/out"
play_scenario '[generate]' 'subscriptions = 6'

it "refuses a list that is none, with file and line"
printf '%s\nContoso\n' "${ids[0]}" >"$T/bad.txt"
check --scope "$T/bad.txt"
expect_code 2
expect_log "$T/bad.txt:2: there is no subscription id"
check --scope "$T/none.txt"
expect_code 2
expect_log "$T/none.txt: No such file"

# -- beside the daemon ---------------------------------------------------------------------------------------------------------------

it "works beside a running daemon, and neither spoils the other's consent"
new_place both usage.backfill_days=6 log.level=info
start_program run
daemon_pid=$pid
wait_for_log 60 'event=run.done .*status=ok'
daemon_log=$log
for round in 1 2 3; do
	kill -HUP "$daemon_pid"
	log=$place/check.log
	check
	expect_code 0
	expect_line OK sign-in
	log=$daemon_log
done
runs_done() { [ "$(grep -c 'event=run.done' "$daemon_log")" -ge "$1" ]; }
wait_until 60 runs_done 2 || fail "the daemon made no further run"
expect_no_log 'level=error|code=E-' "$daemon_log"
kill -TERM "$daemon_pid"
pid=$daemon_pid
end_program 30
expect_code 0
sync
expect_code 0
check
expect_code 0
expect_line OK consent renewed
