#include "guoban_scheduling.h"

#include <errno.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// The last argument of both calls: no flags.
static const unsigned int no_flags = 0;
static const pid_t this_thread = 0;

int guoban_run_in_slices(uint64_t nanoseconds) {
  struct sched_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  if (syscall(SYS_sched_getattr, this_thread, &attributes, sizeof attributes, no_flags) != 0) return errno;
  // Whoever started the daemon under another policy meant it so: these have no slices, or slices of another kind.
  if (attributes.sched_policy != SCHED_NORMAL) return 0;
  attributes.sched_flags = SCHED_FLAG_RESET_ON_FORK;
  attributes.sched_runtime = nanoseconds;
  return syscall(SYS_sched_setattr, this_thread, &attributes, no_flags) == 0 ? 0 : errno;
}
