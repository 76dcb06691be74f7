/*
 * A bump allocator with a budget. Everything in it is freed at once.
 *
 * An arena belongs to the thread that began it and must end there. The first arena of a thread takes its memory
 * from a block that the thread keeps, so that small messages need no malloc.
 */
#ifndef GUOBAN_ARENA_H
#define GUOBAN_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

typedef struct guoban_arena guoban_arena;

/* Returns NULL only when the machine is out of memory. */
guoban_arena *guoban_arena_begin(size_t budget_bytes);

/* Returns NULL when `size` bytes more, rounded up to 16, would pass the budget, or memory is out. */
void *guoban_arena_alloc(guoban_arena *arena, size_t size);

/* Bytes handed out so far, each request rounded up to 16. */
size_t guoban_arena_used_bytes(const guoban_arena *arena);

/* The arena as protobuf-c wants it; its `free` does nothing. Valid until guoban_arena_end. */
ProtobufCAllocator *guoban_arena_allocator(guoban_arena *arena);

/* Frees everything that came from the arena, and the arena. */
void guoban_arena_end(guoban_arena *arena);

#endif
