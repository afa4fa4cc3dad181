# SPDX-License-Identifier: MIT
# lib.sh - what the parts of the boot test are written with. A part is a list of things to do in the machine and of things to see there;
# each that is seen is told, the first that is not ends the test. $root is the machine's root, seen from outside.

# -- what is seen -------------------------------------------------------------------------------------------------------------------

seen=0
ok() {
	seen=$((seen + 1))
	printf 'ok  %s\n' "$*"
}
bad() {
	printf 'BAD %s\n' "$@"
	if [ -n "${machine_pid:-}" ]; then
		echo "the journal's end:"
		inside journalctl -q --no-pager -n 25 | cut -c 1-300 | sed 's/^/    /'
	fi
	exit 1
}
# same WHAT WANT GOT
same() {
	[ "$2" = "$3" ] || bad "$1: wanted \"$2\", got \"${3:0:400}\""
	ok "$1: ${3:0:150}"
}

seconds_since() { printf '%d.%01d' $(((${EPOCHREALTIME/./} - $1) / 1000000)) $(((${EPOCHREALTIME/./} - $1) / 100000 % 10)); }
# try_for SECONDS COMMAND...
try_for() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt $end ] || return 1
		sleep 0.1
	done
}
# within SECONDS WHAT COMMAND...: until it succeeds
within() {
	local from=${EPOCHREALTIME/./} what=$2
	try_for "$1" "${@:3}" || bad "$what: not within $1 s"
	ok "$what, after $(seconds_since "$from") s"
}

# -- the machine --------------------------------------------------------------------------------------------------------------------

# Its network is its own and leads nowhere, unless $machine_network says "host".
start_machine() {
	local network=(--private-network)
	[ "${machine_network:-}" != host ] || network=(--resolv-conf=replace-host)
	systemd-nspawn --register=no --keep-unit --machine="csp-boot-$$" "${network[@]}" --console=pipe --directory="$root" --boot \
		</dev/null >>"$work/console.log" 2>&1 &
	machine_pid=$!
	try_for 60 machine_is_up
}
leader() { { tr -d ' ' <"/proc/$machine_pid/task/$machine_pid/children"; } 2>/dev/null; }
machine_is_up() {
	[ -n "$(leader)" ] && inside systemctl is-system-running --wait >"$work/state" 2>/dev/null
}
# The exit code of the boot: 133 when the machine wants to start again.
machine_ends() {
	local code=0
	wait "$machine_pid" || code=$?
	machine_pid=
	return $code
}
stop_machine() {
	[ -n "${machine_pid:-}" ] || return 0
	inside systemctl poweroff --no-block >/dev/null 2>&1 || :
	try_for 20 eval '! kill -0 $machine_pid 2>/dev/null' || kill -KILL "$machine_pid"
	wait "$machine_pid" || :
	machine_pid=
}

# inside COMMAND...: as root of the machine; as USER COMMAND...: as one of its users, with the user's groups
inside() {
	nsenter --target "$(leader)" --mount --uts --ipc --net --pid --cgroup -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
as() { inside setpriv --reuid "$1" --regid "$(inside id -g "$1")" --init-groups "${@:2}"; }

# -- the service ---------------------------------------------------------------------------------------------------------------------

state() { inside systemctl is-active "${1:-csp-usaged}" || :; }
is_active() { [ "$(state "$1")" = active ]; }
property() { inside systemctl show --value -p "$1" "${2:-csp-usaged}"; }
main_process() { property MainPID "${1:-csp-usaged}"; }
journal() { inside journalctl -q --no-pager -o cat -u "$@"; }
# runs_done UNIT STATUS: how many runs ended so, since the machine's first start
runs_done() { { journal "$1" -g "^event=run.done .*status=$2" || :; } | wc -l; }
more_runs_than() { [ "$(runs_done "$1" ok)" -gt "$2" ]; }
# run_now UNIT: and waits until the run is done, which must be good
run_now() {
	local before
	before=$(runs_done "$1" ok)
	inside systemctl reload "$1"
	within 60 "$1: a run now, by systemctl reload" more_runs_than "$1" "$before"
}

# drop_in UNIT NAME LINE...: of [Service]
drop_in() {
	inside mkdir -p "/etc/systemd/system/$1.service.d"
	printf '%s\n' '[Service]' "${@:3}" >"$root/etc/systemd/system/$1.service.d/$2.conf"
	inside systemctl daemon-reload
}
no_drop_in() {
	rm "$root/etc/systemd/system/$1.service.d/$2.conf"
	inside systemctl daemon-reload
}

# configure FILE [KEY=VALUE...]: a key of the example is given a value
configure() {
	local file=$root/etc/csp-usaged/$1 pair
	shift
	[ -e "$file" ] || cp "$root/etc/csp-usaged/csp-usaged.conf.example" "$file"
	for pair; do
		grep -qE "^#?${pair%%=*} =" "$file" || bad "the configuration has no key ${pair%%=*}"
		sed -i -E "s,^#?${pair%%=*} =.*,${pair%%=*} = ${pair#*=}," "$file"
	done
}
emulated=(tenant_id=1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a client_id=7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01 currency=EUR region=NL
	base_url=https://localhost:8443 login_url=https://localhost:8443 ca_file=/var/lib/emulator/ca.pem requests_per_minute=6000
	timezone=Etc/UTC)
ask_emulator() { inside curl -sS --noproxy '*' --max-time 20 --cacert /var/lib/emulator/ca.pem "https://localhost:8443/$1" "${@:2}"; }
emulator_answers() { ask_emulator emulator/health >/dev/null 2>&1; }
play() { [ "$(printf '%s\n' "$@" | ask_emulator emulator/scenario --data-binary @-)" = merged ] || bad "the emulator refuses the scenario"; }

# missed FILE HOURS: so long ago was the time of the daily run. A later one than before is one that nobody has made: the next start does.
missed() { configure "$1" "time=$(date -u -d "$2 hours ago" +%H:%M)"; }

# query DATABASE SQL: as the analyst, by the shipped command
query() { as ana env CSP_USAGE_DB="$1" csp-usage-sql "$2"; }
live=/var/lib/csp-usaged/usage.db
copy=/var/lib/csp-usaged/published/usage.db
# What a billing system would take over, without what depends on the history of runs.
content() {
	query "$1" "SELECT purchase_reference, status, customer_id, subscription_id, reported_day, usage_start, usage_end, billing_period, meter_id,
		unit, resource_uri, tags, quantity_exact, unit_price, amount_nanos, currency, rating_status FROM purchases ORDER BY purchase_reference"
}
