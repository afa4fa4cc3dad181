# SPDX-License-Identifier: MIT
# login.sh - what cases that sign a person in are written with, beside lib.sh. curl plays the browser.

# start_login ARGUMENT...: as $pid, with a pipe as standard input; paste LINE writes to it
start_login() {
	: >"$log"
	: >"$place/out"
	rm -f "$place/in"
	mkfifo "$place/in"
	exec 7<>"$place/in"
	cp "$place/private/refresh-token" "$place/before"
	"$daemon" login --config "$conf" "$@" <"$place/in" >"$place/out" 2>"$log" 7>&- &
	pid=$!
	wait_until 20 login_waits || fail "it does not come to wait for the sign-in"
}
says() { grep -Eq -- "$1" "$place/out"; }
login_waits() { says '^Waiting for the sign-in' || is_gone; }
paste() { printf '%s\n' "$1" >&7; }
end_login() { end_program 20; exec 7>&-; }

browser() { curl -sS --noproxy '*' --max-time 20 --cacert "$ca_file" -b "$place/cookies" -c "$place/cookies" "$@"; }
address() { grep -oE '^  https://[^ ]*/authorize\?[^ ]*$' "$place/out" | tr -d ' '; }
# Signs in, follows the redirect, and keeps the page that it ends on.
browse() { browser -L "$(address)" >"$place/page" 2>&1; }
# Signs in; prints where the redirect would lead.
redirect() { browser -o /dev/null -w '%{redirect_url}' "$(address)"; }
here_is() { grep -Eq -- "$1" "$place/page" || fail "the page does not say: $1" "$(cat "$place/page")"; }

expect_said() { says "$1" || fail "it does not say: $1" "$(cut -c 1-300 "$place/out")"; }
expect_old_consent() { cmp -s "$place/before" "$place/private/refresh-token" || fail "the stored consent was touched"; }
# login_ends_with EXIT-CODE ERE: and the consent is as it was
login_ends_with() {
	end_login
	expect_code "$1"
	expect_log "$2"
	expect_old_consent
	expect_equal "files" refresh-token "$(ls -A "$place/private")"
}
