# SPDX-License-Identifier: MIT
# Sign-in on another device.

afresh '[device]' 'interval = 60'
# begin [FORM...]: answers the device code; the whole answer is in $work/begun
begin() {
	web -d "client_id=$client" --data-urlencode "scope=${all}" "$@" -w '\n%{http_code}' "$base/$tenant/oauth2/v2.0/devicecode" >"$work/answer"
	sed '$d' "$work/answer" >"$work/begun"
	field device_code "$(<"$work/begun")"
}
poll_form() { printf '%s\n' -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d "client_id=$client" -d "device_code=$1"; }
# polled CODE: "ERROR NUMBER" or "200"
polled() {
	local said args
	mapfile -t args < <(poll_form "$1")
	said=$(token "${args[@]}")
	said=${said%$'\n'*}
	printf '%s\n' "$said" >"$work/polled"
	[ -n "$(field access_token "$said")" ] && echo 200 || echo "$(field error "$said") $(field error_codes "$said")"
}
person() { web -X POST -w ' %{http_code}' "$base/emulator/device/$1" | tr -d '\n'; }

is "nobody waits" "nobody waits 404" "$(person approve)"
one=$(begin)
is "what it begins with" 'https://microsoft.com/devicelogin 900 60 true' \
    "$(jq -r '"\(.verification_uri) \(.expires_in) \(.interval) \(.user_code as $u | .message | contains($u))"' "$work/begun")"
is "it waits" "authorization_pending 70016" "$(polled "$one")"
is "asked too soon" "slow_down 70016" "$(polled "$one")"
is "who waits" "$(jq -r .user_code "$work/begun") 2" "$(web "$base/emulator/device" | jq -r '.[] | "\(.user_code) \(.polls)"')"
scenario '[device]' 'interval = 0'
one=$(begin); two=$(begin)
is "several ask" "authorization_pending 70016 authorization_pending 70016" "$(polled "$one") $(polled "$two")"
is "the person approves one" "done 200" "$(person "approve?user_code=$(jq -r .user_code "$work/begun")")"
is "the other waits still" "authorization_pending 70016" "$(polled "$one")"
is "tokens for the one" 200 "$(polled "$two")"
access=$(jq -r .access_token "$work/polled"); is "its access token works" 200 "$(status /v1/customers)"
is "its refresh token works with the secret" 200 "$(refresh "$(jq -r .refresh_token "$work/polled")" | tail -1)"
is "its id_token says who" billing@partner.example "$(jq -r .id_token "$work/polled" | claims | jq -r .preferred_username)"
is "a device code is good once" "bad_verification_code 70018" "$(polled "$two")"
is "another code" "bad_verification_code 70018" "$(polled "${two%?}_")"
is "the person declines" "done 200" "$(person decline)"
is "declined" "authorization_declined 70017" "$(polled "$one")"
one=$(begin); person expire >/dev/null; is "expired by hand" "expired_token 70019" "$(polled "$one")"
scenario '[device]' 'expires_seconds = 0'
one=$(begin); is "expired" "expired_token 70019" "$(polled "$one")"
scenario '[device]' 'expires_seconds = 900' 'answer = approve' 'after_polls = 2'
one=$(begin); is "a person who takes two polls" "authorization_pending 70016,authorization_pending 70016,200" "$(polled "$one"),$(polled "$one"),$(polled "$one")"
scenario '[device]' 'answer = decline' 'after_polls = 0'
one=$(begin); is "a person who declines" "authorization_declined 70017" "$(polled "$one")"
scenario '[device]' 'answer = approve' 'slow_down_polls = 1' 'slow_down_seconds = 0'
one=$(begin); is "slow_down however slow" "slow_down 70016,200" "$(polled "$one"),$(polled "$one")"
scenario '[device]' 'slow_down_polls = 1' 'slow_down_seconds = 5'
one=$(begin); is "the interval grows by it" "slow_down 70016,slow_down 70016" "$(polled "$one"),$(polled "$one")"
afresh '[login]' 'client_type = confidential' '[device]' 'answer = approve'
one=$(begin); is "not of a public client: without a secret" "invalid_client 7000218" "$(polled "$one")"
mapfile -t form < <(poll_form "$one"); is "and with it" 200 "$(token "${form[@]}" -d client_secret=emulator-secret | tail -1)"
scenario '[login]' 'client_type = public'
refused "a public client with a secret" 401 invalid_client 700025 "${good[@]}"
one=$(begin); is "a public client" 200 "$(polled "$one")"
is "and its refresh" 200 "$(token -d grant_type=refresh_token -d "client_id=$client" -d "refresh_token=$(jq -r .refresh_token "$work/polled")" | tail -1)"
afresh '[device]' 'answer = approve'
path=$tenant/oauth2/v2.0/devicecode
refused "unknown application" 400 unauthorized_client 700016 -d "client_id=$tenant" --data-urlencode "scope=$all"
refused "no scope" 400 invalid_request 900144 -d "client_id=$client"
refused "a scope of nothing" 400 invalid_scope 70011 -d "client_id=$client" -d scope=x
path=$client/oauth2/v2.0/devicecode refused "unknown tenant" 400 invalid_request 90002 -d "client_id=$client" -d scope=x
unset path
old=$(web -d "client_id=$client" -d resource=https://api.partnercenter.microsoft.com "$base/$tenant/oauth2/devicecode")
is "v1: another name, and strings" "https://microsoft.com/devicelogin 900 5 string" "$(jq -r '"\(.verification_url) \(.expires_in) \(.interval) \(.interval | type)"' <<<"$old")"
is "v1: redeemed" 200 "$(path=$tenant/oauth2/token token -d grant_type=device_code -d "client_id=$client" \
    -d resource=https://api.partnercenter.microsoft.com -d "code=$(jq -r .device_code <<<"$old")" | tail -1)"
afresh
sign_in
