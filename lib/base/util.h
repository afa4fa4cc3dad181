/* SPDX-License-Identifier: MIT */
/* util.h - the few macros that every file may use. */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stddef.h>

/* The struct of TYPE that embeds MEMBER at PTR: how a callback finds its owner without void pointers. */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))
#define countof(array) (sizeof(array) / sizeof((array)[0]))

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define NORETURN __attribute__((noreturn))

#endif
