#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guoban_sandbox.h"

static void close_others(int status_fd) {
  // 4 when the status descriptor is 3, which it is when the daemon calls.
  unsigned from = 3;
  if (status_fd >= 3) {
    for (unsigned fd = from; fd < (unsigned)status_fd; fd++) close((int)fd);
    from = (unsigned)status_fd + 1;
  }
  if (syscall(SYS_close_range, from, ~0u, 0) == 0) return;
  long most = sysconf(_SC_OPEN_MAX);
  for (long fd = from; fd < (most > 0 ? most : 65536); fd++) close((int)fd);
}

static void reset_signals(void) {
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

void process_clean(const struct options *options) {
  close_others(options->status_fd);
  reset_signals();
  clearenv();
  setenv("LANG", "C.UTF-8", 1);
  setenv("TZ", "Asia/Shanghai", 1);
  setenv("PATH", "/usr/bin:/bin", 1);
  // A crash is judged by its signal; a backtracer would only be a process that cannot be started here.
  setenv("SWIFT_BACKTRACE", "enable=no", 1);
  // A Python reporter: nothing from a user's home, no bytecode files, UTF-8 whatever the locale.
  setenv("PYTHONNOUSERSITE", "1", 1);
  setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
  setenv("PYTHONUTF8", "1", 1);
}

static bool limit(int resource, const char *name, rlim_t soft, rlim_t hard, struct status *status) {
  struct rlimit value = {.rlim_cur = soft, .rlim_max = hard};
  if (setrlimit((__rlimit_resource_t)resource, &value) != 0) {
    fprintf(stderr, "guoban-sandbox: cannot set %s to %llu: %s\n", name, (unsigned long long)soft, strerror(errno));
    return false;
  }
  status_number(status, name, (unsigned long long)soft);
  return true;
}

// RLIMIT_NPROC is not among them: it counts every process of the user, the daemon's threads too. That no process can be
// started is the system call filter's work, and the address space bounds the threads.
bool process_limit(const struct options *options, struct status *status) {
  rlim_t cpu = options->cpu_seconds;
  rlim_t space = options->address_space_bytes;
  return limit(RLIMIT_AS, "rlimit_as", space, space, status)
      // SIGXCPU at the limit says what happened; whoever ignores it is killed a second later.
      && limit(RLIMIT_CPU, "rlimit_cpu", cpu, cpu + 1, status)
      && limit(RLIMIT_NOFILE, "rlimit_nofile", options->open_files, options->open_files, status)
      // No file can be opened for writing: this bounds one that the caller handed down as output or log.
      && limit(RLIMIT_FSIZE, "rlimit_fsize", 64u << 20, 64u << 20, status)
      && limit(RLIMIT_CORE, "rlimit_core", 0, 0, status)
      && limit(RLIMIT_MEMLOCK, "rlimit_memlock", 0, 0, status)
      && limit(RLIMIT_MSGQUEUE, "rlimit_msgqueue", 0, 0, status);
}

static bool drop_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
  memset(none, 0, sizeof none);
  return syscall(SYS_capset, &header, none) == 0;
}

bool process_lower(const struct options *options, struct status *status) {
  // no_new_privs also keeps a program run by root from getting its capabilities back at execve.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !drop_capabilities() || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    fprintf(stderr, "guoban-sandbox: cannot give up privileges: %s\n", strerror(errno));
    return false;
  }
  status_add(status, "no_new_privileges", "on");
  status_add(status, "capabilities", "none");
  status_add(status, "dumpable", "off");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    fprintf(stderr, "guoban-sandbox: cannot ask for the parent's death signal: %s\n", strerror(errno));
    return false;
  }
  // The parent may have died before the request: then nobody would ever kill this process.
  if (options->parent != 0 && getppid() != options->parent) {
    fprintf(stderr, "guoban-sandbox: process %d is not the parent any more\n", (int)options->parent);
    exit(GUOBAN_SANDBOX_EXIT_PARENT_GONE);
  }
  status_add(status, "parent_death_signal", "on");
  return true;
}
