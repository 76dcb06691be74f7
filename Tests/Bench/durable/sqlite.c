// sqlite-groups FILE SECONDS GROUP: how many durable inserts a second SQLite itself does, in groups of GROUP.
//
// One insert is what one IssuePass writes at least: a record with its columns and its bytes, and a row of a log, in one
// transaction a group, write-ahead log, synchronous=FULL.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RECORD_BYTES = 220, LOG_BYTES = 420 };

static sqlite3 *db;

static void check(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  fprintf(stderr, "sqlite-groups: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void run(sqlite3_stmt *statement, long number, int bytes) {
  static char payload[LOG_BYTES];
  char key[32];
  snprintf(key, sizeof key, "430500%06ld", number);
  check(sqlite3_bind_int64(statement, 1, number));
  check(sqlite3_bind_text(statement, 2, key, -1, SQLITE_TRANSIENT));
  check(sqlite3_bind_blob(statement, 3, payload, bytes, SQLITE_STATIC));
  check(sqlite3_step(statement));
  check(sqlite3_reset(statement));
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: sqlite-groups FILE SECONDS GROUP\n"), 64;
  double seconds = atof(argv[2]);
  int group = atoi(argv[3]);
  sqlite3_stmt *record, *log;
  check(sqlite3_open(argv[1], &db));
  check(sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;"
                     "CREATE TABLE record (revision INTEGER, key TEXT PRIMARY KEY, bytes BLOB);"
                     "CREATE TABLE log (revision INTEGER PRIMARY KEY, key TEXT, bytes BLOB)",
                     NULL, NULL, NULL));
  check(sqlite3_prepare_v2(db, "INSERT INTO record VALUES (?1, ?2, ?3)", -1, &record, NULL));
  check(sqlite3_prepare_v2(db, "INSERT INTO log VALUES (?1, ?2, ?3)", -1, &log, NULL));
  double start = now();
  long done = 0;
  while (now() - start < seconds) {
    check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    for (int index = 0; index < group; index++) {
      done++;
      run(record, done, RECORD_BYTES);
      run(log, done, LOG_BYTES);
    }
    check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
  }
  printf("%.0f inserts/s\n", (double)done / (now() - start));
  return 0;
}
