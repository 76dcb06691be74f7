#include <minizip/zip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sheet_book.h"
#include "sheet_reference.h"

// Bytes of the sheet that are not written yet, and what is to be changed in them.
typedef struct {
  uint64_t at;      // in the part as it was
  uint64_t length;  // to leave out
  char *text;       // to put in; NULL for nothing
} edit;

typedef struct {
  handlers handlers;
  archive archive;
  workbook book;
  part part;
  zipFile output;
  uint32_t column;
  char letters[4];
  guoban_sheet_note note;
  void *context;

  char *window;
  size_t window_bytes, window_room;
  uint64_t window_start;  // where the window begins in the part
  edit *edits;
  size_t edit_count, edit_room;
  uint64_t hold;  // nothing from here on is written yet; UINT64_MAX: no such place

  uint32_t row;
  int in_row, is_written;
  uint32_t next_column;
  int is_dropping;  // inside the cell that stood where the note goes
  char prefix[64];  // "x:" when the part's names have one
} copying;

static int write_bytes(copying *self, const void *bytes, size_t length) {
  if (length && zipWriteInFileInZip(self->output, bytes, (unsigned)length) != ZIP_OK)
    return archive_fail(&self->archive, GUOBAN_SHEET_CANNOT_WRITE);
  return 1;
}

static void add_edit(copying *self, uint64_t at, uint64_t length, char *text) {
  if (!grow((void **)&self->edits, &self->edit_room, self->edit_count, 1, sizeof *self->edits)) {
    free(text);
    return part_fail(&self->part, GUOBAN_SHEET_NO_MEMORY);
  }
  self->edits[self->edit_count++] = (edit){.at = at, .length = length, .text = text};
}

static size_t escaped_bytes(const char *text) {
  size_t bytes = 0;
  for (; *text; text++) bytes += *text == '&' ? 5 : *text == '<' || *text == '>' ? 4 : 1;
  return bytes;
}

static char *put_escaped(char *to, const char *text) {
  for (; *text; text++) {
    const char *plain = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : NULL;
    if (plain) to = stpcpy(to, plain);
    // XML has no way to write other control characters.
    else *to++ = (unsigned char)*text < 0x20 && *text != '\n' && *text != '\t' ? ' ' : *text;
  }
  *to = 0;
  return to;
}

// Puts the row's note in at this byte, once.
static void write_note(copying *self, uint64_t at) {
  if (self->is_written) return;
  self->is_written = 1;
  const char *note = self->note(self->context, self->row);
  if (!note || !*note) return;
  const char *p = self->prefix;
  size_t room = escaped_bytes(note) + 6 * strlen(p) + 128;
  char *text = malloc(room);
  if (!text) return part_fail(&self->part, GUOBAN_SHEET_NO_MEMORY);
  char *to = text + snprintf(text, room, "<%sc r=\"%s%u\" t=\"inlineStr\"><%sis><%st xml:space=\"preserve\">", p,
                             self->letters, self->row, p, p);
  to = put_escaped(to, note);
  sprintf(to, "</%st></%sis></%sc>", p, p, p);
  add_edit(self, at, 0, text);
}

static void on_start(handlers *handlers, const char *name, const char **attributes) {
  copying *self = (copying *)handlers;
  const char *local = local_name(name);
  uint64_t at = (uint64_t)XML_GetCurrentByteIndex(self->part.xml);
  if (strcmp(local, "row") == 0) {
    const char *number = attribute(attributes, "r");
    self->row = number ? (uint32_t)strtoul(number, NULL, 10) : self->row + 1;
    self->in_row = 1;
    self->is_written = 0;
    self->next_column = 0;
    size_t length = (size_t)(local - name);
    if (length >= sizeof self->prefix) return part_fail(&self->part, GUOBAN_SHEET_DAMAGED);
    memcpy(self->prefix, name, length);
    self->prefix[length] = 0;
  } else if (self->in_row && strcmp(local, "c") == 0) {
    const char *reference = attribute(attributes, "r");
    uint32_t column = reference ? reference_column(reference) : self->next_column;
    if (column == REFERENCE_BAD) return part_fail(&self->part, GUOBAN_SHEET_DAMAGED);
    self->next_column = column + 1;
    if (column >= self->column) write_note(self, at);
    if (column == self->column) {
      self->is_dropping = 1;
      self->hold = at;
    }
  }
}

