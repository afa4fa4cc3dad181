# SPDX-License-Identifier: MIT
# A secret that only systemd hands out, a person's consent, the first run.

# Its days are a few days back, so that midnight may pass meanwhile.
cat >"$root/etc/systemd/system/emulator.service" <<UNIT
[Service]
ExecStart=csp-usaged-emulator --port 8443 --state-dir /var/lib/emulator --quiet --set generate.customers=3 --set generate.subscriptions=5 \\
	--set generate.rows_per_day=12 --set generate.first_day=$(date -u -d '28 days ago' +%F) --set generate.last_day=$(date -u -d '3 days ago' +%F)
[Install]
WantedBy=multi-user.target
UNIT
inside systemctl enable -q --now emulator
within 20 "the emulator answers" emulator_answers

configure csp-usaged.conf "${emulated[@]}" backfill_days=6
missed csp-usaged.conf 3
inside install -d -m 0700 /etc/credstore
(umask 077; echo emulator-secret >"$root/etc/credstore/csp-usaged.client_secret")

# As csp-usaged(8) says; the address is opened by curl, which follows it to login's page.
login() { # UNIT CONFIGURATION
	inside systemd-run --quiet --pipe --wait -p User=csp-usaged -p Group=csp-usage -p LoadCredential="client_secret:$1.client_secret" \
		csp-usaged login --config "/etc/csp-usaged/$2" </dev/null >"$work/login.log" 2>&1 &
	local login=$!
	try_for 20 grep -qs '^Waiting for the sign-in' "$work/login.log" || bad "login does not wait for the sign-in" "$(cat "$work/login.log")"
	inside curl -sSL --noproxy '*' --cacert /var/lib/emulator/ca.pem "$(grep -oE 'https://[^ ]*/authorize\?[^ ]*' "$work/login.log")" >"$work/page.html"
	wait $login || bad "login fails" "$(cat "$work/login.log")"
	ok "$(grep -m 1 '^Signed in as' "$work/login.log")"
}
login csp-usaged csp-usaged.conf

from=${EPOCHREALTIME/./}
inside systemctl restart csp-usaged || bad "the service does not start"
ok "READY, after $(seconds_since "$from") s"
same "the service" "active csp-usaged" "$(state csp-usaged) $(inside stat -c %U "/proc/$(main_process)")"
within 60 "the run that was due today is made up for" more_runs_than csp-usaged 0
ok "$(journal csp-usaged -g event=run.done | tail -n 1 | cut -c 1-140)"
[[ $(property StatusText) =~ ^next\ run ]] || bad "the service's status does not tell the next run: $(property StatusText)"
ok "systemctl status: $(property StatusText)"
