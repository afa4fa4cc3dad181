# SPDX-License-Identifier: MIT
# long
# kill -9 at any moment of a run costs nothing but that run: the next one ends with what an undisturbed run gives.
. "$(dirname "$0")/../lib.sh"

moments=24
range="--from 2024-02-29 --to 2024-03-01"
start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=30 --set page.usage_size=20 \
    --set generate.first_day=2024-02-29 --set generate.last_day=2024-03-01 --set generate.meters=200 --set generate.tiered_percent=15
new_place undisturbed
sync $range
[ $code -eq 0 ] || die "an undisturbed run fails"
content >"$T/content"
lines=$(wc -l <"$log")

# kill_at LINE: kills the run as soon as its log has so many lines
kill_at() {
	start_program sync $range
	local seen
	while mapfile -t seen <"$log" && [ ${#seen[@]} -lt "$1" ] && ! is_gone; do sleep 0.001; done
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	grep -q 'event=run.done' "$log" && finished=$((finished + 1))
}

expect_sound() {
	expect_query ok "PRAGMA integrity_check"
	expect_query "" "PRAGMA foreign_key_check"
	[ ! -e "$published" ] || expect_equal "published copy" ok "$(sqlite3 -readonly "$published" 'PRAGMA quick_check')"
}

it "gives the same after a kill at each of $moments moments"
finished=0
for at in $(seq 1 $moments); do
	new_place "killed-$at"
	kill_at $((at * lines / moments))
	began=0
	[ -e "$db" ] && began=$(query "SELECT count(*) FROM runs WHERE status = 'running'" 2>/dev/null || echo 0)
	sync $range
	expect_code 0
	expect_content "$T/content"
	expect_query "$began" "SELECT count(*) FROM runs WHERE status = 'aborted'"
	[ "$began" = 0 ] || expect_log 'event=run.aborted run=1 continued_by=2'
	expect_sound
	[ "$test_state" = ok ] || { fail "killed at line $((at * lines / moments)) of $lines"; break; }
done
expect_at_most "runs that were over before they were killed" 3 "$finished"

it "gives the same after many kills in a row"
new_place row
for at in $(seq 1 12); do
	kill_at $((at * lines / 12 - 2))
done
sync $range
expect_code 0
expect_content "$T/content"
expect_sound
expect_at_least "aborted runs on record" 6 "$(query "SELECT count(*) FROM runs WHERE status = 'aborted'")"
expect_query 1 "SELECT count(*) FROM runs WHERE status = 'ok' AND run_id = (SELECT max(run_id) FROM runs)"

it "goes on from what is stored: a run that repeats it changes nothing"
sync $range
expect_code 0
expect_summary rows_added=0 rows_changed=0 rows_withdrawn=0

it "keeps a sign-in that works through all of it"
expect_equal "mode of the refresh token" 600 "$(stat -c %a "$place/private/refresh-token")"
expect_equal "files beside it" refresh-token "$(ls "$place/private")"
