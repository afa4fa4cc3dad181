# SPDX-License-Identifier: MIT
# `login`: a person's consent takes the place of the old one when all is well, and only then. curl plays the browser.
. "$(dirname "$0")/../lib.sh"
. "$here/login.sh"

start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=5 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-28 --set device.interval=1
range="--from 2024-02-28 --to 2024-02-28"

it "stores the consent of who signs in, and says who it was and what comes next"
new_place here
start_login
browse
end_login
expect_code 0
here_is 'Signed in'
here_is 'billing@partner\.example'
here_is 'Go back to the terminal'
expect_said "Signed in as .*<billing@partner\.example>, tenant $tenant\."
expect_said 'Multi-factor authentication: yes'
expect_said "stored in $place/private/refresh-token"
expect_said 'Next: csp-usaged check, then systemctl start csp-usaged'
cmp -s "$place/before" "$place/private/refresh-token" && fail "the stored consent is the old one"
expect_equal "mode" 600 "$(stat -c %a "$place/private/refresh-token")"
expect_equal "files" refresh-token "$(ls -A "$place/private")"
asked=$(address)
cat "$place/page" "$place/out" "$log" >"$T/said"
sync $range
expect_code 0

it "asks as Microsoft wants to be asked"
for part in "client_id=$client&" 'response_type=code&' 'redirect_uri=http%3A%2F%2Flocalhost%3A[0-9]+&' 'response_mode=query&' \
    'state=[A-Za-z0-9_-]{43}&' 'code_challenge=[A-Za-z0-9_-]{43}&code_challenge_method=S256' \
    'scope=https%3A%2F%2Fapi\.partnercenter\.microsoft\.com%2Fuser_impersonation\+offline_access\+openid\+profile'; do
	grep -Eq -- "$part" <<<"$asked" || fail "the address has no $part" "$asked"
done

it "keeps code, verifier and tokens out of page, output and log"
expect_equal "tokens" "" "$(grep -oE 'eyJ[A-Za-z0-9_-]{10,}|1\.AXEA\.[A-Za-z0-9_.-]+|code=[^ ]|code_verifier|emulator-secret' "$T/said")"

it "takes the pasted address, after a wrong one"
new_place pasted
start_login
paste 'http://localhost/?code=abc&state=of-somebody-else'
wait_until 10 says 'not the address that is waited for.*state' || fail "it takes any address"
paste 'nonsense'
expect_old_consent
paste "  <$(redirect)>"
end_login
expect_code 0
expect_said 'Signed in as'
sync $range
expect_code 0

it "takes it from a file or a pipe that ends, too, and goes on without any input"
new_place no-input
"$daemon" login --config "$conf" >"$place/out" 2>"$log" </dev/null &
pid=$!
wait_until 20 login_waits
browse
end_program 20
expect_code 0

it "waits on when an answer has another state, and answers strangers"
new_place strangers
start_login
redirect_url=$(redirect)
local_url=${redirect_url%%\?*} local_url=${local_url%/}
expect_equal "status" 400 "$(browser -o "$place/page" -w '%{http_code}' "$local_url/?code=stolen&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")"
here_is 'not what csp-usaged is waiting for'
expect_equal "status" 404 "$(browser -o /dev/null -w '%{http_code}' "$local_url/favicon.ico")"
expect_equal "status" 421 "$(browser -o /dev/null -w '%{http_code}' -H 'Host: rebound.example' "$redirect_url")"
expect_equal "status" 405 "$(browser -o /dev/null -w '%{http_code}' -d x=y "$local_url")"
expect_old_consent
browser -i "$redirect_url" >"$place/page"
here_is '^Content-Security-Policy: default-src .none.;'
here_is 'Signed in'
end_login
expect_code 0

it "says what to do when the sign-in is declined, on the page, too"
new_place declined
play_scenario '[login]' 'answer = access_denied'
start_login
browse
here_is 'did not work'
here_is 'What to do: <b>'
login_ends_with 4 'E-AUTH-65004.*; have an administrator approve'

it "says what to do about every other answer of the sign-in"
for answer in admin_consent:90094 consent_required:65001 login_required:50058 interaction_required:50076; do
	play_scenario '[login]' "answer = ${answer%:*}"
	start_login
	browse
	here_is "E-AUTH-${answer#*:}"
	login_ends_with 4 "E-AUTH-${answer#*:}.*; .*csp-usaged login"
done
play_scenario '[login]' 'answer = temporarily_unavailable'
start_login
browse
login_ends_with 1 'E-AUTH-90033.*; run csp-usaged login again'

