# SPDX-License-Identifier: MIT
# The command line and the configuration: what is wrong is told with its place and the way out, exit code 2.
. "$(dirname "$0")/../lib.sh"

base_url=https://localhost:1 ca_file=/nonexistent/ca.pem first_refresh_token=x
new_place here

# refused ERE: exit code 2 and a message like this on stderr
refused() {
	expect_code 2
	expect_log "^csp-usaged: .*$1"
}

it "prints help and version"
run_program --help
expect_code 0
for command in run sync status coverage config; do
	expect_log "^  $command " "$place/out"
done
run_program sync --help
expect_code 0
expect_log '^  --from D ' "$place/out"
run_program --version
expect_code 0
expect_log '^csp-usaged [0-9]+\.[0-9]+' "$place/out"
expect_equal "words on stderr" "" "$(cat "$log")"

it "refuses what it does not know, and says where help is"
run_program frobnicate; refused 'unknown command "frobnicate".*--help'
run_program; refused 'no command.*--help'
run_program sync --fast; refused 'unknown option --fast'
run_program sync here; refused 'no argument "here"'
run_program status --from 2024-01-01; refused '--from is not an option of status'

it "refuses dates that are none, alone, or turned round"
for month in Oct 2026-13 2026-1 2026-10-01; do
	run_program coverage --config "$conf" --month $month; refused "--month: \"$month\" is not a month: expected YYYY-MM"
done
run_program sync --config "$conf" --from 2024-02-30 --to 2024-03-01; refused '--from: .*2024-02-30'
run_program sync --config "$conf" --from 2024-02-01; refused 'belong together'
run_program sync --config "$conf" --from 2024-02-02 --to 2024-02-01; refused '--from is after --to'
run_program sync --config "$conf" --from "$(date -u +%F)" --to 2999-01-01; refused '--from .*nothing is due yet: the last reported day'
run_program sync --config "$conf" --customer 42; refused '--customer: '

it "tells an unknown key with file and line"
line=$(($(wc -l <"$conf") + 1))
echo "colour = blue" >>"$conf"
sync; refused "$conf:$line: .*colour"

it "tells an unknown section"
write_config
line=$(($(wc -l <"$conf") + 1))
printf '[extras]\nx = 1\n' >>"$conf"
sync; refused "$conf:$((line + 1)): .*extras|$conf:$line: .*extras"

it "tells a bad value with file, line and what is expected"
for pair in partner.tenant_id=42 partner.auth=both partner_center.currency=Euro partner_center.max_in_flight=0 \
    partner_center.base_url=http://api.example partner_center.ca_file=ca.pem schedule.time=25:00 schedule.timezone=Mars/Base \
    schedule.catch_up=perhaps schedule.jitter=soon usage.backfill_days=1000 usage.include_customers=all \
    billing.period_start_day=31 log.level=loud; do
	write_config "$pair"
	name=${pair%%=*} name=${name#*.}
	sync
	refused "$conf:$(grep -n "^$name = " "$conf" | cut -d : -f 1): .*$name"
done

it "tells a key that is missing"
for key in partner.tenant_id partner.client_id partner_center.currency partner_center.region; do
	write_config "$key=-"
	sync
	refused "${key#*.}"
	expect_log "$conf"
done

it "tells a file that is not there or can't be read"
run_program sync --config "$place/none.conf"; refused "$place/none.conf.*No such file"
run_program sync --config "$place"; refused "$place"
write_config
if [ "$(id -u)" -eq 0 ]; then
	install -m 0600 "$conf" "$T/secret.conf"
	cp "$daemon" "$T/csp-usaged" && chmod 0755 "$T/csp-usaged"
	setpriv --reuid=nobody --regid=54322 --clear-groups "$T/csp-usaged" sync --config "$T/secret.conf" >"$place/out" 2>"$log"
	code=$?
	refused "$T/secret.conf.*Permission denied"
fi

it "prints the configuration as it takes effect, and takes it back"
write_config schedule.time=06:30 usage.lookback_days=5
run_program config --config "$conf"
expect_code 0
expect_log '^time = 06:30$' "$place/out"
expect_log '^#? ?timezone = CET$' "$place/out"
cp "$place/out" "$place/printed.conf"
run_program config --config "$place/printed.conf"
expect_code 0
expect_equal "printed again" "$(cat "$place/printed.conf")" "$(cat "$place/out")"

it "prints a configuration to fill in, which says what is still wanted, and with that is one"
run_program config --example --config "$T/nowhere.conf"
expect_code 0
cp "$place/out" "$place/example.conf"
run_program config --config "$place/example.conf"
refused tenant_id
sed -i -E -e 's/^(tenant|client)_id =$/&1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a/' -e 's/^currency =$/& EUR/' -e 's/^region =$/& NL/' \
	"$place/example.conf"
run_program config --config "$place/example.conf"
expect_code 0

it "checks a configuration without a word when it is good"
run_program config --test --config "$conf"
expect_code 0
expect_equal "words" "" "$(cat "$place/out" "$log")"
write_config log.level=loud
run_program config --test --config "$conf"
refused level

it "tells a database folder that is not there"
write_config "database.path=$place/nowhere/usage.db"
sync
expect_code 1
expect_log "csp-usaged: .*$place/nowhere"

it "answers status and coverage before the first run, and does not make a database by that"
write_config
run_program status --config "$conf"
[ "$code" -le 1 ] || fail "status ends with $code"
[ ! -e "$db" ] || fail "status made a database"
run_program coverage --config "$conf"
[ "$code" -le 1 ] || fail "coverage ends with $code"
