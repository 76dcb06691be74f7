#include "guoban_guard.h"

#include <string.h>

#include "guoban_arena.h"
#include "guoban_guard_walk.h"
#include "guoban_utf8.h"

enum {
  FIELD_NUMBER_MAX = (1 << 29) - 1,
  VARINT_BYTES_MAX = 10,
  /* protobuf-c notes each field of a message before it reads them: the first 16 on its stack, then in slabs that
   * double, of 32 bytes a note (its BOUND_SIZEOF_SCANNED_MEMBER_LOG2). */
  FIRST_SLAB_MEMBERS = 16,
  NOTE_BYTES = 32,
};

typedef struct {
  const uint8_t *bytes;
  const guoban_guard_limits *limits;
  size_t at;
  size_t elements;
  size_t unknown_fields;
  size_t memory_bytes;
  size_t depth;
  guoban_guard_frame frames[GUOBAN_GUARD_DEPTH_MAX];
} walk;

guoban_guard_reason guoban_guard_varint(const uint8_t *bytes, size_t *at, size_t end, uint64_t *value) {
  uint64_t read = 0;
  for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
    if (*at + i >= end) return GUOBAN_GUARD_TRUNCATED;
    uint8_t byte = bytes[*at + i];
    if (i == VARINT_BYTES_MAX - 1 && byte > 1) return GUOBAN_GUARD_BAD_VARINT;
    read |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *at += i + 1;
      *value = read;
      return GUOBAN_GUARD_OK;
    }
  }
  return GUOBAN_GUARD_BAD_VARINT;
}

/* Counts what the arena will hand out for a request of `size` bytes. */
static guoban_guard_reason charge(walk *walk, size_t size) {
  size_t rounded = guoban_arena_rounded(size);
  if (rounded > walk->limits->memory_bytes_max - walk->memory_bytes) return GUOBAN_GUARD_MEMORY;
  walk->memory_bytes += rounded;
  return GUOBAN_GUARD_OK;
}

static size_t element_bytes(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_BYTES:
    return sizeof(ProtobufCBinaryData);
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_BOOL:
  case PROTOBUF_C_TYPE_ENUM:
    return 4;
  default:
    return 8;
  }
}

/* Counts elements of a repeated field. Its array is one request, so only the first element pays for rounding. */
static guoban_guard_reason count_elements(walk *walk, ProtobufCType type, size_t count, int first) {
  if (count > walk->limits->elements_max - walk->elements) return GUOBAN_GUARD_ELEMENTS;
  walk->elements += count;
  size_t bytes = count * element_bytes(type);
  size_t left = walk->limits->memory_bytes_max - walk->memory_bytes;
  if (bytes > left) return GUOBAN_GUARD_MEMORY;
  walk->memory_bytes += bytes;
  return first ? charge(walk, 1) : GUOBAN_GUARD_OK;
}

static guoban_guard_reason count_unknown(walk *walk, size_t bytes) {
  if (walk->unknown_fields == walk->limits->unknown_fields_max) return GUOBAN_GUARD_UNKNOWN_FIELDS;
  walk->unknown_fields++;
  guoban_guard_reason reason = charge(walk, sizeof(ProtobufCMessageUnknownField));
  return reason == GUOBAN_GUARD_OK ? charge(walk, bytes) : reason;
}

static guoban_guard_reason count_member(walk *walk, guoban_guard_frame *frame) {
  if (frame->members == frame->noted_members_max) {
    frame->slab_members *= 2;
    frame->noted_members_max += frame->slab_members;
    guoban_guard_reason reason = charge(walk, frame->slab_members * NOTE_BYTES);
    if (reason != GUOBAN_GUARD_OK) return reason;
  }
  frame->members++;
  return GUOBAN_GUARD_OK;
}

