#define _GNU_SOURCE
#include "filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

// What a program needs to compute, and to read and write what is open. No path, no process, no socket among them.
static const int computing[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(lseek),
    SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mincore), SCMP_SYS(membarrier),
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu), SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getpgrp), SCMP_SYS(getuid), SCMP_SYS(geteuid),
    SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

// What a loader or an interpreter needs on top while it starts. Landlock decides which files.
static const int starting[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(fcntl), SCMP_SYS(dup),
    SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address), SCMP_SYS(fadvise64),
    SCMP_SYS(eventfd2), SCMP_SYS(pipe2), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(mmap), SCMP_SYS(mprotect),
    // What the second stage needs in order to be set up. Both can only take rights away: no_new_privs is on.
    SCMP_SYS(seccomp), SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self),
};

// Calls for which C libraries have another way when the kernel says that it does not know them.
static const int unknown[] = {SCMP_SYS(clone3), SCMP_SYS(openat2), SCMP_SYS(close_range)};

static int allow_list(scmp_filter_ctx filter, const int *calls, size_t count) {
  for (size_t i = 0; i < count; i++) {
    int result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    if (result != 0) return result;
  }
  return 0;
}

static int deny_as_unknown(scmp_filter_ctx filter) {
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
    int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), unknown[i], 0);
    if (result != 0) return result;
  }
  return 0;
}

static struct scmp_arg_cmp argument_is(unsigned index, scmp_datum_t value) {
  return (struct scmp_arg_cmp){.arg = index, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

static struct scmp_arg_cmp argument_masked(unsigned index, scmp_datum_t mask, scmp_datum_t value) {
  return (struct scmp_arg_cmp){.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

static int allow_if(scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition) {
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

// Calls that are harmless with some arguments only.
static int allow_some(scmp_filter_ctx filter) {
  int failed = 0;
  // A thread is not a process: fork and vfork come as clone without CLONE_THREAD.
  failed |= allow_if(filter, SCMP_SYS(clone), argument_masked(0, CLONE_THREAD, CLONE_THREAD));
  // abort() signals its own process, and may signal nobody else.
  failed |= allow_if(filter, SCMP_SYS(tgkill), argument_is(0, (scmp_datum_t)getpid()));
  // Limits may be read. A root's process could raise them.
  struct scmp_arg_cmp own_and_reading[] = {argument_is(0, 0), argument_is(2, 0)};
  failed |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, own_and_reading);
  // isatty(), how much can be read, close-on-exec; a thread's name.
  failed |= allow_if(filter, SCMP_SYS(ioctl), argument_is(1, TCGETS));
  failed |= allow_if(filter, SCMP_SYS(ioctl), argument_is(1, FIONREAD));
  failed |= allow_if(filter, SCMP_SYS(ioctl), argument_is(1, FIOCLEX));
  failed |= allow_if(filter, SCMP_SYS(prctl), argument_is(0, PR_SET_NAME));
  return failed;
}

// What the second stage asks before it is set up.
static int allow_next_stage(scmp_filter_ctx filter) {
  return allow_if(filter, SCMP_SYS(prctl), argument_is(0, PR_GET_SECCOMP));
}

// Memory yes, code no: what is sealed runs what was loaded before.
static int allow_memory_without_code(scmp_filter_ctx filter) {
  return allow_if(filter, SCMP_SYS(mmap), argument_masked(2, PROT_EXEC, 0))
      | allow_if(filter, SCMP_SYS(mprotect), argument_masked(2, PROT_EXEC, 0));
}

static int fill(scmp_filter_ctx filter, enum filter_stage stage, bool may_execute) {
  int failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);  // threads of a library's constructors too
  failed |= seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);       // process_lower did it
  failed |= seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a search tree, not a list
  failed |= allow_list(filter, computing, sizeof computing / sizeof *computing);
  failed |= deny_as_unknown(filter);
  failed |= allow_some(filter);
  if (stage == FILTER_STARTING) {
    failed |= allow_list(filter, starting, sizeof starting / sizeof *starting) | allow_next_stage(filter);
  }
  if (stage == FILTER_SEALED) failed |= allow_memory_without_code(filter);
  if (may_execute) failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(execve), 0);
  return failed;
}

bool filter_install(enum filter_stage stage, bool may_execute, struct status *status) {
  if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
    status_missing(status, "seccomp", errno);
    return true;
  }
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  int failed = filter == NULL ? -ENOMEM : fill(filter, stage, may_execute);
  if (failed == 0) failed = seccomp_load(filter);
  if (filter != NULL) seccomp_release(filter);
  if (failed != 0) fprintf(stderr, "guoban-sandbox: seccomp failed: %s\n", strerror(-failed));
  status_add(status, "seccomp", failed == 0 ? "on" : "failed");
  return failed == 0;
}
