#!/bin/bash
# SPDX-License-Identifier: MIT
# selftest.sh - checks that the emulator behaves as it says. Needs bash, curl, jq, gzip, iconv, openssl.
# usage: selftest.sh [EMULATOR [PARTS]]      (default: build/csp-usaged-emulator of this checkout, and all parts; '2*' runs 20 to 29)
# Ends at the first failure with status 1; prints "N passed, 0 failed" at the end.
set -u

here=$(cd "$(dirname "$0")" && pwd)
emulator=${1:-$here/../../build/csp-usaged-emulator}
samples=$here/../fixtures/samples
work=$(mktemp -d)
passed=0
pid=
tenant=1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a
client=7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01
first_token=emulator-refresh-token-0
scope=https://api.partnercenter.microsoft.com/user_impersonation

cleanup() {
	[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	echo "FAILED: $1" >&2
	shift
	[ $# -gt 0 ] && printf '  %s\n' "$@" >&2
	[ -s "$work/err" ] && tail -5 "$work/err" >&2
	echo "$passed passed, 1 failed"
	exit 1
}

# is NAME WANT GOT
is() {
	[ "$2" = "$3" ] || fail "$1" "want: $2" "got:  $3"
	passed=$((passed + 1))
}

# has NAME PATTERN TEXT: an extended regular expression
has() {
	grep -Eq -- "$2" <<<"$3" || fail "$1" "want: $2" "got:  ${3:0:600}"
	passed=$((passed + 1))
}

start() {
	rm -f "$work/ready"
	"$emulator" --port 0 --ready-file "$work/ready" --state-dir "$work/state" --log "$work/log" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	for _ in $(seq 100); do
		[ -s "$work/ready" ] && break
		kill -0 "$pid" 2>/dev/null || fail "start $*" "$(cat "$work/err")"
		sleep 0.05
	done
	base=$(sed -n 's/^base_url=//p' "$work/ready")
	ca=$(sed -n 's/^ca_file=//p' "$work/ready")
	sign_in
}

stop() {
	local before after
	before=$(date +%s%N)
	kill -TERM "$pid"
	wait "$pid"
	is "SIGTERM is a clean end" 0 $?
	after=$(date +%s%N)
	[ $((after - before)) -lt 1500000000 ] || fail "SIGTERM ends within a second" "$(((after - before) / 1000000)) ms"
	pid=
}

web() { curl -sS --max-time 20 --cacert "$ca" "$@"; }
# token FORM...: the whole answer with its status on the last line
token() { web -w '\n%{http_code}' "$base/${path:-$tenant/oauth2/v2.0/token}" "$@"; }
refresh() {
	token -d grant_type=refresh_token -d "client_id=$client" -d client_secret=emulator-secret -d "refresh_token=${1:-$first_token}" \
	    -d "scope=$scope offline_access"
}
sign_in() { access=$(refresh | head -1 | jq -r .access_token); }
api() {
	local path=$1
	shift
	web -H "Authorization: Bearer $access" -H 'Accept: application/json' "$base$path" "$@"
}
# The claims of a JWT on standard input
claims() { jq -R 'split(".")[1] | gsub("-";"+") | gsub("_";"/") | @base64d | fromjson'; }
b64() { base64 -w0 | tr '+/' '-_' | tr -d =; }
# field NAME JSON: a text (up to a comma or bracket in it) or number of a compact document; without jq, which takes its time
field() {
	local form='"'$1'":\[?"?(([^]",\}]|\\.)*)'

	[[ $2 =~ $form ]] && printf %s "${BASH_REMATCH[1]}"
}
# refused NAME STATUS ERROR CODE FORM...: what the token endpoint (or $path) answers
refused() {
	local name=$1 want="$2 $3 $4" said document
	shift 4
	said=$(token "$@")
	document=${said%$'\n'*}
	is "$name" "$want" "${said##*$'\n'} $(field error "$document") $(field error_codes "$document")"
	is_description "$name" "$document"
}
is_description() {
	local form='"error_description":"AADSTS[0-9]+: .*\\r\\nTrace ID: [0-9a-f-]{36}\\r\\nCorrelation ID: [0-9a-f-]{36}\\r\\nTimestamp: [0-9-]{10} [0-9:]{8}Z"'

	[[ $2 =~ $form ]] || fail "$1: description" "$2"
	passed=$((passed + 1))
}
status() {
	local path=$1
	shift
	web -o "$work/body" -D "$work/head" -w '%{http_code}' -H "Authorization: Bearer $access" -H 'Accept: application/json' "$base$path" "$@"
}
# A refusal as "STATUS CODE", CODE null when there is none
refusal() {
	local status code
	status=$(status "$@")
	code=$(field code "$(tr -d '\0' <"$work/body")")
	echo "$status ${code:-null}"
}
scenario() {
	local said
	said=$(printf '%s\n' "$@" | web --data-binary @- "$base/emulator/scenario")
	[ "$said" = merged ] || fail "scenario $*" "$said"
}
afresh() { local said; said=$(printf '%s\n' "$@" | web --data-binary @- "$base/emulator/scenario?afresh=yes"); [ "$said" = merged ] || fail "afresh" "$said"; }
counter() { web "$base/emulator/counters" | jq -r "$1"; }
reset() { web -X POST "$base/emulator/counters/reset" >/dev/null; }

usage() { echo "/v1/customers/${3:-$customer}/subscriptions/$1/utilizations/azure?start_time=$2T00:00:00Z&end_time=${4:-$(day_after "$2")}T00:00:00Z"; }
day_after() { date -u -d "$1 + 1 day" +%F; }
# Follows a usage enumeration to its end; the pages go to files $work/page.N
follow() {
	local uri=$1 n=0 next head=()
	rm -f "$work"/page.*
	while :; do
		n=$((n + 1))
		api "$uri" "${head[@]}" -o "$work/page.$n" --compressed || fail "page $n of $1"
		LC_ALL=C sed -i '1s/^\xef\xbb\xbf//' "$work/page.$n"
		next=$(jq -r '.links.next.uri // empty' "$work/page.$n")
		[ -n "$next" ] || break
		next=/${next#/}
		case $next in /v1/*) ;; *) next=/v1$next ;; esac
		uri=$next
		head=(-H "MS-ContinuationToken: $(jq -r '.links.next.headers[0].value' "$work/page.$n")")
		[ "$n" -lt 2000 ] || fail "an enumeration without end"
	done
	pages=$n
}
items() { for ((i = 1; i <= pages; i++)); do jq -c '.items[]' "$work/page.$i"; done; }

# Compact pages on standard input -> "usage day,meter,exact sum" sorted. Numbers are added as text in parts of 10 digits.
sums() {
	awk -v RS='[{]"usageStartTime":"' '
	NR > 1 {
		match($0, /"quantity":[^,]*/); q = substr($0, RSTART + 11, RLENGTH - 11)
		match($0, /"id":"[^"]*/); key = substr($0, 1, 10) "," tolower(substr($0, RSTART + 6, 36))
		exp10 = 0
		if ((e = index(q, "e")) > 0) { exp10 = substr(q, e + 1) + 0; q = substr(q, 1, e - 1) }
		if ((p = index(q, ".")) == 0) { q = q "."; p = length(q) }
		whole = substr(q, 1, p - 1); frac = substr(q, p + 1)
		while (exp10 < 0) { if (whole == "") whole = "0"; frac = substr(whole, length(whole)) frac; whole = substr(whole, 1, length(whole) - 1); exp10++ }
		frac = substr(frac "00000000000000000000", 1, 20)
		w[key] += whole; a[key] += substr(frac, 1, 10); b[key] += substr(frac, 11, 10)
	}
	END {
		for (k in w) {
			carry = int(b[k] / 1e10); b[k] -= carry * 1e10; a[k] += carry
			carry = int(a[k] / 1e10); a[k] -= carry * 1e10; w[k] += carry
			f = sprintf("%010.0f%010.0f", a[k], b[k]); sub(/0+$/, "", f)
			printf "%s,%.0f%s\n", k, w[k], f == "" ? "" : "." f
		}
	}' | LC_ALL=C sort
}
totals() { web "$base/emulator/totals" | awk -F, -v s="$1" '$2 == s { print $3 "," $4 "," $5 }' | LC_ALL=C sort; }

for part in "$here"/selftest.d/${2:-*}.sh; do
	. "$part"
done
echo "$passed passed, 0 failed"
