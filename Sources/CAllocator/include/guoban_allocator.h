// The allocator of the daemon: jemalloc in the place of the C library's, by being linked.
#ifndef GUOBAN_ALLOCATOR_H
#define GUOBAN_ALLOCATOR_H

// What jemalloc reads when it starts, before main. A request is taken apart by one thread, written by another and answered by
// a third, and each frees what the others allocated: the C library locks an arena for that, and threads waited for one another.
extern const char *malloc_conf;

#endif
