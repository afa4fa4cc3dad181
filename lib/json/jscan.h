/* SPDX-License-Identifier: MIT */
/* jscan.h - private to jread.c: its loops over bytes, by SSE2 where there is one. JREAD_PORTABLE leaves it out, for the tests. */
#ifndef JSON_JSCAN_H
#define JSON_JSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(JREAD_PORTABLE)
#define JSCAN_SSE2 1
#include <emmintrin.h>
#else
#define JSCAN_SSE2 0
#endif

/* The first byte from P on that is no white space, or END. */
static inline const char *jscan_space(const char *p, const char *end)
{
	if (end - p >= 2) {
		if ((unsigned char)p[0] > ' ')
			return p;
		if (p[0] == ' ' && (unsigned char)p[1] > ' ')
			return p + 1;
	}
#if JSCAN_SSE2
	while (end - p >= 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		const __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
		const __m128i line = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
		const unsigned other = ~(unsigned)_mm_movemask_epi8(_mm_or_si128(blank, line)) & 0xffffu;

		if (other)
			return p + __builtin_ctz(other);
		p += 16;
	}
#endif
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

#if JSCAN_SSE2
/* Bit i: byte i at P is none that a string can just hold: quote, backslash, control character, or not ASCII. */
static inline unsigned jscan_stops(const char *p)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	/* signed: bytes from 0x80 on are negative, so one comparison finds them and the controls */
	const __m128i odd = _mm_cmplt_epi8(v, _mm_set1_epi8(' '));
	const __m128i mark = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(odd, mark));
}
#endif

/* The first such byte from P on, or END. */
static inline const char *jscan_stop(const char *p, const char *end)
{
#if JSCAN_SSE2
	while (end - p >= 16) {
		const unsigned stops = jscan_stops(p);

		if (stops)
			return p + __builtin_ctz(stops);
		p += 16;
	}
#else
	while (end - p >= 8) {
		const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
		uint64_t v, quote, slash;

		memcpy(&v, p, sizeof(v));
		quote = v ^ (ones * '"');
		slash = v ^ (ones * '\\');
		/* a borrow can only raise a false alarm behind a true one, and which byte it is the loop below finds */
		if (((quote - ones) | (slash - ones) | (v - ones * ' ') | v) & high)
			break;
		p += 8;
	}
#endif
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= ' ' && (unsigned char)*p < 0x80)
		p++;
	return p;
}

/* memcmp for names, whose length the processor foresees and whose call it need not pay. N bytes are readable at both. */
static inline bool jscan_same(const char *a, const char *b, size_t n)
{
	uint64_t x[2], y[2];

	if (n < 8 || n > 16)
		return memcmp(a, b, n) == 0;
	memcpy(&x[0], a, 8);
	memcpy(&x[1], a + n - 8, 8);
	memcpy(&y[0], b, 8);
	memcpy(&y[1], b + n - 8, 8);
	return x[0] == y[0] && x[1] == y[1];
}

#endif
