// "AB12" and back.
#ifndef GUOBAN_SHEET_REFERENCE_H
#define GUOBAN_SHEET_REFERENCE_H

#include <stdint.h>

#define REFERENCE_ROWS_MAX 1048576u
#define REFERENCE_COLUMNS_MAX 16384u
#define REFERENCE_BAD UINT32_MAX

// The column of a reference, from 0.
static inline uint32_t reference_column(const char *reference) {
  uint32_t column = 0;
  const char *at = reference;
  for (; *at >= 'A' && *at <= 'Z'; at++) {
    column = column * 26 + (uint32_t)(*at - 'A' + 1);
    if (column > REFERENCE_COLUMNS_MAX) return REFERENCE_BAD;
  }
  return column && at > reference ? column - 1 : REFERENCE_BAD;
}

// Writes the letters of a column, terminated; `letters` has room for 4.
static inline void reference_letters(uint32_t column, char *letters) {
  char reversed[4];
  int count = 0;
  for (column++; column && count < 3; column = (column - 1) / 26) reversed[count++] = (char)('A' + (column - 1) % 26);
  for (int index = 0; index < count; index++) letters[index] = reversed[count - 1 - index];
  letters[count] = 0;
}

#endif
