// Tells ThreadSanitizer of locks that were waited for. Preloaded into the tests.
//
// Swift's Mutex takes an uncontended lock by an atomic operation that is inlined into our code, where the sanitizer sees it.
// A contended one goes through libswiftSynchronization, which no sanitizer has instrumented: without this, all that such a
// lock guards would be told as a race.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// There in programs built with the sanitizer; the others that tests start (sqlite3, python3) have none.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

typedef SWIFT void (*lock_slow_function)(uint32_t thread, SELF handle);
typedef SWIFT void (*unlock_slow_function)(SELF handle);

SWIFT void lock_slow(uint32_t thread, SELF handle) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF handle) __asm__(UNLOCK_SLOW);

static lock_slow_function next_lock_slow;
static unlock_slow_function next_unlock_slow;

__attribute__((constructor)) static void find(void) {
  next_lock_slow = (lock_slow_function)dlsym(RTLD_NEXT, LOCK_SLOW);
  next_unlock_slow = (unlock_slow_function)dlsym(RTLD_NEXT, UNLOCK_SLOW);
}

SWIFT void lock_slow(uint32_t thread, SELF handle) {
  next_lock_slow(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void unlock_slow(SELF handle) {
  if (__tsan_release) __tsan_release(handle);
  next_unlock_slow(handle);
}
