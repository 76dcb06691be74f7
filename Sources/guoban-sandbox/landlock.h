// Landlock: which files, ports and processes this process can reach. Raw system calls: Debian 12 has no wrapper, and
// its header knows ABI 1 only.
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"

// Confines the calling thread, and what it starts, to reading and executing below `paths`; no TCP, no abstract Unix
// socket, no signal to a process outside. With no paths no file can be opened at all. Each call only ever takes away.
//
// A path that is not there is skipped: there is nothing to read. False when the kernel has Landlock and it failed.
bool landlock_confine(const char *const *paths, size_t count, struct status *status);

#endif
