# SPDX-License-Identifier: MIT
# The consent is revoked in the middle of a run: what came before is kept, a person is called for, and the run after the new consent
# brings the rest.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-20 --to 2024-02-29"
start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=10 \
    --set generate.first_day=2024-02-20 --set generate.last_day=2024-02-29
new_place undisturbed
sync $range
content >"$T/content"

it "ends the run, keeps what it had, and calls for a person by exit code, log and status"
play_scenario '[fault.revoke]' 'match = utilizations/azure?start_time=2024-02-25' 'times = 1' 'action = revoke'
new_place revoked partner_center.max_in_flight=1
sync $range
expect_code 4
expect_log 'event=consent.refused .*code=E-AUTH-50173 .*remedy=".*csp-usaged login'
expect_equal "lines that call for a person" 1 "$(grep -c 'event=consent.refused' "$log")"
stored=$(query "SELECT count(*) FROM slices WHERE state IN ('complete', 'empty')")
expect_at_least "days that were stored" 4 "$stored"
expect_at_most "days that were stored" 39 "$stored"
expect_query 0 "SELECT count(*) FROM runs WHERE status IN ('ok', 'running')"
run_program status --config "$conf"
grep -Eq 'E-AUTH-50173.*|csp-usaged login' "$place/out" || fail "status says: $(cat "$place/out")"
run_program status --config "$conf" --json
expect_equal "status --json names the code" 1 "$(jq '[.. | strings | select(test("E-AUTH-50173|csp-usaged login"))] | length > 0 | if . then 1 else 0 end' "$place/out")"

it "asks no more than once while nobody has acted"
reset_counters
sync $range
expect_code 4
expect_equal "requests for a token" 1 "$(counter .requests.token)"

it "brings the rest when consent is given again, and nothing twice"
play_scenario
echo "$first_refresh_token" >"$place/private/refresh-token"
sync $range
expect_code 0
expect_content "$T/content"