static void on_end(handlers *handlers, const char *name) {
  copying *self = (copying *)handlers;
  const char *local = local_name(name);
  uint64_t at = (uint64_t)XML_GetCurrentByteIndex(self->part.xml);
  uint64_t length = (uint64_t)XML_GetCurrentByteCount(self->part.xml);
  if (strcmp(local, "c") == 0 && self->is_dropping) {
    self->is_dropping = 0;
    add_edit(self, self->hold, at + length - self->hold, NULL);
    self->hold = UINT64_MAX;
  } else if (strcmp(local, "row") == 0 && self->in_row) {
    self->in_row = 0;
    // An empty element's end has no bytes of its own, and its row nothing that could be wrong.
    if (length) write_note(self, at);
  }
}

// Writes the window up to `until`, changed.
static int flush(copying *self, uint64_t until) {
  uint64_t at = self->window_start;
  for (size_t index = 0; index < self->edit_count; index++) {
    edit *edit = &self->edits[index];
    if (edit->at > at && !write_bytes(self, self->window + (at - self->window_start), edit->at - at)) return 0;
    if (edit->at > at) at = edit->at;
    if (edit->text && !write_bytes(self, edit->text, strlen(edit->text))) return 0;
    at += edit->length;
    free(edit->text);
    edit->text = NULL;
  }
  self->edit_count = 0;
  if (until > at && !write_bytes(self, self->window + (at - self->window_start), until - at)) return 0;
  if (until < at) until = at;
  size_t done = (size_t)(until - self->window_start);
  memmove(self->window, self->window + done, self->window_bytes - done);
  self->window_bytes -= done;
  self->window_start = until;
  return 1;
}

static int copy_sheet(copying *self) {
  self->hold = UINT64_MAX;
  self->handlers = (handlers){.start = on_start, .end = on_end};
  int has_more = part_open(&self->part, &self->archive, self->book.sheet, &self->handlers);
  while (has_more) {
    uint64_t fed = self->part.fed;
    if (!grow((void **)&self->window, &self->window_room, self->window_bytes, CHUNK_BYTES, 1)) {
      archive_fail(&self->archive, GUOBAN_SHEET_NO_MEMORY);
      break;
    }
    self->part.tap = self->window + self->window_bytes;
    has_more = part_step(&self->part);
    self->window_bytes += (size_t)(self->part.fed - fed);
    if (self->archive.status != GUOBAN_SHEET_OK) break;
    uint64_t safe = has_more ? self->part.settled : self->part.fed;
    if (safe > self->hold) safe = self->hold;
    if (safe > self->window_start && !flush(self, safe)) break;
  }
  part_close(&self->part);
  return self->archive.status == GUOBAN_SHEET_OK;
}

static int copy_packed(copying *self) {
  char buffer[CHUNK_BYTES / 4];
  for (;;) {
    int count = unzReadCurrentFile(self->archive.zip, buffer, sizeof buffer);
    if (count < 0) return archive_fail(&self->archive, GUOBAN_SHEET_DAMAGED);
    if (count == 0) return 1;
    if (!write_bytes(self, buffer, (size_t)count)) return 0;
  }
}

