# SPDX-License-Identifier: MIT
# `login` on a terminal: what is pasted is not shown and may be long, Ctrl-C leaves the terminal as it was, and a browser is opened where
# there is one.
. "$(dirname "$0")/../lib.sh"

it "takes a long address that is pasted, and does not show it"
if ! script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	skip "no terminal can be had here (script of util-linux, /dev/pts)"
	exit 0
fi
start_emulator - --set generate.customers=1 --set generate.subscriptions=1

# on_terminal COMMAND: in the background, as $pid; keys are typed by: type TEXT
on_terminal() {
	rm -f "$place/keys"
	mkfifo "$place/keys"
	exec 7<>"$place/keys"
	: >"$place/out"
	TERM=dumb script -qefc "$1" "$place/out" <"$place/keys" >/dev/null 2>&1 7>&- &
	pid=$!
}
type() { printf '%b' "$1" >&7; }
leave_terminal() { end_program 20; exec 7>&-; }
says() { grep -aEq -- "$1" "$place/out"; }
waits() { says '^Waiting for the sign-in' || is_gone; }
address() { tr -d '\r' <"$place/out" | grep -aoE '^  https://[^ ]*/authorize\?[^ ]*$' | tr -d ' '; }
redirect() { curl -sS --noproxy '*' --max-time 20 --cacert "$ca_file" -o /dev/null -w '%{redirect_url}' "$(address)"; }

new_place terminal
on_terminal "stty -a >$place/stty.before; $daemon login --config $conf; stty -a >$place/stty.after"
wait_until 20 waits || fail "it does not wait"
where=$(redirect)
type "a slip\025$(printf '%s&padding=%06000d' "$where" 0)x\177\n"
leave_terminal
expect_code 0
says 'Signed in as' || fail "it does not take it" "$(tail -n 5 "$place/out")"
says 'padding=000' && fail "it shows what is pasted"
expect_equal "the terminal" "$(cat "$place/stty.before")" "$(cat "$place/stty.after")"

it "leaves the terminal as it was on Ctrl-C, and at the end of input goes on waiting"
new_place ctrl-c
on_terminal "stty -a >$place/stty.before; env --default-signal=QUIT $daemon login --config $conf; echo code=\$?; stty -a >$place/stty.after"
wait_until 20 waits || fail "it does not wait"
type '\034\003' # Ctrl-\ would end it at once, and leave a terminal that shows nothing
leave_terminal
says 'stopped by SIGINT; nothing was changed' || fail "it does not say so" "$(tail -n 3 "$place/out")"
says 'code=1' || fail "another exit code"
expect_equal "the terminal" "$(cat "$place/stty.before")" "$(cat "$place/stty.after")"
new_place ctrl-d
on_terminal "$daemon login --config $conf"
wait_until 20 waits || fail "it does not wait"
type '\004'
curl -sS -L --noproxy '*' --max-time 20 --cacert "$ca_file" "$(address)" >"$place/page" 2>&1
leave_terminal
says 'Signed in as' || fail "it ends with its input" "$(tail -n 3 "$place/out")"

# The browser of these tests notes how it was started, and signs in.
mkdir "$T/bin"
cat >"$T/bin/xdg-open" <<END
#!/bin/sh
{ echo "arguments: \$*"; tr '\0' '\n' </proc/self/environ; echo "input: \$(readlink /proc/self/fd/0)"; } >"\$HOME/browser"
exec curl -sS -L --noproxy '*' --max-time 20 --cacert "$ca_file" "\$1" >"\$HOME/page"
END
chmod 0755 "$T/bin/xdg-open"
user=nobody
if [ "$(id -u)" -eq 0 ]; then
	as_user() { echo "setpriv --reuid=$user --regid=nogroup --clear-groups -- $1"; }
else
	as_user() { echo "$1"; }
fi
with_screen() { echo "env HOME=$place/home DISPLAY=:99 CANARY=secret-in-the-environment CREDENTIALS_DIRECTORY=$place/none PATH=$T/bin:$PATH $1"; }

# screen_place NAME: one that belongs to the user
screen_place() {
	new_place "$1"
	mkdir "$place/home"
	[ "$(id -u)" -ne 0 ] || chown -R $user "$place/private" "$place/secret" "$place/home"
	chmod 0755 "$place"
}

it "opens the browser of a person at a screen, and tells it nothing but the address"
if ! $(as_user "test -x $daemon"); then
	skip "the program is in a folder that $user can't enter"
	exit 0
fi
chmod 0644 "$ca_file"
screen_place screen
on_terminal "$(as_user "$(with_screen "$daemon login --config $conf")")"
leave_terminal
expect_code 0
says 'A browser on this machine was asked' || fail "it does not say so" "$(cat "$place/out")"
says 'Signed in as' || fail "no sign-in"
expect_equal "its argument" "arguments: $(address)" "$(head -n 1 "$place/home/browser")"
grep -Eq 'CANARY|CREDENTIALS|secret' "$place/home/browser" && fail "it gets more than it needs" "$(cat "$place/home/browser")"
grep -q '^DISPLAY=:99$' "$place/home/browser" || fail "it does not get the screen"
grep -q '^input: /dev/null$' "$place/home/browser" || fail "it gets our input"
grep -q 'Signed in' "$place/home/page" || fail "it ends on another page"

it "opens none for root, and none when nobody is at the terminal"
screen_place no-terminal
: >"$place/out"
$(as_user "$(with_screen "$daemon login --config $conf")") >"$place/out" 2>"$log" </dev/null &
pid=$!
wait_until 20 waits || fail "it does not wait"
kill -INT "$pid"
end_program
says 'asked to open' && fail "it opens a browser"
if [ "$(id -u)" -eq 0 ]; then
	new_place root
	on_terminal "$(with_screen "$daemon login --config $conf")"
	wait_until 20 waits || fail "it does not wait"
	type '\003'
	leave_terminal
	says 'asked to open' && fail "it opens a browser for root"
fi
expect_equal "browsers" "$T/screen/home/browser" "$(ls "$T"/*/home/browser)"
