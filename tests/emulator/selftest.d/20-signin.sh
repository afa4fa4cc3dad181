# SPDX-License-Identifier: MIT
# The token endpoint.

start --set generate.today=2026-03-20 --set generate.first_day=2026-03-01 --set generate.last_day=2026-03-15
is "ready file: pid" "$pid" "$(sed -n 's/^pid=//p' "$work/ready")"
is "ready file: refresh token" "$first_token" "$(sed -n 's/^refresh_token=//p' "$work/ready")"
is "health" ok "$(web "$base/emulator/health" | jq -r .status)"
is "the certificate is good for 127.0.0.1 too" ok "$(web "${base/localhost/127.0.0.1}/emulator/health" | jq -r .status)"
curl -s -o /dev/null "$base/emulator/health"; is "without the CA it is not trusted" 60 $?
curl -s -o /dev/null --cacert "$ca" --tls-max 1.1 "$base/emulator/health" 2>/dev/null; is "TLS 1.1 is refused" 35 $?
is "others can read ca.pem, and not the key" "755 644 600" "$(stat -c %a "$work/state" "$ca" "$work/state/server.key" | xargs)"

one=$(refresh); is "refresh: 200" 200 "$(tail -1 <<<"$one")"
is "v2: expires_in is a number" number "$(head -1 <<<"$one" | jq -r '.expires_in | type')"
new=$(head -1 <<<"$one" | jq -r .refresh_token)
[ "$new" != "$first_token" ] || fail "a refresh answers a new refresh token"
is "the new refresh token works" 200 "$(refresh "$new" | tail -1)"
is "the older one still works" 200 "$(refresh | tail -1)"
[ "$(refresh "$new" | head -1 | jq -r .refresh_token)" != "$(refresh "$new" | head -1 | jq -r .refresh_token)" ] || fail "rotation"
said=$(head -1 <<<"$one" | jq -r .access_token | claims)
is "amr has mfa" true "$(jq '.amr | index("mfa") != null' <<<"$said")"
is "tid" "$tenant" "$(jq -r .tid <<<"$said")"
is "appid" "$client" "$(jq -r .appid <<<"$said")"

good=(-d grant_type=refresh_token -d "client_id=$client" -d client_secret=emulator-secret -d "refresh_token=$first_token" -d "scope=$scope")
refused "wrong secret" 401 invalid_client 7000215 -d grant_type=refresh_token -d "client_id=$client" -d client_secret=x -d "refresh_token=$first_token"
refused "no secret" 401 invalid_client 7000218 -d grant_type=refresh_token -d "client_id=$client" -d "refresh_token=$first_token"
refused "wrong client" 400 unauthorized_client 700016 -d grant_type=refresh_token -d "client_id=$tenant" -d client_secret=x
has "wrong client: names the one that was sent" "AADSTS700016: Application with identifier '$tenant' was not found in the directory '$tenant'\\. This can" \
    "$(token -d grant_type=refresh_token -d "client_id=$tenant" -d client_secret=x | head -1 | jq -r .error_description)"
path=$client/oauth2/v2.0/token refused "wrong tenant" 400 invalid_request 90002 "${good[@]}"
refused "unknown refresh token" 400 invalid_grant 70000 -d grant_type=refresh_token -d "client_id=$client" -d client_secret=emulator-secret -d refresh_token=x
refused "unknown grant" 400 unsupported_grant_type 70003 -d grant_type=password -d "client_id=$client" -d client_secret=emulator-secret
refused "no grant" 400 invalid_request 900144 -d "client_id=$client" -d client_secret=emulator-secret
refused "resource at v2" 400 invalid_request 901002 "${good[@]}" -d resource=https://api.partnercenter.microsoft.com
refused "client credentials without /.default" 400 invalid_scope 70011 -d grant_type=client_credentials -d "client_id=$client" \
    -d client_secret=emulator-secret -d "scope=$scope"
scenario '[partner]' 'sign_in = 700082'
refused "expired refresh token by scenario" 400 invalid_grant 700082 "${good[@]}"
scenario '[partner]' 'sign_in = 50076'
refused "MFA wanted by scenario" 400 interaction_required 50076 "${good[@]}"
scenario '[partner]' 'sign_in = 0'
app=$(token -d grant_type=client_credentials -d "client_id=$client" -d client_secret=emulator-secret \
    -d scope=https://api.partnercenter.microsoft.com/.default)
is "client credentials" 200 "$(tail -1 <<<"$app")"
is "client credentials give no refresh token" null "$(head -1 <<<"$app" | jq .refresh_token)"
is "HTTP Basic instead of the form" 200 "$(token -u "$client:emulator-secret" -d grant_type=refresh_token -d "refresh_token=$first_token" | tail -1)"
path=$tenant/oauth2/token v1=$(path=$tenant/oauth2/token token -d grant_type=refresh_token -d "client_id=$client" -d client_secret=emulator-secret \
    -d "refresh_token=$first_token" -d resource=https://api.partnercenter.microsoft.com)
unset path
is "v1 answers numbers as strings" string "$(head -1 <<<"$v1" | jq -r '.expires_in | type')"

reset; refresh >/dev/null
is "counter: refreshes" 1 "$(counter .refreshes)"
scenario '[fault.keep]' 'match = token' 'times = 1' 'action = no_refresh_token'
is "fault: no refresh token" null "$(refresh | head -1 | jq .refresh_token)"
is "fault: once only" string "$(refresh | head -1 | jq -r '.refresh_token | type')"

# Who may call the API.
is "no Authorization" "401 800001" "$(web -H 'Accept: application/json' -o "$work/body" -D "$work/head" -w '%{http_code}' "$base/v1/customers") $(jq -r .code "$work/body")"
has "no Authorization: WWW-Authenticate" '^[Ww][Ww][Ww]-[Aa]uthenticate: Bearer' "$(cat "$work/head")"
good_access=$access
access=x.y.z; is "invalid token" "401 400" "$(refusal /v1/customers)"
access=${good_access%?}A; [ "$access" = "$good_access" ] && access=${good_access%?}B
is "forged token" "401 400" "$(refusal /v1/customers)"
access=$good_access
scenario '[fault.away]' 'match = customers' 'times = 1' 'action = expire_token'
is "fault: the token expires now" "401 400" "$(refusal /v1/customers)"
is "and stays expired" "401 400" "$(refusal /v1/customers)"
sign_in; is "a new token is good" 200 "$(status /v1/customers)"
scenario '[partner]' 'access_token_seconds = 1'
sign_in; sleep 1.2; is "tokens expire" "401 400" "$(refusal /v1/customers)"
scenario '[partner]' 'access_token_seconds = 3600' 'mfa = no'
sign_in; is "no MFA claim" "401 900421" "$(refusal /v1/customers)"
scenario '[partner]' 'mfa = yes' 'app_only = no'
access=$(head -1 <<<"$app" | jq -r .access_token)
is "an older token of the app" "401 400" "$(refusal /v1/customers)"
access=$(token -d grant_type=client_credentials -d "client_id=$client" -d client_secret=emulator-secret \
    -d scope=https://api.partnercenter.microsoft.com/.default | head -1 | jq -r .access_token)
is "app-only refused" "403 900329" "$(refusal /v1/customers)"
afresh; is "app-only accepted" 200 "$(status /v1/customers)"
sign_in
