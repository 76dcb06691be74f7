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

enum { GUOBAN_ARENA_ALIGNMENT = 16 };

/* What a request of `size` bytes takes from the budget. */
static inline size_t guoban_arena_rounded(size_t size) {
  return (size + GUOBAN_ARENA_ALIGNMENT - 1) & ~(size_t)(GUOBAN_ARENA_ALIGNMENT - 1);
}

/* Returns NULL only when the machine is out of memory. */
guoban_arena *guoban_arena_begin(size_t budget_bytes);

/* Returns NULL when `size` bytes more, rounded up, would pass the budget, or memory is out. */
void *guoban_arena_alloc(guoban_arena *arena, size_t size);

/* A NUL-terminated copy of `size` bytes of UTF-8, or NULL. Each NUL inside becomes U+FFFD, so that nothing is cut off. */
char *guoban_arena_string(guoban_arena *arena, const char *utf8, size_t size);

/* Bytes handed out so far, each request rounded up. */
size_t guoban_arena_used_bytes(const guoban_arena *arena);

/* The arena as protobuf-c wants it; its `free` does nothing. Valid until guoban_arena_end. */
ProtobufCAllocator *guoban_arena_allocator(guoban_arena *arena);

/* Frees everything that came from the arena, and the arena. */
void guoban_arena_end(guoban_arena *arena);

#endif
