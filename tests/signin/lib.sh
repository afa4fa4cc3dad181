# SPDX-License-Identifier: MIT
# lib.sh - what the sign-in's cases are written with, beside that of the integration tests: the provider, and the partner that takes
# its tokens.

. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"
. "$here/login.sh"

range="--from 2024-02-28 --to 2024-02-28"
resource=https://api.partnercenter.microsoft.com
certificate_client=3f0a52de-1d0c-4a43-8b3a-0a51f6a7c2b1
public_client=c04e1f6b-5b1e-4f0e-8a55-7be2d1f9ab30
provider_pid=

# new_key NAME SUBJECT [OPTION...]: $T/provider/NAME.key and its certificate
new_key() {
	(umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$2" -keyout "$T/provider/$1.key" -out "$T/provider/$1.pem" \
	    "${@:3}" 2>/dev/null)
	chmod 0644 "$T/provider/$1.pem"
}

provider_is_ready() { [ -s "$T/provider/address" ] || ! kill -0 "$provider_pid" 2>/dev/null; }

# start_provider: at $provider, and an emulator whose Partner Center takes its tokens; $ca_file is good for both
start_provider() {
	mkdir "$T/provider"
	new_key tls localhost -addext subjectAltName=DNS:localhost
	new_key token issuer
	new_key client csp-usaged
	jq -n --arg tenant "$tenant" --arg resource "$resource" --arg secret "$client_secret" --arg one "$client" --arg two "$certificate_client" \
	    --arg three "$public_client" '{$tenant, $resource, $secret, clients: {secret: $one, certificate: $two, public: $three}}' \
	    >"$T/provider/scenario.json"
	node "$PROVIDER" "$T/provider" >"$T/provider.out" 2>&1 &
	provider_pid=$!
	wait_until 30 provider_is_ready || die "the provider does not start"
	[ -s "$T/provider/address" ] || die "the provider does not start:" "$(tail -n 5 "$T/provider.out")"
	provider=$(cat "$T/provider/address")
	start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=5 \
	    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-28 --set partner.token_certificate="$T/provider/token.pem"
	cat "$T/provider/tls.pem" "$ca_file" >"$T/ca.pem"
	ca_file=$T/ca.pem
}

# new_sign_in NAME CLIENT [SECTION.KEY=VALUE...]: a place whose sign-in service is the provider
new_sign_in() { new_place "$1" partner_center.login_url="$provider" partner.client_id="$2" "${@:3}"; }
certificate_files="partner.client_secret_file=- partner.client_certificate_file=$T/provider/client.pem partner.client_key_file=$T/provider/client.key"

# ask_provider WHAT CURL-OPTION...: its endpoint WHAT
ask_provider() { browser "$provider/$tenant/oauth2/v2.0/$1" "${@:2}"; }
play_person() { browser "$provider/play?consent=$1" >/dev/null; }

# expect_signed_in: login ended well, and a run signs in with what it stored
expect_signed_in() {
	end_login
	expect_code 0
	expect_said "Signed in as Billing Service <billing@partner\.example>, tenant $tenant\."
	expect_said 'Multi-factor authentication: yes'
	sync $range
	expect_code 0
	expect_summary status=ok rows_added=5
}
# The provider's own opinion of what it was asked.
expect_untroubled() { expect_equal "errors of the provider" "" "$(grep -m 3 'server error' "$T/provider.out")"; }
