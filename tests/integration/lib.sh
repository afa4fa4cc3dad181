# SPDX-License-Identifier: MIT
# lib.sh - what the cases of the integration tests are written with. A case is bash, begins with
#
#	. "$(dirname "$0")/../lib.sh"
#
# and is a list of tests: `it "does so"`, what to do, what to expect. An expectation that fails is told and the case goes on; the test
# counts as failed. Everything lives below $T and ends with the case.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
samples=$here/../fixtures/samples
scenarios=$here/../emulator/scenarios
daemon=$BUILD/csp-usaged
T=$1

tenant=1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a
client=7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01
client_secret=emulator-secret

under_asan() { grep -q __asan_init "$daemon"; }
# So that a finding of a sanitizer is not taken for an exit code of ours.
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1

# -- tests and expectations -----------------------------------------------------------------------------------------------------

passed=0 failed=0 skipped=0 test_name='(set-up)' test_state=''
emulator_pid='' log=/dev/null

end_test() {
	case $test_state in
	ok) passed=$((passed + 1)) ;;
	skipped) skipped=$((skipped + 1)) ;;
	failed)
		failed=$((failed + 1))
		[ -s "$log" ] && show_log
		;;
	esac
	test_state=
}

# The log's end without what went well.
show_log() {
	echo "  the log's end:"
	grep -Ev 'event=(http.attempt .* status=20[04]|run.state) ' "$log" | tail -n 8 | cut -c 1-500 | sed 's/^/    /'
}

it() {
	end_test
	test_name=$1
	test_state=ok
}

fail() {
	[ "$test_state" = failed ] || echo "FAILED: $test_name"
	test_state=failed
	printf '  %s\n' "$@"
}

# The rest of the case makes no sense without this.
die() {
	fail "$@"
	exit 1
}

# The test can't be done here: told, and counted apart.
skip() {
	echo "skipped: $test_name: $1"
	test_state=skipped
}

finish() {
	end_test
	stop_emulator
	local job
	for job in $(jobs -p); do
		kill -KILL "$job" 2>/dev/null
	done
	wait 2>/dev/null
	echo "$passed $failed $skipped" >"$T.count"
	[ "$failed" -eq 0 ] || exit 1
}
trap finish EXIT

# expect_equal WHAT WANT GOT
expect_equal() {
	[ "$2" = "$3" ] && return
	if [ ${#2} -gt 200 ] || [ ${#3} -gt 200 ]; then
		fail "$1: differs (< wanted, > got):" "$(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | head -n 12 | cut -c 1-400)"
	else
		fail "$1: wanted \"$2\", got \"$3\""
	fi
}

# expect_query WANT SQL
expect_query() { expect_equal "$2" "$1" "$(query "$2")"; }

# expect_code N: of the last sync or other command
expect_code() { expect_equal "exit code" "$1" "$code"; }

# expect_log ERE [FILE]: of the last run; expect_no_log ERE [FILE]
expect_log() { grep -Eq -- "$1" "${2:-$log}" || fail "the log has no line with: $1"; }
expect_no_log() {
	local line
	line=$(grep -Em 1 -- "$1" "${2:-$log}") && fail "the log has: ${line:0:300}"
}

# expect_summary KEY=VALUE...: of the line that sums up the last run
expect_summary() {
	local pair
	for pair; do
		expect_equal "summary: ${pair%%=*}" "${pair#*=}" "$(summary "${pair%%=*}")"
	done
}

# expect_at_most WHAT MOST GOT
expect_at_most() { [ "$3" -le "$2" ] 2>/dev/null || fail "$1: wanted at most $2, got \"$3\""; }
expect_at_least() { [ "$3" -ge "$2" ] 2>/dev/null || fail "$1: wanted at least $2, got \"$3\""; }

# wait_until SECONDS COMMAND...: until it succeeds; fails after that long
wait_until() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt $end ] || return 1
		sleep 0.02
	done
}

# -- the emulator ------------------------------------------------------------------------------------------------------------------

emulator_is_ready() { [ -s "$T/ready" ] || ! kill -0 "$emulator_pid" 2>/dev/null; }

