/* SPDX-License-Identifier: MIT */
#include "daemon/browser.h"

#include "base/mem.h"
#include "base/util.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/* What it takes to find the screen, the session and the browser. Everything else stays here: CREDENTIALS_DIRECTORY, proxies with
 * passwords, whatever else somebody put into the environment. */
static const char *const passed[] = {
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR",
	"XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "XDG_DATA_DIRS", "XDG_CONFIG_DIRS", "XDG_CONFIG_HOME",
	"DESKTOP_SESSION", "DBUS_SESSION_BUS_ADDRESS", "BROWSER",
};

bool browser_is_there(void)
{
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return isatty(STDOUT_FILENO) && ((x && *x) || (wayland && *wayland)) && geteuid() != 0 && getuid() != 0;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

static void on_exit_of_child(uv_process_t *process, int64_t status, int signal)
{
	struct browser *b = process->data;

	(void)status, (void)signal;
	if (b)
		browser_forget(b);
}

/* "NAME=VALUE" of those that are set; both levels are heap. */
static void fill_environment(char *environment[countof(passed) + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < countof(passed); i++) {
		const char *value = getenv(passed[i]);
		size_t size = value ? strlen(passed[i]) + strlen(value) + 2 : 0;

		if (!value)
			continue;
		environment[count] = xmalloc(size);
		snprintf(environment[count++], size, "%s=%s", passed[i], value);
	}
	environment[count] = NULL;
}

bool browser_open(struct browser *b, struct uv_loop_s *loop, const char *address)
{
	char *environment[countof(passed) + 1];
	char name[] = "xdg-open", *copy = xstrdup(address);
	char *arguments[] = { name, copy, NULL };
	uv_stdio_container_t nothing[3] = { { .flags = UV_IGNORE }, { .flags = UV_IGNORE }, { .flags = UV_IGNORE } };
	const uv_process_options_t options = { .exit_cb = on_exit_of_child, .file = name, .args = arguments, .env = environment,
					       .flags = UV_PROCESS_DETACHED, .stdio_count = 3, .stdio = nothing };
	int rc;

	fill_environment(environment);
	b->process = xcalloc(1, sizeof(*b->process));
	rc = uv_spawn(loop, b->process, &options);
	b->process->data = b;
	if (rc != 0)
		browser_forget(b); /* the handle is open all the same */
	for (size_t i = 0; environment[i]; i++)
		free(environment[i]);
	free(copy);
	return rc == 0;
}

void browser_forget(struct browser *b)
{
	if (!b->process)
		return;
	b->process->data = NULL;
	uv_close((uv_handle_t *)b->process, on_closed);
	b->process = NULL;
}
