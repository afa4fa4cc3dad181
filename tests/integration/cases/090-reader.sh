# SPDX-License-Identifier: MIT
# Another Unix user of the reading group reads at any time, and can do nothing else.
. "$(dirname "$0")/../lib.sh"

group=54321 # has no name: nobody's but the reader's
it "lets another user of the group read while a run goes on"
if [ "$(id -u)" -ne 0 ]; then
	skip "needs root, to become another user"
	exit 0
fi
as_reader() { setpriv --reuid=nobody --regid=$group --clear-groups -- "$@"; }
read_as_reader() { as_reader sqlite3 -readonly -cmd '.timeout 5000' "$@"; }

start_emulator - --set generate.customers=4 --set generate.subscriptions=10 --set generate.rows_per_day=150 \
    --set generate.first_day=2024-02-20 --set generate.last_day=2024-02-29
range="--from 2024-02-20 --to 2024-02-29"
new_place here
chgrp $group "$place/database" "$place/published"
chmod 2750 "$place/database" "$place/published"
sync --from 2024-02-20 --to 2024-02-20
expect_code 0
start_program sync $range
reads=0
until is_gone; do
	# Slices come whole or not at all.
	seen=$(read_as_reader "$db" "SELECT count(*) FROM (SELECT count(*) AS n FROM purchases GROUP BY subscription_id, reported_day) WHERE n <> 150" 2>&1)
	expect_equal "torn slices seen" 0 "$seen"
	[ "$test_state" = ok ] || break
	reads=$((reads + 1))
done
end_program
expect_code 0
expect_at_least "reads during the run" 3 $reads

it "lets them read after it"
expect_equal "purchases" 15000 "$(read_as_reader "$db" "SELECT count(*) FROM purchases" 2>&1)"
expect_equal "modes" "640 640 640" "$(stat -c %a "$db" "$db-wal" "$db-shm" | xargs)"
expect_equal "groups" "$group $group $group" "$(stat -c %g "$db" "$db-wal" "$db-shm" | xargs)"

it "lets them read after a kill"
kill_and_read() {
	start_program sync $range
	wait_for_log 20 'event=plan.done'
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	read_as_reader "$db" "SELECT count(*) FROM purchases" 2>&1
}
expect_equal "purchases" 15000 "$(kill_and_read)"

it "does not let them write, nor see the secrets or the lock"
expect_equal "a write" refused "$(as_reader sqlite3 "$db" "DELETE FROM run" >/dev/null 2>&1 && echo done || echo refused)"
expect_equal "a file in the folder" refused "$(as_reader touch "$place/database/x" 2>/dev/null && echo done || echo refused)"
for file in private/refresh-token secret database/usage.db.lock; do
	expect_equal "reading $file" refused "$(as_reader cat "$place/$file" >/dev/null 2>&1 && echo done || echo refused)"
done

it "lets nobody else read"
expect_equal "a stranger" refused "$(setpriv --reuid=nobody --regid=54322 --clear-groups sqlite3 -readonly "$db" "SELECT 1 FROM purchases" >/dev/null 2>&1 && echo done || echo refused)"

it "publishes one file that opens read-only without anything beside it"
sync --from 2024-02-20 --to 2024-02-20
expect_code 0
expect_equal "files" usage.db "$(ls "$place/published")"
expect_equal "mode and group" "640 $group" "$(stat -c '%a %g' "$published")"
expect_equal "journal mode" delete "$(read_as_reader "$published" 'PRAGMA journal_mode')"
expect_equal "content" "$(query "SELECT count(*), max(seq) FROM purchases")" "$(read_as_reader "$published" "SELECT count(*), max(seq) FROM purchases")"
expect_equal "files after reading" usage.db "$(ls "$place/published")"
mkdir -m 0755 "$T/elsewhere"
cp "$published" "$T/elsewhere/copy.db" && chmod 0444 "$T/elsewhere/copy.db"
expect_equal "a copy in a folder that is not theirs" 15000 "$(setpriv --reuid=nobody --regid=54322 --clear-groups sqlite3 -readonly "$T/elsewhere/copy.db" "SELECT count(*) FROM purchases" 2>&1)"
