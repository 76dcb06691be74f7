#include "guoban_arena.h"

#include <stdlib.h>
#include <string.h>

enum {
  THREAD_BLOCK_BYTES = 16 * 1024,
  BLOCK_BYTES_MIN = 64 * 1024,
  BLOCK_BYTES_MAX = 1024 * 1024,
};

/* A block that came from malloc; its bytes follow. */
typedef struct block {
  struct block *previous;
  _Alignas(GUOBAN_ARENA_ALIGNMENT) uint8_t bytes[];
} block;

struct guoban_arena {
  uint8_t *next;
  uint8_t *end;
  size_t used_bytes;
  size_t budget_bytes;
  size_t block_bytes; /* of the next block */
  block *last;
  int in_thread_block; /* the arena itself lies in this thread's block */
  ProtobufCAllocator allocator;
};

static _Thread_local _Alignas(GUOBAN_ARENA_ALIGNMENT) uint8_t thread_block[THREAD_BLOCK_BYTES];
static _Thread_local int thread_block_taken;

static void *allocate(void *arena, size_t size) { return guoban_arena_alloc(arena, size); }

static void keep(void *arena, void *pointer) {
  (void)arena;
  (void)pointer;
}

guoban_arena *guoban_arena_begin(size_t budget_bytes) {
  guoban_arena *arena;
  size_t head = guoban_arena_rounded(sizeof *arena);
  int in_thread_block = !thread_block_taken;
  if (in_thread_block) {
    thread_block_taken = 1;
    arena = (guoban_arena *)thread_block;
    arena->next = thread_block + head;
    arena->end = thread_block + THREAD_BLOCK_BYTES;
  } else {
    arena = malloc(head);
    if (arena == NULL) return NULL;
    arena->next = NULL;
    arena->end = NULL;
  }
  arena->used_bytes = 0;
  arena->budget_bytes = budget_bytes;
  arena->block_bytes = BLOCK_BYTES_MIN;
  arena->last = NULL;
  arena->in_thread_block = in_thread_block;
  arena->allocator.alloc = allocate;
  arena->allocator.free = keep;
  arena->allocator.allocator_data = arena;
  return arena;
}

/* A block for at least `size` bytes. A large request gets one of its own, and the current block stays in use. */
static void *alloc_from_new_block(guoban_arena *arena, size_t size) {
  int own = size > arena->block_bytes / 4;
  size_t bytes = own ? size : arena->block_bytes;
  if (bytes > SIZE_MAX - sizeof(block)) return NULL;
  block *made = malloc(sizeof(block) + bytes);
  if (made == NULL) return NULL;
  made->previous = arena->last;
  arena->last = made;
  if (!own) {
    arena->next = made->bytes + size;
    arena->end = made->bytes + bytes;
    if (arena->block_bytes < BLOCK_BYTES_MAX) arena->block_bytes *= 2;
  }
  return made->bytes;
}

void *guoban_arena_alloc(guoban_arena *arena, size_t size) {
  if (size > arena->budget_bytes - arena->used_bytes) return NULL;
  size_t rounded = guoban_arena_rounded(size == 0 ? 1 : size);
  if (rounded < size || rounded > arena->budget_bytes - arena->used_bytes) return NULL;
  void *bytes;
  if (rounded <= (size_t)(arena->end - arena->next)) {
    bytes = arena->next;
    arena->next += rounded;
  } else {
    bytes = alloc_from_new_block(arena, rounded);
    if (bytes == NULL) return NULL;
  }
  arena->used_bytes += rounded;
  return bytes;
}

static char *copy_with_visible_nuls(guoban_arena *arena, const char *utf8, size_t size) {
  static const char replacement[3] = {'\xef', '\xbf', '\xbd'};
  size_t nuls = 0;
  for (size_t i = 0; i < size; i++) nuls += utf8[i] == 0;
  char *copy = guoban_arena_alloc(arena, size + nuls * (sizeof replacement - 1) + 1);
  if (copy == NULL) return NULL;
  char *to = copy;
  for (size_t i = 0; i < size; i++) {
    if (utf8[i] != 0) {
      *to++ = utf8[i];
    } else {
      memcpy(to, replacement, sizeof replacement);
      to += sizeof replacement;
    }
  }
  *to = 0;
  return copy;
}

char *guoban_arena_string(guoban_arena *arena, const char *utf8, size_t size) {
  if (size > 0 && memchr(utf8, 0, size) != NULL) return copy_with_visible_nuls(arena, utf8, size);
  char *copy = guoban_arena_alloc(arena, size + 1);
  if (copy == NULL) return NULL;
  if (size > 0) memcpy(copy, utf8, size);
  copy[size] = 0;
  return copy;
}

size_t guoban_arena_used_bytes(const guoban_arena *arena) { return arena->used_bytes; }

ProtobufCAllocator *guoban_arena_allocator(guoban_arena *arena) { return &arena->allocator; }

void guoban_arena_end(guoban_arena *arena) {
  block *last = arena->last;
  while (last != NULL) {
    block *previous = last->previous;
    free(last);
    last = previous;
  }
  if (arena->in_thread_block) {
    thread_block_taken = 0;
  } else {
    free(arena);
  }
}
