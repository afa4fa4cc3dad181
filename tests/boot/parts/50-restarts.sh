# SPDX-License-Identifier: MIT
# What ends the daemon does not end the service, but for a stop and for a configuration that is wrong.

drop_in csp-usaged quick WatchdogSec=2 RestartSec=1
inside systemctl restart csp-usaged

# a shell's own: the program kill is no part of a minimal Debian
signal_daemon() { inside sh -c 'kill -"$1" "$2"' sh "$1" "$(main_process)"; }
restarted() { [ "$(property NRestarts)" -gt "$before" ] && is_active csp-usaged; }
before=$(property NRestarts)
signal_daemon STOP
within 60 "a daemon that hangs is ended by the watchdog and started again" restarted
[ -n "$(inside journalctl -q -u csp-usaged -g 'Watchdog timeout')" ] || bad "the journal has no watchdog timeout"
sleep 3
same "the watchdog is fed: restarts meanwhile" $((before + 1)) "$(property NRestarts)"

before=$(property NRestarts)
signal_daemon KILL
within 20 "a daemon that is killed is started again" restarted
run_now csp-usaged

cp "$root/etc/csp-usaged/csp-usaged.conf" "$work/good.conf"
echo nonsense >>"$root/etc/csp-usaged/csp-usaged.conf"
if inside systemctl restart csp-usaged >/dev/null 2>&1; then bad "it starts with a wrong configuration"; fi
sleep 3
same "a wrong configuration fails it, and is not tried again" "failed 2 0" "$(state) $(property ExecMainStatus) $(property NRestarts)"
cat "$work/good.conf" >"$root/etc/csp-usaged/csp-usaged.conf"
inside systemctl restart csp-usaged
same "a right one starts it" active "$(state)"

from=${EPOCHREALTIME/./}
inside systemctl stop csp-usaged
same "a stop, after $(seconds_since "$from") s" "inactive success 0" "$(state) $(property Result) $(property ExecMainStatus)"
same "ana reads on, while it is stopped" "$purchases" "$(query $live 'SELECT count(*) FROM purchases')"
no_drop_in csp-usaged quick
inside systemctl start csp-usaged
