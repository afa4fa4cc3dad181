# SPDX-License-Identifier: MIT
# The packages, on a machine that has never seen them.

from=${EPOCHREALTIME/./}
inside sh -c 'apt-get install --yes --no-install-recommends /root/packages/*.deb' >"$work/install.log" 2>&1 ||
	bad "apt-get install fails" "$(tail -n 5 "$work/install.log")"
ok "installed $(inside dpkg-query -W -f '${Version}' csp-usaged), after $(seconds_since "$from") s"

same "user and groups" "csp-usaged csp-usage" "$(inside id -nu csp-usaged) $(inside id -nG csp-usaged)"
same "folders, their modes and owners" \
	"2750 csp-usaged:csp-usage 2750 csp-usaged:csp-usage 700 csp-usaged:csp-usage" \
	"$(inside stat -c '%a %U:%G' /var/lib/csp-usaged /var/lib/csp-usaged/published /var/lib/csp-usaged/private | paste -sd ' ')"
same "the files are those of the packages (dpkg -V)" "" "$(inside dpkg -V csp-usaged csp-usaged-emulator)"
same "not configured yet: enabled, inactive, no failure" "enabled inactive no" \
	"$(inside systemctl is-enabled csp-usaged) $(state csp-usaged) $(property ConditionResult)"
same "failed units" "" "$(inside systemctl --failed --plain --no-legend)"

same "systemd-analyze verify" "" "$(inside systemd-analyze verify --man=no csp-usaged.service csp-usaged@acme.service 2>&1)"
for unit in csp-usaged csp-usaged@acme; do
	exposure=$(inside systemd-analyze security --no-pager "$unit" | sed -n 's/^.*exposure level for .*: \([0-9.]*\) .*/\1/p')
	[[ $exposure =~ ^[0-9]+\.[0-9]$ ]] && [ "${exposure/./}" -le 11 ] || bad "systemd-analyze security $unit: $exposure, more than 1.1"
	ok "systemd-analyze security $unit: $exposure"
done
