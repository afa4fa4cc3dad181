# SPDX-License-Identifier: MIT
# The consent's age: told by status and, while there is time, by the log; a refusal is one line and one request a run.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-28 --to 2024-02-28"
start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=5 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-28
consent() { "$daemon" status --config "$conf" --json | jq -r ".consent.$1"; }
days_ago() { date -u -d "$1 days ago" +%FT%TZ; }

# write_record DAYS: a consent given a year ago, last renewed so many days ago
write_record() {
	local record
	record=$(jq -cn --arg token "$first_refresh_token" --argjson given "$(date -d '365 days ago' +%s)" \
	    --argjson renewed "$(date -d "$1 days ago" +%s)" \
	    '{given_at: $given, renewed_at: $renewed, mfa: 1, upn: "ada@partner.example", oid: "o", tenant: "t", refresh_token: $token}')
	(umask 077
	printf '{"csp_usaged_consent":1,"sha256":"%s","record":%s}\n' "$(printf %s "$record" | sha256sum | cut -c 1-64)" "$record" \
	    >"$place/private/refresh-token")
}

it "says who consented, when, and when it would lapse"
new_place here
write_record 10
sync $range
expect_code 0
expect_equal "user" ada@partner.example "$(consent user)"
expect_equal "given" "$(days_ago 365 | cut -c 1-10)" "$(consent given | cut -c 1-10)"
expect_equal "renewed" "$(date -u +%F)" "$(consent renewed | cut -c 1-10)"
expect_equal "lapses" "$(date -u -d 'now 90 days' +%F)" "$(consent lapses | cut -c 1-10)"
expect_equal "mfa" true "$(consent mfa)"
"$daemon" status --config "$conf" >"$T/text"
expect_log '^consent +by ada@partner.example, given 20' "$T/text"
expect_no_log "$(stored_token)" "$T/text"
expect_no_log 'event=consent'

it "says nothing of it to those who can't read it"
mv "$place/private" "$place/away"
expect_equal "all of it" "null null null null null null" \
    "$("$daemon" status --config "$conf" --json | jq -r '.consent | map(tostring) | join(" ")')"
"$daemon" status --config "$conf" >"$T/text"
expect_log '^consent +not known here' "$T/text"
mv "$place/away" "$place/private"

it "warns from 14 days before it lapses, once a run, and no sooner"
play_scenario '[fault.f]' 'match = token' 'times = 0' 'action = no_refresh_token'
write_record 75
sync $range
expect_code 0
expect_no_log 'event=consent'
write_record 77
sync $range
expect_code 0
expect_equal "lines" 1 "$(grep -c event=consent.expiring "$log")"
expect_log "event=consent.expiring .*at=$(date -u -d 'now 13 days' +%F)T.* code=E-CONSENT-EXPIRING remedy=\"run csp-usaged login\""
expect_log 'the consent lapses on .*: run csp-usaged login' <("$daemon" status --config "$conf")

it "asks once in each run for a consent that was refused, says so in one line, and takes up a new one"
play_scenario '[partner]' 'sign_in = 700082'
new_place daemon
reset_counters
start_program run
wait_for_log 30 'event=run.done'
for run in 2 3; do
	kill -HUP "$pid"
	wait_for_log 30 "event=run.done run=$run "
done
expect_equal "requests for a token" 3 "$(counter .requests.token)"
expect_equal "lines" 3 "$(grep -c 'event=consent.refused .*code=E-AUTH-700082 .*remedy="' "$log")"
play_scenario
echo "$first_refresh_token" >"$place/private/refresh-token"
kill -HUP "$pid"
wait_for_log 60 'event=run.done run=4 status=ok'
kill -TERM "$pid"
end_program

it "warns of a certificate that expires within 30 days"
(umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 29 -subj /CN=c -keyout "$T/key.pem" -out "$T/certificate.pem" 2>/dev/null)
merge_scenario '[partner]' "certificate = $T/certificate.pem"
new_place certificate partner.client_secret_file=- partner.client_certificate_file="$T/certificate.pem" partner.client_key_file="$T/key.pem"
sync $range
expect_code 0
expect_equal "lines" 1 "$(grep -c 'event=certificate.expiring .*code=E-CERT-EXPIRING remedy="' "$log")"

it "needs no consent to sign in as the application alone"
new_place app partner.auth=app
rm "$place/private/refresh-token"
sync $range
expect_code 0
expect_no_log 'event=consent'
expect_log '^consent +none needed' <("$daemon" status --config "$conf")
