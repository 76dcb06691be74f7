// sqlite-groups FILE SECONDS GROUP: how many durable inserts a second SQLite itself does, in groups of GROUP.
//
// One insert is what one IssuePass writes: a record and a row of a log, in one transaction a group, write-ahead log,
// synchronous=FULL. Into a new FILE: the least there can be, two tables without further indexes. Into a copy of a ledger:
// its own tables with their columns and indexes, each row the last one of the ledger under another number and plate.
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

// An insert into one table: a row that stays as it is but for the columns that make it another one.
struct insert {
  sqlite3_stmt *statement;
  int columns;
  int key, number, other_number, plate;
};

static int column(sqlite3_stmt *row, const char *name) {
  for (int index = 0; index < sqlite3_column_count(row); index++)
    if (!strcmp(sqlite3_column_name(row, index), name)) return index + 1;
  return 0;
}

// Binds all of the last row of a table; what is bound stays bound.
static struct insert prepare(const char *table) {
  char sql[4096];
  sqlite3_stmt *row;
  snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY rowid DESC LIMIT 1", table);
  check(sqlite3_prepare_v2(db, sql, -1, &row, NULL));
  if (sqlite3_step(row) != SQLITE_ROW) fprintf(stderr, "sqlite-groups: %s is empty\n", table), exit(1);
  struct insert insert = {.columns = sqlite3_column_count(row)};
  int length = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES (?", table);
  for (int index = 1; index < insert.columns; index++)
    length += snprintf(sql + length, sizeof sql - (size_t)length, ", ?");
  snprintf(sql + length, sizeof sql - (size_t)length, ")");
  check(sqlite3_prepare_v2(db, sql, -1, &insert.statement, NULL));
  for (int index = 0; index < insert.columns; index++)
    check(sqlite3_bind_value(insert.statement, index + 1, sqlite3_column_value(row, index)));
  insert.key = column(row, "key");
  insert.number = column(row, "revision");
  insert.other_number = column(row, "commit_revision");
  insert.plate = column(row, "plate");
  check(sqlite3_finalize(row));
  return insert;
}

static void run(struct insert *insert, long number, long revision) {
  char key[32], plate[32];
  int key_bytes = snprintf(key, sizeof key, "430500%06ld", number % 1000000);
  // Vehicles come in no order: an odd multiplier meets all plates before one comes again.
  int plate_bytes = snprintf(plate, sizeof plate, "湘E%06ld", number * 387420489 % 1000000);
  check(sqlite3_bind_text(insert->statement, insert->key, key, key_bytes, SQLITE_TRANSIENT));
  check(sqlite3_bind_int64(insert->statement, insert->number, revision));
  if (insert->other_number) check(sqlite3_bind_int64(insert->statement, insert->other_number, revision));
  if (insert->plate) check(sqlite3_bind_text(insert->statement, insert->plate, plate, plate_bytes, SQLITE_TRANSIENT));
  check(sqlite3_step(insert->statement));
  check(sqlite3_reset(insert->statement));
}

static long integer(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
  long value = sqlite3_step(statement) == SQLITE_ROW ? (long)sqlite3_column_int64(statement, 0) : 0;
  check(sqlite3_finalize(statement));
  return value;
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: sqlite-groups FILE SECONDS GROUP\n"), 64;
  double seconds = atof(argv[2]);
  int group = atoi(argv[3]);
  char sql[512];
  check(sqlite3_open(argv[1], &db));
  check(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;", NULL, NULL,
                     NULL));
  snprintf(sql, sizeof sql,
           "CREATE TABLE IF NOT EXISTS Pass (revision INTEGER, key TEXT PRIMARY KEY, bytes BLOB);"
           "CREATE TABLE IF NOT EXISTS change_log (revision INTEGER PRIMARY KEY, key TEXT, bytes BLOB);");
  check(sqlite3_exec(db, sql, NULL, NULL, NULL));
  if (!integer("SELECT count(*) FROM change_log")) {
    snprintf(sql, sizeof sql,
             "INSERT INTO Pass VALUES (1, '430500000001', zeroblob(%d));"
             "INSERT INTO change_log VALUES (1, '430500000001', zeroblob(%d))",
             RECORD_BYTES, LOG_BYTES);
    check(sqlite3_exec(db, sql, NULL, NULL, NULL));
  }
  long revision = integer("SELECT max(revision) FROM change_log");
  long number = integer("SELECT CAST(substr(max(key), 7) AS INTEGER) FROM Pass WHERE key LIKE '430500%'");
  struct insert record = prepare("Pass"), log = prepare("change_log");
  double start = now();
  long done = 0;
  while (now() - start < seconds) {
    check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    for (int index = 0; index < group; index++) {
      done++;
      run(&record, number + done, revision + done);
      run(&log, number + done, revision + done);
    }
    check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
  }
  printf("%.0f inserts/s\n", (double)done / (now() - start));
  return 0;
}
