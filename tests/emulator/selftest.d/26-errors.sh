# SPDX-License-Identifier: MIT
# Every code that an answer may have.

afresh
entra='50011:invalid_request 50034:invalid_grant 50053:invalid_grant 50055:invalid_grant 50057:invalid_grant 50058:login_required
50072:interaction_required 50079:interaction_required 50074:interaction_required 50076:interaction_required 50078:interaction_required
50126:invalid_grant 50132:invalid_grant 50133:invalid_grant 50173:invalid_grant 50194:invalid_request 50196:invalid_grant
500011:invalid_resource 53003:interaction_required 530032:interaction_required 530034:interaction_required 530035:interaction_required
54005:invalid_grant 65001:invalid_grant 65004:access_denied 650052:invalid_client 650056:invalid_client 650057:invalid_resource
70000:invalid_grant 70002:invalid_client 70008:invalid_grant 700082:invalid_grant 700084:invalid_grant 70011:invalid_scope
70016:authorization_pending 70018:bad_verification_code 70019:expired_token 70043:invalid_grant 700003:invalid_grant
70001:unauthorized_client 700016:unauthorized_client 7000215:invalid_client 7000222:invalid_client 7000218:invalid_client
700025:invalid_client 700027:invalid_client 90002:invalid_request 90014:invalid_request 900144:invalid_request 9002313:invalid_request
90072:invalid_grant 90094:access_denied 90095:access_denied 90099:invalid_grant 901002:invalid_request 50033:temporarily_unavailable
50087:temporarily_unavailable 90006:temporarily_unavailable 90012:temporarily_unavailable 90024:temporarily_unavailable
90033:temporarily_unavailable 90090:server_error 90055:temporarily_unavailable 50027:invalid_client 999999:invalid_grant'
# One connection for all: sets each fault, then asks. try ACTION CODE...: reads the request as curl's configuration from standard input; its
# answers to lines "STATUS DOCUMENT" in $work/answers
try() {
	local action=$1 code ask
	shift
	ask=$(cat)
	for code; do
		printf 'cacert = "%s"\ndata-binary = "[fault.e]\\naction = %s:%s\\ntimes = 1\\n"\nurl = "%s/emulator/scenario"\noutput = /dev/null\nnext\n' \
		    "$ca" "$action" "$code" "$base"
		printf 'cacert = "%s"\n%s\nwrite-out = "\\n%%{http_code}\\n"\nnext\n' "$ca" "$ask"
	done | sed '$d' >"$work/requests"
	curl -sS --max-time 60 -K "$work/requests" | awk 'NR % 2 { document = $0; next } { print $0 " " document }' >"$work/answers"
}
try aadsts $(for row in $entra; do echo "${row%:*}"; done) <<-ASK
	data = "grant_type=refresh_token&client_id=$client&client_secret=emulator-secret&refresh_token=$first_token"
	url = "$base/$tenant/oauth2/v2.0/token"
ASK
for row in $entra; do
	read -r number answer
	is "aadsts:${row%:*}" "${row#*:} ${row%:*}" "$(sed -n 's/^{"error":"\([^"]*\)".*"error_codes":\[\([0-9]*\)\].*/\1 \2/p' <<<"$answer")"
done <"$work/answers"
grep -q '%s' "$work/answers" && fail "a text without its object"
is "one only" 200 "$(refresh | tail -1)"
is "statuses" "400 401 429 500 503" "$(cut -d' ' -f1 "$work/answers" | sort -u | xargs)"
sign_in
scenario '[fault.e]' 'action = aadsts:90033' 'times = 2' 'retry_after = 7'
is "the API is none of its business" 200 "$(status /v1/customers)"
has "with Retry-After" '^Retry-After: 7' "$(web -D - -d x=y "$base/$tenant/oauth2/v2.0/token")"
has "at authorize: a page" 'AADSTS90033' "$(visit; cat "$work/body")"

scenario '[fault.e]' 'retry_after ='
rows='0:501 400:401 1000:404 2012:400 2032:403 3000:400 20002:403 20003:404 60003:404 800001:401 800002:400 800003:500 800011:400 90000:403
900118:400 900149:403 900150:403 900308:403 900309:403 900329:403 900420:401 900421:401 123:400'
try error $(for row in $rows; do echo "${row%:*}"; done) <<-ASK
	header = "Accept: application/json"
	header = "Authorization: Bearer $access"
	url = "$base/v1/customers"
ASK
for row in $rows; do
	read -r number answer
	is "error:${row%:*}" "${row#*:} ${row%:*}" "$number $(sed -n 's/^{"code":"\([0-9]*\)".*/\1/p' <<<"$answer")"
done <"$work/answers"
scenario '[fault.e]' 'match = customers' 'action = error:900309'
is "sign-in is none of its business" 200 "$(refresh | tail -1)"
is "but that" "403 900309" "$(refusal /v1/customers)"
scenario '[fault.e]' 'match = ratecards/azure' 'action = status:409' 'code = 777'
is "any status with any code on any path" "200 409 777 200" "$(status /v1/customers) $(refusal /v1/ratecards/azure) $(status /v1/ratecards/azure)"
afresh
sign_in
