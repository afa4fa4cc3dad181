# SPDX-License-Identifier: MIT
# The manual's recipes for alerts are tried, on the database and the journal of a good night and of ones that were not.
. "$(dirname "$0")/../lib.sh"

root=$here/../..
day=$(date -u -d '3 days ago' +%F)
start_emulator - --set generate.customers=2 --set generate.subscriptions=3 --set generate.rows_per_day=5 --set generate.unpriced_meters=1 \
    --set generate.first_day="$(date -u -d '5 days ago' +%F)" --set generate.last_day="$day"
new_place here usage.backfill_days=6 log.level=info
mkdir "$T/bin"
# with what an analyst may have in ~/.sqliterc
printf '.headers on\n.mode csv\n' >"$T/sqliterc"
sed "s,exec sqlite3,& -init '$T/sqliterc'," "$root/packaging/csp-usage-sql" >"$T/bin/csp-usage-sql"

# The journal: lines as `journalctl -o json` has them, in $place/journal, and as much of journalctl as the recipes use.
cat >"$T/bin/journalctl" <<'END'
#!/usr/bin/env python3
import argparse, fnmatch, json, os, re, sys
priorities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
p = argparse.ArgumentParser()
p.add_argument("-q", action="store_true")
p.add_argument("-u", required=True)
p.add_argument("--since", required=True, choices=["-1day", "yesterday"])
p.add_argument("-g", default="")
p.add_argument("-p", default="debug", choices=priorities)
o = p.parse_args(" ".join(sys.argv[1:]).replace("--since ", "--since=").split())
for line in open(os.environ["JOURNAL"]):
    e = json.loads(line)
    if fnmatch.fnmatch(e["_SYSTEMD_UNIT"], o.u.strip("'") + ".service") and int(e["PRIORITY"]) <= priorities.index(o.p) and re.search(o.g, e["MESSAGE"]):
        print(e["MESSAGE"])
END
printf '#!/bin/sh\necho "$@" >>"%s/called"\n' "$T" >"$T/bin/curl"
chmod 0755 "$T/bin"/*

# recipe NAME: as the manual has it, without cron's times and its account, on this build and this database; its exit status is in $code
recipe() {
	local text
	text=$(awk -v name="$1" '$0 == ".\\\" recipe: " name { here = 1 } /^\.Ed/ { here = 0 } here && !/^\./' "$BUILD/manual/csp-usaged.8" |
	    sed -e :a -e '/\\$/{N;s/\\\n//;ba' -e '}' | sed -e 's,^[-0-9*/ ]* analyst ,,' -e "s,/usr/lib/nagios/plugins/,$root/packaging/alerts/,g" \
	    -e "s,/usr/share/csp-usaged/,$root/packaging/alerts/," -e "s,/var/lib/prometheus/node-exporter/,$T/,")
	[ -n "$text" ] || die "the manual has no recipe $1"
	[ "$(wc -l <<<"$text")" = 1 ] || fail "a recipe of more than one line: cron takes none such: $1"
	rm -f "$T/called"
	PATH=$T/bin:$PATH CSP_USAGE_DB=${other_db:-$db} JOURNAL=$T/journal sh -c "$text" >"$T/said" 2>&1
	code=$?
}
# night: one run, and what the journal has of it
night() {
	touch "$log"
	JOURNAL_STREAM=$(stat -c %d:%i "$log") "$daemon" sync --config "$conf" 2>"$log"
	code=$?
	jq -cR 'capture("^<(?<PRIORITY>[0-7])>(?<MESSAGE>.*)") + {_SYSTEMD_UNIT: "csp-usaged.service"}' "$log" >"$T/journal"
	[ -s "$T/journal" ] || fail "the journal is empty"
}
metric() { sed -n "s/^csp_usaged_$1 //p" "$T/csp_usaged.prom"; }
# expect_alarm CODE ERE: the plugin's
expect_alarm() {
	recipe nagios
	expect_equal "the plugin's exit status" "$1" $code
	expect_log "$2" "$T/said"
	expect_equal "lines" 1 "$(wc -l <"$T/said")"
}

it "says that there is nothing before the first run"
expect_alarm 3 '^CSP-USAGED UNKNOWN: .*unable to open'
recipe metrics
[ $code -ne 0 ] && [ -z "$(find "$T" -maxdepth 1 -name '*.prom*')" ] || fail "metrics of no database"

it "is silent after a good night, and calls who wants to be called"
night
expect_equal "exit code" 0 $code
for quiet in mail errors; do
	recipe $quiet
	expect_equal "what $quiet says" "" "$(cat "$T/said")"
