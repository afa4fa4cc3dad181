# SPDX-License-Identifier: MIT
# csp-usaged: build, check, demo. `make help` lists the targets.
#
# MODE=release (default) builds into build/, MODE=asan into build/asan/ with AddressSanitizer and UBSan.
# WERROR=1 makes warnings errors (CI does). V=1 shows the commands.

VERSION := 0.1.0
MODE ?= release
CC ?= cc
B := build$(if $(filter-out release,$(MODE)),/$(MODE))

PACKAGES := libuv libcurl jansson sqlite3 libcrypto inih zlib
TEST_PACKAGES := cmocka
EMULATOR_PACKAGES := libmicrohttpd jansson inih libcrypto zlib gnutls

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
	-Wno-overlength-strings
# flags that not every compiler knows: taken when it does (clang 14 wants another word for the first)
known = $(shell $(CC) -Werror $(1) -x c -c -o /dev/null /dev/null 2>/dev/null && echo $(1))
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE -D_FORTIFY_SOURCE=2 \
	$(call known,-ftrivial-auto-var-init=zero)
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

CFLAGS ?= -O2 -g
ifeq ($(MODE),asan)
CFLAGS := -O1 -g $(SANITIZE)
HARDENING := -fPIE
LINK_HARDENING := -pie $(SANITIZE)
endif
# for tests/fuzz, by clang: like asan, with libFuzzer's counters in the program
ifeq ($(MODE),fuzz)
CC := clang
CFLAGS := -O2 -g $(SANITIZE)
HARDENING := -fPIE
LINK_HARDENING := -pie $(SANITIZE)
endif
COMMON := -std=c11 -D_GNU_SOURCE -DPROGRAM_VERSION='"$(VERSION)"' $(WARNINGS) $(if $(WERROR),-Werror) $(HARDENING) -MMD -MP
LIB_CFLAGS = $(COMMON) -Ilib -I. -include lib/base/banned.h $(shell pkg-config --cflags $(PACKAGES))
LIBS = $(shell pkg-config --libs $(PACKAGES))

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)';)

