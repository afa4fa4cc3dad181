# SPDX-License-Identifier: MIT
# The page that the sign-in ends on, in a real browser.
. "$(dirname "$0")/../lib.sh"

start_provider

# Opens the address in Chromium, follows the redirects, and keeps what its page has become. That it trusts any certificate is its own affair.
visit() {
	timeout -k 5 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --ignore-certificate-errors \
	    --user-data-dir="$place/chromium" --dump-dom "$1" >"$place/page" 2>"$place/chromium.log"
	expect_equal "the browser's exit code" 0 $?
}
only_page_of_ours() { expect_equal "title and heading" "<title>csp-usaged</title>$1" "$(grep -oE '<(title|h1)>[^<]*</(title|h1)>' "$place/page" | tr -d '\n')"; }

it "ends on a page that says what to do next"
new_sign_in here $client
start_login
visit "$(address)"
end_login
expect_code 0
only_page_of_ours '<h1>Signed in: csp-usaged has your consent</h1>'
here_is 'Account: billing@partner\.example'
here_is 'Go back to the terminal: it says what to do next'
expect_said 'systemctl start csp-usaged'
sync $range
expect_code 0

it "ends on a page that says why not, and what to do, when the person declines"
new_sign_in declined $client
play_person no
start_login
visit "$(address)"
login_ends_with 4 'E-AUTH-ACCESS-DENIED'
only_page_of_ours '<h1>The sign-in did not work</h1>'
here_is 'Code: E-AUTH-ACCESS-DENIED'
here_is 'What to do: <b>run csp-usaged login again and accept'
here_is 'Nothing was changed'
play_person yes

it "ends on such a page when Partner Center refuses the account"
play_scenario '[fault.f]' 'match = customers' 'times = 0' 'action = status:403'
start_login
visit "$(address)"
login_ends_with 4 'E-PC-HTTP-403'
only_page_of_ours '<h1>The sign-in did not work</h1>'
here_is 'What to do: <b>.*Admin agent'
play_scenario

it "says so when the answer is not to this sign-in's question"
start_login
visit "$(address | grep -oE 'redirect_uri=[^&]*' | sed -e 's/redirect_uri=//' -e 's/%3A/:/g' -e 's/%2F/\//g')/?code=stolen&state=strange"
only_page_of_ours '<h1>This is not what csp-usaged is waiting for</h1>'
here_is 'It goes on waiting'
visit "$(address)"
only_page_of_ours '<h1>Signed in: csp-usaged has your consent</h1>'
end_login
expect_code 0
