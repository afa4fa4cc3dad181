# SPDX-License-Identifier: MIT
# The manual: mandoc has nothing to say about its pages, and they are installed.
. "$(dirname "$0")/../lib.sh"

root=$here/../..
pages=("$root"/manual/*.[1-8] "$BUILD"/manual/*.[1-8])

it "is in order"
if command -v mandoc >/dev/null; then
	# which other pages are installed here is this machine's affair
	complaints=$(mandoc -T lint "${pages[@]}" 2>&1 | grep -Ev 'referenced manual not found|outdated mandoc.db')
	expect_equal "complaints" "" "$complaints"
else
	skip "there is no mandoc here"
fi

it "is installed"
installed=$(make -C "$root" -n install B="$BUILD" DESTDIR="$T/root" PREFIX=/usr | sed -n '/manual\//p')
( cd "$root" && eval "$installed" ) || fail "it can't be installed"
for page in "${pages[@]}"; do
	cmp -s "$page" "$T/root/usr/share/man/man${page##*.}/$(basename "$page")" || fail "$(basename "$page") is not installed"
done

it "knows every event that the program logs, and every code"
for event in $(grep -rhoE 'log_start\(&[a-z]+, LOG_[A-Z]+, "[a-z.]+"' "$root/lib" | cut -d '"' -f 2 | sort -u) \
    $(grep -oE '^#define EVENT_[A-Z_]+ "[^"]+"' "$root/daemon/events.h" | cut -d '"' -f 2); do
	grep -q "^\.It Sy $event Pq " "$BUILD/manual/csp-usaged-log.7" || fail "csp-usaged-log(7) lacks the event $event"
done
"$daemon" explain >"$T/codes"
expect_equal "codes" "$(grep -cE '^E-' "$T/codes")" "$(grep -c '^\.It Sy E' "$BUILD/manual/csp-usaged-log.7")"
