// What a thread asks of the kernel's scheduler and Swift cannot say: glibc has no function for it.
#ifndef GUOBAN_SCHEDULING_H
#define GUOBAN_SCHEDULING_H

#include <stdint.h>

// Asks that the calling thread be run in short slices: it gets no more of the processor than others, but gets it sooner when
// there is something to do. Threads that it starts run as usual.
//
// nanoseconds: 100 000 to 100 000 000. Returns 0, or an errno; kernels before Linux 6.12 return 0 and change nothing.
int guoban_run_in_slices(uint64_t nanoseconds);

#endif