static int copy_entry(copying *self) {
  unz_file_info64 info;
  char name[PATH_BYTES], sheet[PATH_BYTES];
  if (unzGetCurrentFileInfo64(self->archive.zip, &info, name, sizeof name - 1, NULL, 0, NULL, 0) != UNZ_OK ||
      info.size_filename >= sizeof name)
    return archive_fail(&self->archive, GUOBAN_SHEET_DAMAGED);
  name[info.size_filename] = 0;
  strcpy(sheet, self->book.sheet);
  unz64_file_pos place;
  int is_sheet = unzGetFilePos64(self->archive.zip, &place) == UNZ_OK &&
                 unzLocateFile(self->archive.zip, sheet, 2) == UNZ_OK;
  if (is_sheet) {
    unz64_file_pos other;
    is_sheet = unzGetFilePos64(self->archive.zip, &other) == UNZ_OK && other.num_of_file == place.num_of_file;
  }
  if (unzGoToFilePos64(self->archive.zip, &place) != UNZ_OK) return archive_fail(&self->archive, GUOBAN_SHEET_DAMAGED);

  zip_fileinfo stamp = {.dosDate = info.dosDate, .external_fa = info.external_fa};
  int is_large = info.uncompressed_size >= 0xF0000000u;
  if (is_sheet) {
    if (zipOpenNewFileInZip64(self->output, name, &stamp, NULL, 0, NULL, 0, NULL, Z_DEFLATED, Z_DEFAULT_COMPRESSION,
                              is_large) != ZIP_OK)
      return archive_fail(&self->archive, GUOBAN_SHEET_CANNOT_WRITE);
    int is_copied = copy_sheet(self);
    if (zipCloseFileInZip(self->output) != ZIP_OK) return archive_fail(&self->archive, GUOBAN_SHEET_CANNOT_WRITE);
    return is_copied && unzGoToFilePos64(self->archive.zip, &place) == UNZ_OK;
  }
  int method, level;
  if (unzOpenCurrentFile2(self->archive.zip, &method, &level, 1) != UNZ_OK)
    return archive_fail(&self->archive, GUOBAN_SHEET_DAMAGED);
  if (zipOpenNewFileInZip2_64(self->output, name, &stamp, NULL, 0, NULL, 0, NULL, method, level, 1, is_large) != ZIP_OK) {
    unzCloseCurrentFile(self->archive.zip);
    return archive_fail(&self->archive, GUOBAN_SHEET_CANNOT_WRITE);
  }
  int is_copied = copy_packed(self);
  unzCloseCurrentFile(self->archive.zip);
  if (zipCloseFileInZipRaw64(self->output, info.uncompressed_size, info.crc) != ZIP_OK)
    return archive_fail(&self->archive, GUOBAN_SHEET_CANNOT_WRITE);
  return is_copied;
}

static void copy_workbook(copying *self, const char *to) {
  self->output = zipOpen64(to, APPEND_STATUS_CREATE);
  if (!self->output) {
    archive_fail(&self->archive, GUOBAN_SHEET_CANNOT_WRITE);
    return;
  }
  int place = unzGoToFirstFile(self->archive.zip);
  while (place == UNZ_OK && copy_entry(self)) place = unzGoToNextFile(self->archive.zip);
  if (place != UNZ_END_OF_LIST_OF_FILE) archive_fail(&self->archive, GUOBAN_SHEET_DAMAGED);
  if (zipClose(self->output, NULL) != ZIP_OK) archive_fail(&self->archive, GUOBAN_SHEET_CANNOT_WRITE);
}

guoban_sheet_status guoban_sheet_annotate(const char *from, const char *to, const guoban_sheet_limits *limits,
                                          uint32_t column, guoban_sheet_note note, void *context) {
  if (column >= REFERENCE_COLUMNS_MAX) return GUOBAN_SHEET_TOO_MANY_COLUMNS;
  copying *self = calloc(1, sizeof *self);
  if (!self) return GUOBAN_SHEET_NO_MEMORY;
  self->column = column;
  self->note = note;
  self->context = context;
  reference_letters(column, self->letters);
  if (archive_open(&self->archive, from, limits) == GUOBAN_SHEET_OK &&
      workbook_read(&self->book, &self->archive, 0))
    copy_workbook(self, to);
  guoban_sheet_status status = self->archive.status;
  archive_close(&self->archive);
  workbook_free(&self->book);
  for (size_t index = 0; index < self->edit_count; index++) free(self->edits[index].text);
  free(self->edits);
  free(self->window);
  free(self);
  return status;
}
