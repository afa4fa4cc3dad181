# SPDX-License-Identifier: MIT
# long
# kill -9 before each system call by which the token file is replaced: the old or the new consent is there, whole, and the next run signs in.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=5 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-28 --set generate.meters=20
range="--from 2024-02-28 --to 2024-02-28"
(umask 077; openssl rand -hex 32 >"$T/token-key")

# sync_killed_before N: of the calls that replace the token file; what became of it is in $said
sync_killed_before() {
	said=$(ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 "$BUILD/kill-at" "$place/private" "$1" "$daemon" sync --config "$conf" $range 2>"$log")
	check_sanitizers
}
token_digest() { sha256sum <"$place/private/refresh-token" | cut -c 1-64; }

# kill_at_each_call: of a renewal of the consent in $place. The calls go to $calls, how often the old and the new one stood there after
# the kill to $kept and $replaced.
kill_at_each_call() {
	local n old
	kept=0 replaced=0 calls=
	for n in $(seq 1 200); do
		old=$(token_digest)
		sync_killed_before "$n"
		calls="$calls ${said##* }"
		[ "$said" = "ended with 0" ] && return
		[[ $said = "killed before "* ]] || { fail "at call $n: $said"; return; }
		if [ "$old" = "$(token_digest)" ]; then kept=$((kept + 1)); else replaced=$((replaced + 1)); fi
		sync $range
		[ $code -eq 0 ] || fail "the run after a kill before call $n (${said##* }) ends with $code"
		expect_equal "files after call $n" refresh-token "$(ls -A "$place/private")"
		expect_equal "mode after call $n" 600 "$(stat -c %a "$place/private/refresh-token")"
		[ "$test_state" = ok ] || return
	done
	fail "it never ends by itself"
}

[ -x "$BUILD/kill-at" ] || die "no $BUILD/kill-at: make units"
can_trace=$("$BUILD/kill-at" / 1 /bin/true)
for kind in plain sealed; do
	it "signs in after a kill before each call that replaces a consent: $kind"
	[ "$can_trace" = "ended with 0" ] || { skip "no program may trace another here"; continue; }
	new_place $kind partner.token_key_file="$([ $kind = sealed ] && echo "$T/token-key" || echo -)"
	sync $range
	kill_at_each_call
	# compared, locked and written; what was killed, and that it was, is in the list
	expect_log '^ flock openat .*read .*close .*getdents64 .*openat write fsync close renameat fsync close 0$' <(echo "$calls" | sed 's/ another//g')
	expect_at_least "kills that left the old one" 8 "$kept"
	expect_at_least "kills that left the new one" 2 "$replaced"
done