it "refuses an account of another tenant, and a personal one"
new_place foreign
play_scenario '[login]' 'account = other_tenant'
start_login
browse
here_is 'E-LOGIN-TENANT'
login_ends_with 4 "tenant_id is $tenant.*E-LOGIN-TENANT.*; .*csp-usaged login"
play_scenario '[login]' 'account = personal'
start_login
browse
here_is 'E-LOGIN-PERSONAL'
login_ends_with 4 'personal Microsoft account.*E-LOGIN-PERSONAL.*; sign out of it'

it "keeps the old consent when Partner Center refuses the new one: no MFA, no role"
new_place refused
play_scenario '[partner]' 'mfa = no'
start_login
browse
here_is 'E-PC-900421'
login_ends_with 4 'Partner Center does not take this sign-in.*E-PC-900421.*; .*multi-factor'
play_scenario '[fault.f]' 'match = customers' 'times = 0' 'action = status:403'
start_login
browse
login_ends_with 4 'E-PC-HTTP-403.*; .*Admin agent'
play_scenario
sync $range
expect_code 0

it "warns when the token has no MFA claim and Partner Center takes it all the same"
new_place no-mfa
play_scenario '[partner]' 'mfa = no' 'mfa_enforced = no'
start_login
browse
end_login
expect_code 0
expect_said 'Multi-factor authentication: no. WARNING: '
expect_said 'run csp-usaged login again'

it "tries again when a request has no luck"
new_place unlucky
play_scenario '[fault.f]' 'match = customers' 'times = 1' 'action = status:503'
start_login
browse
end_login
expect_code 0

it "ends with the old consent when the client secret is wrong or missing"
new_place no-secret
play_scenario
echo wrong >"$place/secret"
start_login
browse
login_ends_with 4 'E-AUTH-7000215.*; '
rm "$place/secret"
start_login
expect_equal "an address, in vain" "" "$(address)"
login_ends_with 4 'E-SECRET-NONE.*; '

it "ends at once on Ctrl-C, with the old consent"
new_place interrupted
for signal in INT TERM HUP; do
	start_login
	kill "-$signal" "$pid"
	login_ends_with 1 "stopped by SIG$signal; nothing was changed"
done

it "signs in with a code on another machine"
new_place device
start_login --device
code=$(grep -A2 'enter the code' "$place/out" | tail -n 1 | tr -d ' ')
expect_equal "who waits" "$code" "$(ask_emulator device | grep -o "$code" | head -n 1)"
ask_emulator "device/approve?user_code=$code" -X POST >/dev/null
end_login
expect_code 0
expect_said 'Signed in as .*<billing@partner\.example>'
sync $range
expect_code 0

it "waits for the person, and proves who it is when it is asked to"
play_scenario '[device]' 'interval = 1' 'answer = approve' 'after_polls = 2' '[login]' 'client_type = confidential'
new_place device-patient
start_login --device
end_login
expect_code 0
expect_at_least "polls" 3 "$(grep -c 'what=token' "$log")"
play_scenario '[device]' 'interval = 1' 'answer = approve' '[login]' 'client_type = public'
start_login --device
end_login
expect_code 0

it "says what to do when the device code is declined or expires"
new_place device-declined
play_scenario '[device]' 'interval = 1'
start_login --device
ask_emulator device/decline -X POST >/dev/null
login_ends_with 4 'declined.*; run csp-usaged login again'
start_login --device
ask_emulator device/expire -X POST >/dev/null
login_ends_with 4 'expired.*; run csp-usaged login again'
start_login --device
kill -INT "$pid"
login_ends_with 1 'nothing was changed'

it "gives a running daemon what it needs, without a restart"
play_scenario
new_place beside
echo nonsense >"$place/private/refresh-token"
start_program run
daemon_pid=$pid daemon_log=$log
wait_for_log 60 'event=run.done .*status=failed .*code=E-AUTH-70000'
log=$place/login.log
start_login
browse
end_login
expect_code 0
log=$daemon_log pid=$daemon_pid
kill -HUP "$pid"
wait_for_log 60 'event=run.done .*status=ok'
kill -TERM "$pid"
end_program 20

it "needs none when the application signs in for itself"
new_place app partner.auth=app partner.state_dir=-
run_program login --config "$conf"
expect_code 0
expect_said 'no consent is needed'

it "says as whom to run it when the folder is another user's"
new_place owner
if [ "$(id -u)" -eq 0 ]; then
	chown nobody "$place/private"
	run_program login --config "$conf"
	expect_code 2
	expect_log 'belongs to nobody.*E-LOGIN-USER.*sudo -u nobody csp-usaged login'
	expect_equal "an address, in vain" "" "$(address)"
else
	skip "needs root, to give the folder to another user"
fi
