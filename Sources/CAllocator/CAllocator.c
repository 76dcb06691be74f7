#include "guoban_allocator.h"

// Memory that is free goes back to the kernel within a second or two, by a thread that nobody waits for.
const char *malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
