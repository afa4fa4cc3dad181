# SPDX-License-Identifier: MIT
# To remove the package keeps what it wrote; to purge it asks before the purchases go.

count='SELECT count(*) FROM purchases'
# The wrapper goes with the package.
bare_count() { as ana sqlite3 -readonly -cmd '.timeout 10000' $live "$count"; }
written() { inside sh -c 'ls -d /etc/csp-usaged/*.conf /var/lib/csp-usaged /var/lib/csp-usaged/private /var/lib/csp-usaged/acme/private' 2>/dev/null | wc -l; }
newest() { inside sh -c 'apt-get install --yes --no-install-recommends /root/newer/*.deb' >"$work/again.log" 2>&1 || bad "it can't be installed" "$(tail -n 5 "$work/again.log")"; }

inside apt-get remove --yes csp-usaged >"$work/remove.log" 2>&1 || bad "apt-get remove fails" "$(tail -n 5 "$work/remove.log")"
same "removed: neither account runs" "inactive inactive" "$(state csp-usaged) $(state csp-usaged@acme)"
same "ana reads what it left" "$purchases" "$(bare_count)"
same "configurations, database, consents stay" 5 "$(written)"

newest
within 20 "installed again, it goes on by itself" is_active csp-usaged
same "with its purchases" "$purchases" "$(query $live "$count")"
run_now csp-usaged

inside apt-get purge --yes csp-usaged >"$work/purge.log" 2>&1 || bad "apt-get purge fails" "$(tail -n 5 "$work/purge.log")"
grep -q 'the purchases stay in' "$work/purge.log" || bad "it does not say that the purchases stay"
same "purged without an answer: configurations and consents are gone" 1 "$(written)"
same "and nothing starts either account" "" "$(inside sh -c 'ls /etc/systemd/system/*.wants/csp-usaged*' 2>/dev/null)"
same "and the purchases stay" "$purchases" "$(bare_count)"

newest
# somebody at a terminal, who says yes
inside script -qec 'DEBIAN_FRONTEND=readline TERM=dumb dpkg --purge csp-usaged' /dev/null >"$work/asked.log" 2>&1 < <(sleep 2; echo yes; sleep 1) ||
	bad "the purge fails" "$(tail -n 5 "$work/asked.log")"
grep -q 'Delete all purchases' "$work/asked.log" || bad "it does not ask" "$(cat "$work/asked.log")"
same "asked, and told to: nothing is left" "" "$(inside sh -c 'ls -d /etc/csp-usaged /var/lib/csp-usaged' 2>/dev/null)"
same "failed units" "" "$(inside systemctl --failed --plain --no-legend)"
