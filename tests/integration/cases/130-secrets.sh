# SPDX-License-Identifier: MIT
# long
# Every command, and every fault of the sign-in, with canaries for secrets: none of them stands in what is said, in the log at level
# debug, in a file but the ones that are for it, in the database and its copy, in an address, or in what can be seen of the process.
. "$(dirname "$0")/../lib.sh"
. "$here/login.sh"

client_secret='canary+secret/of~the=application 0123456789'
(umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 300 -subj /CN=canary -keyout "$T/key.pem" -out "$T/certificate.pem" 2>/dev/null
openssl rand -hex 32 >"$T/token-key")
start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=10 --set page.usage_size=5 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-29 --set "partner.client_secret=$client_secret" \
    --set partner.refresh_token=canary-refresh-token-0 --set partner.certificate="$T/certificate.pem"
range="--from 2024-02-28 --to 2024-02-29"
certificate="partner.client_secret_file=- partner.client_certificate_file=$T/certificate.pem partner.client_key_file=$T/key.pem"

# What it writes elsewhere than where it should is found, too.
export HOME=$T/home TMPDIR=$T/tmp
mkdir "$HOME" "$TMPDIR" "$T/said"
: >"$T/said/process"

# -- the secrets ---------------------------------------------------------------------------------------------------------------------

# All refresh tokens and codes of the emulator begin with 1.AXEA.; those that are stored are looked for whole.
printf '%s\n' "$client_secret" another-wrong-secret "$first_refresh_token" "pem:$T/key.pem" "$(cat "$T/token-key")" 1.AXEA. >"$T/secrets"
note_secrets() { [ "$(stat -c %s "$place/private/refresh-token")" -lt 9 ] || stored_token | grep -v '^null$' >>"$T/secrets"; }
# Of what is never stored: access and id tokens, which begin alike, and fields of a form.
patterns='eyJ[A-Za-z0-9_-]{10,}|ZXlK[A-Za-z0-9_-]{10,}|Bearer +[^ ]{8,}'
patterns="$patterns|(client_secret|client_assertion|refresh_token|access_token|id_token|code_verifier|device_code)=[^ ]{4,}"

# expect_clean WHAT FILE...: none of the secrets in any form, no token
expect_clean() {
	expect_equal "secrets in $1" "" "$(python3 "$here/find-secrets" <(sort -u "$T/secrets") "${@:2}" | cut -c 1-200 | head -n 5)"
	expect_equal "tokens in $1" "" "$(grep -aoE "$patterns" "${@:2}" | head -n 3)"
}

# -- trying -------------------------------------------------------------------------------------------------------------------------

