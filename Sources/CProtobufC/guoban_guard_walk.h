/* What the guard's walk and its error paths share. */
#ifndef GUOBAN_GUARD_WALK_H
#define GUOBAN_GUARD_WALK_H

#include "guoban_guard.h"

/* A message that is being walked. */
typedef struct {
  const ProtobufCMessageDescriptor *descriptor;
  size_t start;
  size_t end;
  size_t tag_at;                         /* of the field being read */
  uint32_t number;                       /* of the field being read; 0 = its tag is not read yet */
  const ProtobufCFieldDescriptor *field; /* NULL = unknown */
  unsigned next_index;                   /* where the next field probably is in the descriptor */
  size_t members;                        /* fields read so far */
  size_t noted_members_max;              /* how many protobuf-c has room to note */
  size_t slab_members;                   /* how many the latest slab of notes holds */
  uint64_t seen[GUOBAN_GUARD_FIELDS_MAX / 64]; /* by index in the descriptor */
} guoban_guard_frame;

/* Reads a varint of at most 10 bytes and 64 bits at `*at`, before `end`. */
guoban_guard_reason guoban_guard_varint(const uint8_t *bytes, size_t *at, size_t end, uint64_t *value);

/* Writes the path of the field being read in the innermost of `depth` frames. */
void guoban_guard_path(const uint8_t *bytes, const guoban_guard_frame *frames, size_t depth, char *path, size_t size);

#endif
