#include "guoban_utf8.h"

#include <string.h>

/* Length of the well-formed sequence of two to four bytes at `bytes`, or 0 (Unicode 15, table 3-7). */
static size_t sequence_length(const uint8_t *bytes, size_t rest) {
  uint8_t lead = bytes[0];
  size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || rest < length) return 0;
  uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (bytes[1] < low || bytes[1] > high) return 0;
  for (size_t i = 2; i < length; i++) {
    if ((bytes[i] & 0xc0) != 0x80) return 0;
  }
  return length;
}

size_t guoban_utf8_valid_prefix(const uint8_t *bytes, size_t size) {
  const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
  size_t at = 0;
  while (at < size) {
    uint64_t word;
    if (size - at >= sizeof word) {
      /* Eight bytes that are all ASCII and not NUL: the common case. */
      memcpy(&word, bytes + at, sizeof word);
      if ((word & highs) == 0 && ((word - ones) & highs) == 0) {
        at += sizeof word;
        continue;
      }
    }
    if (bytes[at] < 0x80) {
      if (bytes[at] == 0) return at;
      at += 1;
    } else {
      size_t length = sequence_length(bytes + at, size - at);
      if (length == 0) return at;
      at += length;
    }
  }
  return size;
}
