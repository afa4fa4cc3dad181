# SPDX-License-Identifier: MIT
# apt installs a newer version in the middle of a run: nothing is lost, nothing is there twice.

# Twenty days more are to be fetched. The second account does it undisturbed.
for unit in csp-usaged csp-usaged@acme; do
	configure "${unit#csp-usaged@}.conf" backfill_days=26
	missed "${unit#csp-usaged@}.conf" 2
done
before=$(runs_done csp-usaged@acme ok)
inside systemctl restart csp-usaged@acme
within 60 "csp-usaged@acme: twenty days more, undisturbed" more_runs_than csp-usaged@acme "$before"
content $acme/usage.db >"$work/undisturbed"

# The first one is slow, so that there is a middle, until its daemon is gone.
slices() { query $live "SELECT count(*) FROM slices"; }
few=$(slices)
all=$(query $acme/usage.db "SELECT count(*) FROM slices")
[ "$all" -gt "$few" ] || bad "nothing is left to fetch: $all slices"
play '[fault.slow]' 'match = utilization' 'times = 0' 'action = delay:1000'
inside systemctl restart csp-usaged
within 30 "a run is in its middle" eval '[ "$(slices)" -gt "$few" ]'
run=$(query $live "SELECT max(run_id) FROM runs")
instance=$(main_process csp-usaged@acme) process=$(main_process)
play '[fault.slow]' 'match = utilization' 'times = 0' 'action = delay:10000'
{
	try_for 120 eval '! inside test -e "/proc/$process"'
	play '[fault.slow]' 'match = utilization' 'times = 0' 'action = delay:0'
} &
quick_again=$!

inside sh -c 'apt-get install --yes --no-install-recommends /root/newer/*.deb' >"$work/upgrade.log" 2>&1 ||
	bad "the upgrade fails" "$(tail -n 5 "$work/upgrade.log")"
wait $quick_again
ok "upgraded to $(inside dpkg-query -W -f '${Version}' csp-usaged)"
same "the run that was stopped" aborted "$(query $live "SELECT status FROM runs WHERE run_id = $run")"
ok "it had stored $(query $live "SELECT count(*) FROM slices WHERE stored_run_id = $run") of $((all - few)) days that were due"
same "both accounts go on" "active active" "$(state csp-usaged) $(state csp-usaged@acme)"
[ "$(main_process csp-usaged@acme)" != "$instance" ] || bad "csp-usaged@acme still is the old program"
within 60 "the next run continues it" \
	eval '[ "$(query $live "SELECT status FROM runs WHERE run_id = (SELECT min(run_id) FROM runs WHERE run_id > $run)")" = ok ]'
content $live >"$work/disturbed"
cmp -s "$work/undisturbed" "$work/disturbed" ||
	bad "the database differs from the undisturbed one:" "$(diff "$work/undisturbed" "$work/disturbed" | head -n 4 | cut -c 1-300)"
ok "the database equals the undisturbed one: $(wc -l <"$work/disturbed") purchases, none lost, none twice"
