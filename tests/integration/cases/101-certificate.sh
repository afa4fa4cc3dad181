# SPDX-License-Identifier: MIT
# Signing in with a certificate in place of a secret.
. "$(dirname "$0")/../lib.sh"

range="--from 2024-02-28 --to 2024-02-28"
make_certificate() {
	(umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=csp-usaged -keyout "$1.key" -out "$1.pem" 2>/dev/null)
	chmod 0644 "$1.pem"
}
make_certificate "$T/ours"
make_certificate "$T/other"
start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=5 \
    --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-28 --set partner.certificate="$T/ours.pem"
files() { echo "partner.client_secret_file=- partner.client_certificate_file=$T/$1.pem partner.client_key_file=$T/$2.key"; }

it "signs in with a certificate, as a user and as the application, by either algorithm"
for auth in user app; do
	for algorithm in PS256 RS256; do
		new_place $auth-$algorithm $(files ours ours) partner.auth=$auth partner.client_assertion=$algorithm
		sync $range
		expect_code 0
		expect_summary status=ok rows_added=5
	done
done

it "signs in with a certificate from systemd's credentials"
mkdir -m 0700 "$T/credentials"
cp "$T/ours.pem" "$T/credentials/client_certificate"
cp "$T/ours.key" "$T/credentials/client_key"
new_place credentials partner.client_secret_file=-
export CREDENTIALS_DIRECTORY=$T/credentials
sync $range
unset CREDENTIALS_DIRECTORY
expect_code 0

# refused CODE ERE: a person is needed, and is told
refused() {
	expect_code 4
	expect_log "event=run.done .*status=failed .*code=$1 .*remedy=\"[^\"]*($2)"
}

it "says what to do when the certificate was not uploaded"
new_place stranger $(files other other)
sync $range
refused E-AUTH-700027 "upload the certificate"

it "says what to do when the key is another one's, or can be read by others"
new_place mixed $(files ours other)
sync $range
refused E-CERT-KEY "certificate and the key"
expect_equal "requests for a token" 0 "$(grep -c 'what=token' "$log")"
chmod 0644 "$T/other.key"
new_place loose $(files other other)
sync $range
refused E-SECRET-MODE chmod

it "says what to do when the certificate has expired"
new_place expired $(files ours ours)
run_program_at() { faketime -f '+60d' "$daemon" sync --config "$conf" $range >"$place/out" 2>"$log" </dev/null; code=$?; }
if under_asan; then
	skip "faketime and the sanitizers don't go together"
else
	run_program_at
	refused E-CERT-EXPIRED "new certificate"
fi

it "keeps the key out of the log"
expect_equal "lines of a key" "" "$(grep -hF -f <(grep -v ^--- "$T/ours.key") "$T"/*/log)"
