#include <stdlib.h>
#include <string.h>

#include "sheet_book.h"
#include "sheet_reference.h"

struct guoban_sheet {
  handlers handlers;
  guoban_sheet_limits limits;
  archive archive;
  workbook book;
  part part;
  // The row being read.
  uint32_t row, column;
  int in_row, is_row_ready;
  guoban_sheet_cell *cells;
  size_t *starts;  // of each cell's text, as the buffer may still move
  size_t cell_count, cell_room, start_room;
  char *text;
  size_t text_bytes, text_room;
  // The cell being read.
  char type;  // n, s (shared), i (inline), t (formula's text), b, e, d
  guoban_sheet_kind style;
  int in_cell, in_value, in_phonetic, has_formula;
  size_t cell_start;
  // Afterwards.
  char (*merges)[32];
  size_t merge_count, merge_room;
};

static void begin_cell(guoban_sheet *self, const char **attributes) {
  const char *reference = attribute(attributes, "r"), *type = attribute(attributes, "t");
  const char *style = attribute(attributes, "s");
  uint32_t column = self->cell_count ? self->cells[self->cell_count - 1].column + 1 : 0;
  if (reference) column = reference_column(reference);
  if (column == REFERENCE_BAD || (self->cell_count && column <= self->cells[self->cell_count - 1].column))
    return part_fail(&self->part, GUOBAN_SHEET_DAMAGED);
  self->column = column;
  self->type = 'n';
  if (type) {
    self->type = strcmp(type, "inlineStr") == 0 ? 'i' : strcmp(type, "str") == 0 ? 't' : *type;
  }
  size_t index = style ? strtoul(style, NULL, 10) : 0;
  self->style = index < self->book.style_count ? self->book.date_styles[index] : GUOBAN_SHEET_NUMBER;
  self->in_cell = 1;
  self->has_formula = 0;
  self->cell_start = self->text_bytes;
}

static int append(guoban_sheet *self, const char *text, size_t length) {
  if (self->text_bytes - self->cell_start + length > self->limits.cell_bytes_max) {
    part_fail(&self->part, GUOBAN_SHEET_CELL_TOO_LONG);
    return 0;
  }
  if (!grow((void **)&self->text, &self->text_room, self->text_bytes, length, 1)) {
    part_fail(&self->part, GUOBAN_SHEET_NO_MEMORY);
    return 0;
  }
  memcpy(self->text + self->text_bytes, text, length);
  self->text_bytes += length;
  return 1;
}

static void end_cell(guoban_sheet *self) {
  self->in_cell = 0;
  guoban_sheet_kind kind = GUOBAN_SHEET_TEXT;
  if (self->type == 's' && self->text_bytes > self->cell_start) {
    if (!append(self, "", 1)) return;
    size_t index = strtoul(self->text + self->cell_start, NULL, 10);
    self->text_bytes = self->cell_start;
    if (index >= self->book.shared_count) return part_fail(&self->part, GUOBAN_SHEET_DAMAGED);
    uint64_t start = index ? self->book.ends[index - 1] : 0;
    if (!append(self, self->book.shared + start, self->book.ends[index] - start)) return;
  } else if (self->type == 'n') {
    kind = self->style;
  } else if (self->type == 'b') {
    kind = GUOBAN_SHEET_BOOLEAN;
  } else if (self->type == 'e') {
    kind = GUOBAN_SHEET_ERROR;
  }
  if (self->text_bytes == self->cell_start) {
    if (!self->has_formula || self->type == 't') return;
    kind = GUOBAN_SHEET_UNCALCULATED;
  }
  if (self->column >= self->limits.columns_max) return part_fail(&self->part, GUOBAN_SHEET_TOO_MANY_COLUMNS);
  if (!grow((void **)&self->cells, &self->cell_room, self->cell_count, 1, sizeof *self->cells) ||
      !grow((void **)&self->starts, &self->start_room, self->cell_count, 1, sizeof *self->starts))
    return part_fail(&self->part, GUOBAN_SHEET_NO_MEMORY);
  self->starts[self->cell_count] = self->cell_start;
  self->cells[self->cell_count++] =
      (guoban_sheet_cell){.column = self->column, .kind = kind, .length = self->text_bytes - self->cell_start};
}

