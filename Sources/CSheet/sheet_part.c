#include "sheet_part.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int archive_fail(archive *archive, guoban_sheet_status status) {
  if (archive->status == GUOBAN_SHEET_OK) archive->status = status;
  return 0;
}

guoban_sheet_status archive_open(archive *archive, const char *path, const guoban_sheet_limits *limits) {
  memset(archive, 0, sizeof *archive);
  archive->limits = limits;
  struct stat info;
  if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return archive->status = GUOBAN_SHEET_CANNOT_OPEN;
  archive->file_bytes = (uint64_t)info.st_size;
  archive->zip = unzOpen64(path);
  if (!archive->zip) return archive->status = GUOBAN_SHEET_CANNOT_OPEN;
  unz_global_info64 global;
  if (unzGetGlobalInfo64(archive->zip, &global) != UNZ_OK) archive_fail(archive, GUOBAN_SHEET_DAMAGED);
  else if (global.number_entry > ENTRIES_MAX) archive_fail(archive, GUOBAN_SHEET_TOO_LARGE);
  return archive->status;
}

void archive_close(archive *archive) {
  if (archive->zip) unzClose(archive->zip);
  archive->zip = NULL;
}

const char *local_name(const char *name) {
  const char *colon = strrchr(name, ':');
  return colon ? colon + 1 : name;
}

const char *attribute(const char **attributes, const char *name) {
  for (; *attributes; attributes += 2) {
    if (strcmp(local_name(attributes[0]), name) == 0) return attributes[1];
  }
  return NULL;
}

static void settle(part *part) {
  part->settled = (uint64_t)XML_GetCurrentByteIndex(part->xml) + (uint64_t)XML_GetCurrentByteCount(part->xml);
}

void part_fail(part *part, guoban_sheet_status status) {
  archive_fail(part->archive, status);
  XML_StopParser(part->xml, XML_FALSE);
}

static void on_start(void *data, const char *name, const char **attributes) {
  handlers *user = data;
  settle(user->part);
  if (++user->part->depth > DEPTH_MAX) return part_fail(user->part, GUOBAN_SHEET_FORBIDDEN);
  if (user->start && user->part->archive->status == GUOBAN_SHEET_OK) user->start(user, name, attributes);
}

static void on_end(void *data, const char *name) {
  handlers *user = data;
  settle(user->part);
  user->part->depth--;
  if (user->end && user->part->archive->status == GUOBAN_SHEET_OK) user->end(user, name);
}

static void on_text(void *data, const char *text, int length) {
  handlers *user = data;
  settle(user->part);
  if (user->text && user->part->archive->status == GUOBAN_SHEET_OK) user->text(user, text, length);
}

static void on_other(void *data, const char *text, int length) {
  (void)text;
  (void)length;
  settle(((handlers *)data)->part);
}

static void on_doctype(void *data, const char *name, const char *system, const char *public, int internal) {
  (void)name;
  (void)system;
  (void)public;
  (void)internal;
  part_fail(((handlers *)data)->part, GUOBAN_SHEET_FORBIDDEN);
}

int part_open(part *part, archive *archive, const char *name, handlers *handlers) {
  memset(part, 0, sizeof *part);
  part->archive = archive;
  while (*name == '/') name++;
  // Part names are compared without case.
  if (unzLocateFile(archive->zip, name, 2) != UNZ_OK) return archive_fail(archive, GUOBAN_SHEET_NOT_A_WORKBOOK);
  unz_file_info64 info;
  if (unzGetCurrentFileInfo64(archive->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
    return archive_fail(archive, GUOBAN_SHEET_DAMAGED);
  if (info.flag & 1) return archive_fail(archive, GUOBAN_SHEET_ENCRYPTED);
  if (unzOpenCurrentFile(archive->zip) != UNZ_OK) return archive_fail(archive, GUOBAN_SHEET_DAMAGED);
  part->is_open = 1;
  part->xml = XML_ParserCreate(NULL);
  if (!part->xml) return archive_fail(archive, GUOBAN_SHEET_NO_MEMORY);
  handlers->part = part;
  XML_SetUserData(part->xml, handlers);
  XML_SetElementHandler(part->xml, on_start, on_end);
  XML_SetCharacterDataHandler(part->xml, on_text);
  XML_SetDefaultHandler(part->xml, on_other);
  XML_SetStartDoctypeDeclHandler(part->xml, on_doctype);
  return 1;
}

static int has_inflated_too_much(const archive *archive) {
  if (archive->inflated_bytes > archive->limits->inflated_bytes_max) return 1;
  return archive->inflated_bytes > (64 << 20) &&
         archive->inflated_bytes / archive->limits->inflation_ratio_max > archive->file_bytes;
}

int part_step(part *part) {
  archive *archive = part->archive;
  if (archive->status != GUOBAN_SHEET_OK) return 0;

  XML_ParsingStatus state;
  XML_GetParsingStatus(part->xml, &state);
  enum XML_Status result;
  if (state.parsing == XML_SUSPENDED) {
    result = XML_ResumeParser(part->xml);
  } else if (part->at_end) {
    return 0;
  } else {
    char *buffer = XML_GetBuffer(part->xml, CHUNK_BYTES);
    if (!buffer) return archive_fail(archive, GUOBAN_SHEET_NO_MEMORY);
    int count = unzReadCurrentFile(part->archive->zip, buffer, CHUNK_BYTES);
    if (count < 0) return archive_fail(archive, GUOBAN_SHEET_DAMAGED);
    part->at_end = count == 0;
    // The checksum is looked at when an entry is closed at its end.
    if (part->at_end) {
      part->is_open = 0;
      if (unzCloseCurrentFile(archive->zip) != UNZ_OK) return archive_fail(archive, GUOBAN_SHEET_DAMAGED);
    }
    archive->inflated_bytes += (uint64_t)count;
    part->fed += (uint64_t)count;
    if (has_inflated_too_much(archive)) return archive_fail(archive, GUOBAN_SHEET_TOO_LARGE);
    if (part->tap) memcpy(part->tap, buffer, (size_t)count);
    result = XML_ParseBuffer(part->xml, count, part->at_end);
  }
  if (archive->status != GUOBAN_SHEET_OK) return 0;
  if (result == XML_STATUS_ERROR) return archive_fail(archive, GUOBAN_SHEET_DAMAGED);
  if (result == XML_STATUS_OK && part->fed > part->settled + TOKEN_BYTES_MAX)
    return archive_fail(archive, GUOBAN_SHEET_TOO_LARGE);
  return result == XML_STATUS_SUSPENDED || !part->at_end;
}

int part_run(part *part) {
  while (part_step(part)) {
  }
  return part->archive->status == GUOBAN_SHEET_OK;
}

void part_close(part *part) {
  if (part->xml) XML_ParserFree(part->xml);
  part->xml = NULL;
  if (part->is_open) unzCloseCurrentFile(part->archive->zip);
  part->is_open = 0;
}
