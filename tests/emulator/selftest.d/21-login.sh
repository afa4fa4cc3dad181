# SPDX-License-Identifier: MIT
# Authorization code with PKCE: what a browser sees, and what the application gets.

afresh
verifier=$(head -c 32 /dev/urandom | b64)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | b64)
redirect=http://localhost:4711/
all="openid profile offline_access $scope"
# A browser that follows nothing. visit NAME=VALUE...: the usual question with these changes (NAME= leaves one out)
visit() {
	local -A q=([client_id]=$client [response_type]=code [redirect_uri]=$redirect [scope]=$all [state]="s t&1" [nonce]=n-1
	    [code_challenge]=$challenge [code_challenge_method]=S256)
	local pair args=()
	for pair; do q[${pair%%=*}]=${pair#*=}; done
	for pair in "${!q[@]}"; do [ -z "${q[$pair]}" ] || args+=(--data-urlencode "$pair=${q[$pair]}"); done
	web -G "${args[@]}" -o "$work/body" -D "$work/head" -w '%{http_code}' "$base/${path:-$tenant/oauth2/v2.0/authorize}"
}
# Where the last visit was sent
went() { sed -n 's/^[Ll]ocation: //p' "$work/head" | tr -d '\r'; }
# One value of the redirect, decoded
sent() { grep -o "[?&#]$1=[^&]*" <<<"$(went)" | head -1 | cut -d= -f2- | sed 's/+/ /g; s/%/\\x/g' | xargs -0 printf %b; }
# redeem CODE FORM...: the token endpoint's answer
redeem() {
	local code=$1
	shift
	token -d grant_type=authorization_code -d "client_id=$client" -d client_secret=emulator-secret --data-urlencode "code=$code" \
	    --data-urlencode "redirect_uri=$redirect" --data-urlencode "scope=$all" "${@:--dcode_verifier=$verifier}"
}
new_code() { visit "$@" >/dev/null; sent code; }
code_refused() { local name=$1 status=$2 error=$3 number=$4 code=$5; shift 5
	refused "$name" "$status" "$error" "$number" -d grant_type=authorization_code -d "client_id=$client" -d client_secret=emulator-secret \
	    --data-urlencode "code=$code" "$@"; }
code_form=(--data-urlencode "redirect_uri=$redirect" -d "code_verifier=$verifier")

is "authorize consents at once" 302 "$(visit)"
has "it goes back to the application" '^http://localhost:4711/\?code=1\.AXEA\.[^&]*&state=s\+t%261&session_state=' "$(went)"
is "state as sent" "s t&1" "$(sent state)"
code=$(sent code)
answer=$(redeem "$code"); is "the code is good" 200 "$(tail -1 <<<"$answer")"
answer=$(head -1 <<<"$answer")
is "scope does not tell of offline_access" "openid profile $scope" "$(jq -r .scope <<<"$answer")"
is "its refresh token works" 200 "$(refresh "$(jq -r .refresh_token <<<"$answer")" | tail -1)"
access=$(jq -r .access_token <<<"$answer"); is "its access token works" 200 "$(status /v1/customers)"
id=$(jq -r .id_token <<<"$answer" | claims)
is "id_token: whose and for whom" "$tenant $client https://login.microsoftonline.com/$tenant/v2.0 n-1 billing@partner.example 2.0 null" \
    "$(jq -r '"\(.tid) \(.aud) \(.iss) \(.nonce) \(.preferred_username) \(.ver) \(.amr)"' <<<"$id")"
is "both tokens name the same person" "$(jq -r .oid <<<"$id")" "$(claims <<<"$access" | jq -r .oid)"
is "the access token has amr and upn" 'pwd mfa billing@partner.example user_impersonation' \
    "$(claims <<<"$access" | jq -r '"\(.amr | join(" ")) \(.upn) \(.scp)"')"
is "the sign-in is counted" 1 "$(counter .sign_ins)"
code_refused "a code is good once" 400 invalid_grant 54005 "$code" "${code_form[@]}"
code=$(new_code)
code_refused "another verifier" 400 invalid_grant 501481 "$code" --data-urlencode "redirect_uri=$redirect" -d "code_verifier=${verifier%?}_"
code_refused "no verifier" 400 invalid_grant 50148 "$code" --data-urlencode "redirect_uri=$redirect"
code_refused "the challenge as the verifier" 400 invalid_grant 501481 "$code" --data-urlencode "redirect_uri=$redirect" -d "code_verifier=$challenge"
code_refused "another redirect_uri, if only by its port" 400 invalid_client 500112 "$code" -d redirect_uri=http://localhost:4712/ -d "code_verifier=$verifier"
code_refused "no redirect_uri" 400 invalid_request 900144 "$code" -d "code_verifier=$verifier"
code_refused "no code" 400 invalid_grant 70000 "" "${code_form[@]}"
code_refused "another code" 400 invalid_grant 70000 "${code%?}_" "${code_form[@]}"
refused "no client secret" 401 invalid_client 7000218 -d grant_type=authorization_code -d "client_id=$client" -d "code=$code" "${code_form[@]}"
is "none of these spent it" 200 "$(redeem "$code" | tail -1)"
scenario '[login]' 'code_seconds = 0'
code_refused "a code grows old" 400 invalid_grant 70008 "$(new_code)" "${code_form[@]}"
afresh
code=$(new_code "scope=$scope openid"); is "no offline_access, no refresh token" null "$(redeem "$code" | head -1 | jq .refresh_token)"
code=$(new_code "scope=$scope offline_access"); is "no openid, no id_token" null "$(redeem "$code" | head -1 | jq .id_token)"
scenario '[quirks]' 'token_numbers = string'
is "numbers as strings where a scenario wants them" string "$(redeem "$(new_code)" | head -1 | jq -r '.expires_in | type')"
scenario '[login]' 'id_token_amr = yes' '[quirks]' 'token_numbers = auto'
is "amr in the id_token, where asked for" mfa "$(redeem "$(new_code)" | head -1 | jq -r .id_token | claims | jq -r '.amr[1]')"

# Where it may go back to.
afresh
is "any port of localhost" 302 "$(visit redirect_uri=http://localhost:1)"
has "an address without a path gets one" '^http://localhost:1/\?code=' "$(went)"
is "and is the same without it" 200 "$(redirect=http://localhost:1; redeem "$(sent code)" | tail -1)"
for uri in http://localhost:1/cb http://localhost.example/ https://localhost/ http://127.0.0.1:1/ http://localhost@elsewhere.example/ 'http://localhost:1/"><script>'; do
	is "not registered: $uri" "400 " "$(visit "redirect_uri=$uri") $(went)"
	has "that page says so" 'AADSTS50011: ' "$(cat "$work/body")"
done
grep -q '<script>' "$work/body" && fail "the page repeats the address as it is"
scenario '[login]' 'redirect_uris = https://app.example/back http://localhost/cb'
is "registered: a path of localhost" 302 "$(visit redirect_uri=http://localhost:99/cb)"
is "registered: an address" 302 "$(visit redirect_uri=https://app.example/back)"
is "no longer registered" 400 "$(visit)"
is "an address is all of it" 400 "$(visit redirect_uri=https://app.example/back/)"
afresh

# page NAME CODE: the person sees why; nothing goes to the application
page() { is "$1" "400 " "$status $(went)"; has "$1: code" "AADSTS$2: " "$(cat "$work/body")"; }
# back NAME ERROR CODE: the application hears why
back() {
	is "$1" "302 $2 s t&1" "$status $(sent error) $(sent state)"
	has "$1: code" "^AADSTS$3: " "$(sent error_description)"
	is "$1: no code" "" "$(sent code)"
}
status=$(visit "client_id=$tenant"); page "unknown application" 700016
status=$(visit client_id=); page "no client_id" 900144
status=$(visit redirect_uri=); page "no redirect_uri" 900144
status=$(path=$client/oauth2/v2.0/authorize visit); page "unknown tenant" 90002
status=$(visit response_type=token); back "another response_type" unsupported_response_type 700054
status=$(visit scope=); back "no scope" invalid_request 900144
status=$(visit scope=user_impersonation); back "a scope of nothing" invalid_scope 70011
status=$(visit scope=https://elsewhere.example/x); back "a scope of something else" invalid_resource 500011
status=$(visit code_challenge=); back "no challenge" invalid_request 9002325
status=$(visit code_challenge_method=plain); back "a plain challenge" invalid_request 50149
status=$(visit code_challenge=abc); back "a short challenge" invalid_request 501491
status=$(visit response_mode=post); back "another response_mode" invalid_request 70007
visit response_mode=fragment >/dev/null; has "response_mode=fragment" '/#code=.*&state=' "$(went)"
scenario '[login]' 'want_pkce = no'
code=$(new_code code_challenge=)
is "without PKCE where a scenario allows it" 200 "$(redeem "$code" -d x=y | tail -1)"

# Tenants by other names, whose account it is.
is "common" 302 "$(path=common/oauth2/v2.0/authorize visit)"
is "the domain" 302 "$(path=partner.onmicrosoft.com/oauth2/v2.0/authorize visit)"
code=$(new_code); is "the domain, to redeem" 200 "$(path=partner.onmicrosoft.com/oauth2/v2.0/token redeem "$code" | tail -1)"
scenario '[login]' 'multi_tenant = no' 'want_pkce = yes'
status=$(path=common/oauth2/v2.0/authorize visit); page "common, of an application of one tenant" 50194
scenario '[login]' 'account = other_tenant'
answer=$(redeem "$(new_code)" | head -1)
is "another tenant: both tokens" "5a1c0d62-0f0e-4c59-9b3f-6d2f0a8e7c11 5a1c0d62-0f0e-4c59-9b3f-6d2f0a8e7c11 someone@elsewhere.example" \
    "$(jq -r .id_token <<<"$answer" | claims | jq -r .tid) $(jq -r .access_token <<<"$answer" | claims | jq -r '"\(.tid) \(.upn)"')"
access=$(jq -r .access_token <<<"$answer"); is "another tenant: refused by the API" "403 2032" "$(refusal /v1/customers)"
scenario '[login]' 'account = personal'
is "a personal account" "9188040d-6c67-4c5b-b112-36a304b66dad someone@outlook.com" \
    "$(redeem "$(new_code)" | head -1 | jq -r .id_token | claims | jq -r '"\(.tid) \(.preferred_username)"')"
scenario '[login]' 'account = partner' '[partner]' 'mfa = no'
access=$(redeem "$(new_code)" | head -1 | jq -r .access_token)
is "without a second factor" 'pwd' "$(claims <<<"$access" | jq -r '.amr | join(" ")')"
is "without a second factor: refused by the API" "401 900421" "$(refusal /v1/customers)"
afresh

# What the person answers.
for want in access_denied:65004:access_denied admin_consent:90094:access_denied consent_required:65001:consent_required \
    login_required:50058:login_required interaction_required:50076:interaction_required server_error:90090:server_error \
    temporarily_unavailable:90033:temporarily_unavailable; do
	IFS=: read -r answer number error <<<"$want"
	scenario '[login]' "answer = $answer"
	status=$(visit); back "answer = $answer" "$error" "$number"
done
scenario '[login]' 'answer = page'
is "a page with buttons" "200 " "$(visit) $(went)"
has "it has a button" '<button id="accept" name="answer" value="accept">' "$(cat "$work/body")"
question="$base/$tenant/oauth2/v2.0/authorize?client_id=$client&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A4711%2F&scope=openid+offline_access"
question="$question+https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation&state=s&code_challenge=$challenge&code_challenge_method=S256"
web -o "$work/body" -D "$work/head" -d answer=accept "$question"
is "its button accepts" 200 "$(redeem "$(sent code)" | tail -1)"
web -o "$work/body" -D "$work/head" -d answer=cancel "$question"
is "its other one cancels" "access_denied cancel s" "$(sent error) $(sent error_subcode) $(sent state)"
afresh

# A clock that differs from ours.
afresh '[quirks]' 'clock_skew_seconds = 7200'
ahead() { echo $((($(date -u -d "$1" +%s) - $(date +%s) + 60) / 120)); }	# in two minutes
answer=$(refresh | head -1); access=$(jq -r .access_token <<<"$answer")
status /v1/customers >/dev/null; is "Date of the API" 60 "$(ahead "$(sed -n 's/^Date: //p' "$work/head")")"
is "one Date only" 1 "$(grep -c '^Date:' "$work/head")"
visit >/dev/null; is "Date of Entra" 60 "$(ahead "$(sed -n 's/^Date: //p' "$work/head")")"
is "iat of tokens" 60 "$(ahead "@$(claims <<<"$access" | jq .iat)")"
is "timestamp of refusals" 60 "$(ahead "$(token -d grant_type=x -d client_id=x | head -1 | jq -r .timestamp)")"
afresh
sign_in