static void on_start(handlers *handlers, const char *name, const char **attributes) {
  guoban_sheet *self = (guoban_sheet *)handlers;
  name = local_name(name);
  if (strcmp(name, "row") == 0) {
    const char *number = attribute(attributes, "r");
    unsigned long row = number ? strtoul(number, NULL, 10) : self->row + 1ul;
    if (row <= self->row || row > REFERENCE_ROWS_MAX) return part_fail(&self->part, GUOBAN_SHEET_DAMAGED);
    self->row = (uint32_t)row;
    self->in_row = 1;
    self->cell_count = self->text_bytes = 0;
  } else if (self->in_row && strcmp(name, "c") == 0) {
    begin_cell(self, attributes);
  } else if (self->in_cell && (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)) {
    self->in_value = !self->in_phonetic;
  } else if (self->in_cell && strcmp(name, "f") == 0) {
    self->has_formula = 1;
  } else if (self->in_cell && strcmp(name, "rPh") == 0) {
    self->in_phonetic = 1;
  } else if (strcmp(name, "mergeCell") == 0 && self->merge_count < self->limits.merges_max) {
    const char *reference = attribute(attributes, "ref");
    if (!reference || strlen(reference) >= sizeof *self->merges) return;
    if (!grow((void **)&self->merges, &self->merge_room, self->merge_count, 1, sizeof *self->merges))
      return part_fail(&self->part, GUOBAN_SHEET_NO_MEMORY);
    strcpy(self->merges[self->merge_count++], reference);
  }
}

static void on_end(handlers *handlers, const char *name) {
  guoban_sheet *self = (guoban_sheet *)handlers;
  name = local_name(name);
  if (strcmp(name, "row") == 0) {
    self->in_row = 0;
    self->is_row_ready = 1;
    XML_StopParser(self->part.xml, XML_TRUE);
  } else if (strcmp(name, "c") == 0 && self->in_cell) {
    end_cell(self);
  } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
    self->in_value = 0;
  } else if (strcmp(name, "rPh") == 0) {
    self->in_phonetic = 0;
  }
}

static void on_text(handlers *handlers, const char *text, int length) {
  guoban_sheet *self = (guoban_sheet *)handlers;
  if (self->in_cell && self->in_value) append(self, text, (size_t)length);
}

guoban_sheet *guoban_sheet_open(const char *path, const guoban_sheet_limits *limits, guoban_sheet_status *status) {
  guoban_sheet *self = calloc(1, sizeof *self);
  *status = GUOBAN_SHEET_NO_MEMORY;
  if (!self) return NULL;
  self->limits = *limits;
  self->handlers = (handlers){.start = on_start, .end = on_end, .text = on_text};
  *status = archive_open(&self->archive, path, &self->limits);
  if (*status == GUOBAN_SHEET_OK && workbook_read(&self->book, &self->archive, 1))
    part_open(&self->part, &self->archive, self->book.sheet, &self->handlers);
  *status = self->archive.status;
  if (*status == GUOBAN_SHEET_OK) return self;
  guoban_sheet_close(self);
  return NULL;
}

int guoban_sheet_next(guoban_sheet *self, uint32_t *row, const guoban_sheet_cell **cells, size_t *count,
                      guoban_sheet_status *status) {
  self->is_row_ready = 0;
  while (!self->is_row_ready && part_step(&self->part)) {
  }
  *status = self->archive.status;
  if (*status != GUOBAN_SHEET_OK) return -1;
  if (!self->is_row_ready) return 0;
  for (size_t index = 0; index < self->cell_count; index++) self->cells[index].text = self->text + self->starts[index];
  *row = self->row;
  *cells = self->cells;
  *count = self->cell_count;
  return 1;
}

uint32_t guoban_sheet_row(const guoban_sheet *self) { return self->row; }
uint32_t guoban_sheet_column(const guoban_sheet *self) { return self->column; }
int guoban_sheet_is_1904(const guoban_sheet *self) { return self->book.is_1904; }
size_t guoban_sheet_merge_count(const guoban_sheet *self) { return self->merge_count; }
const char *guoban_sheet_merge(const guoban_sheet *self, size_t index) { return self->merges[index]; }

void guoban_sheet_close(guoban_sheet *self) {
  if (!self) return;
  part_close(&self->part);
  archive_close(&self->archive);
  workbook_free(&self->book);
  free(self->cells);
  free(self->starts);
  free(self->text);
  free(self->merges);
  free(self);
}
