# SPDX-License-Identifier: MIT
# No secret and no token stands in a log, in the database, in the arguments or in the environment.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=10 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-29 --set page.usage_size=5
range="--from 2024-02-28 --to 2024-02-29"
client_secret_encoded=$(jq -rn --arg s "$client_secret" '$s | @uri')
: >"$T/secrets"
: >"$T/process"

# Everything that was ever secret, a line each; tokens of the service are JWTs, which all begin alike.
note_secrets() {
	stored_token >>"$T/secrets"
}
printf '%s\n' "$client_secret" "$client_secret_encoded" "$first_refresh_token" >>"$T/secrets"

it "runs, fails and is refused in every way at level debug"
new_place here
start_program sync $range
{ tr '\0' '\n' <"/proc/$pid/cmdline"; tr '\0' '\n' <"/proc/$pid/environ"; } >>"$T/process" 2>/dev/null
end_program
expect_code 0
cat "$log" >>"$T/logs"
for lines in '[fault.f]|action = expire_token|nth = 4' '[fault.f]|match = utilization|action = status:401|times = 0' \
    '[fault.f]|match = token|action = garbage' '[fault.f]|match = token|action = status:400|times = 0' \
    '[partner]|sign_in = 700082' '[partner]|mfa = no' '[fault.f]|match = utilization|action = redirect:https://elsewhere.example/?a=b' \
    '[fault.f]|match = token|action = no_refresh_token' '[fault.f]|match = utilization|action = next_other_host' '[quirks]|token_numbers = string'; do
	mapfile -t scenario < <(tr '|' '\n' <<<"$lines")
	play_scenario "${scenario[@]}"
	sync $range
	cat "$log" "$place/out" >>"$T/logs"
	note_secrets
done
play_scenario
echo "emulator-secret-that-is-wrong" | tee -a "$T/secrets" >"$place/secret"
sync $range
cat "$log" >>"$T/logs"
run_program check --config "$conf"
cat "$log" "$place/out" >>"$T/logs"
echo "$client_secret" >"$place/secret"
for command in config status "status --json" coverage check "check --json"; do
	run_program $command --config "$conf"
	cat "$log" "$place/out" >>"$T/logs"
done
expect_at_least "log lines looked at" 200 "$(wc -l <"$T/logs")"
expect_at_least "secrets looked for" 10 "$(sort -u "$T/secrets" | wc -l)"

# expect_clean WHAT FILE...: none of the secrets, no token, no header that carries one
expect_clean() {
	local found
	found=$(grep -aFof <(sort -u "$T/secrets") "${@:2}" | head -n 3)
	expect_equal "secrets in $1" "" "$found"
	found=$(grep -aoE 'eyJ[A-Za-z0-9_-]{10,}|Bearer +[^ ]{8,}|(client_secret|refresh_token|access_token)=[^ ]{4,}' "${@:2}" | head -n 3)
	expect_equal "tokens in $1" "" "$found"
}

it "keeps them out of the log"
expect_clean "the log" "$T/logs"

it "keeps them out of the database and its copy"
expect_clean "the database" "$db" "$db-wal" "$published"

it "keeps them out of arguments and environment"
expect_at_least "words looked at" 4 "$(wc -l <"$T/process")"
expect_clean "the process" "$T/process"

it "keeps them out of addresses: not one request line of the service has any"
expect_clean "the request lines" "$T/emulator.log"

it "leaves no temporary file with a token"
expect_equal "files" "refresh-token" "$(ls -A "$place/private")"
