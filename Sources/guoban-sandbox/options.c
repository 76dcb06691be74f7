#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: guoban-sandbox [OPTION…] (--module LIBRARY | --executable PROGRAM [ARGUMENT…])\n"
    "  --address-space-bytes N  memory the reporter may map (268435456)\n"
    "  --cpu-seconds N          processor time (30)\n"
    "  --open-files N           open files (64)\n"
    "  --read-path PATH         may be read (and libraries loaded from) while starting; repeat for more\n"
    "  --status-fd N            status lines go here (3)\n"
    "  --parent-pid N           end when this process ends\n"
    "  --require-all            refuse to run when this kernel lacks a protection\n";

static bool number(const char *text, unsigned long long min, unsigned long long max, unsigned long long *out) {
  char *end = NULL;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < min || value > max) return false;
  *out = value;
  return true;
}

static bool complain(const char *option, const char *problem) {
  fprintf(stderr, "guoban-sandbox: %s: %s\n%s", option, problem, usage);
  return false;
}

bool options_parse(struct options *options, int argc, char **argv) {
  *options = (struct options){
      .address_space_bytes = 256u << 20, .cpu_seconds = 30, .open_files = 64, .status_fd = 3};
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (strcmp(name, "--require-all") == 0) {
      options->require_all = true;
      continue;
    }
    if (i + 1 >= argc) return complain(name, "an option without its value, or not an option");
    char *text = argv[++i];
    unsigned long long value = 0;
    if (strcmp(name, "--module") == 0) {
      options->module = text;
    } else if (strcmp(name, "--executable") == 0) {
      options->program = &argv[i];
      break;
    } else if (strcmp(name, "--read-path") == 0) {
      if (options->read_path_count == READ_PATHS_MAX) return complain(name, "too many of them");
      options->read_paths[options->read_path_count++] = text;
    } else if (strcmp(name, "--address-space-bytes") == 0) {
      if (!number(text, 16u << 20, 1ull << 40, &value)) return complain(name, "must be 16 MiB to 1 TiB, in bytes");
      options->address_space_bytes = value;
    } else if (strcmp(name, "--cpu-seconds") == 0) {
      if (!number(text, 1, 86400, &value)) return complain(name, "must be 1 to 86400");
      options->cpu_seconds = (unsigned)value;
    } else if (strcmp(name, "--open-files") == 0) {
      if (!number(text, 8, 65536, &value)) return complain(name, "must be 8 to 65536");
      options->open_files = (unsigned)value;
    } else if (strcmp(name, "--status-fd") == 0) {
      if (!number(text, 2, 65535, &value)) return complain(name, "must be an open descriptor");
      options->status_fd = (int)value;
    } else if (strcmp(name, "--parent-pid") == 0) {
      if (!number(text, 1, INT_MAX, &value)) return complain(name, "must be a process id");
      options->parent = (pid_t)value;
    } else {
      return complain(name, "not an option");
    }
  }
  if ((options->module == NULL) == (options->program == NULL)) {
    return complain("--module, --executable", "one of them, not both");
  }
  return true;
}
