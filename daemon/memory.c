/* SPDX-License-Identifier: MIT */
#include "daemon/memory.h"

#include "base/sanitizer.h"

#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* The loop's, and one for both lanes: libuv runs a job on any of its threads, and an area for each of them would keep a run's peak as
 * often as there are threads. */
#define AREAS 2
/* What is larger has pages of its own, which go as it is freed. The C library would raise this by what it sees freed, and then keep
 * large tables of a run for ever. */
#define LARGE_BYTES (1 << 20)
#define KEPT_BYTES (4 << 20) /* unused at the end of an area, before it shrinks */

static bool may_lock(void)
{
	struct rlimit locked;

	return !UNDER_SANITIZER && getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur == RLIM_INFINITY;
}

/* Where as much memory as one likes may be locked, all of it is, as it comes into use: secrets pass through libraries' memory, too, and a
 * swap partition keeps what was written to it. The database is read, not mapped, so it is not what is locked. */
static void lock(void)
{
	if (may_lock())
		(void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

void memory_setup(void)
{
	(void)mallopt(M_ARENA_MAX, AREAS);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	lock();
}

/* Code and constants of the program or of a library: never written to, so they are read again from their file as they are needed. Half of
 * what libcurl's and OpenSSL's families touch in a run is not touched in the day that follows. */
static int give_back_code(struct dl_phdr_info *file, size_t size, void *unused)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size, (void)unused;
	if (file->dlpi_name[0] != '\0' && file->dlpi_name[0] != '/')
		return 0; /* the kernel's own */
	for (int i = 0; i < file->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &file->dlpi_phdr[i];
		uintptr_t start = (file->dlpi_addr + part->p_vaddr) & ~(page - 1), end = file->dlpi_addr + part->p_vaddr + part->p_memsz;

		if (part->p_type == PT_LOAD && !(part->p_flags & PF_W))
			(void)madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

void memory_give_back(void)
{
	/* The system takes nothing back that is locked. What was secret in it has been wiped as it was freed. */
	if (may_lock())
		(void)munlockall();
	(void)malloc_trim(0);
	if (!UNDER_SANITIZER)
		(void)dl_iterate_phdr(give_back_code, NULL);
	lock();
}
