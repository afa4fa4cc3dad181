/* SPDX-License-Identifier: MIT */
/* hex.h - bytes as lower case hex digits: the one form in which they are written and read. */
#ifndef CRYPTO_HEX_H
#define CRYPTO_HEX_H

#include "base/span.h"

/* Two digits a byte and a NUL. */
void hex_print(struct span bytes, char *text);
/* Exactly N bytes; false, BYTES undefined, when TEXT is anything else than 2 * N lower case digits. */
bool hex_parse(unsigned char *bytes, size_t n, struct span text);

#endif