static guoban_guard_reason enter(walk *walk, const ProtobufCMessageDescriptor *descriptor, size_t end) {
  size_t depth_max = walk->limits->depth_max;
  if (walk->depth >= depth_max || walk->depth >= GUOBAN_GUARD_DEPTH_MAX) return GUOBAN_GUARD_DEPTH;
  if (descriptor->n_fields > GUOBAN_GUARD_FIELDS_MAX) return GUOBAN_GUARD_FIELDS;
  guoban_guard_reason reason = charge(walk, descriptor->sizeof_message);
  if (reason != GUOBAN_GUARD_OK) return reason;
  guoban_guard_frame *frame = &walk->frames[walk->depth++];
  memset(frame, 0, sizeof *frame);
  frame->descriptor = descriptor;
  frame->start = walk->at;
  frame->end = end;
  frame->noted_members_max = FIRST_SLAB_MEMBERS;
  frame->slab_members = FIRST_SLAB_MEMBERS;
  return GUOBAN_GUARD_OK;
}

static guoban_guard_reason check_string(walk *walk, size_t size) {
  size_t valid = guoban_utf8_valid_prefix(walk->bytes + walk->at, size);
  if (valid < size) {
    walk->at += valid;
    return walk->bytes[walk->at] == 0 ? GUOBAN_GUARD_NUL : GUOBAN_GUARD_BAD_UTF8;
  }
  walk->at += size;
  return charge(walk, size + 1);
}

static unsigned wire_type_of(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE:
    return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
    return PROTOBUF_C_WIRE_TYPE_32BIT;
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_DOUBLE:
    return PROTOBUF_C_WIRE_TYPE_64BIT;
  default:
    return PROTOBUF_C_WIRE_TYPE_VARINT;
  }
}

/* A packed field's elements, which must fill it exactly. */
static guoban_guard_reason check_packed(walk *walk, ProtobufCType type, size_t size, int first) {
  size_t end = walk->at + size, count = 0;
  unsigned wire_type = wire_type_of(type);
  if (wire_type != PROTOBUF_C_WIRE_TYPE_VARINT) {
    size_t width = wire_type == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8;
    if (size % width != 0) return GUOBAN_GUARD_BAD_PACKED;
    count = size / width;
    walk->at = end;
  }
  while (walk->at < end) {
    uint64_t value;
    size_t at = walk->at;
    guoban_guard_reason reason = guoban_guard_varint(walk->bytes, &at, end, &value);
    if (reason == GUOBAN_GUARD_TRUNCATED) return GUOBAN_GUARD_BAD_PACKED;
    if (reason != GUOBAN_GUARD_OK) return reason;
    /* protobuf-c takes each byte of a packed bool for one element. */
    if (type == PROTOBUF_C_TYPE_BOOL && (value > 1 || at - walk->at > 1)) return GUOBAN_GUARD_BAD_PACKED;
    walk->at = at;
    count++;
  }
  return count_elements(walk, type, count, first);
}

/* The value of a length-prefixed field; `walk->at` is behind the length. */
static guoban_guard_reason check_sized(walk *walk, guoban_guard_frame *frame, size_t size, int first) {
  const ProtobufCFieldDescriptor *field = frame->field;
  int repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
  if (wire_type_of(field->type) != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
    return repeated ? check_packed(walk, field->type, size, first) : GUOBAN_GUARD_WRONG_WIRE_TYPE;
  }
  if (repeated) {
    guoban_guard_reason reason = count_elements(walk, field->type, 1, first);
    if (reason != GUOBAN_GUARD_OK) return reason;
  }
  switch (field->type) {
  case PROTOBUF_C_TYPE_STRING:
    return check_string(walk, size);
  case PROTOBUF_C_TYPE_BYTES:
    walk->at += size;
    return size == 0 ? GUOBAN_GUARD_OK : charge(walk, size);
  default:
    if (!repeated && !first) return GUOBAN_GUARD_REPEATED_MESSAGE;
    return enter(walk, field->descriptor, walk->at + size);
  }
}

/* Finds the field in the descriptor; returns whether it is its first time in this message. */
static int find_field(guoban_guard_frame *frame) {
  const ProtobufCMessageDescriptor *descriptor = frame->descriptor;
  const ProtobufCFieldDescriptor *field = NULL;
  if (frame->next_index < descriptor->n_fields && descriptor->fields[frame->next_index].id == frame->number) {
    field = &descriptor->fields[frame->next_index];
  } else {
    field = protobuf_c_message_descriptor_get_field(descriptor, frame->number);
  }
  frame->field = field;
  if (field == NULL) return 0;
  unsigned index = (unsigned)(field - descriptor->fields);
  frame->next_index = field->label == PROTOBUF_C_LABEL_REPEATED ? index : index + 1;
  uint64_t bit = (uint64_t)1 << (index % 64);
  int first = (frame->seen[index / 64] & bit) == 0;
  frame->seen[index / 64] |= bit;
  return first;
}

