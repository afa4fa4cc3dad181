# SPDX-License-Identifier: MIT
# The application proves itself by a certificate.

for name in app other; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/$name.key" -out "$work/$name.pem" -days 2 -subj "/CN=$name" 2>/dev/null
done
thumb() { openssl x509 -in "$work/$1.pem" -outform DER | openssl dgst "-$2" -binary | b64; }
hex_thumb() { openssl x509 -in "$work/app.pem" -outform DER | openssl dgst -sha1 | sed 's/.* //'; }
app256=$(thumb app sha256) app1=$(thumb app sha1)
pss=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32)
n=0
# jwt HEADER CLAIMS KEY [OPENSSL-OPTION...]
jwt() {
	local body key=$3
	body=$(printf %s "$1" | b64).$(printf %s "$2" | b64)
	shift 3
	printf '%s.%s' "$body" "$(printf %s "$body" | openssl dgst -sha256 -sign "$work/$key.key" "$@" -binary | b64)"
}
# claim [FILTER]: usual claims, changed by a jq filter
claim() {
	local now usual
	now=$(date +%s)
	usual='{"aud":"'$base/$tenant/oauth2/v2.0/token'","iss":"'$client'","sub":"'$client'","jti":"id-'$RANDOM-$RANDOM-$RANDOM'","nbf":'$now',"iat":'$now',"exp":'$((now + 600))'}'
	if [ $# -gt 0 ]; then jq -c "$1" <<<"$usual"; else printf %s "$usual"; fi
}
ps() { jwt "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"$app256\"}" "$(claim "$@")" app "${pss[@]}"; }
rs() { jwt "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"x5t\":\"$app1\"}" "$(claim "$@")" app; }
signed=(-d grant_type=refresh_token -d "client_id=$client" -d "refresh_token=$first_token"
    -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer)
# said_of ASSERTION: "200", or the code and why
said_of() {
	local said
	said=$(token "${signed[@]}" -d "client_assertion=$1")
	[ "${said##*$'\n'}" = 200 ] && echo 200 || sed -n 's/.*"error_description":"\([^"]*\)".*/\1/p' <<<"$said"
}

afresh
has "no certificate is registered" '^AADSTS700027: .*The key was not found' "$(said_of "$(ps)")"
afresh '[partner]' "certificate = $work/app.pem"
is "PS256 with x5t#S256" 200 "$(said_of "$(ps)")"
is "RS256 with x5t" 200 "$(said_of "$(rs)")"
once=$(ps); is "once" 200 "$(said_of "$once")"
has "and not again" '^AADSTS700027: .*used before' "$(said_of "$once")"
refused "the document of a refusal" 401 invalid_client 700027 "${signed[@]}" -d "client_assertion=$once"
is "for v1" 200 "$(said_of "$(ps '.aud |= sub("v2.0/"; "")')")"
is "for the real host" 200 "$(said_of "$(ps '.aud |= sub("//[^/]*"; "//login.microsoftonline.com")')")"
is "the secret is as good" 200 "$(refresh | tail -1)"
has "another key" '^AADSTS700027: .*verify the signature failed' \
    "$(said_of "$(jwt "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"$app256\"}" "$(claim)" other "${pss[@]}")")"
has "another padding than told" '^AADSTS700027: .*verify the signature failed' \
    "$(said_of "$(jwt "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"$app256\"}" "$(claim)" app)")"
has "another salt length" '^AADSTS700027: .*verify the signature failed' "$(said_of \
    "$(jwt "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"$app256\"}" "$(claim)" app -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20)")"
changed=$(ps); tail=${changed##*.}; changed=${changed%.*}; changed=${changed%.*}.$(claim | b64).$tail
has "other claims than signed" '^AADSTS700027: .*verify the signature failed' "$(said_of "$changed")"
has "unsigned" '^AADSTS50027: ' "$(said_of "$(printf '{"alg":"none","typ":"JWT"}' | b64).$(claim | b64).")"
has "alg none with a signature" '^AADSTS50027: .*algorithm' "$(said_of "$(jwt "{\"alg\":\"none\",\"typ\":\"JWT\",\"x5t\":\"$app1\"}" "$(claim)" app)")"
has "not registered" '^AADSTS700027: .*not found' \
    "$(said_of "$(jwt "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"$(thumb other sha256)\"}" "$(claim)" other "${pss[@]}")")"
for header in "\"alg\":\"PS256\",\"x5t\":\"$app1\"" "\"alg\":\"RS256\",\"x5t\":\"$app256\"" "\"alg\":\"RS256\",\"x5t\":\"$(hex_thumb)\"" '"alg":"PS256"' \
    "\"alg\":\"PS256\",\"x5t#S256\":\"$app256=\""; do
	has "thumbprint: $header" '^AADSTS700027: .*not found' "$(said_of "$(jwt "{\"typ\":\"JWT\",$header}" "$(claim)" app "${pss[@]}")")"
done
has "no typ" '^AADSTS50027: .*typ' "$(said_of "$(jwt "{\"alg\":\"PS256\",\"x5t#S256\":\"$app256\"}" "$(claim)" app "${pss[@]}")")"
for filter in '.aud = "https://localhost/token"' '.aud |= sub("'"$tenant"'"; "common")' 'del(.aud)' '.iss = "x"' '.sub = "'"$tenant"'"' 'del(.sub)' 'del(.exp)' \
    'del(.nbf)' '.exp |= tostring' 'del(.jti)'; do
	has "claims: $filter" '^AADSTS50027: ' "$(said_of "$(ps "$filter")")"
done
for filter in '.exp -= 1000' '.nbf += 400'; do has "claims: $filter" '^AADSTS700024: .*Current time' "$(said_of "$(ps "$filter")")"; done
has "no JWT" '^AADSTS50027: ' "$(said_of abc)"
good_one=$(ps)
has "padded base64" '^AADSTS50027: ' "$(said_of "${good_one%%.*}%3D.${good_one#*.}")"
has "another type of assertion" '^AADSTS50027: ' "$(token "${signed[@]:0:6}" -d client_assertion_type=saml -d "client_assertion=$good_one" | head -1 | jq -r .error_description)"
scenario '[quirks]' 'clock_skew_seconds = 7200'
has "by a clock that differs" '^AADSTS700024: ' "$(said_of "$(ps)")"
cat "$work/other.pem" "$work/app.pem" >"$work/both.pem"
afresh '[partner]' "certificate = $work/both.pem"
is "two certificates, the second one" 200 "$(said_of "$(ps)")"
is "two certificates, the first one" 200 "$(said_of "$(jwt "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"x5t\":\"$(thumb other sha1)\"}" "$(claim)" other)")"
has "a file without one" 'no certificate' "$(printf '[partner]\ncertificate = %s\n' "$work/app.key" | web --data-binary @- "$base/emulator/scenario")"
has "a file that is not there" 'No such file' "$(printf '[partner]\ncertificate = %s\n' "$work/none" | web --data-binary @- "$base/emulator/scenario")"
afresh
sign_in

# Access tokens of another issuer are judged as ours are, once its certificate is known.
foreign='{"aud":"https://api.partnercenter.microsoft.com","tid":"'$tenant'","scp":"user_impersonation","amr":["pwd","mfa"],"exp":'$(($(date +%s) + 600))'}'
# taken_of TOKEN: the status of a request with it, and the code of a refusal
taken_of() { web -o "$work/body" -w '%{http_code} ' -H "Authorization: Bearer $1" -H 'Accept: application/json' "$base/v1/customers"; jq -r '.code // "taken"' "$work/body"; }
token_of() { jwt '{"alg":"RS256","typ":"at+jwt"}' "$(jq -c "${1:-.}" <<<"$foreign")" "${2:-other}"; }
afresh
is "another issuer's token" "401 400" "$(taken_of "$(token_of)")"
afresh '[partner]' "token_certificate = $work/other.pem"
is "another issuer's token, once it is known" "200 taken" "$(taken_of "$(token_of)")"
is "of a third" "401 400" "$(taken_of "$(token_of . app)")"
is "expired" "401 400" "$(taken_of "$(token_of '.exp = 1')")"
is "without MFA" "401 900421" "$(taken_of "$(token_of '.amr = ["pwd"]')")"
