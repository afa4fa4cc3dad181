# SPDX-License-Identifier: MIT
# bash completes what the program knows, and nothing else.
. "$(dirname "$0")/../lib.sh"

. "$here/../../packaging/bash-completion"
compopt() { :; } # it works only while bash completes

# completed WORD...: what is offered for the last of these words, of csp-usaged's line, one a line
completed() {
	COMP_WORDS=("$daemon" "$@") COMP_CWORD=$# COMPREPLY=()
	_csp_usaged
	printf '%s\n' "${COMPREPLY[@]}"
}

it "completes the commands"
expect_equal "commands" "$("$daemon" --help | sed -n '/^Commands:$/,/^$/s/^  \([a-z]*\) .*/\1/p')" "$(completed '')"
expect_equal "of st" status "$(completed st)"
expect_equal "behind a configuration" sync "$(completed --config "$T/x" sy)"
expect_equal "of what is none" "" "$(completed frob)"

it "completes the options of each command"
for command in $(completed ''); do
	expect_equal "of $command" "$("$daemon" "$command" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p')" "$(completed "$command" --)"
done
expect_equal "of sync --f" --from "$(completed sync --f)"
expect_equal "of run --json" "" "$(completed run --json)"

it "completes the codes and events that explain knows"
known=$("$daemon" explain | sed 's/ .*//' | grep -v '\*')
expect_equal "all" "$known" "$(completed explain '')"
expect_equal "of run.d" run.done "$(completed explain run.d)"
expect_at_least "of E-AUTH" 50 "$(completed explain E-AUTH | wc -l)"
for word in $known; do
	"$daemon" explain "$word" >/dev/null || fail "explain does not know $word"
done

it "completes files, and months of the last year, where an option takes one"
touch "$T/some.conf"
expect_equal "a file" "$T/some.conf" "$(completed status --config "$T/so")"
this_month=$(date +%Y-%m)
for words in "close --period" "reopen --period" "coverage --month"; do
	# shellcheck disable=SC2086
	expect_equal "the newest of $words" "$this_month" "$(completed $words '' | head -n 1)"
	# shellcheck disable=SC2086
	expect_equal "different ones of $words" 13 "$(completed $words '' | sort -u | wc -l)"
done
expect_equal "a day, which is not guessed" "" "$(completed sync --from '')"
expect_equal "behind an option without an argument" --config "$(completed status --json --conf)"
