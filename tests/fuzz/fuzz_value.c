/* SPDX-License-Identifier: MIT */
/* Small values: GUIDs against sscanf, base64url there and back, against OpenSSL. */
#include "tests/fuzz/fuzz.h"
#include "value/base64url.h"
#include "value/guid.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 4096

static void check_guid(struct span input)
{
	struct err e = ERR_INIT;
	char text[GUID_TEXT_MAX], plain[GUID_TEXT_MAX] = "";
	bool wanted = input.n == GUID_TEXT_MAX - 1;
	struct guid g;

	for (size_t i = 0; wanted && i < input.n; i++) {
		const bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		wanted = dash ? input.p[i] == '-' : input.p[i] && strchr("0123456789abcdefABCDEF", input.p[i]);
		plain[i] = (char)(dash || input.p[i] <= '9' ? input.p[i] : input.p[i] | 0x20);
	}
	FUZZ_REQUIRE((guid_parse(&g, input, &e) == 0) == wanted, "%s", e.text);
	if (!wanted) {
		fuzz_check_err(&e);
		return;
	}
	guid_print(g, text);
	FUZZ_REQUIRE(memcmp(text, plain, sizeof(text) - 1) == 0, "%s, not %s", text, plain);
}

static void check_encoded(struct span input)
{
	unsigned char wanted[TEXT_MAX * 2];
	struct buf encoded, decoded;
	int n = EVP_EncodeBlock(wanted, (const unsigned char *)input.p, (int)input.n);

	while (n > 0 && wanted[n - 1] == '=')
		n--;
	for (int i = 0; i < n; i++)
		wanted[i] = wanted[i] == '+' ? '-' : wanted[i] == '/' ? '_' : wanted[i];
	buf_init(&encoded, TEXT_MAX * 2);
	buf_init(&decoded, TEXT_MAX * 2);
	FUZZ_REQUIRE(base64url_encode(&encoded, input) == 0, "%zu", input.n);
	FUZZ_REQUIRE(span_equal(buf_span(&encoded), (struct span){ (const char *)wanted, (size_t)n }), "%s", buf_text(&encoded));
	FUZZ_REQUIRE(base64url_decode(&decoded, buf_span(&encoded)) == 0 && span_equal(buf_span(&decoded), input), "%s", buf_text(&encoded));
	buf_clear(&encoded);
	buf_clear(&decoded);
	/* the input as a text: there is one way to write each */
	if (base64url_decode(&decoded, input) == 0) {
		FUZZ_REQUIRE(base64url_encode(&encoded, buf_span(&decoded)) == 0 && span_equal(buf_span(&encoded), input), "%s", buf_text(&encoded));
	}
	buf_fini(&encoded);
	buf_fini(&decoded);
}

void fuzz_input(struct span input)
{
	check_guid(input);
	if (input.n <= TEXT_MAX)
		check_encoded(input);
}
