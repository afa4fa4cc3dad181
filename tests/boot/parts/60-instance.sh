# SPDX-License-Identifier: MIT
# A second partner account beside the first, with a secret that is encrypted for this machine.

cp "$root/etc/csp-usaged/csp-usaged.conf" "$root/etc/csp-usaged/acme.conf"
acme=/var/lib/csp-usaged/acme
configure acme.conf state_dir=$acme/private path=$acme/usage.db publish=$acme/published/usage.db
inside install -d -m 0700 /etc/credstore.encrypted
inside systemd-creds setup >/dev/null 2>&1 || bad "systemd-creds setup fails"
# by the machine's own key, even when its root is in memory
echo emulator-secret | inside systemd-creds encrypt --with-key=host --name=client_secret - /etc/credstore.encrypted/csp-usaged.acme.client_secret 2>"$work/creds.log" ||
	bad "systemd-creds encrypt fails" "$(cat "$work/creds.log")"
! grep -q emulator-secret "$root/etc/credstore.encrypted/csp-usaged.acme.client_secret" || bad "the encrypted credential is none"
drop_in csp-usaged@acme secret 'LoadCredentialEncrypted=client_secret:/etc/credstore.encrypted/csp-usaged.acme.client_secret'

inside systemctl enable -q --now csp-usaged@acme || bad "csp-usaged@acme does not start"
same "csp-usaged@acme beside csp-usaged" "active active" "$(state csp-usaged@acme) $(state)"
same "its folders" "750 csp-usaged:csp-usage 700 csp-usaged:csp-usage" \
	"$(inside stat -c '%a %U:%G' $acme $acme/private | paste -sd ' ')"
# a consent of its own
inside install -o csp-usaged -g csp-usage -m 0600 /var/lib/csp-usaged/private/refresh-token $acme/private/refresh-token
before=$(runs_done csp-usaged@acme ok)
inside systemctl reload csp-usaged@acme
within 60 "csp-usaged@acme: a run, with the encrypted secret" more_runs_than csp-usaged@acme "$before"
content $live >"$work/first"
content $acme/usage.db >"$work/second"
cmp -s "$work/first" "$work/second" || bad "the two databases differ"
ok "both databases have the same $(wc -l <"$work/first") purchases"
same "its journal is its own" csp-usaged@acme.service \
	"$(inside journalctl -q -u csp-usaged@acme -o json -g event=run.done -n 1 | jq -r ._SYSTEMD_UNIT)"
