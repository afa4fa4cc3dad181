# SPDX-License-Identifier: MIT
# The machine starts again, having been off at the time of a run.

purchases=$(query $live 'SELECT count(*) FROM purchases')
run=$(query $live "SELECT max(run_id) FROM runs")
missed csp-usaged.conf 1
inside systemctl reboot --no-block
code=0
machine_ends || code=$?
[ $code = 133 ] || bad "the machine does not start again ($code)"
start_machine
same "after a reboot" "active active" "$(state csp-usaged) $(state csp-usaged@acme)"
same "failed units" "" "$(inside systemctl --failed --plain --no-legend)"
within 60 "the run of the time that it was off is made up for" \
	eval '[ "$(query $live "SELECT trigger || status FROM runs WHERE run_id > $run")" = catchupok ]'
same "purchases" "$purchases" "$(query $live 'SELECT count(*) FROM purchases')"