/* Reads one field of the innermost message. */
static guoban_guard_reason read_field(walk *walk, guoban_guard_frame *frame) {
  uint64_t tag, value;
  frame->tag_at = walk->at;
  frame->number = 0;
  guoban_guard_reason reason = guoban_guard_varint(walk->bytes, &walk->at, frame->end, &tag);
  if (reason != GUOBAN_GUARD_OK) return reason;
  if (tag >> 3 == 0 || tag >> 3 > FIELD_NUMBER_MAX || walk->at - frame->tag_at > 5) return GUOBAN_GUARD_BAD_FIELD_NUMBER;
  frame->number = (uint32_t)(tag >> 3);
  int first = find_field(frame);
  reason = count_member(walk, frame);
  if (reason != GUOBAN_GUARD_OK) return reason;

  unsigned wire_type = (unsigned)(tag & 7);
  size_t value_at = walk->at, rest = frame->end - walk->at;
  switch (wire_type) {
  case PROTOBUF_C_WIRE_TYPE_VARINT:
    reason = guoban_guard_varint(walk->bytes, &walk->at, frame->end, &value);
    if (reason != GUOBAN_GUARD_OK) return reason;
    break;
  case PROTOBUF_C_WIRE_TYPE_64BIT:
    if (rest < 8) return GUOBAN_GUARD_TRUNCATED;
    walk->at += 8;
    break;
  case PROTOBUF_C_WIRE_TYPE_32BIT:
    if (rest < 4) return GUOBAN_GUARD_TRUNCATED;
    walk->at += 4;
    break;
  case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
    reason = guoban_guard_varint(walk->bytes, &walk->at, frame->end, &value);
    if (reason != GUOBAN_GUARD_OK) return reason;
    /* protobuf-c reads a length of at most five bytes. */
    if (walk->at - value_at > 5 || value > frame->end - walk->at) return GUOBAN_GUARD_TRUNCATED;
    if (frame->field != NULL) return check_sized(walk, frame, (size_t)value, first);
    walk->at += (size_t)value;
    break;
  case 3:
  case 4:
    return GUOBAN_GUARD_GROUP;
  default:
    return GUOBAN_GUARD_BAD_WIRE_TYPE;
  }
  if (frame->field == NULL) return count_unknown(walk, walk->at - value_at);
  if (wire_type_of(frame->field->type) != wire_type) return GUOBAN_GUARD_WRONG_WIRE_TYPE;
  if (frame->field->label != PROTOBUF_C_LABEL_REPEATED) return GUOBAN_GUARD_OK;
  return count_elements(walk, frame->field->type, 1, first);
}

guoban_guard_reason guoban_guard_check(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t size,
                                       const guoban_guard_limits *limits, size_t *memory_bytes,
                                       guoban_guard_error *error) {
  walk walk;
  walk.bytes = bytes;
  walk.limits = limits;
  walk.at = 0;
  walk.elements = 0;
  walk.unknown_fields = 0;
  walk.memory_bytes = 0;
  walk.depth = 0;

  guoban_guard_reason reason = GUOBAN_GUARD_MESSAGE_BYTES;
  if (size <= limits->message_bytes_max) reason = enter(&walk, descriptor, size);
  while (reason == GUOBAN_GUARD_OK && walk.depth > 0) {
    guoban_guard_frame *frame = &walk.frames[walk.depth - 1];
    if (walk.at == frame->end) {
      walk.depth--;
    } else {
      reason = read_field(&walk, frame);
    }
  }
  if (reason == GUOBAN_GUARD_OK) {
    *memory_bytes = walk.memory_bytes;
  } else {
    error->reason = reason;
    error->offset = walk.at;
    guoban_guard_path(bytes, walk.frames, walk.depth, error->path, sizeof error->path);
  }
  return reason;
}
