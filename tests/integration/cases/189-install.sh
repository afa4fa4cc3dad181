# SPDX-License-Identifier: MIT
# `make install` puts everything where other distributions want it, and `make uninstall` takes it away, but no configuration.
. "$(dirname "$0")/../lib.sh"

root=$here/../..
# make_it TARGET PREFIX: what the build is made of is not looked at again
make_it() { make -C "$root" --no-print-directory -o programs B="$BUILD" "$1" PREFIX="$2" DESTDIR="$T/root" >"$T/said" 2>&1 || fail "$(cat "$T/said")"; }
files() { (cd "$T/root" && find . -type f -printf '%m %P\n') | LC_ALL=C sort -k 2; }
wanted() { # PREFIX, without the / at its beginning
	local page
	LC_ALL=C sort -k 2 <<END
644 etc/csp-usaged/csp-usaged.conf.example
755 $1/bin/csp-usage-sql
755 $1/bin/csp-usaged
755 $1/bin/csp-usaged-emulator
755 $1/lib/nagios/plugins/check_csp_usaged
644 $1/lib/systemd/system/csp-usaged.service
644 $1/lib/systemd/system/csp-usaged@.service
644 $1/lib/sysusers.d/csp-usaged.conf
644 $1/lib/tmpfiles.d/csp-usaged.conf
644 $1/share/bash-completion/completions/csp-usaged
755 $1/share/csp-usaged/csp-usaged-metrics
644 $1/share/csp-usaged/invariants.sql
644 $1/share/csp-usaged-emulator/scenarios/demo.ini
644 $1/share/csp-usaged-emulator/scenarios/quirks.ini
644 $1/share/csp-usaged-emulator/try/client-secret
644 $1/share/csp-usaged-emulator/try/csp-usaged.conf
$(for page in "$root"/packaging/manual/*; do page=$(basename "$page" .in); echo "644 $1/share/man/man${page##*.}/$page"; done)
END
}

it "installs all of it below /usr, as it was built"
make_it install /usr
expect_equal "files" "$(wanted usr)" "$(files)"
for file in "$BUILD"/csp-usaged "$BUILD"/csp-usaged-emulator "$root"/systemd/csp-usaged.service "$BUILD"/manual/*.[1-8] "$root"/packaging/manual/*.[1-8]; do
	cmp -s "$file" "$(find "$T/root/usr" -type f -name "$(basename "$file")" ! -path '*/completions/*')" || fail "$(basename "$file") is another one"
done

it "takes it away again, and leaves the configuration"
echo '[partner]' >"$T/root/etc/csp-usaged/csp-usaged.conf"
make_it uninstall /usr
expect_equal "files" "644 etc/csp-usaged/csp-usaged.conf" "$(files)"
rm "$T/root/etc/csp-usaged/csp-usaged.conf"
make_it uninstall /usr
expect_equal "folders of its own" "" "$(find "$T/root" -name 'csp-usage*')"

it "names the paths below another prefix, wherever one stands"
make_it install /opt/csp
expect_equal "files" "$(wanted opt/csp)" "$(files)"
for unit in csp-usaged csp-usaged@; do
	grep -q '^ExecStart=/opt/csp/bin/csp-usaged run' "$T/root/opt/csp/lib/systemd/system/$unit.service" || fail "$unit.service does not start the program"
done
expect_equal "paths of /usr" "" "$(grep -rIoE '/usr/(bin|lib|share)/[a-z-]*csp[^ ]*|/usr/lib/nagios' "$T/root/opt/csp")"
# the scripts find each other by PATH
expect_equal "a query" 1 "$(CSP_USAGE_DB=:memory: sh "$T/root/opt/csp/bin/csp-usage-sql" 'SELECT 1')"
man=$T/root/opt/csp/share/man/man8/csp-usaged.8
grep -q '/opt/csp/lib/nagios/plugins/check_csp_usaged' "$man" || fail "the manual names another plugin"
