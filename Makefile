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
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection -ftrivial-auto-var-init=zero -fPIE \
	-D_FORTIFY_SOURCE=2
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

CFLAGS ?= -O2 -g
ifeq ($(MODE),asan)
CFLAGS := -O1 -g $(SANITIZE)
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
SUPPORT_SOURCES := $(sort $(wildcard tests/support/*.c))
SCHEMA := $(sort $(wildcard schema/*.sql))

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(B)/obj/%.o) $(B)/obj/schema.o
DAEMON_OBJECTS := $(DAEMON_SOURCES:%.c=$(B)/obj/%.o)
EMULATOR_OBJECTS := $(EMULATOR_SOURCES:%.c=$(B)/obj/%.o)
SUPPORT_OBJECTS := $(SUPPORT_SOURCES:%.c=$(B)/obj/%.o)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(B)/unit/%)

.PHONY: all programs units
all: programs
programs: $(B)/csp-usaged $(B)/csp-usaged-emulator
units: $(UNIT_PROGRAMS)

$(B)/csp-usaged: $(DAEMON_OBJECTS) $(B)/libcsp.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/csp-usaged-emulator: $(EMULATOR_OBJECTS)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(EMULATOR_PACKAGES)) -lpthread

$(B)/libcsp.a: $(LIB_OBJECTS)
	$(call say,AR,$@)rm -f $@; ar rcs $@ $^

$(B)/unit/%: $(B)/obj/tests/unit/%.o $(SUPPORT_OBJECTS) $(B)/libcsp.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $^ $(LIBS) $(shell pkg-config --libs $(TEST_PACKAGES))

$(B)/obj/tests/emulator/%.o: tests/emulator/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(COMMON) $(CFLAGS) -Itests/emulator $(shell pkg-config --cflags $(EMULATOR_PACKAGES)) -c -o $@ $<

$(B)/obj/tests/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(COMMON) -Ilib -I. $(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS) -c -o $@ $<

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(LIB_CFLAGS) $(CFLAGS) -c -o $@ $<

# schema/*.sql as C strings, in the order of their names
$(B)/gen/schema.c: $(SCHEMA) packaging/embed-schema
	@mkdir -p $(@D)
	$(call say,GEN,$@)sh packaging/embed-schema $(SCHEMA) > $@.tmp && mv $@.tmp $@

$(B)/obj/schema.o: $(B)/gen/schema.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(LIB_CFLAGS) $(CFLAGS) -c -o $@ $<

-include $(shell find build -name '*.d' 2>/dev/null)
