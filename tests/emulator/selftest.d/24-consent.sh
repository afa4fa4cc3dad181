# SPDX-License-Identifier: MIT
# What becomes of a consent: rotation, revocation, lapse.

afresh
control() { web -X POST "$base/emulator/$1"; }
newest() { field refresh_token "$(refresh "$@")"; }
# refused_with NAME STATUS ERROR CODE TOKEN
refused_with() {
	refused "$1" "$2" "$3" "$4" -d grant_type=refresh_token -d "client_id=$client" -d client_secret=emulator-secret -d "refresh_token=$5" -d "scope=$scope"
}

scenario '[login]' 'rotation = forced'
one=$(newest); is "forced: the new one is good" 200 "$(refresh "$one" | tail -1)"
refused_with "forced: the old one no longer" 400 invalid_grant 70000 "$one"
refused_with "forced: not the first one either" 400 invalid_grant 70000 "$first_token"
afresh '[login]' 'rotation = same'
one=$(redeem "$(new_code)" | head -1 | jq -r .refresh_token)
is "same: as it was sent" "$one" "$(newest "$one")"
scenario '[login]' 'rotation = none'
is "none: without" "" "$(newest "$one")"
is "none: the one there is stays good" 200 "$(refresh "$one" | tail -1)"
is "none: a sign-in gives one" string "$(redeem "$(new_code)" | head -1 | jq -r '.refresh_token | type')"
afresh

sign_in; one=$(newest); is "before" "200 200" "$(status /v1/customers) $(refresh "$one" | tail -1)"
is "revoked" revoked "$(control consent/revoke)"
refused_with "revoked: what a refresh gave" 400 invalid_grant 50173 "$one"
refused_with "revoked: the scenario's own" 400 invalid_grant 50173 "$first_token"
is "revoked: the API hears of it" "401 400" "$(refusal /v1/customers)"
answer=$(redeem "$(new_code)" | head -1); two=$(jq -r .refresh_token <<<"$answer")
is "a new consent is good" 200 "$(refresh "$two" | tail -1)"
access=$(jq -r .access_token <<<"$answer"); is "a new consent opens the API" 200 "$(status /v1/customers)"
refused_with "the old ones stay refused" 400 invalid_grant 50173 "$one"
scenario '[partner]' 'refresh_token = from-outside'
is "another one of the scenario is good" 200 "$(refresh from-outside | tail -1)"
control 'consent/revoke?code=50133' >/dev/null
refused_with "revoked with another code" 400 invalid_grant 50133 "$two"
has "revoked with no code" 'want the number' "$(control 'consent/revoke?code=x')"
scenario '[device]' 'answer = approve'
one=$(begin); polled "$one" >/dev/null; is "a consent from another device is good" 200 "$(refresh "$(jq -r .refresh_token "$work/polled")" | tail -1)"
is "restored" restored "$(control consent/restore)"
is "restored: all are good" 200 "$(refresh "$two" | tail -1)"
scenario '[partner]' "refresh_token = $first_token"
sign_in
is "lapsed" lapsed "$(control consent/lapse)"
refused_with "lapsed" 400 invalid_grant 700082 "$two"
is "lapsed: an access token is still one" 200 "$(status /v1/customers)"
afresh; sign_in
scenario '[fault.e]' 'match = customers' 'nth = 2' 'action = revoke'
is "revoked in the middle: by a rule" "200 401 400" "$(status /v1/customers) $(refusal /v1/customers)"
refused_with "revoked in the middle" 400 invalid_grant 50173 "$first_token"
scenario '[fault.e]' 'match = customers' 'nth = 1' 'action = revoke:50076'
status /v1/customers >/dev/null; refused_with "with another code" 400 interaction_required 50076 "$first_token"
afresh
is "afresh gives back the consents" 200 "$(refresh | tail -1)"
sign_in
