# SPDX-License-Identifier: MIT
# An ordinary user of the reading group reads, and can do nothing else; who is not in it reads nothing.

inside useradd -m ana
inside useradd -m eve
inside usermod -aG csp-usage ana

count='SELECT count(*) FROM purchases'
purchases=$(query $live "$count")
[ "$purchases" -gt 0 ] || bad "ana finds no purchases"
ok "ana, of the group csp-usage, reads the database: $purchases purchases"
same "and the published copy" "$purchases" "$(query $copy "$count")"
same "and the month by customer" 3 "$(query $live "SELECT count(DISTINCT customer_id) FROM customer_months")"

# refused WHAT USER COMMAND...
refused() {
	if as "$2" "${@:3}" >"$work/refused" 2>&1; then bad "$1: $2 may: $(head -n 1 "$work/refused")"; fi
	ok "$1: $2 may not ($(head -n 1 "$work/refused" | cut -c 1-90))"
}
refused "read" eve csp-usage-sql "$count"
refused "read the copy" eve sqlite3 -readonly $copy "$count"
refused "change a purchase" ana csp-usage-sql "DELETE FROM usage_fact"
refused "change one without the wrapper" ana sqlite3 $live "DELETE FROM usage_fact"
refused "make a file beside the database" ana touch /var/lib/csp-usaged/x
refused "read the consent" ana cat /var/lib/csp-usaged/private/refresh-token
refused "read the secret" ana cat /etc/credstore/csp-usaged.client_secret

play '[fault.slow]' 'match = utilization' 'times = 0' 'action = delay:300'
before=$(runs_done csp-usaged ok)
inside systemctl reload csp-usaged
within 20 "a run goes on" eval '[ "$(query $live "SELECT count(*) FROM runs WHERE ended IS NULL")" = 1 ]'
same "ana reads meanwhile" "$purchases" "$(query $live "$count")"
within 60 "the run is good" more_runs_than csp-usaged "$before"
play '[fault.slow]' 'match = utilization' 'times = 0' 'action = delay:0'
