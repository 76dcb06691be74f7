#define _GNU_SOURCE
#include "status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__attribute__((format(printf, 2, 3))) static void append(struct status *status, const char *format, ...) {
  size_t space = sizeof(status->line) - status->length;
  va_list arguments;
  va_start(arguments, format);
  int added = vsnprintf(status->line + status->length, space, format, arguments);
  va_end(arguments);
  if (added > 0 && (size_t)added < space) status->length += (size_t)added;
}

void status_add(struct status *status, const char *name, const char *value) {
  append(status, "%s%s=%s", status->length > 0 ? " " : "", name, value);
}

void status_number(struct status *status, const char *name, unsigned long long value) {
  append(status, "%s%s=%llu", status->length > 0 ? " " : "", name, value);
}

void status_missing(struct status *status, const char *name, int error) {
  const char *reason = strerrorname_np(error);
  if (reason == NULL) reason = "UNKNOWN";
  append(status, "%s%s=missing:%s", status->length > 0 ? " " : "", name, reason);
  fprintf(stderr, "guoban-sandbox: WARNING: this kernel gives no %s (%s): the reporter is less confined\n", name, reason);
  status->missing = true;
}

void status_send(struct status *status, int fd) {
  append(status, "\n");
  for (size_t sent = 0; sent < status->length;) {
    ssize_t count = write(fd, status->line + sent, status->length - sent);
    if (count <= 0) break;
    sent += (size_t)count;
  }
  status->length = 0;
}
