/* SPDX-License-Identifier: MIT */
#include "daemon/notify.c"

#include <setjmp.h>
#include <stdarg.h>
#include <uv.h>

#include <cmocka.h>

static void test_address_path_and_abstract(void **state)
{
	struct sockaddr_un a;

	(void)state;
	assert_int_equal(notify_address("/run/n", &a), offsetof(struct sockaddr_un, sun_path) + 7);
	assert_string_equal(a.sun_path, "/run/n");
	assert_int_equal(notify_address("@abc", &a), offsetof(struct sockaddr_un, sun_path) + 4);
	assert_memory_equal(a.sun_path, "\0abc", 4);
}

static void test_address_anything_else_is_nobody(void **state)
{
	struct sockaddr_un a;
	char longer[300];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(notify_address("", &a), 0);
	assert_int_equal(notify_address("@", &a), 0);
	assert_int_equal(notify_address("vsock:2:1", &a), 0);
	assert_int_equal(notify_address(longer, &a), 0);
}

static void test_watchdog_half_of_what_is_asked_of_this_process(void **state)
{
	(void)state;
	assert_int_equal(notify_watchdog_ms("60000000", NULL, 7), 30000);
	assert_int_equal(notify_watchdog_ms("60000000", "7", 7), 30000);
	assert_int_equal(notify_watchdog_ms("1", NULL, 7), 1);
	assert_int_equal(notify_watchdog_ms("60000000", "8", 7), 0);
	assert_int_equal(notify_watchdog_ms(NULL, NULL, 7), 0);
	assert_int_equal(notify_watchdog_ms("soon", NULL, 7), 0);
}

/* A manager's socket with an abstract name of its own, as NOTIFY_SOCKET. */
static int manager_new(void)
{
	char name[60];
	struct sockaddr_un a;
	socklen_t size;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(name, sizeof(name), "@csp-usaged-test-%ld", (long)getpid());
	size = notify_address(name, &a);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a, size), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	setenv("WATCHDOG_USEC", "20000", 1);
	unsetenv("WATCHDOG_PID");
	return fd;
}

static void expect(int fd, const char *message)
{
	char text[300];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, message);
}

static void test_messages_arrive_and_the_loop_gives_signs_of_life(void **state)
{
	int manager = manager_new();
	uv_loop_t loop;
	struct notify n;

	(void)state;
	uv_loop_init(&loop);
	notify_open(&n, &loop);
	assert_null(getenv("NOTIFY_SOCKET"));
	notify_status(&n, "next run\nREADY=0");
	notify_ready(&n);
	uv_run(&loop, UV_RUN_ONCE);
	notify_stopping(&n);
	notify_close(&n);
	expect(manager, "STATUS=next run READY=0");
	expect(manager, "READY=1");
	expect(manager, "WATCHDOG=1");
	expect(manager, "STOPPING=1");
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	close(manager);
}

static void test_without_manager_nothing_happens(void **state)
{
	uv_loop_t loop;
	struct notify n;

	(void)state;
	uv_loop_init(&loop);
	unsetenv("NOTIFY_SOCKET");
	notify_open(&n, &loop);
	notify_ready(&n);
	notify_status(&n, "alone");
	notify_close(&n);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_path_and_abstract),
		cmocka_unit_test(test_address_anything_else_is_nobody),
		cmocka_unit_test(test_watchdog_half_of_what_is_asked_of_this_process),
		cmocka_unit_test(test_messages_arrive_and_the_loop_gives_signs_of_life),
		cmocka_unit_test(test_without_manager_nothing_happens),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
