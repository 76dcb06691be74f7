// guoban-sandbox: starts one reporter with as few rights as a computation needs.
//
//   limits → privileges given up → files and system calls cut to what loading needs → the module is loaded (its
//   constructors run confined) → entry and magic checked → no file and no new code any more → run
//
// A program (--executable) is started after the first cut: an interpreter opens files for as long as it runs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter.h"
#include "guoban_reporter.h"
#include "guoban_sandbox.h"
#include "landlock.h"
#include "options.h"
#include "process.h"
#include "status.h"

static void confine(const struct options *options, struct status *status) {
  status_add(status, "stage", "confined");
  bool held = process_limit(options, status) && process_lower(options, status)
      && landlock_confine(options->read_paths, options->read_path_count, status)
      && filter_install(FILTER_STARTING, options->program != NULL, status);
  status_send(status, options->status_fd);
  if (!held) exit(GUOBAN_SANDBOX_EXIT_PROTECTION_FAILED);
  if (status->missing && options->require_all) exit(GUOBAN_SANDBOX_EXIT_PROTECTION_MISSING);
}

static const guoban_reporter_module *load(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "guoban-sandbox: cannot load the module: %s\n", dlerror());
    exit(GUOBAN_SANDBOX_EXIT_CANNOT_LOAD);
  }
  void *symbol = dlsym(library, GUOBAN_REPORTER_ENTRY_NAME);
  const guoban_reporter_module *module = NULL;
  if (symbol != NULL) {
    guoban_reporter_module_entry_function entry;
    memcpy(&entry, &symbol, sizeof entry);  // C has no cast from an object pointer to a function pointer
    module = entry();
  }
  if (module == NULL || module->magic != GUOBAN_REPORTER_MAGIC) {
    fprintf(stderr, "guoban-sandbox: not a reporter module: no " GUOBAN_REPORTER_ENTRY_NAME ", or a wrong magic\n");
    exit(GUOBAN_SANDBOX_EXIT_NOT_A_REPORTER);
  }
  if (module->abi_version != GUOBAN_REPORTER_ABI_VERSION || module->size < sizeof *module || module->run == NULL) {
    fprintf(stderr, "guoban-sandbox: the module has ABI %u of %u bytes; this launcher speaks ABI %u of %zu bytes\n",
        module->abi_version, module->size, GUOBAN_REPORTER_ABI_VERSION, sizeof *module);
    exit(GUOBAN_SANDBOX_EXIT_NOT_A_REPORTER);
  }
  return module;
}

// The module speaks the protocol on descriptors of its own. Whatever a library prints goes to stderr, the reporter's
// log, and does not break the conversation.
static void separate_output(int *in, int *out) {
  *in = dup(STDIN_FILENO);
  *out = dup(STDOUT_FILENO);
  if (*in < 0 || *out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    fprintf(stderr, "guoban-sandbox: cannot move the descriptors: %s\n", strerror(errno));
    exit(GUOBAN_SANDBOX_EXIT_PROTECTION_FAILED);
  }
  close(STDIN_FILENO);
}

static int run_module(const struct options *options, struct status *status) {
  const guoban_reporter_module *module = load(options->module);
  int in = -1, out = -1;
  separate_output(&in, &out);
  status_add(status, "stage", "running");
  if (!landlock_confine(NULL, 0, status) || !filter_install(FILTER_SEALED, false, status)) {
    return GUOBAN_SANDBOX_EXIT_PROTECTION_FAILED;
  }
  status_add(status, "sealed", "on");
  status_send(status, options->status_fd);
  if (options->status_fd > STDERR_FILENO) close(options->status_fd);
  int result = module->run(in, out);
  if (result == 0) return 0;
  fprintf(stderr, "guoban-sandbox: the module's run returned %d\n", result);
  return GUOBAN_SANDBOX_EXIT_RUN_FAILED;
}

// A child that the daemon has forked for another run, and that has not executed yet, still holds the program's file open
// for writing, as the daemon did when it forked. It lets go within moments. Returns only when the program cannot be executed.
static void execute(char *const program[], char *const environment[]) {
  enum { tries = 100, pause_microseconds = 10000 };
  for (int try = 0; try < tries; try++) {
    execve(program[0], program, environment);
    if (errno != ETXTBSY) return;
    usleep(pause_microseconds);
  }
}

static int run_program(const struct options *options, struct status *status) {
  extern char **environ;
  if (options->status_fd > STDERR_FILENO) fcntl(options->status_fd, F_SETFD, FD_CLOEXEC);
  status_add(status, "stage", "running");
  status_send(status, options->status_fd);
  execute(options->program, environ);
  int error = errno;
  fprintf(stderr, "guoban-sandbox: cannot execute %s: %s\n", options->program[0], strerror(error));
  status_add(status, "stage", "cannot_execute");
  status_send(status, options->status_fd);
  return GUOBAN_SANDBOX_EXIT_CANNOT_EXECUTE;
}

int main(int argc, char **argv) {
  struct options options;
  if (!options_parse(&options, argc, argv)) return GUOBAN_SANDBOX_EXIT_USAGE;
  process_clean(&options);
  struct status status = {.length = 0};
  confine(&options, &status);
  int result = options.module != NULL ? run_module(&options, &status) : run_program(&options, &status);
  fflush(NULL);
  _exit(result);
}
