# SPDX-License-Identifier: MIT
# A full disk ends the run and nothing else: what is stored stays, what is missing is fetched when there is room again.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-25 --to 2024-03-01"
start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=60 \
    --set generate.first_day=2024-02-25 --set generate.last_day=2024-03-01 --set generate.meters=200
new_place undisturbed
sync $range
[ $code -eq 0 ] || die "an undisturbed run fails"
content >"$T/content"
whole_kb=$(($(stat -c %s "$db") / 1024))

# sync_within KB: no file may grow beyond; writing more fails as on a full disk, because the signal that comes with it is ignored
sync_within() {
	(
		trap '' XFSZ
		ulimit -f "$1"
		exec timeout -k 5 100 "$daemon" sync --config "$conf" $range >"$place/out" 2>"$log" </dev/null
	)
	code=$?
	check_sanitizers
}

it "fails with the cause and the remedy, at whatever size the disk is full"
new_place full log.level=info
for percent in 10 30 50 70 90; do
	sync_within $((whole_kb * percent / 100))
	# what fits into the log beside the database is stored: then it is the copy that there is no room for
	if [ $percent -ge 70 ] && [ $code -eq 3 ]; then
		expect_summary status=partial publish=failed failed=0
	else
		expect_code 1
	fi
	expect_log 'E-STORE|No space|File too large|disk'
	[ ! -s "$db" ] || expect_query ok "PRAGMA integrity_check"
	[ "$test_state" = ok ] || { fail "with room for $percent %"; break; }
done

it "has in it only whole slices"
expect_query 0 "SELECT count(*) FROM (SELECT count(*) AS n FROM purchases GROUP BY subscription_id, reported_day) WHERE n <> 60"

it "makes good for it when there is room again"
sync $range
expect_code 0
expect_content "$T/content"
expect_query ok "PRAGMA integrity_check"

it "keeps the data and says so when the copy can't be published"
new_place unpublished "database.publish=$T/nowhere/usage.db"
sync $range
expect_code 3
expect_content "$T/content"
expect_log 'event=publish.failed .*nowhere'
expect_summary status=partial publish=failed failed=0
