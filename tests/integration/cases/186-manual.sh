# SPDX-License-Identifier: MIT
# The manual: mandoc has nothing to say about its pages, they lack nothing, and what they show works.
. "$(dirname "$0")/../lib.sh"

root=$here/../..
pages=("$root"/packaging/manual/*.[1-8] "$BUILD"/manual/*.[1-8])

it "is in order"
if command -v mandoc >/dev/null; then
	# which other pages are installed here is this machine's affair
	complaints=$(mandoc -T lint "${pages[@]}" 2>&1 | grep -Ev 'referenced manual not found|outdated mandoc.db')
	expect_equal "complaints" "" "$complaints"
else
	skip "there is no mandoc here"
fi

it "knows every event that the program logs, and every code"
for event in $(grep -rhoE 'log_start\(&[a-z]+, LOG_[A-Z]+, "[a-z.]+"' "$root"/{lib,daemon} --include='*.c' | cut -d '"' -f 2 | sort -u) \
    $(grep -oE '^#define EVENT_[A-Z_]+ "[^"]+"' "$root/daemon/events.h" | cut -d '"' -f 2); do
	grep -q "^\.It Sy $event Pq " "$BUILD/manual/csp-usaged-log.7" || fail "csp-usaged-log(7) lacks the event $event"
done
"$daemon" explain >"$T/codes"
expect_equal "codes" "$(grep -cE '^E-' "$T/codes")" "$(grep -c '^\.It Sy E' "$BUILD/manual/csp-usaged-log.7")"

it "has every command and option, every key of the configuration, every column, and the emulator's"
page=$BUILD/manual/csp-usaged.8
for command in $("$daemon" --help | sed -n '/^Commands:$/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	grep -q "^\.It Cm $command" "$page" || fail "csp-usaged(8) lacks the command $command"
	"$daemon" "$command" --help | sed -n 's/^  --\([a-z-]*\).*/\1/p' >>"$T/options"
done
for option in $(sort -u "$T/options"); do
	grep -q "^\.It Fl .-${option//-/.*-}" "$page" || fail "csp-usaged(8) lacks the option --$option"
done
keys=$("$daemon" config --example | sed -n 's/^#\?\([a-z_]*\) =.*/\1/p')
expect_equal "keys" "$keys" "$(sed -n 's/^\.It Ic //p' "$BUILD/manual/csp-usaged.conf.5")"
expect_equal "views and columns" "$(sqlite3 :memory: ".read $root/schema/dictionary.sql" \
	'SELECT count(*) + count(DISTINCT view_name) FROM data_dictionary')" \
	"$(sed -n '/^\.Sh COLUMNS/,/^\.Sh FILES/p' "$BUILD/manual/csp-usaged-database.7" | grep -cE '^\.(Ss|It Li) ')"
for view in $(sqlite3 :memory: ".read $root/schema/dictionary.sql" 'SELECT DISTINCT view_name FROM data_dictionary'); do
	grep -q "^\.It Sx $view$" "$BUILD/manual/csp-usaged-database.7" || fail "csp-usaged-database(7) does not say what $view is"
done
expect_equal "keys of a scenario" "$("$BUILD/csp-usaged-emulator" --help-scenario | grep -cE '^[a-z_]+ =')" \
	"$(grep -cE '^\.It Ic ' "$BUILD/manual/csp-usaged-emulator.1")"

it "asks nothing that the database does not answer, and csp-usage-sql changes nothing"
start_emulator - --set generate.customers=1 --set generate.subscriptions=1 --set generate.rows_per_day=2 --set generate.days=3
new_place asked usage.backfill_days=3
sync
expect_code 0
sql_of() { awk -v name="$1" '$0 == ".\\\" sql: " name { here = 1 } /^\.Ed/ { here = 0 } here && !/^\./' "$2" | sed -e "s/\\\\(aq/'/g" -e 's/\\-/-/g'; }
ask() { CSP_USAGE_DB=$db sh "$root/packaging/csp-usage-sql" -bail "$@"; }
names=$(sed -n 's/^\.\\" sql: //p' "$root/packaging/manual/csp-usaged-database.7.in")
[ -n "$names" ] || fail "no query is found in csp-usaged-database(7)"
for name in $names; do
	sql_of "$name" "$root/packaging/manual/csp-usaged-database.7.in" >"$T/$name.sql"
	[ -s "$T/$name.sql" ] && ask <"$T/$name.sql" >"$T/said" 2>&1 || fail "its query $name fails: $(cat "$T/said")"
done
expect_equal "the answer" "$(query 'SELECT count(*) FROM purchases')" "$(ask 'SELECT count(*) FROM purchases')"
ask 'DELETE FROM usage_fact' >"$T/said" 2>&1 && fail "csp-usage-sql can write"
grep -q readonly "$T/said" || fail "csp-usage-sql does not say why it can't write: $(cat "$T/said")"
