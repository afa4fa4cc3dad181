# SPDX-License-Identifier: MIT
# The sign-in with oidc-provider, a certified OpenID provider: what it refuses us would be ours to mend.
. "$(dirname "$0")/../lib.sh"

start_provider

it "signs in by authorization code and PKCE, with a secret"
new_sign_in code $client
start_login
browse
here_is 'Signed in'
expect_signed_in

it "rotates the refresh token at each use"
first=$(stored_token)
sync $range
expect_code 0
second=$(stored_token)
[ "$first" != "$second" ] || fail "the token is the same"
sync $range
expect_code 0
third=$(stored_token)
[ "$second" != "$third" ] || fail "the token is the same"

# refresh TOKEN: the provider's answer to it
refresh() {
	ask_provider token -d grant_type=refresh_token -d "client_id=$client" -d "client_secret=$client_secret" \
	    --data-urlencode "refresh_token=$1" | jq -r '.error // "taken"'
}

it "needs a person when an old one was used elsewhere, and goes on after login"
expect_equal "an old token" invalid_grant "$(refresh "$first")"
sync $range # the provider has taken the reuse for a theft, and revoked them all
expect_code 4
expect_log 'event=consent.refused .*remedy="[^"]*csp-usaged login'
start_login
browse
end_login
expect_code 0
sync $range
expect_code 0

it "proves itself by its certificate: PS256 assertions, each good once"
new_sign_in certificate $certificate_client $certificate_files
start_login
browse
expect_signed_in
sync $range
expect_code 0

it "signs in as the application alone, by its certificate"
new_sign_in app $certificate_client $certificate_files partner.auth=app partner.state_dir=-
sync $range
expect_code 0

it "is refused when it signs in another way than the provider wants it: RS256, another key, another secret"
new_sign_in rs256 $certificate_client $certificate_files partner.client_assertion=RS256
start_login
browse
here_is 'did not work'
login_ends_with 4 'invalid_client.*E-AUTH-INVALID-CLIENT.*; check client_id, and the client secret or certificate'
new_key stranger stranger
new_sign_in stranger $certificate_client partner.client_secret_file=- partner.client_certificate_file="$T/provider/stranger.pem" \
    partner.client_key_file="$T/provider/stranger.key"
start_login
browse
login_ends_with 4 'E-AUTH-INVALID-CLIENT'
new_sign_in secret $client
echo another >"$place/secret"
start_login
browse
login_ends_with 4 'E-AUTH-INVALID-CLIENT'

it "signs in as a public client"
new_sign_in public $public_client partner.client_secret_file=-
start_login
browse
expect_signed_in

it "keeps the old consent when the person declines"
new_sign_in declined $client
play_person no
start_login
browse
here_is 'did not work'
here_is 'What to do: <b>'
login_ends_with 4 'E-AUTH-ACCESS-DENIED.*; run csp-usaged login again and accept'
play_person yes

# -- the provider by itself: what our requests would get if they were wrong ------------------------------------------------------

verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk # RFC 7636, appendix B
challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
# new_code [OPTION...]: a code for them, from a redirect that nobody serves
new_code() {
	rm -f "$place/cookies"
	ask_provider authorize -G -L -o /dev/null -w '%{url_effective}' -d "client_id=$client" -d response_type=code \
	    -d redirect_uri=http://localhost:1 -d state=s --data-urlencode "scope=$resource/user_impersonation offline_access openid" \
	    -d prompt=select_account "$@" 2>/dev/null | sed -n 's/.*[?&]code=\([^&]*\).*/\1/p'
}
# redeem CODE [VERIFIER]
redeem() {
	ask_provider token -d grant_type=authorization_code -d "client_id=$client" -d "client_secret=$client_secret" -d "code=$1" \
	    -d redirect_uri=http://localhost:1 ${2:+-d "code_verifier=$2"} | jq -r '.error // "taken"'
}
pkce="-d code_challenge=$challenge -d code_challenge_method=S256"

it "is in good hands: a code is good once, with its own verifier, and none is given without a challenge"
code_given=$(new_code $pkce)
expect_equal "another verifier" invalid_grant "$(redeem "$code_given" "${verifier%k}A")"
expect_equal "no verifier" invalid_grant "$(redeem "$(new_code $pkce)")"
code_given=$(new_code $pkce)
expect_equal "its own verifier" taken "$(redeem "$code_given" "$verifier")"
expect_equal "once more" invalid_grant "$(redeem "$code_given" "$verifier")"
expect_equal "no challenge" "" "$(new_code)"
expect_equal "a plain challenge" "" "$(new_code -d "code_challenge=$verifier" -d code_challenge_method=plain)"

it "does not trouble the provider"
expect_untroubled
