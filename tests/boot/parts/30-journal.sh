# SPDX-License-Identifier: MIT
# The journal: each line with its priority, its unit and its user; nothing secret.

# entry EVENT: the last of it, as JSON
entry() { inside journalctl -q --no-pager -u csp-usaged -o json -n 1 -g "^event=$1 "; }
# field EVENT NAME
field() { entry "$1" | jq -r ".$2"; }

user=$(inside id -u csp-usaged)
for event in ready schedule.next run.start run.done; do
	same "journal: $event has PRIORITY, SYSLOG_IDENTIFIER, _SYSTEMD_UNIT, _UID" "6 csp-usaged csp-usaged.service $user" \
		"$(entry $event | jq -r '"\(.PRIORITY) \(.SYSLOG_IDENTIFIER) \(._SYSTEMD_UNIT) \(._UID)"')"
done

# A night that can't be good: Microsoft refuses the consent. Then it is good again.
ask_emulator emulator/consent/revoke -X POST >/dev/null
inside systemctl reload csp-usaged
within 30 "a refused consent fails the run" eval '[ "$(runs_done csp-usaged failed)" -ge 1 ]'
same "journal: consent.refused has priority err" 3 "$(field consent.refused PRIORITY)"
same "journal: run.done status=failed has priority err" 3 "$(field run.done PRIORITY)"
[[ $(field run.done MESSAGE) =~ remedy= ]] || bad "the failed run tells no remedy"
same "journalctl -p err shows them alone" "consent.refused run.done" \
	"$(journal csp-usaged -p err | sed -n 's/^event=\([^ ]*\) .*/\1/p' | sort -u | paste -sd ' ')"
ask_emulator emulator/consent/restore -X POST >/dev/null
run_now csp-usaged

same "journal: lines of the daemon that are no event" "" \
	"$(inside journalctl -q --no-pager -o json SYSLOG_IDENTIFIER=csp-usaged | jq -r .MESSAGE | grep -v '^event=[a-z_.]*\( \|$\)' | head -n 3)"
token=$(inside sed -n 's/.*"refresh_token" *: *"\([^"]*\)".*/\1/p' /var/lib/csp-usaged/private/refresh-token)
[ ${#token} -gt 20 ] || bad "no refresh token to look for"
same "secrets in the journal" 0 "$(inside journalctl -q --no-pager -a | grep -cF -e "$token" -e emulator-secret -e eyJ || :)"
