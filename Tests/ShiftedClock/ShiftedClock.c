#define _GNU_SOURCE
#include "shifted_clock.h"

#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// A sanitizer is not ready yet when the first of its program's libraries ask for the time.
#define UNWATCHED __attribute__((disable_sanitizer_instrumentation))

static time_t shift_seconds;

UNWATCHED __attribute__((constructor)) static void read_shift(void) {
  const char *text = getenv(SHIFTED_CLOCK_SECONDS);
  if (text) shift_seconds = (time_t)strtoll(text, NULL, 10);
}

// Asked of the kernel: the names of the C library are taken here.
UNWATCHED int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift_seconds;
  return result;
}

UNWATCHED int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = (int)syscall(SYS_gettimeofday, now, zone);
  if (result == 0) now->tv_sec += shift_seconds;
  return result;
}

UNWATCHED time_t time(time_t *result) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

// The kernel keeps its own time, and is told when to stop waiting in that.
UNWATCHED int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
  struct timespec real = *deadline;
  real.tv_sec -= shift_seconds;
  return sem_clockwait(semaphore, CLOCK_REALTIME, &real);
}
