// The status lines: which protections hold, told before the reporter's first instruction.
#ifndef STATUS_H
#define STATUS_H

#include <stdbool.h>
#include <stddef.h>

struct status {
  char line[1024];
  size_t length;
  bool missing;  // at least one protection is missing
};

// Adds "name=value".
void status_add(struct status *status, const char *name, const char *value);

// Adds "name=N".
void status_number(struct status *status, const char *name, unsigned long long value);

// Adds "name=missing:REASON" and says it on stderr too: never skipped in silence.
void status_missing(struct status *status, const char *name, int error);

// Writes the line and empties it. Nobody may be listening: that is not an error.
void status_send(struct status *status, int fd);

#endif