# see PID: keeps what others see of that process
see() { tr '\0' '\n' <"/proc/$1/cmdline"; tr '\0' '\n' <"/proc/$1/environ"; }
is_ours() { is_gone || [ "$(cat "/proc/$pid/comm")" = csp-usaged ]; }
# look: at $pid and its children; counts how often something was seen
seen=0
look() {
	local process
	wait_until 5 is_ours
	for process in $pid $(cat "/proc/$pid/task"/*/children); do
		see "$process"
	done >>"$T/said/process"
	grep -q . "/proc/$pid/comm" && seen=$((seen + 1))
} 2>/dev/null

tried=0
keep() {
	cat "$log" "$place/out" >>"$T/said/out"
	note_secrets
	tried=$((tried + 1))
}
# try ARGUMENT...: a command, to its end
try() {
	start_program "$@"
	for _ in {1..600}; do
		look
		is_gone && break
		sleep 0.1
	done
	end_program
	keep
}
# log_in [--device]: with whatever comes of it; curl is the browser and the person on the other device
log_in() {
	start_login "$@"
	look
	if [ $# -eq 0 ]; then browse; else ask_emulator device/approve -X POST >/dev/null; fi
	end_login
	keep
}
# play FAULT: lines of a scenario, with | between them
play() {
	local lines
	mapfile -t lines < <(tr '|' '\n' <<<"$1")
	play_scenario "${lines[@]}"
}

it "tries every command"
new_place here
try sync $range
expect_code 0
reference=$(query "SELECT purchase_reference FROM purchases LIMIT 1")
try explain "$reference"
expect_code 0
for command in config "config --test" "config --example" status "status --json" "coverage --month 2024-02" check "check --json" "explain E-AUTH-700082" \
    "close --period 2024-02 --incomplete --reason canary" "reopen --reason canary" --help --version; do
	try $command
	[ $code -ne 2 ] || fail "$command is not taken"
done
start_program run
look
wait_for_log 60 'event=run.done'
look
kill -TERM "$pid"
end_program
keep

faults='[fault.f]|match = token|action = garbage
[fault.f]|match = token|action = status:400|times = 0
[fault.f]|match = token|action = status:503|times = 1
[fault.f]|match = token|action = no_refresh_token
[fault.f]|match = token|action = redirect:https://elsewhere.example/?a=b
[quirks]|token_numbers = string
[partner]|sign_in = 700082
[partner]|sign_in = 7000215
[partner]|mfa = no'
it "runs and is refused in every way"
while read -r fault; do
	play "$fault"
	try sync $range
done <<<"$faults
[fault.f]|action = expire_token|nth = 4
[fault.f]|match = utilization|action = status:401|times = 0
[fault.f]|match = utilization|action = redirect:https://elsewhere.example/?a=b
[fault.f]|match = utilization|action = next_other_host"
play_scenario '[partner]' 'sign_in = 700082'
try check
for damaged in '{"csp_usaged_consent":1,' "$(printf 'a\nb')"; do
	note_secrets
	echo "$damaged" >"$place/private/refresh-token"
	try sync $range
	try status
done

it "signs a person in, and fails to, in every way"
new_place login
while read -r fault; do
	play "$fault"
	log_in
	play "$fault|[device]|interval = 1"
	log_in --device
done <<<"$faults
[login]|answer = access_denied
[login]|account = personal
[login]|account = other_tenant
[fault.f]|match = customers|times = 0|action = status:403
[partner]|mfa = yes"
play '[device]|interval = 1'
start_login
look
paste "http://localhost/?code=1.AXEA.canary-of-another-sign-in&state=AAAA"
wait_until 10 says 'not the address' || fail "it takes any address"
paste "$(redirect)"
end_login
expect_code 0
keep
for end in decline expire; do
	start_login --device
	ask_emulator device/$end -X POST >/dev/null
	end_login
	keep
done
start_login
kill -INT "$pid"
end_login
keep

it "proves itself with a wrong secret, by a certificate, and with a sealed consent"
play_scenario
echo another-wrong-secret >"$place/secret"
try sync $range
try check
log_in
new_place certificate $certificate partner.token_key_file="$T/token-key"
try sync $range
expect_code 0
log_in
expect_code 0
try check
play_scenario '[partner]' 'sign_in = 700027'
try sync $range
log_in

# -- looking ------------------------------------------------------------------------------------------------------------------------

it "has tried enough to be worth a look"
expect_at_least "commands" 70 "$tried"
expect_at_least "looks at processes" 60 "$seen"
expect_at_least "lines said" 1000 "$(wc -l <"$T/said/out")"
expect_at_least "secrets looked for" 20 "$(sort -u "$T/secrets" | wc -l)"
expect_at_least "words of processes" 200 "$(wc -l <"$T/said/process")"

it "keeps them out of the log and out of what it says, level debug or not"
expect_clean "what was said" "$T/said/out"

it "keeps them out of arguments and environment"
expect_clean "the processes" "$T/said/process"

it "keeps them out of addresses: not one request line of the service has any"
expect_clean "the request lines" "$T/emulator.log"

# Every file but those that are for secrets, the emulator's own, and this case's lists.
mapfile -d '' -t files < <(find "$T" -type f ! -path '*/private/refresh-token' ! -path '*/before' ! -path "$T/*/secret" ! -path "$T/token-key" \
    ! -path "$T/key.pem" ! -path "$T/emulator/*" ! -path "$T/emulator.out" ! -path "$T/ready" ! -path "$T/secrets" -print0)
it "keeps them out of every file, with the databases and their copies among them"
expect_equal "databases and copies looked at" 4 "$(printf '%s\n' "${files[@]}" | grep -cE '/(here|certificate)/(database|published)/usage\.db$')"
expect_clean "files" "${files[@]}"

it "writes nothing elsewhere, and leaves no temporary file with a token"
expect_equal "files in its user's folder and in that for temporary ones" "" "$(ls -A "$HOME" "$TMPDIR" | grep -v '^/.*:$' | tr -d '\n')"
for place in "$T/here" "$T/login" "$T/certificate"; do
	expect_equal "files" refresh-token "$(ls -A "$place/private")"
done

# -- and would be found ---------------------------------------------------------------------------------------------------------------

it "would find each of them, in each form, wherever it stood"
mkdir "$T/planted"
planted=0
while IFS= read -r secret; do
	case $secret in pem:*) secret=$(sed -n 15p "${secret#pem:}") ;; esac
	[ ${#secret} -gt 16 ] || continue
	printf 'x%sx' "$secret" >"$T/planted/raw"
	jq -rn --arg s "$secret" '"a=" + ($s | @uri) + "&"' >"$T/planted/url"
	sed 's/%20/+/g' "$T/planted/url" >"$T/planted/form"
	for before in '' x xx; do
		printf '%s%s;' "$before" "$secret" | base64 -w0 >"$T/planted/base64-$before"
		printf '%s%s;' "$before" "$secret" | basenc --base64url -w0 >"$T/planted/base64url-$before"
	done
	sqlite3 "$T/planted/db" "CREATE TABLE IF NOT EXISTS t (x); DELETE FROM t; INSERT INTO t VALUES ('$secret')"
	found=$(python3 "$here/find-secrets" <(sort -u "$T/secrets") "$T/planted"/* | sed 's/.* //' | sort -u)
	expect_equal "where $secret is found" "$(ls -d "$T/planted"/*)" "$found"
	planted=$((planted + $(wc -l <<<"$found")))
done < <(printf '%s\n' "$client_secret" "$first_refresh_token" "$(cat "$T/token-key")" "pem:$T/key.pem" "$(tail -n 1 "$T/secrets")")
expect_equal "planted" 50 "$planted"
CANARY=$client_secret bash -c 'sleep 2; :' "$first_refresh_token" &
pid=$!
seen_there() { see "$pid" >"$T/planted/process" && grep -q '^CANARY=' "$T/planted/process" && grep -q '^sleep 2' "$T/planted/process"; }
wait_until 5 seen_there
expect_equal "secrets found in environment and arguments" 2 "$(python3 "$here/find-secrets" "$T/secrets" "$T/planted/process" | grep -c ' raw ')"
