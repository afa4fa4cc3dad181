# SPDX-License-Identifier: MIT
# long
# Signing in on another device, with oidc-provider.
. "$(dirname "$0")/../lib.sh"

start_provider

user_code() { grep -A2 'enter the code' "$place/out" | tail -n 1 | tr -d ' '; }
verification_page() { grep -oE '^  https://[^ ]*/device$' "$place/out" | tr -d ' '; }
# person CHOICE: opens the page, enters the code and confirms it (confirm) or not (abort)
person() {
	local page xsrf
	page=$(verification_page)
	rm -f "$place/cookies"
	xsrf=$(browser "$page" | grep -oE 'name="xsrf" value="[^"]*"' | cut -d'"' -f4)
	browser -o /dev/null "$page" -d "xsrf=$xsrf" -d "user_code=$(user_code)"
	browser -L "$page" -d "xsrf=$xsrf" -d "user_code=$(user_code)" -d "$1=yes" >"$place/page"
}

it "signs in with a code, as a public client"
new_sign_in public $public_client partner.client_secret_file=-
start_login --device
person confirm
here_is 'Sign-in Success'
expect_signed_in

it "proves itself when the provider wants it to, and takes its time"
new_sign_in secret $client
start_login --device
wait_for_log 30 'what=token .*try=1'
expect_log 'what="device code" .*status=40[01]'
person confirm
expect_signed_in

it "says so when the person declines"
new_sign_in declined $certificate_client $certificate_files
start_login --device
person abort
login_ends_with 4 'run csp-usaged login again'

it "does not trouble the provider"
expect_untroubled
