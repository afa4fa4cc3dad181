/* SPDX-License-Identifier: MIT */
/* kill_at.c - kill-at FOLDER N PROGRAM ARGUMENT...: runs the program and kills it, with SIGKILL, before its Nth system call counted from the
 * moment that one of its threads locks FOLDER (flock), in that thread, until it closes it again. Says "killed before CALL", or "ended with
 * CODE" when it has made fewer. Which thread it is and what the others do makes no difference, as it would to a count of strace's. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct watch {
	const char *folder;
	unsigned long left; /* calls until the kill */
	pid_t program, thread; /* thread 0: nobody has locked the folder yet */
	unsigned long long fd; /* the folder's */
	bool over;
};

static void die(const char *what)
{
	perror(what);
	exit(125);
}

static const char *name_of(unsigned long long number)
{
	static const struct {
		long number;
		const char *name;
	} names[] = { { SYS_openat, "openat" }, { SYS_read, "read" }, { SYS_write, "write" }, { SYS_fsync, "fsync" }, { SYS_close, "close" },
		      { SYS_renameat, "renameat" }, { SYS_flock, "flock" }, { SYS_getdents64, "getdents64" }, { SYS_unlinkat, "unlinkat" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((unsigned long long)names[i].number == number)
			return names[i].name;
	return "another";
}

static bool is_folder(const struct watch *w, unsigned long long fd)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/fd/%llu", (int)w->program, fd);
	n = readlink(link, path, sizeof(path));
	return n > 0 && (size_t)n == strlen(w->folder) && memcmp(path, w->folder, (size_t)n) == 0;
}

/* Whether this call is the one. */
static bool is_the_call(struct watch *w, pid_t thread, const struct __ptrace_syscall_info *call)
{
	unsigned long long number = call->entry.nr, fd = call->entry.args[0];

	if (!w->thread && number == SYS_flock && is_folder(w, fd)) {
		w->thread = thread;
		w->fd = fd;
	}
	if (w->thread != thread || w->over)
		return false;
	w->over = number == SYS_close && fd == w->fd;
	return --w->left == 0;
}

static void at_call(struct watch *w, pid_t thread)
{
	struct __ptrace_syscall_info call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(call), &call) < 0 || call.op != PTRACE_SYSCALL_INFO_ENTRY ||
	    !is_the_call(w, thread, &call))
		return;
	printf("killed before %s\n", name_of(call.entry.nr));
	if (kill(w->program, SIGKILL) == -1)
		die("kill");
}

/* What a stop means that is no system call: the signal to hand on, 0 for those that come of the tracing. */
static int signal_of(int status)
{
	int number = WSTOPSIG(status);

	return number == SIGSTOP || number == SIGTRAP ? 0 : number;
}

static int trace(struct watch *w)
{
	int status, code = 125;
	pid_t thread;

	while ((thread = waitpid(-1, &status, __WALL)) != -1 || errno == EINTR) {
		int number = 0;

		if (thread == w->program && WIFEXITED(status))
			code = WEXITSTATUS(status);
		if (thread == w->program && WIFSIGNALED(status))
			code = 128 + WTERMSIG(status);
		if (thread == -1 || !WIFSTOPPED(status))
			continue;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			at_call(w, thread);
		else
			number = signal_of(status);
		ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(long)number); /* fails when it is dead by now */
	}
	return code;
}

int main(int argc, char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	struct watch w = { .folder = argc > 3 ? argv[1] : "", .left = argc > 3 ? strtoul(argv[2], NULL, 10) : 0 };
	int status, code;

	if (w.left == 0) {
		fputs("usage: kill-at FOLDER N PROGRAM ARGUMENT...\n", stderr);
		return 125;
	}
	w.program = fork();
	if (w.program == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 || raise(SIGSTOP) != 0)
			die("ptrace");
		execv(argv[3], argv + 3);
		die(argv[3]);
	}
	if (w.program == -1 || waitpid(w.program, &status, 0) == -1 || ptrace(PTRACE_SETOPTIONS, w.program, NULL, (void *)options) == -1 ||
	    ptrace(PTRACE_SYSCALL, w.program, NULL, NULL) == -1)
		die("trace the program");
	code = trace(&w);
	if (code != 128 + SIGKILL)
		printf("ended with %d\n", code);
	return code;
}
