# SPDX-License-Identifier: MIT
# The command line.

has "--help" '^Usage: csp-usaged-emulator' "$("$emulator" --help)"
has "--version" '^csp-usaged-emulator [0-9]' "$("$emulator" --version)"
has "--help-scenario names every section" '\[quirks\]' "$("$emulator" --help-scenario)"
said=$("$emulator" --bogus 2>&1); is "unknown option is exit 2" 2 $?
has "unknown option is named" 'bogus' "$said"
printf '[generate]\nseed = 1\nsede = 2\n' >"$work/bad.ini"
said=$("$emulator" --scenario "$work/bad.ini" 2>&1); is "unknown key is exit 2" 2 $?
has "unknown key: file, line and what is allowed" 'bad.ini:3: .*sede.*allowed: seed' "$said"
printf '[nonsense]\na = 1\n' >"$work/bad.ini"
has "unknown section" 'bad.ini:2: unknown section \[nonsense\]; allowed' "$("$emulator" --scenario "$work/bad.ini" 2>&1)"
has "missing file" 'No such file' "$("$emulator" --scenario "$work/none.ini" 2>&1)"
has "bad value" 'neither yes nor no' "$("$emulator" --set quirks.bom=perhaps 2>&1)"
has "a line too long for the parser is refused" 'longer than' "$(printf '[fault.x]\nbody = %0300d\n' 1 >"$work/bad.ini"; "$emulator" --scenario "$work/bad.ini" 2>&1)"
has "only loopback" 'allow-remote' "$("$emulator" --listen 0.0.0.0 --port 0 2>&1)"
for file in "$here"/scenarios/*.ini; do
	"$emulator" --scenario "$file" --set generate.rows_per_day=3 --totals >"$work/csv" || fail "$file loads"
	passed=$((passed + 1))
done
