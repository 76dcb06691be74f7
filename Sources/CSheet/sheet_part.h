// One part of the archive at a time, inflated into expat.
#ifndef GUOBAN_SHEET_PART_H
#define GUOBAN_SHEET_PART_H

#include <expat.h>
#include <minizip/unzip.h>

#include "guoban_sheet.h"

#define CHUNK_BYTES 65536
#define TOKEN_BYTES_MAX (1 << 20)  // expat holds one token whole: a tag with its attributes
#define DEPTH_MAX 64
#define ENTRIES_MAX 10000

typedef struct {
  unzFile zip;
  const guoban_sheet_limits *limits;
  uint64_t file_bytes;
  uint64_t inflated_bytes;
  guoban_sheet_status status;  // the first failure
} archive;

typedef struct {
  archive *archive;
  XML_Parser xml;
  int is_open;   // the archive's current entry is this part
  int at_end;
  uint64_t fed;      // bytes given to expat
  uint64_t settled;  // bytes up to the end of the last token that expat told of
  int depth;
  char *tap;  // when not NULL, what is read is copied here as well: room for CHUNK_BYTES
} part;

// The handlers of a part's user take this as their user data.
typedef struct handlers {
  part *part;
  void (*start)(struct handlers *self, const char *name, const char **attributes);
  void (*end)(struct handlers *self, const char *name);
  void (*text)(struct handlers *self, const char *text, int length);
} handlers;

guoban_sheet_status archive_open(archive *archive, const char *path, const guoban_sheet_limits *limits);
void archive_close(archive *archive);
// Remembers the first failure. Returns 0, for `return archive_fail(…)`.
int archive_fail(archive *archive, guoban_sheet_status status);

// Goes to a part by name, with or without its leading slash; 0 when it is not there or cannot be read.
int part_open(part *part, archive *archive, const char *name, handlers *handlers);
// Gives expat one more chunk (or resumes it): 1 when there may be more, 0 at the end or on failure (archive->status).
int part_step(part *part);
// Parses the part to its end; 0 on failure.
int part_run(part *part);
void part_close(part *part);
// Ends parsing from within a handler.
void part_fail(part *part, guoban_sheet_status status);

// The name without its prefix, and an attribute's value by the name without its prefix (NULL: not there).
const char *local_name(const char *name);
const char *attribute(const char **attributes, const char *name);

#endif
