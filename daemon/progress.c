/* SPDX-License-Identifier: MIT */
#include "daemon/progress.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_MIN 10
#define BAR_MAX 40

/* State of the terminal, of which a process has one; the log's hooks carry no owner. */
static struct {
	bool drawn;
	char line[PROGRESS_LINE_MAX];
} terminal;

/* "4:05" or "1:04:05" */
static void print_duration(int64_t seconds, char *text, size_t size)
{
	long h = (long)(seconds / 3600), m = (long)(seconds / 60 % 60), s = (long)(seconds % 60);

	if (h)
		snprintf(text, size, "%ld:%02ld:%02ld", h, m, s);
	else
		snprintf(text, size, "%ld:%02ld", m, s);
}

static int64_t rate(int64_t count, int64_t ms)
{
	return ms > 0 ? count * 1000 / ms : 0;
}

static size_t print_numbers(const struct progress_facts *f, char *text, size_t size)
{
	char eta[32] = "-:--", failed[32] = "";
	int n;

	if (f->done > 0 && f->elapsed_ms > 0)
		print_duration(f->elapsed_ms * (f->total - f->done) / f->done / 1000, eta, sizeof(eta));
	if (f->failed)
		snprintf(failed, sizeof(failed), "  %lld failed", (long long)f->failed);
	n = snprintf(text, size, "%lld/%lld slices  %lld rows  %lld rows/s%s  ETA %s", (long long)f->done, (long long)f->total,
		     (long long)f->rows, (long long)rate(f->rows, f->elapsed_ms), failed, eta);
	return n < 0 ? 0 : (size_t)n;
}

static size_t put_bar(const struct progress_facts *f, size_t columns, char *text)
{
	size_t full = f->done >= f->total ? columns : (size_t)(f->done * (int64_t)columns / f->total);

	text[0] = '[';
	memset(text + 1, '#', full);
	memset(text + 1 + full, '.', columns - full);
	text[columns + 1] = ']';
	text[columns + 2] = ' ';
	return columns + 3;
}

size_t progress_line(const struct progress_facts *f, size_t width, char *text, size_t size)
{
	char numbers[PROGRESS_LINE_MAX];
	size_t n, bar, at = 0;

	if (width >= size)
		width = size - 1;
	if (f->total <= 0) {
		int wrote = snprintf(text, width + 1, "%s ...", f->step);

		return wrote < 0 ? 0 : (size_t)wrote > width ? width : (size_t)wrote;
	}
	n = print_numbers(f, numbers, sizeof(numbers));
	if (n >= sizeof(numbers))
		n = sizeof(numbers) - 1;
	bar = width > n + 3 ? width - n - 3 : 0;
	if (bar > BAR_MAX)
		bar = BAR_MAX;
	if (bar >= BAR_MIN)
		at = put_bar(f, bar, text);
	if (n > width - at)
		n = width - at;
	memcpy(text + at, numbers, n);
	text[at + n] = '\0';
	return at + n;
}

/* There is no one to tell when the terminal is gone. */
static void put(const char *text, size_t n)
{
	ssize_t written = write(STDERR_FILENO, text, n);

	(void)written;
}

static void wipe(void)
{
	static const char erase[] = "\r\033[K";

	if (terminal.drawn)
		put(erase, sizeof(erase) - 1);
	terminal.drawn = false;
}

static void draw(void)
{
	size_t n = strlen(terminal.line);

	if (n == 0)
		return;
	put(terminal.line, n);
	terminal.drawn = true;
}

bool progress_wanted(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && !(term && strcmp(term, "dumb") == 0);
}

void progress_begin(void)
{
	terminal.line[0] = '\0';
	log_set_hooks(wipe, draw);
}

void progress_show(const struct progress_facts *facts)
{
	struct winsize size = { .ws_col = 0 };
	size_t width = 80;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
		width = size.ws_col;
	/* The last column stays free: some terminals move to the next line when it is written. */
	progress_line(facts, width - 1, terminal.line, sizeof(terminal.line));
	wipe();
	draw();
}

void progress_end(void)
{
	wipe();
	terminal.line[0] = '\0';
	log_set_hooks(NULL, NULL);
}
