// The command line of guoban-sandbox as a value.
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define READ_PATHS_MAX 64

struct options {
  const char *module;               // --module PATH: a shared library with the entry function
  char **program;                   // --executable PROGRAM [ARGUMENT…]: takes the rest of the line; NULL-terminated
  size_t address_space_bytes;       // --address-space-bytes N
  unsigned cpu_seconds;             // --cpu-seconds N
  unsigned open_files;              // --open-files N
  int status_fd;                    // --status-fd N: where the status lines go
  pid_t parent;                     // --parent-pid N: whose death ends this process; 0 = whoever it is now
  bool require_all;                 // --require-all: a protection that this kernel lacks is an error
  const char *read_paths[READ_PATHS_MAX];  // --read-path PATH, repeated: readable until the module is loaded
  size_t read_path_count;
};

// Reads the command line. On a mistake it says which on stderr and returns false.
bool options_parse(struct options *options, int argc, char **argv);

#endif
