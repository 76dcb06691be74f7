// What a workbook says about itself: where its first sheet is, how dates count, which styles are dates, shared strings.
#ifndef GUOBAN_SHEET_BOOK_H
#define GUOBAN_SHEET_BOOK_H

#include "sheet_part.h"

#define PATH_BYTES 512
#define STYLES_MAX 65536
#define FORMATS_MAX 4096

typedef struct {
  char sheet[PATH_BYTES];    // "xl/worksheets/sheet1.xml"
  char strings[PATH_BYTES];  // empty: none
  char styles[PATH_BYTES];
  char sheet_id[64];         // the relationship's
  int is_1904;
  unsigned char *date_styles;  // by cell style: a guoban_sheet_kind
  size_t style_count;
  char *shared;  // all strings, one after another
  size_t shared_bytes, shared_room;
  uint64_t *ends;  // of each string
  size_t shared_count, ends_room;
} workbook;

// 0 on failure, with archive->status.
int workbook_read(workbook *book, archive *archive, int wants_cells);
void workbook_free(workbook *book);
// GUOBAN_SHEET_DATE, _MONTH or _DATE_TIME when numbers in this format are shown as dates, else GUOBAN_SHEET_NUMBER.
guoban_sheet_kind format_kind(int id, const char *code);
// Makes room for `count` more items.
int grow(void **items, size_t *room, size_t used, size_t count, size_t item_bytes);

#endif
