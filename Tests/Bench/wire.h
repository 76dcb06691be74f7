// As much of Guoban's wire protocol as a load generator needs, by hand: see Proto/guoban/rpc/v1/frame.proto.
#ifndef GUOBAN_BENCH_WIRE_H
#define GUOBAN_BENCH_WIRE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_HEADER_BYTES = 5 };

struct bytes {
  uint8_t *data;
  size_t count, capacity;
};

static inline void append(struct bytes *bytes, const void *data, size_t count) {
  if (bytes->count + count > bytes->capacity) {
    bytes->capacity = (bytes->count + count) * 2;
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (!bytes->data) abort();
  }
  if (count) memcpy(bytes->data + bytes->count, data, count);
  bytes->count += count;
}

static inline void append_byte(struct bytes *bytes, uint8_t byte) { append(bytes, &byte, 1); }

static inline void append_varint(struct bytes *bytes, uint64_t value) {
  for (; value >= 0x80; value >>= 7) append_byte(bytes, (uint8_t)(value | 0x80));
  append_byte(bytes, (uint8_t)value);
}

static inline void append_field(struct bytes *bytes, uint32_t number, const void *data, size_t count) {
  append_varint(bytes, (uint64_t)number << 3 | 2);
  append_varint(bytes, count);
  append(bytes, data, count);
}

static inline void append_number(struct bytes *bytes, uint32_t number, uint64_t value) {
  append_varint(bytes, (uint64_t)number << 3);
  append_varint(bytes, value);
}

static inline void append_frame(struct bytes *bytes, const struct bytes *body) {
  uint32_t count = (uint32_t)body->count;
  uint8_t header[FRAME_HEADER_BYTES] = {0, count >> 24, count >> 16, count >> 8, count};
  append(bytes, header, sizeof header);
  append(bytes, body->data, body->count);
}

// One field of a message; number 0 at the end and for bytes that are no message.
struct field {
  uint32_t number;
  uint64_t value;        // of a varint
  const uint8_t *data;   // of a length-prefixed field
  size_t count;
};

static inline uint64_t take_varint(const uint8_t **at, const uint8_t *end) {
  uint64_t value = 0;
  for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
    uint8_t byte = *(*at)++;
    value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

static inline struct field take_field(const uint8_t **at, const uint8_t *end) {
  struct field field = {0};
  if (*at >= end) return field;
  uint64_t tag = take_varint(at, end);
  uint64_t value = take_varint(at, end);
  if ((tag & 7) == 2) {
    if (value > (size_t)(end - *at)) return field;
    field.data = *at;
    field.count = value;
    *at += value;
  } else if ((tag & 7) != 0) {
    return field;
  } else {
    field.value = value;
  }
  field.number = (uint32_t)(tag >> 3);
  return field;
}

#endif
