# SPDX-License-Identifier: MIT
# The manual: mandoc has nothing to say about its pages, and they are installed.
. "$(dirname "$0")/../lib.sh"

root=$here/../..

it "is in order"
if command -v mandoc >/dev/null; then
	# which other pages are installed here is this machine's affair
	complaints=$(mandoc -T lint "$root"/manual/*.[1-8] 2>&1 | grep -Ev 'referenced manual not found|outdated mandoc.db')
	expect_equal "complaints" "" "$complaints"
else
	skip "there is no mandoc here"
fi

it "is installed"
installed=$(make -C "$root" -n install DESTDIR="$T/root" PREFIX=/usr | sed -n '/manual\//p')
( cd "$root" && eval "$installed" ) || fail "it can't be installed"
for page in "$root"/manual/*.[1-8]; do
	cmp -s "$page" "$T/root/usr/share/man/man${page##*.}/$(basename "$page")" || fail "$(basename "$page") is not installed"
done