LIB_SOURCES := $(sort $(wildcard lib/*/*.c))
DAEMON_SOURCES := $(sort $(wildcard daemon/*.c))
EMULATOR_SOURCES := $(sort $(wildcard tests/emulator/*.c))
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
BOOKS_SOURCES := $(sort $(wildcard tests/books/*.c))
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/*.c))
BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
SUPPORT_SOURCES := $(sort $(wildcard tests/support/*.c))
SCHEMA := $(sort $(wildcard schema/*.sql))

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(B)/obj/%.o) $(B)/obj/schema.o $(B)/obj/invariants.o
DAEMON_OBJECTS := $(DAEMON_SOURCES:%.c=$(B)/obj/%.o)
EMULATOR_OBJECTS := $(EMULATOR_SOURCES:%.c=$(B)/obj/%.o)
SUPPORT_OBJECTS := $(SUPPORT_SOURCES:%.c=$(B)/obj/%.o)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(B)/unit/%)
BOOKS_OBJECTS := $(BOOKS_SOURCES:%.c=$(B)/obj/%.o)
ifeq ($(MODE),fuzz)
$(LIB_OBJECTS) $(DAEMON_OBJECTS): CFLAGS += -fsanitize=fuzzer-no-link
endif
FUZZ_PROGRAMS := $(patsubst tests/fuzz/fuzz_%.c,$(B)/fuzz/%,$(filter tests/fuzz/fuzz_%.c,$(FUZZ_SOURCES)))
# what targets share; the program around them is libFuzzer, or one that only replays
FUZZ_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(filter-out tests/fuzz/fuzz_%.c $(if $(filter fuzz,$(MODE)),%/replay.c),$(FUZZ_SOURCES)))
BENCH_OBJECTS := $(BENCH_SOURCES:%.c=$(B)/obj/%.o)
PAGES := $(patsubst packaging/manual/%.in,$(B)/manual/%,$(sort $(wildcard packaging/manual/*.in)))
LISTS := $(addprefix $(B)/manual/lists/,events codes commands options keys columns emulator-options scenario)

.PHONY: all programs units fuzzers
.SECONDARY:
all: programs
programs: $(B)/csp-usaged $(B)/csp-usaged-emulator $(PAGES) $(B)/csp-usaged.conf.example $(B)/systemd/csp-usaged@.service
fuzzers: $(FUZZ_PROGRAMS)
units: $(UNIT_PROGRAMS) $(B)/kill-at $(B)/bench/stages

$(B)/csp-usaged: $(DAEMON_OBJECTS) $(B)/libcsp.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/csp-usaged-emulator: $(EMULATOR_OBJECTS)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(EMULATOR_PACKAGES)) -lpthread

$(B)/libcsp.a: $(LIB_OBJECTS)
	$(call say,AR,$@)rm -f $@; ar rcs $@ $^

# what the unit tests of daemon/ take from it; a test that includes a file takes that file's own copy
$(B)/libdaemon.a: $(filter-out %/main.o,$(DAEMON_OBJECTS))
	$(call say,AR,$@)rm -f $@; ar rcs $@ $^

$(B)/unit/%: $(B)/obj/tests/unit/%.o $(SUPPORT_OBJECTS) $(B)/libdaemon.a $(B)/libcsp.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(LIBS) $(shell pkg-config --libs $(TEST_PACKAGES))

# what kills the program at a system call, for the integration tests
$(B)/kill-at: tests/integration/kill_at.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(COMMON) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $<

$(B)/books/histories: $(BOOKS_OBJECTS) $(B)/libcsp.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/fuzz/%: $(B)/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJECTS) $(SUPPORT_OBJECTS) $(B)/libdaemon.a $(B)/libcsp.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/bench/stages: $(BENCH_OBJECTS) $(B)/libcsp.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/obj/tests/emulator/%.o: tests/emulator/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(COMMON) $(CFLAGS) -Itests/emulator $(shell pkg-config --cflags $(EMULATOR_PACKAGES)) -c -o $@ $<

$(B)/obj/tests/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(COMMON) -Ilib -I. $(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS) -c -o $@ $<

$(B)/obj/tests/books/%.o: tests/books/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(COMMON) -Ilib -I. $(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS) -c -o $@ $<

$(B)/obj/tests/bench/%.o: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(COMMON) -Ilib -I. $(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS) -c -o $@ $<

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(LIB_CFLAGS) $(CFLAGS) -c -o $@ $<

# the manual's pages with lists from the program's own tables
$(B)/manual/%: packaging/manual/%.in packaging/make-page $(LISTS)
	$(call say,GEN,$@)sh packaging/make-page $< $(B)/manual/lists > $@.tmp && mv $@.tmp $@

# explain's table of events, from the lines that the manual's is made from
$(B)/gen/event_rows.h: daemon/events.h packaging/manual-list
	$(call list,sh packaging/manual-list event-table $<)
$(B)/obj/daemon/explain_event.o: $(B)/gen/event_rows.h
$(B)/obj/daemon/explain_event.o: LIB_CFLAGS += -I$(B)/gen

list = @mkdir -p $(@D) && $(1) > $@.tmp && mv $@.tmp $@
$(B)/manual/lists/events: daemon/events.h packaging/manual-list
	$(call list,sh packaging/manual-list $(@F) $<)
$(B)/manual/lists/columns: schema/dictionary.sql packaging/manual-list
	$(call list,sh packaging/manual-list $(@F) $<)
$(B)/manual/lists/commands $(B)/manual/lists/options $(B)/manual/lists/keys: $(B)/csp-usaged packaging/manual-list
	$(call list,sh packaging/manual-list $(@F) $<)
$(B)/manual/lists/emulator-options $(B)/manual/lists/scenario: $(B)/csp-usaged-emulator packaging/manual-list
	$(call list,sh packaging/manual-list $(@F) $<)
$(B)/manual/lists/codes: $(B)/csp-usaged
	$(call list,$< explain --mdoc)

# every key with its meaning and its default
$(B)/csp-usaged.conf.example: $(B)/csp-usaged
	$(call list,$< config --example)

$(B)/systemd/csp-usaged@.service: systemd/csp-usaged.service packaging/make-instance-unit
	$(call list,sh packaging/make-instance-unit $<)

# schema/*.sql as C strings, in the order of their names
$(B)/gen/schema.c: $(SCHEMA) packaging/embed-schema
	@mkdir -p $(@D)
	$(call say,GEN,$@)sh packaging/embed-schema schema $(SCHEMA) > $@.tmp && mv $@.tmp $@

$(B)/gen/invariants.c: packaging/invariants.sql packaging/embed-schema
	@mkdir -p $(@D)
	$(call say,GEN,$@)sh packaging/embed-schema invariants $< > $@.tmp && mv $@.tmp $@

$(B)/obj/schema.o $(B)/obj/invariants.o: $(B)/obj/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(LIB_CFLAGS) $(CFLAGS) -c -o $@ $<

-include $(wildcard $(B)/*.d) $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# -- set-up on a fresh machine --------------------------------------------------------------------------------------------------

.PHONY: setup
setup:
	@sh packaging/install-packages packaging/build-packages

# The compiler's and the libraries' packages must be there before this file can ask pkg-config about them: so these two start anew.
.PHONY: demo check
demo: setup
	@$(MAKE) --no-print-directory programs
	@sh tests/demo $(B)

# Tools that a single test wants: where one can't be had, that test says so, and this is no reason to fail but in CI.
check: setup
	@sh packaging/install-packages packaging/check-packages || :
	@$(MAKE) --no-print-directory check-all WERROR=1

# -- tests ------------------------------------------------------------------------------------------------------------------------

.PHONY: check-all check-unit check-books check-fuzz fuzz fuzz-minimise check-integration check-emulator check-signin check-asan layers size spdx schema-check asan analyze compilers debian13
check-all: layers size spdx programs units analyze
	@$(MAKE) --no-print-directory check-unit
	@$(MAKE) --no-print-directory check-books
	@$(MAKE) --no-print-directory check-integration
	@$(MAKE) --no-print-directory check-emulator
	@$(MAKE) --no-print-directory check-signin
	@$(MAKE) --no-print-directory MODE=asan check-unit check-integration
	@$(MAKE) --no-print-directory MODE=asan check-books HISTORIES=25
	@$(MAKE) --no-print-directory MODE=asan check-fuzz
	@sh tests/summary build/results

check-unit: units
	@sh tests/unit/run $(B)

check-books: $(B)/books/histories
	@sh tests/books/run $(B) $(HISTORIES)

# every seed through every target, by whatever compiler; only MODE=asan sees what is wrong with the memory
check-fuzz: fuzzers
	@sh tests/fuzz/seeds $(B)

# each target for a while, by clang's libFuzzer; TARGETS="usage rates" takes only these
FUZZ_SECONDS ?= 60
fuzz:
	@sh packaging/install-packages packaging/fuzz-packages
	@$(MAKE) --no-print-directory MODE=fuzz fuzzers
	@sh tests/fuzz/run build/fuzz $(FUZZ_SECONDS)

# what fuzz has found into tests/fuzz/corpus, as few inputs as will do
fuzz-minimise:
	@$(MAKE) --no-print-directory MODE=fuzz fuzzers
	@sh tests/fuzz/minimise build/fuzz

check-integration: programs $(B)/kill-at
	@sh tests/integration/run $(B)

check-emulator: $(B)/csp-usaged-emulator
	@echo "the emulator's self test: $$(bash tests/emulator/selftest.sh $(B)/csp-usaged-emulator | tail -n 1)" | tee build/emulator.log
	@grep -q ' 0 failed$$' build/emulator.log

check-signin: programs
	@sh packaging/install-packages packaging/check-packages || :
	@sh tests/signin/run $(B)

# What the goals say beside what this machine measures: build/bench/table.txt. QUICK=1: a tenth of the records. A Python with orjson is taken
# where there is one (Debian has it from 13 on), else ujson.
.PHONY: bench
bench: setup
	@sh packaging/install-packages packaging/bench-packages || :
	@$(MAKE) --no-print-directory programs $(B)/bench/stages
	@python3 -B tests/bench/bench.py $(B)

layers:
	@sh tests/layers

size:
	@sh tests/size

spdx:
	@sh tests/spdx

asan:
	@$(MAKE) --no-print-directory MODE=asan programs units

analyze:
	@$(MAKE) --no-print-directory MODE=analyze CC=gcc 'CFLAGS=-O1 -g -fanalyzer' WERROR=1 build/analyze/libcsp.a build/analyze/libdaemon.a

# with gcc and clang, whichever are there
compilers:
	@sh tests/compilers

# with those and the libraries of Debian 13, and tested there
debian13:
	@sh tests/debian13

# -- installing -------------------------------------------------------------------------------------------------------------------

PREFIX ?= /usr
DESTDIR ?=
.PHONY: install uninstall clean help
install: programs
	sh packaging/install-files install $(B) "$(PREFIX)" "$(DESTDIR)"

uninstall:
	sh packaging/install-files uninstall $(B) "$(PREFIX)" "$(DESTDIR)"

# build/deb/*.deb, of the last commit
.PHONY: deb deb-check
deb: setup
	@sh packaging/install-packages packaging/deb-packages
	@sh packaging/make-deb build/deb

# the packages as a Debian archive would look at them, and built once more elsewhere: the same bytes
deb-check: deb
	@sh packaging/check-deb build/deb build/deb-again

# the packages installed, used, upgraded and purged on a booted Debian 12: where a machine can be booted, else it says why not
.PHONY: boot-test boot-readme boot-autopkgtest
boot-test:
	@bash tests/boot/run

boot-autopkgtest:
	@bash tests/boot/autopkgtest

# the README's commands on a minimal one, from the source to the first purchases; then again, as an upgrade
boot-readme:
	@bash tests/boot/readme

clean:
	rm -rf build

help:
	@echo 'make            build/csp-usaged and build/csp-usaged-emulator'
	@echo 'make demo       see it work: the emulator, one sync, queries (installs what it needs)'
	@echo 'make check      every test, also under the sanitizers (installs what it needs)'
	@echo 'make check-unit, check-books, check-integration    the tests apart; MODE=asan for the sanitizers'
	@echo 'make fuzz       hostile bytes through every decoder, a minute each (FUZZ_SECONDS=60, TARGETS=all); make check-fuzz  the seeds alone'
	@echo 'make check-signin  the sign-in with a certified OpenID provider and a browser (installs nodejs, npm, chromium)'
	@echo 'make bench      speed, memory and size beside their goals and beside other ways, 20 minutes; QUICK=1: one or two'
	@echo 'make layers     dependencies point one way;  make size  files and functions stay short;  make spdx  each file names its licence'
	@echo 'make analyze    gcc -fanalyzer over lib/ and daemon/'
	@echo 'make compilers  every program with gcc and with clang, without a warning;  make debian13  that and the tests, in Debian 13 (root)'
	@echo 'make deb        Debian packages of the last commit, in build/deb;  make deb-check  lintian, hardening, the same bytes twice'
	@echo 'make boot-test  those packages on a booted Debian 12 (as root; makes its root file system once, in build/boot)'
	@echo 'make boot-readme  there, the commands of README.md, from the source on; and again as an upgrade (minutes);  make boot-autopkgtest'
	@echo 'make install    PREFIX=/usr DESTDIR=;  make uninstall  leaves configuration and database;  make clean'
