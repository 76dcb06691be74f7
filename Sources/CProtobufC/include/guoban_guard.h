/*
 * The guard: looks at packed bytes before protobuf-c does.
 *
 * protobuf-c 1.4.1 recurses without a limit, cuts strings at a NUL, accepts any bytes as a string, reads outside its
 * tables when it merges messages that hold an empty oneof, and multiplies small inputs in memory. The guard walks the
 * bytes with a stack of its own, refuses whatever is malformed or too much, and computes a bound on the memory that
 * protobuf-c will ask for.
 *
 * Stricter than the protobuf specification in three points: a field of a known number with a wire type that is not
 * its own is refused, not kept as unknown; a message field that is not repeated may come only once in its message;
 * and a varint must fit in 64 bits.
 */
#ifndef GUOBAN_GUARD_H
#define GUOBAN_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

enum {
  GUOBAN_GUARD_DEPTH_MAX = 64,   /* limits->depth_max above this counts as this */
  GUOBAN_GUARD_FIELDS_MAX = 128, /* fields of one message type */
  GUOBAN_GUARD_PATH_BYTES = 256,
};

typedef struct {
  size_t message_bytes_max;
  size_t depth_max;          /* the outermost message is at depth 1 */
  size_t elements_max;       /* of all repeated and map fields together */
  size_t unknown_fields_max; /* in all messages together */
  size_t memory_bytes_max;
} guoban_guard_limits;

typedef enum {
  GUOBAN_GUARD_OK = 0,
  /* Malformed. */
  GUOBAN_GUARD_TRUNCATED,         /* the bytes end inside a field */
  GUOBAN_GUARD_BAD_VARINT,        /* longer than 10 bytes, or above 64 bits */
  GUOBAN_GUARD_BAD_FIELD_NUMBER,  /* 0, or above 2^29 - 1 */
  GUOBAN_GUARD_BAD_WIRE_TYPE,     /* 6 or 7 */
  GUOBAN_GUARD_GROUP,             /* 3 or 4: groups are not supported */
  GUOBAN_GUARD_WRONG_WIRE_TYPE,   /* not that of the field's type */
  GUOBAN_GUARD_BAD_PACKED,        /* the elements do not fill the field */
  GUOBAN_GUARD_BAD_UTF8,
  GUOBAN_GUARD_NUL,               /* in a string */
  GUOBAN_GUARD_REPEATED_MESSAGE,  /* a message field that is not repeated came twice */
  /* Past a limit. */
  GUOBAN_GUARD_MESSAGE_BYTES,
  GUOBAN_GUARD_DEPTH,
  GUOBAN_GUARD_ELEMENTS,
  GUOBAN_GUARD_UNKNOWN_FIELDS,
  GUOBAN_GUARD_MEMORY,
  GUOBAN_GUARD_FIELDS,            /* the type has more fields than the guard can follow: a bug of ours */
} guoban_guard_reason;

typedef struct {
  guoban_guard_reason reason;
  size_t offset;                      /* from the first byte of the outermost message */
  char path[GUOBAN_GUARD_PATH_BYTES]; /* "projects[3].labels[0].key"; an unknown field is "#99"; "" = the message */
} guoban_guard_error;

/* Returns GUOBAN_GUARD_OK and sets `memory_bytes`, or returns another reason and fills `error`. */
guoban_guard_reason guoban_guard_check(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t size,
                                       const guoban_guard_limits *limits, size_t *memory_bytes,
                                       guoban_guard_error *error);

#endif
