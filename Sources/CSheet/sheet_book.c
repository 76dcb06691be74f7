#include "sheet_book.h"

#include <stdlib.h>
#include <string.h>

int grow(void **items, size_t *room, size_t used, size_t count, size_t item_bytes) {
  if (used + count <= *room) return 1;
  size_t wanted = *room ? *room * 2 : 256;
  while (wanted < used + count) wanted *= 2;
  void *moved = realloc(*items, wanted * item_bytes);
  if (!moved) return 0;
  *items = moved;
  *room = wanted;
  return 1;
}

static int ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && strcmp(text + a - b, end) == 0;
}

// Resolves a relationship's target against the folder of the part that it belongs to.
static void resolve(char *path, const char *folder, const char *target) {
  path[0] = 0;
  if (*target != '/' && strlen(folder) < PATH_BYTES) strcpy(path, folder);
  while (strncmp(target, "../", 3) == 0) {
    target += 3;
    size_t length = strlen(path);
    if (length) path[--length] = 0;
    while (length && path[length - 1] != '/') path[--length] = 0;
  }
  while (*target == '/') target++;
  if (strlen(path) + strlen(target) < PATH_BYTES) strcat(path, target);
  else path[0] = 0;
}

typedef struct {
  handlers handlers;
  workbook *book;
  archive *archive;
  char folder[PATH_BYTES];  // of the workbook part
  char main[PATH_BYTES];
  char hidden_id[64];  // the first sheet's, should all be hidden
  // Styles.
  struct {
    int id;
    guoban_sheet_kind kind;
  } *formats;
  size_t format_count, format_room, style_room;
  int in_cell_styles;
  // Shared strings.
  int in_text, in_phonetic;
} reading;

static void copy(char *to, size_t room, const char *from) {
  if (from && strlen(from) < room) strcpy(to, from);
}

static void root_start(handlers *handlers, const char *name, const char **attributes) {
  reading *self = (reading *)handlers;
  const char *type = attribute(attributes, "Type"), *target = attribute(attributes, "Target");
  if (strcmp(local_name(name), "Relationship") || !type || !target) return;
  if (ends_with(type, "/officeDocument")) resolve(self->main, "", target);
}

static void book_start(handlers *handlers, const char *name, const char **attributes) {
  reading *self = (reading *)handlers;
  name = local_name(name);
  if (strcmp(name, "workbookPr") == 0) {
    const char *value = attribute(attributes, "date1904");
    self->book->is_1904 = value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
  } else if (strcmp(name, "sheet") == 0) {
    const char *state = attribute(attributes, "state"), *id = attribute(attributes, "id");
    int is_hidden = state && strcmp(state, "visible");
    if (!is_hidden && !self->book->sheet_id[0]) copy(self->book->sheet_id, sizeof self->book->sheet_id, id);
    if (is_hidden && !self->hidden_id[0]) copy(self->hidden_id, sizeof self->hidden_id, id);
  }
}

static void rels_start(handlers *handlers, const char *name, const char **attributes) {
  reading *self = (reading *)handlers;
  const char *id = attribute(attributes, "Id"), *type = attribute(attributes, "Type");
  const char *target = attribute(attributes, "Target"), *mode = attribute(attributes, "TargetMode");
  if (strcmp(local_name(name), "Relationship") || !id || !type || !target) return;
  if (mode && strcmp(mode, "External") == 0) return;
  if (strcmp(id, self->book->sheet_id) == 0 && ends_with(type, "/worksheet"))
    resolve(self->book->sheet, self->folder, target);
  if (ends_with(type, "/sharedStrings")) resolve(self->book->strings, self->folder, target);
  if (ends_with(type, "/styles")) resolve(self->book->styles, self->folder, target);
}

guoban_sheet_kind format_kind(int id, const char *code) {
  if (!code) {
    // The built-in formats, as Chinese Excel has them. 18…21, 32…35, 45…47, 55 and 56 are times of day: numbers here.
    switch (id) {
      case 17: case 27: case 36: case 50: case 52: case 57: return GUOBAN_SHEET_MONTH;
      case 14: case 15: case 16: case 28: case 29: case 30: case 31: case 51: case 53: case 54: case 58:
        return GUOBAN_SHEET_DATE;
      case 22: return GUOBAN_SHEET_DATE_TIME;
      default: return GUOBAN_SHEET_NUMBER;
    }
  }
  int has_year = 0, has_month = 0, has_day = 0, has_time = 0, has_hour = 0;
  for (const char *at = code; *at && *at != ';'; at++) {
    if (*at == '"') {
      const char *close = strchr(at + 1, '"');
      if (!close) break;
      at = close;
    } else if (*at == '[') {
      const char *close = strchr(at + 1, ']');
      if (!close) break;
      at = close;
    } else if ((*at == '\\' || *at == '_' || *at == '*') && at[1]) {
      at++;
    } else if (strncmp(at, "General", 7) == 0) {
      return GUOBAN_SHEET_NUMBER;
    } else {
      has_year |= *at == 'y' || *at == 'Y' || *at == 'e';
      has_month |= *at == 'm' || *at == 'M';
      has_day |= *at == 'd' || *at == 'D';
      has_hour |= *at == 'h' || *at == 'H';
      has_time |= has_hour || *at == 's' || *at == 'S';
      if ((*at == '0' || *at == '#') && !has_time) return GUOBAN_SHEET_NUMBER;
    }
  }
  if (has_day) return has_hour ? GUOBAN_SHEET_DATE_TIME : GUOBAN_SHEET_DATE;
  if (has_year && has_month) return GUOBAN_SHEET_MONTH;
  return has_year || (has_month && !has_time) ? GUOBAN_SHEET_DATE : GUOBAN_SHEET_NUMBER;
}