# start_emulator SCENARIO|- [OPTION...]: on a free port, over TLS. SCENARIO: a name in the emulator's scenarios/, a file, or - for none
start_emulator() {
	local scenario=$1
	shift
	stop_emulator
	case $scenario in
	-) set -- "$@" ;;
	/*) set -- --scenario "$scenario" "$@" ;;
	*) set -- --scenario "$scenarios/$scenario.ini" "$@" ;;
	esac
	rm -f "$T/ready"
	${told_clock:+env "${told_clock[@]}"} "$BUILD/csp-usaged-emulator" --port 0 --ready-file "$T/ready" --state-dir "$T/emulator" \
	    --log "$T/emulator.log" "$@" >"$T/emulator.out" 2>&1 &
	emulator_pid=$!
	wait_until 20 emulator_is_ready || die "the emulator does not start"
	[ -s "$T/ready" ] || die "the emulator does not start:" "$(cat "$T/emulator.out")"
	base_url=$(sed -n 's/^base_url=//p' "$T/ready")
	ca_file=$(sed -n 's/^ca_file=//p' "$T/ready")
	first_refresh_token=$(sed -n 's/^refresh_token=//p' "$T/ready")
}

stop_emulator() {
	[ -n "$emulator_pid" ] || return 0
	kill -TERM "$emulator_pid" 2>/dev/null
	wait "$emulator_pid" 2>/dev/null
	emulator_pid=
}

# Leaves the emulator running while another one is started and used, and comes back to it.
park_emulator() {
	parked_pid=$emulator_pid parked_url=$base_url
	emulator_pid=
}
return_emulator() {
	stop_emulator
	emulator_pid=$parked_pid base_url=$parked_url
}

ask_emulator() { curl -sS --noproxy '*' --max-time 20 --cacert "$ca_file" "$base_url/emulator/$1" "${@:2}"; }
# counter JQ: of what the emulator received
counter() { ask_emulator counters | jq -r "$1"; }
requests_received() { counter '[.requests | .token, .customers, .subscriptions, .utilization, .ratecard] | add // 0'; }
reset_counters() { ask_emulator counters/reset -X POST >/dev/null; }

# merge_scenario LINE...: changes the running emulator; play_scenario: the one it was started with, changed so
post_scenario() {
	local said
	said=$(printf '%s\n' "${@:2}" | ask_emulator "scenario$1" --data-binary @-)
	[ "$said" = merged ] || die "the emulator refuses the scenario: $said"
}
merge_scenario() { post_scenario '' "$@"; }
play_scenario() { post_scenario '?afresh=yes' "$@"; }

# -- the program -------------------------------------------------------------------------------------------------------------------

# new_place NAME [SECTION.KEY=VALUE...]: a configuration, a sign-in and an empty database of their own, from now on in use.
# A value of "-" leaves the key out.
new_place() {
	place=$T/$1
	shift
	conf=$place/csp-usaged.conf db=$place/database/usage.db published=$place/published/usage.db log=$place/log
	mkdir -m 0711 "$place"
	mkdir -m 0700 "$place/private"
	mkdir -m 2750 "$place/database" "$place/published"
	(
		umask 077
		echo "${refresh_token:-$first_refresh_token}" >"$place/private/refresh-token"
		echo "$client_secret" >"$place/secret"
	)
	write_config "$@"
}

# The refresh token in the token file of $place, a bare one or a record.
stored_token() { jq -rR 'fromjson? // . | if type == "object" then .record.refresh_token else . end' "$place/private/refresh-token"; }

# use_place NAME: one that was made before
use_place() {
	place=$T/$1
	conf=$place/csp-usaged.conf db=$place/database/usage.db published=$place/published/usage.db log=$place/log
}

write_config() {
	local -A key=(
		[partner.tenant_id]=$tenant [partner.client_id]=$client [partner.client_secret_file]=$place/secret
		[partner.state_dir]=$place/private
		[partner_center.base_url]=$base_url [partner_center.login_url]=$base_url [partner_center.ca_file]=$ca_file
		[partner_center.currency]=EUR [partner_center.region]=NL [partner_center.requests_per_minute]=6000
		[database.path]=$db [database.publish]=$published
		[log.level]=debug
	)
	local pair section name
	for pair; do
		key[${pair%%=*}]=${pair#*=}
	done
	for section in partner partner_center schedule usage billing database log; do
		echo "[$section]"
		for name in "${!key[@]}"; do
			[ "${name%%.*}" = $section ] && [ "${key[$name]}" != - ] && echo "${name#*.} = ${key[$name]}"
		done
	done >"$conf"
}

# A sanitizer's finding is a failure wherever it turns up.
check_sanitizers() {
	[ "$code" != 99 ] && ! grep -Eqs 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$log" && return
	fail "a sanitizer complains:" "$(grep -EA 12 'Sanitizer|runtime error:' "$log" | head -n 25)"
}

# run_program ARGUMENT...: to its end. Its exit code is in $code, its log in $log, its output in $place/out.
run_program() {
	timeout -k 5 "${patience:-200}" "$daemon" "$@" >"$place/out" 2>"$log" </dev/null
	code=$?
	[ $code -ne 124 ] || fail "still running after ${patience:-200} s: $*"
	check_sanitizers
}
sync() { run_program sync --config "$conf" "$@"; }

# start_program ARGUMENT...: in the background, as $pid; end_program waits for its end
start_program() {
	: >"$log"
	"$daemon" "$@" --config "$conf" >"$place/out" 2>"$log" </dev/null &
	pid=$!
}
is_gone() { ! kill -0 "$pid" 2>/dev/null; }
end_program() {
	wait_until "${1:-60}" is_gone || {
		fail "the program does not end within ${1:-60} s"
		kill -KILL "$pid"
	}
	wait "$pid"
	code=$?
	check_sanitizers
}
log_has() { grep -Eq -- "$1" "$log"; }
# wait_for_log SECONDS ERE
wait_for_log() { wait_until "$1" log_has "$2" || fail "within $1 s the log has no line with: $2"; }

# summary KEY: of the last run in the log
summary() { grep ' event=run.done ' "$log" | tail -n 1 | grep -oE " $1=(\"[^\"]*\"|[^ ]*)" | sed -e 's/^[^=]*=//' -e 's/^"//' -e 's/"$//'; }

# -- the database ------------------------------------------------------------------------------------------------------------------

query() { sqlite3 -readonly -cmd '.timeout 10000' "$db" "$@"; }

# What a billing system would take over, without what depends on the history of runs.
# JSON is compared without its white space, which differs when the service indents.
content() {
	query "SELECT purchase_reference, status, customer_id, customer_name, subscription_id, subscription_name, offer_id, reported_day,
	       usage_start, usage_end, billing_period, meter_id, meter_name, meter_category, meter_subcategory, meter_region, unit,
	       resource_uri, resource_group, resource_name, location, part_number, order_number, json(tags), json(additional_info), json(info_fields),
	       quantity_exact, included_quantity_exact, unit_price, amount_nanos, currency, rating_status
	       FROM purchases ${1:+WHERE $1} ORDER BY purchase_reference"
}
# The same of what is not withdrawn.
active_content() { content "status = 'active'"; }

# expect_content FILE: that of an undisturbed partner, from content >FILE
expect_content() {
	content >"$T/got"
	cmp -s "$1" "$T/got" || fail "the content differs (< undisturbed, > here): $(wc -l <"$1") rows, here $(wc -l <"$T/got")" \
	    "$(diff "$1" "$T/got" | head -n 8 | cut -c 1-300)"
}

# Numbers without zeros at the end of their fraction: 1.50 -> 1.5, 2.0 -> 2
trim_zeros() { sed -E -e 's/(\.[0-9]*[1-9])0+$/\1/' -e 's/\.0+$//'; }

# Exact sums of the active purchases, in the words of the emulator's totals.
usage_day_totals() {
	echo customer_id,subscription_id,usage_day,meter_id,quantity
	query -csv "SELECT customer_id, subscription_id, date(usage_start), meter_id, decimal_sum(quantity_exact)
	            FROM purchases WHERE status = 'active' GROUP BY 1, 2, 3, 4" | tr -d '\r' | trim_zeros | LC_ALL=C sort
}
slice_totals() {
	echo customer_id,subscription_id,reported_day,rows,quantity_sum
	query -csv "SELECT customer_id, subscription_id, reported_day, count(*), decimal_sum(quantity_exact)
	            FROM purchases WHERE status = 'active' GROUP BY 1, 2, 3" | tr -d '\r' | trim_zeros | LC_ALL=C sort
}
# generator_totals [days|slices]: the emulator's own figures in the same order
generator_totals() { ask_emulator "totals?by=${1:-days}" | { read -r head; echo "$head"; trim_zeros | LC_ALL=C sort; }; }

expect_generators_totals() {
	expect_equal "sums of each usage day and meter" "$(generator_totals)" "$(usage_day_totals)"
	expect_equal "rows and sums of each slice" "$(generator_totals slices)" "$(slice_totals)"
}
