#include <stdio.h>

#include "guoban_guard_walk.h"

/* Moves over a field's value. The walk has checked these bytes before. */
static void skip(const uint8_t *bytes, size_t *at, size_t end, unsigned wire_type) {
  uint64_t value = 0;
  switch (wire_type) {
  case PROTOBUF_C_WIRE_TYPE_VARINT:
    guoban_guard_varint(bytes, at, end, &value);
    break;
  case PROTOBUF_C_WIRE_TYPE_64BIT:
    *at += 8;
    break;
  case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
    guoban_guard_varint(bytes, at, end, &value);
    *at += value;
    break;
  default:
    *at += 4;
  }
}

/* How often the field being read has come before in its message. */
static size_t earlier_occurrences(const uint8_t *bytes, const guoban_guard_frame *frame) {
  size_t count = 0;
  for (size_t at = frame->start; at < frame->tag_at;) {
    uint64_t tag = 0;
    guoban_guard_varint(bytes, &at, frame->end, &tag);
    if (tag >> 3 == frame->number) count++;
    skip(bytes, &at, frame->end, (unsigned)(tag & 7));
  }
  return count;
}

/* Elements that may share one field have no number of their own. */
static int is_packable(ProtobufCType type) {
  return type != PROTOBUF_C_TYPE_STRING && type != PROTOBUF_C_TYPE_BYTES && type != PROTOBUF_C_TYPE_MESSAGE;
}

void guoban_guard_path(const uint8_t *bytes, const guoban_guard_frame *frames, size_t depth, char *path, size_t size) {
  size_t used = 0;
  path[0] = '\0';
  for (size_t i = 0; i < depth && frames[i].number != 0; i++) {
    const guoban_guard_frame *frame = &frames[i];
    const char *dot = i == 0 ? "" : ".";
    int wrote;
    if (frame->field == NULL) {
      wrote = snprintf(path + used, size - used, "%s#%u", dot, (unsigned)frame->number);
    } else if (frame->field->label == PROTOBUF_C_LABEL_REPEATED && !is_packable(frame->field->type)) {
      wrote = snprintf(path + used, size - used, "%s%s[%zu]", dot, frame->field->name, earlier_occurrences(bytes, frame));
    } else {
      wrote = snprintf(path + used, size - used, "%s%s", dot, frame->field->name);
    }
    if (wrote < 0 || (size_t)wrote >= size - used) return;
    used += (size_t)wrote;
  }
}