static void styles_start(handlers *handlers, const char *name, const char **attributes) {
  reading *self = (reading *)handlers;
  name = local_name(name);
  if (strcmp(name, "cellXfs") == 0) self->in_cell_styles = 1;
  const char *number = attribute(attributes, "numFmtId");
  int id = number ? atoi(number) : 0;
  if (strcmp(name, "numFmt") == 0) {
    const char *code = attribute(attributes, "formatCode");
    if (!code || self->format_count >= FORMATS_MAX) return;
    if (!grow((void **)&self->formats, &self->format_room, self->format_count, 1, sizeof *self->formats))
      return part_fail(handlers->part, GUOBAN_SHEET_NO_MEMORY);
    self->formats[self->format_count].id = id;
    self->formats[self->format_count++].kind = format_kind(id, code);
  } else if (strcmp(name, "xf") == 0 && self->in_cell_styles) {
    workbook *book = self->book;
    if (book->style_count >= STYLES_MAX) return part_fail(handlers->part, GUOBAN_SHEET_TOO_LARGE);
    if (!grow((void **)&book->date_styles, &self->style_room, book->style_count, 1, 1))
      return part_fail(handlers->part, GUOBAN_SHEET_NO_MEMORY);
    guoban_sheet_kind kind = format_kind(id, NULL);
    for (size_t index = 0; index < self->format_count; index++) {
      if (self->formats[index].id == id) kind = self->formats[index].kind;
    }
    book->date_styles[book->style_count++] = (unsigned char)kind;
  }
}

static void styles_end(handlers *handlers, const char *name) {
  if (strcmp(local_name(name), "cellXfs") == 0) ((reading *)handlers)->in_cell_styles = 0;
}

static void strings_start(handlers *handlers, const char *name, const char **attributes) {
  reading *self = (reading *)handlers;
  (void)attributes;
  name = local_name(name);
  if (strcmp(name, "t") == 0) self->in_text = !self->in_phonetic;
  if (strcmp(name, "rPh") == 0) self->in_phonetic = 1;
}

static void strings_end(handlers *handlers, const char *name) {
  reading *self = (reading *)handlers;
  workbook *book = self->book;
  name = local_name(name);
  if (strcmp(name, "t") == 0) self->in_text = 0;
  if (strcmp(name, "rPh") == 0) self->in_phonetic = 0;
  if (strcmp(name, "si")) return;
  if (book->shared_count >= self->archive->limits->shared_strings_max)
    return part_fail(handlers->part, GUOBAN_SHEET_TOO_LARGE);
  if (!grow((void **)&book->ends, &book->ends_room, book->shared_count, 1, sizeof *book->ends))
    return part_fail(handlers->part, GUOBAN_SHEET_NO_MEMORY);
  book->ends[book->shared_count++] = book->shared_bytes;
}

static void strings_text(handlers *handlers, const char *text, int length) {
  reading *self = (reading *)handlers;
  workbook *book = self->book;
  if (!self->in_text) return;
  if (book->shared_bytes + (size_t)length > self->archive->limits->shared_bytes_max)
    return part_fail(handlers->part, GUOBAN_SHEET_TOO_LARGE);
  if (!grow((void **)&book->shared, &book->shared_room, book->shared_bytes, (size_t)length, 1))
    return part_fail(handlers->part, GUOBAN_SHEET_NO_MEMORY);
  memcpy(book->shared + book->shared_bytes, text, (size_t)length);
  book->shared_bytes += (size_t)length;
}

static int run(reading *self, const char *name, void (*start)(handlers *, const char *, const char **),
               void (*end)(handlers *, const char *), void (*text)(handlers *, const char *, int)) {
  part part;
  self->handlers.start = start;
  self->handlers.end = end;
  self->handlers.text = text;
  int is_read = part_open(&part, self->archive, name, &self->handlers) && part_run(&part);
  part_close(&part);
  return is_read;
}

static int read_parts(reading *self, int wants_cells) {
  if (!run(self, "_rels/.rels", root_start, NULL, NULL)) return 0;
  if (!self->main[0]) return archive_fail(self->archive, GUOBAN_SHEET_NOT_A_WORKBOOK);
  if (!run(self, self->main, book_start, NULL, NULL)) return 0;
  if (!self->book->sheet_id[0]) strcpy(self->book->sheet_id, self->hidden_id);

  char rels[PATH_BYTES * 2];
  const char *slash = strrchr(self->main, '/');
  size_t folder = slash ? (size_t)(slash - self->main) + 1 : 0;
  memcpy(self->folder, self->main, folder);
  strcpy(rels, self->folder);
  strcat(rels, "_rels/");
  strcat(rels, self->main + folder);
  strcat(rels, ".rels");
  if (!run(self, rels, rels_start, NULL, NULL)) return 0;
  if (!self->book->sheet[0]) return archive_fail(self->archive, GUOBAN_SHEET_NOT_A_WORKBOOK);
  if (!wants_cells) return 1;
  if (self->book->styles[0] && !run(self, self->book->styles, styles_start, styles_end, NULL)) return 0;
  return !self->book->strings[0] || run(self, self->book->strings, strings_start, strings_end, strings_text);
}

int workbook_read(workbook *book, archive *archive, int wants_cells) {
  memset(book, 0, sizeof *book);
  reading *self = calloc(1, sizeof *self);
  if (!self) return archive_fail(archive, GUOBAN_SHEET_NO_MEMORY);
  self->book = book;
  self->archive = archive;
  int is_read = read_parts(self, wants_cells);
  free(self->formats);
  free(self);
  return is_read;
}

void workbook_free(workbook *book) {
  free(book->date_styles);
  free(book->shared);
  free(book->ends);
}
