// Reads the first sheet of an XLSX workbook row by row in bounded memory (minizip inflates, expat parses, nothing is held
// but one row and the shared strings), and copies a workbook with one column more.
//
// The file may come from anyone: everything it can make grow has a limit, document types are refused, and nothing in it is
// ever run or fetched.
#ifndef GUOBAN_SHEET_H
#define GUOBAN_SHEET_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t inflated_bytes_max;      // of all parts that are read
  uint32_t inflation_ratio_max;     // inflated ÷ packed, looked at past 64 MiB
  uint64_t shared_bytes_max;        // of the shared strings together
  uint32_t shared_strings_max;
  uint32_t cell_bytes_max;          // of one cell's text
  uint32_t columns_max;             // a cell further to the right must be empty
  uint32_t merges_max;              // merged ranges that are remembered
} guoban_sheet_limits;

typedef enum {
  GUOBAN_SHEET_OK = 0,
  GUOBAN_SHEET_CANNOT_OPEN,      // no such file, or no ZIP archive
  GUOBAN_SHEET_NOT_A_WORKBOOK,   // the parts of a workbook are not there
  GUOBAN_SHEET_DAMAGED,          // a part ends early, or its checksum or XML is wrong
  GUOBAN_SHEET_ENCRYPTED,
  GUOBAN_SHEET_TOO_LARGE,        // inflated_bytes_max, inflation_ratio_max or the shared strings
  GUOBAN_SHEET_CELL_TOO_LONG,
  GUOBAN_SHEET_TOO_MANY_COLUMNS,
  GUOBAN_SHEET_FORBIDDEN,        // a document type, or elements nested too deep
  GUOBAN_SHEET_NO_MEMORY,
  GUOBAN_SHEET_CANNOT_WRITE,
} guoban_sheet_status;

typedef enum {
  GUOBAN_SHEET_EMPTY,
  GUOBAN_SHEET_TEXT,
  GUOBAN_SHEET_NUMBER,         // the text is a double's as the file has it: "0.1", "1E-3"
  GUOBAN_SHEET_DATE,           // the text is a serial number, as of a number
  GUOBAN_SHEET_MONTH,          // the same, shown without its day
  GUOBAN_SHEET_DATE_TIME,      // the same, shown with its time of day
  GUOBAN_SHEET_BOOLEAN,        // "0" or "1"
  GUOBAN_SHEET_ERROR,          // "#N/A"
  GUOBAN_SHEET_UNCALCULATED,   // a formula whose value was never stored
} guoban_sheet_kind;

typedef struct {
  uint32_t column;  // from 0
  guoban_sheet_kind kind;
  const char *text;  // UTF-8, not terminated
  size_t length;
} guoban_sheet_cell;

typedef struct guoban_sheet guoban_sheet;

// Opens the first visible sheet of the workbook. NULL with *status on failure.
guoban_sheet *guoban_sheet_open(const char *path, const guoban_sheet_limits *limits, guoban_sheet_status *status);

// The next row that has an element in the file: 1 with the row's number (from 1) and its cells by column, valid until the
// next call; 0 after the last row; -1 with *status on failure.
int guoban_sheet_next(guoban_sheet *sheet, uint32_t *row, const guoban_sheet_cell **cells, size_t *count,
                      guoban_sheet_status *status);

// The row being read when a call failed; 0 when none was.
uint32_t guoban_sheet_row(const guoban_sheet *sheet);
// The column, from 0, of the cell that GUOBAN_SHEET_CELL_TOO_LONG or TOO_MANY_COLUMNS is about.
uint32_t guoban_sheet_column(const guoban_sheet *sheet);
// Serial numbers count from 1904.
int guoban_sheet_is_1904(const guoban_sheet *sheet);
// After the last row: merged ranges, "A3:A5".
size_t guoban_sheet_merge_count(const guoban_sheet *sheet);
const char *guoban_sheet_merge(const guoban_sheet *sheet, size_t index);

void guoban_sheet_close(guoban_sheet *sheet);

// What to write beside a row; NULL for nothing. UTF-8, terminated, valid until the next call.
typedef const char *(*guoban_sheet_note)(void *context, uint32_t row);

// Copies the workbook; in the first visible sheet each row gets the cell of `column` that `note` says (an inline string,
// instead of what stood there). Every other byte of every part stays as it is.
guoban_sheet_status guoban_sheet_annotate(const char *from, const char *to, const guoban_sheet_limits *limits,
                                          uint32_t column, guoban_sheet_note note, void *context);

#endif
