# SPDX-License-Identifier: MIT
# needs.sh - what a machine to be booted needs of this one, and the folder for it. It is left out where that is not there.

leave_out() {
	echo "boot test: left out: $1" >&2
	[ "${BOOT_TEST:-}" != must ] || exit 1
	exit 0
}

# The cheapest first.
[ "$(id -u)" = 0 ] || leave_out "only root can boot a machine"
commit=$(git -c safe.directory="$PWD" rev-parse -q --verify HEAD 2>/dev/null) || leave_out "this is no git checkout, whose last commit could be packaged"
unshare --mount --pid --net --fork true 2>/dev/null || leave_out "this machine gives no namespaces"
sh packaging/install-packages packaging/boot-packages || :
for tool in debootstrap systemd-nspawn; do
	command -v $tool >/dev/null || leave_out "not on this machine: $tool (packages of packaging/boot-packages)"
done

# What is to be booted, $made, and the packages of the last commit.
packages=build/deb cache=${BOOT_CACHE:-build/boot}
make_packages() {
	local from=${EPOCHREALTIME/./}
	{ make -s setup && sh packaging/install-packages packaging/deb-packages; } || leave_out "the packages can't be built here"
	ls $packages/csp-usaged_*."${commit:0:8}"_*.deb >/dev/null 2>&1 || sh packaging/make-deb $packages >/dev/null
	make_root $packages
	echo "boot test: packages and root are there, after $(seconds_since "$from") s"
}
make_root() {
	made=$(sh tests/boot/make-root "$cache" "$@") || leave_out "no Debian root ($cache/root.log): $(tail -n 1 "$cache/root.log")"
}

# $work goes with what is in it, and with the machine, when the test ends.
clock=
clean_up() {
	[ -z "$clock" ] || kill "$clock" 2>/dev/null || :
	stop_machine
	wait
	[ -n "${KEEP:-}" ] || rm -rf "$work"
}
# In memory where there is plenty: a disk takes longer to copy a root and to delete it than the test takes.
work_in_memory() {
	local free
	free=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
	[ "$free" -gt 8000000 ] && [ "$(df --output=avail /dev/shm | tail -n 1)" -gt 6000000 ] || return 0
	export TMPDIR=/dev/shm
}
make_work() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/csp-boot.XXXXXX") || exit 2
	root=$work/root
	trap clean_up EXIT
	trap '[ $BASHPID != $$ ] || bad "${BASH_SOURCE##*/}, line $LINENO: $BASH_COMMAND"' ERR
	trap 'exit 130' INT TERM
}
