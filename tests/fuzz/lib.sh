# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of tests/fuzz share. Sourced from the top of the tree.

# The names of all targets, or of those in TARGETS.
fuzz_targets() {
	sed '/^#/d' tests/fuzz/targets | while read -r name rest; do
		case " ${TARGETS:-$name} " in *" $name "*) echo "$name" ;; esac
	done
}

# Field N of a target's line, the rest of the line for the last.
fuzz_field() {
	sed -n "s/^$1 *//p" tests/fuzz/targets | awk -v n="$2" '{ if (n < 3) print $n; else { $1 = $2 = ""; print } }'
}

# The recorded documents that are seeds of a target, and its corpus; what is not there is not named.
fuzz_seeds() {
	for pattern in $(set -f; echo $(fuzz_field "$1" 3)); do
		[ "$pattern" = - ] || find tests/fixtures/samples -name "$pattern" | sort
	done
	[ ! -d "tests/fuzz/corpus/$1" ] || echo "tests/fuzz/corpus/$1"
}
