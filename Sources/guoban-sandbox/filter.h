// The system calls a reporter may make, by libseccomp.
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

#include "status.h"

enum filter_stage {
  FILTER_STARTING,  // opens files for reading and maps code: a loader, an interpreter
  FILTER_SEALED,    // computes, reads and writes what is open already
};

// Every call that is not on the list of `stage` fails with EPERM, in every thread. Filters add up: a call must pass all
// of them. False when the kernel has seccomp and it failed.
bool filter_install(enum filter_stage stage, bool may_execute, struct status *status);

#endif
