# SPDX-License-Identifier: MIT
# Signing in: what a person must do is said in one line and by exit code 4; the newest refresh token is always the one on disk.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-28 --to 2024-02-28"
start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=5 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-28

# needs_a_person CODE ERE: the last run did, with that code and a remedy like this; no more than the card and the customers were asked
needs_a_person() {
	expect_code 4
	expect_log "event=run.done .*status=failed .*code=$1 .*remedy=\"[^\"]*($2)"
	expect_query "failed|$1" "SELECT status, code FROM runs ORDER BY run_id DESC LIMIT 1"
	expect_at_most "lines with this code" 2 "$(grep -v event=http.attempt "$log" | grep -c "code=$1")"
	expect_at_most "requests" 2 "$(summary requests)"
}

it "replaces the refresh token by the newest at every run, readable by its owner alone"
new_place here
before=$(stored_token)
for _ in 1 2 3; do
	sync $range
	expect_code 0
	[ "$(stored_token)" != "$before" ] || fail "the refresh token did not change"
	expect_equal "mode" 600 "$(stat -c %a "$place/private/refresh-token")"
	expect_equal "files" refresh-token "$(ls -A "$place/private")"
	before=$(stored_token)
done

it "says what to do when the client secret is wrong"
new_place wrong-secret
echo not-the-secret >"$place/secret"
sync $range
needs_a_person E-AUTH-7000215 "client secret"
expect_equal "sign-ins" 1 "$(grep -c 'what=token' "$log")"

it "says what to do when the consent was revoked"
play_scenario '[partner]' 'sign_in = 700082'
new_place revoked
before=$(stored_token)
sync $range
needs_a_person E-AUTH-700082 "csp-usaged login"
expect_equal "the token kept" "$before" "$(stored_token)"

it "says what to do when nobody has consented, or a policy wants to see the user"
for number in 65001 50076 53003; do
	play_scenario '[partner]' "sign_in = $number"
	sync $range
	needs_a_person "E-AUTH-$number" .
done

it "works again as soon as the person has acted"
play_scenario
sync $range
expect_code 0

it "says what to do when the refresh token is not one, or is missing"
new_place no-token
echo nonsense >"$place/private/refresh-token"
sync $range
needs_a_person E-AUTH-70000 "csp-usaged login"
rm "$place/private/refresh-token"
sync $range
needs_a_person E-AUTH-LOGIN "csp-usaged login"

it "seals the token file when there is a key, and refuses it without"
new_place sealed partner.token_key_file="$T/sealed/key"
(umask 077; openssl rand -hex 32 >"$place/key")
sync $range
expect_code 0
expect_equal "token in the open" "" "$(grep -o refresh_token "$place/private/refresh-token")"
sync $range
expect_code 0
mv "$place/key" "$place/key.away"
(umask 077; openssl rand -hex 32 >"$place/key")
sync $range
needs_a_person E-TOKEN-KEY "csp-usaged login"
mv "$place/key.away" "$place/key"
sync $range
expect_code 0

it "says what to do when the token file was changed by somebody else"
new_place damaged
sync $range
sed -i 's/"mfa":1/"mfa":0/' "$place/private/refresh-token"
sync $range
needs_a_person E-TOKEN-DAMAGED "csp-usaged login"

it "takes a consent from outside, and again when it has changed"
mkdir -m 0700 "$T/credentials"
export CREDENTIALS_DIRECTORY=$T/credentials
(umask 077; echo "$first_refresh_token" >"$T/credentials/refresh_token")
new_place outside
rm "$place/private/refresh-token"
sync $range
expect_code 0
before=$(stored_token)
sync $range
expect_code 0
[ "$(stored_token)" != "$before" ] || fail "the refresh token did not change"
echo nonsense >"$T/credentials/refresh_token"
sync $range
needs_a_person E-AUTH-70000 "csp-usaged login"
unset CREDENTIALS_DIRECTORY

it "refuses secrets that others can read"
new_place loose
chmod 0644 "$place/private/refresh-token"
sync $range
expect_code 4
expect_log 'code=E-SECRET-MODE .*remedy='
chmod 0600 "$place/private/refresh-token"
sync $range
expect_code 0

it "says what to do when the client secret is missing"
mv "$place/secret" "$place/elsewhere"
sync $range
needs_a_person E-SECRET-NONE "store the secret"
sync $range --dry-run
expect_code 4
expect_equal "output of a dry run that failed" "" "$(cat "$place/out")"
mv "$place/elsewhere" "$place/secret"

it "says what to do when the token lacks the MFA claim"
play_scenario '[partner]' 'mfa = no'
new_place no-mfa
sync $range
needs_a_person E-PC-900421 "multi-factor"

it "signs in as the application alone"
play_scenario
new_place app partner.auth=app partner.state_dir=-
sync $range
expect_code 0
expect_summary status=ok rows_added=5

it "says what to do when the application alone may not"
play_scenario '[partner]' 'app_only = no'
sync $range
needs_a_person E-PC-900329 "auth = user"

it "pulls the usage when only the rate card needs a role, and still calls for a person"
play_scenario '[fault.f]' 'match = ratecard' 'times = 0' 'action = status:403'
new_place role
sync $range
expect_code 4
expect_summary rows_added=5
expect_log 'event=rates.failed .*code=E-PC-HTTP-403 .*remedy='