done
expect_alarm 0 '^CSP-USAGED OK: run 1 ok, .* \| age=0\.0;26;50 days_missing=0;0 unpriced=[1-9][0-9]*$'
recipe ping
expect_equal "ping" "0 -fsS -o /dev/null https://monitor.example/csp-usaged" "$code $(cat "$T/called")"

it "gives metrics that a parser takes"
recipe metrics
expect_code 0
expect_equal "mode" 644 "$(stat -c %a "$T/csp_usaged.prom")"
expect_equal "how it ended" "1 0 0 0" "$(for s in ok partial failed aborted; do metric "last_run_status{status=\"$s\"}"; done | xargs)"
ended=$(query "SELECT strftime('%s', ended) FROM runs")
expect_equal "when it ended" "$ended $ended" "$(metric last_run_end_timestamp_seconds) $(metric last_good_run_end_timestamp_seconds)"
expect_equal "without a price" "$(query "SELECT count(*) FROM purchases WHERE amount IS NULL")" "$(metric unpriced)"
expect_equal "lines of another form" "" \
    "$(grep -vE '^(# HELP csp_usaged_[a-z_]+ .+|# TYPE csp_usaged_[a-z_]+ gauge|csp_usaged_[a-z_]+(\{status="[a-z]+"\})? [0-9.]+)$' "$T/csp_usaged.prom")"
names=$(sed -n 's/^# HELP \([a-z_]*\) .*/\1/p' "$T/csp_usaged.prom")
expect_equal "names without help or type, or twice" "$names" "$(sed -n 's/^\(csp[a-z_]*\).*/\1/p' "$T/csp_usaged.prom" | uniq)"
for name in $(grep -o 'csp_usaged_[a-z_]*' "$BUILD/manual/csp-usaged.8" | sort -u); do
	grep -q "^$name" "$T/csp_usaged.prom" || [ "$name" = csp_usaged_ ] || fail "the manual's rules name $name, which is none"
done

it "tells of a day that failed"
merge_scenario '[fault.f]' "match = start_time=$day" 'times = 0' 'action = status:400'
night
expect_equal "exit code" 3 $code
recipe errors
expect_log 'event=slice.failed ' "$T/said"
expect_alarm 1 '^CSP-USAGED WARNING: run 2 partial, .*; days missing: 3 \| age=0\.0;26;50 days_missing=3;0 '
recipe ping
expect_equal "ping" "1 " "$code $(cat "$T/called" 2>/dev/null)"
recipe metrics
expect_equal "days missing" "3 3" "$(metric days_missing) $(metric last_run_slices_failed)"

it "tells of a night that failed, and of what a person must do"
write_config usage.backfill_days=6 log.level=info partner.client_id=00000000-0000-0000-0000-000000000001
night
expect_equal "exit code" 4 $code
recipe mail
expect_log 'event=run.done .*status=failed .*remedy=' "$T/said"
expect_alarm 2 '^CSP-USAGED CRITICAL: run 3 failed, [^|]*E-AUTH-[^|]*\| age='
recipe metrics
expect_equal "how it ended" "0 1" "$(metric 'last_run_status{status="ok"}') $(metric 'last_run_status{status="failed"}')"
[ "$(metric last_run_end_timestamp_seconds)" -gt 0 ] && expect_equal "the last good one" "$(query "SELECT strftime('%s', ended) FROM runs WHERE run_id = 2")" \
    "$(metric last_good_run_end_timestamp_seconds)"

it "tells of nights without a run, and leaves one aside that goes on"
write_config usage.backfill_days=6 log.level=info
merge_scenario '[fault.f]' 'match = none-such' 'times = 1' 'action = status:400'
night
expect_equal "exit code" 0 $code
other_db=$T/other.db
# hours_ago N: a copy of the database, whose runs are so much older
hours_ago() {
	rm -f "$other_db"
	sqlite3 "$db" "VACUUM INTO '$other_db'"
	sqlite3 "$other_db" "UPDATE run SET started = started - $1 * 3600, ended = ended - $1 * 3600"
}
hours_ago 25
expect_alarm 0 ' age=25\.'
hours_ago 27
expect_alarm 1 ' the last that brought usage ended 27\.[0-9] h ago .* age=27\.'
hours_ago 51
expect_alarm 2 ' age=51\.'
PATH=$T/bin:$PATH CSP_USAGE_DB=$other_db sh "$root/packaging/alerts/check_csp_usaged" -w 60 -c 70 >"$T/said" || fail "with -w 60: $(cat "$T/said")"
sqlite3 "$other_db" "UPDATE run SET status = 0, ended = 0 WHERE id = 4"
expect_alarm 2 ': run 3 failed, '
sh "$root/packaging/alerts/check_csp_usaged" -w soon >"$T/said"
expect_equal "of wrong usage" 3 $?
