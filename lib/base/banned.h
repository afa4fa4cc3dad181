/* SPDX-License-Identifier: MIT */
/* banned.h - calls that have no place in this code, made compile errors. Put in front of every file by the build.
 * The C library's headers come first, so that only our own use is hit. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Under _FORTIFY_SOURCE clang's headers make macros of some of them, which can't be poisoned as they are. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef gets

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok atoi atol atof strtol strtoul strtoll strtod
#pragma GCC poison gmtime localtime asctime ctime system popen

#endif
